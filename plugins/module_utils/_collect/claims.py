# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads which CIS (F5 BIG-IP Container Ingress Services) a cluster runs, and the tenants that each writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Collection, Protocol, Sequence

from .._cis import options as cis_options
from .._kube.client import Forbidden
from .._ownership import claims
from .._ownership.owners import CisClaim


class Workloads(Protocol):
    """The part of Cluster in use."""

    def deployments(self, namespace: str | None = None) -> list[dict[str, Any]]: ...

    def config_maps(self, label_selector: str, namespace: str | None = None) -> list[dict[str, Any]]: ...


class CisClaims:
    """The claims of the CIS in these namespaces, as far as the account may read them.

    warn takes what may not be read, and the CIS of other namespaces, which do not count.
    """

    def __init__(self, cluster: Workloads, namespaces: Sequence[str], warn: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._namespaces = namespaces
        self._warn = warn

    def read(self) -> list[CisClaim]:
        """One claim for each CIS. A read that is denied is a reason to adopt nothing."""
        deployments, denied = self._deployments()
        config_maps, unread = self._config_maps({_namespace(deployment) for deployment in deployments})
        of_cis = [
            replace(claim, unread=unread) for claim in claims.claims(deployments, config_maps, self._warn)
        ]
        if denied:
            of_cis.append(CisClaim("", frozenset(), True, denied))
        for reason in (denied, unread):
            if reason:
                self._warn(f"It is unknown whether a CIS owns tenants on this BIG-IP. {reason.message}")
        return of_cis

    def _deployments(self) -> tuple[list[dict[str, Any]], Forbidden | None]:
        """The Deployments of CIS that count, and why there may be more."""
        try:
            everywhere = [
                deployment for deployment in self._cluster.deployments() if claims.is_cis(deployment)
            ]
        except Forbidden as denied:
            return self._deployments_by_namespace(denied)
        others = [
            _path(deployment) for deployment in everywhere if _namespace(deployment) not in self._namespaces
        ]
        if others:
            self._warn(cis_options.elsewhere(others, self._namespaces))
        return [deployment for deployment in everywhere if _namespace(deployment) in self._namespaces], None

    def _deployments_by_namespace(self, denied: Forbidden) -> tuple[list[dict[str, Any]], Forbidden | None]:
        deployments: list[dict[str, Any]] = []
        unread = None if self._namespaces else denied
        for namespace in dict.fromkeys(self._namespaces):
            try:
                deployments += [one for one in self._cluster.deployments(namespace) if claims.is_cis(one)]
            except Forbidden:
                unread = denied
        return deployments, unread

    def _config_maps(self, of_cis: Collection[str]) -> tuple[list[dict[str, Any]], Forbidden | None]:
        """Those of namespaces with a CIS or that the user added; none if no CIS would write them."""
        config_maps: list[dict[str, Any]] = []
        unread = None
        added = set(self._namespaces) - set(cis_options.NAMESPACES)
        for namespace in sorted({*of_cis, *added}) if of_cis else ():
            try:
                config_maps += self._cluster.config_maps(claims.CONFIG_MAP_SELECTOR, namespace)
            except Forbidden as denied:
                unread = unread or denied
        return config_maps, unread


def _namespace(deployment: dict[str, Any]) -> str:
    return str(deployment["metadata"]["namespace"])


def _path(deployment: dict[str, Any]) -> str:
    return f"{_namespace(deployment)}/{deployment['metadata']['name']}"
