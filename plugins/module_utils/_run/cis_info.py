# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module cis_info: read the CIS of a cluster, and report their health and resources."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from .. import _foreign
from .._boundary.parameters import field_values
from .._cis import applications, config_maps, health, tenants
from .._cis.controller import RESOURCE_LABEL, Controller, resource
from .._cis.options import NAMESPACES, elsewhere
from .._cis.watched import Watched
from .._cluster.cis import CUSTOM, INGRESS, CisReads
from .._cluster.cis_installation import installation
from .._deadline import Deadline
from .._kube import lists
from .._kube.client import Client
from .._kube.lists import Kind
from .._request import cis_accepted

_NO_RELEASE = "none"


@dataclass(frozen=True)
class CisInfoOptions:
    """The options beside those of the connection. `installation`: the one to describe, as in the option."""

    gather: tuple[str, ...] = ("health",)
    namespace: str | None = None
    release: str | None = None
    partition: str | None = None
    leave_out_namespaces: tuple[str, ...] = ()
    cis_namespaces: tuple[str, ...] = NAMESPACES
    installation: Mapping[str, Any] | None = None
    timeout: float = 60

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> CisInfoOptions:
        return cls(**field_values(cls, params))

    def describes(self, one: Controller) -> bool:
        """Return whether it is the CIS of the option installation, with its health."""
        of = self.installation or {}
        return bool(of.get("health")) and (one.namespace, one.release) == (of["namespace"], of["release"])


def cis_info(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the module's result for its parameters."""
    options = CisInfoOptions.from_params(params)
    warnings: list[str] = []
    with closing(Client(params, Deadline(options.timeout))) as client:
        client.warn = warnings.append
        result = _Gathered(options, CisReads(client, warnings.append), warnings).result()
        if options.installation:
            result["installation"] = installation(client, options.installation)
    return {"changed": False, **result, "warnings": warnings}


class _Gathered:
    """The answers for the option gather."""

    def __init__(self, options: CisInfoOptions, reads: CisReads, warnings: list[str]) -> None:
        self._options, self._reads, self._warnings = options, reads, warnings
        self._watched = Watched(reads.namespaces, options.leave_out_namespaces)
        self._expressed = applications.Expressed()

    def result(self) -> dict[str, Any]:
        gather, release = self._options.gather, self._options.release
        controllers = [one for one in self._controllers() if release in (None, one.release or _NO_RELEASE)]
        described = [one for one in controllers if self._options.describes(one)]
        reports = [self._report(one, "health" in gather or one in described) for one in controllers]
        result: dict[str, Any] = {"controllers": reports}
        if "resources" in gather or described:
            of = controllers if "resources" in gather else described
            result["resources"] = [item for one in of for item in self._resources(one)]
        if "config_maps" in gather:
            result["config_maps"] = list(self._config_maps(controllers))
        if "applications" in gather:
            result["applications"] = self._applications(controllers)
        if "config_maps" in gather or "applications" in gather:
            result["left_out"] = self._expressed.left_out
        if "tenants" in gather:
            result["tenants"] = list(self._tenants())
        for name in ("problems", "blocking"):
            result[name] = [text for report in reports for text in report.get(name, [])]
        result["lasting"] = any(item["lasting"] for report in reports for item in report.get("findings", []))
        return result

    def _controllers(self) -> list[Controller]:
        """Return the CIS that count: of the namespace that the user names, else of cis_namespaces."""
        if self._options.namespace:
            return self._reads.controllers(self._options.namespace)
        of = self._options.installation
        believed = list(dict.fromkeys([*self._options.cis_namespaces, *([of["namespace"]] if of else [])]))
        everywhere = self._reads.controllers_allowed(believed)
        others = [f"{one.namespace}/{one.name}" for one in everywhere if one.namespace not in believed]
        if others:
            self._warnings.append(elsewhere(others, believed))
        return [one for one in everywhere if one.namespace in believed]

    def _report(self, one: Controller, with_health: bool) -> dict[str, Any]:
        if not with_health:
            return one.as_dict()
        pods = self._reads.pods(one)
        logs = [self._reads.logs(pod) for pod in pods]
        report = health.report(one, pods, logs, lambda pod: self._reads.complaint(one, pod))
        return {**one.as_dict(), **report}

    def _handled(self, one: Controller | None, kind: Kind) -> Iterator[dict[str, Any]]:
        """Return the resources of a kind that this CIS handles; without a CIS, all that one would."""
        label = (one.resource_label if one else RESOURCE_LABEL) if kind in CUSTOM.values() else None
        for raw in self._reads.resources(kind, label):
            if one is None or self._watched.handles(one, raw["metadata"]["namespace"]):
                yield raw

    def _taken_over(self, one: Controller | None, kind: Kind) -> Iterator[dict[str, Any]]:
        """Return those of namespaces that the user does not leave out: each is expressed or reported."""
        for raw in self._handled(one, kind):
            if not self._watched.is_left_out(raw["metadata"]["namespace"]):
                yield raw

    def _pass_over(self, kind: Kind, raw: Mapping[str, Any], error: Exception) -> None:
        name = f"{kind.name[:-1]} {raw['metadata']['namespace']}/{raw['metadata']['name']}"
        text = f"{name} is skipped: {_foreign.unexpected(error)}."
        if text not in self._warnings:
            self._warnings.append(text)

    def _resources(self, one: Controller) -> Iterator[dict[str, Any]]:
        for name, kind in (CUSTOM if one.custom_resources else INGRESS).items():
            for raw in self._handled(one, kind):
                try:
                    yield {**resource(name, raw), "controller": f"{one.namespace}/{one.name}"}
                except _foreign.SPOILED as error:
                    self._pass_over(kind, raw, error)

    def _config_maps(self, controllers: list[Controller]) -> Iterator[dict[str, Any]]:
        return config_maps.declarations(
            self._reads.config_maps(),
            lambda namespace: self._watched.label_namespaces(controllers, namespace),
            cis_accepted.Declarations().fault,
            self._expressed,
        )

    def _applications(self, controllers: list[Controller]) -> list[dict[str, Any]]:
        of: list[Controller | None] = [*controllers] or [None]
        for one in of:
            if one is not None and not one.custom_resources:
                self._ingresses(one)
            else:
                self._custom_resources(one)
        return self._expressed.applications

    def _custom_resources(self, one: Controller | None) -> None:
        own = one.as_dict()["partitions"] if one else ()
        partition = self._options.partition or next(iter(own), None)
        servers = list(self._taken_over(one, CUSTOM["VirtualServer"]))
        fault, listeners = cis_accepted.application_fault, cis_accepted.application_listeners
        expressed = applications.express(servers, partition, fault, listeners)
        self._expressed.applications.extend(expressed.applications)
        self._expressed.left_out.extend(expressed.left_out)
        for name in ("TransportServer", "IngressLink"):
            for raw in self._taken_over(one, CUSTOM[name]):
                self._expressed.elsewhere(name, raw)
        for raw in self._taken_over(one, lists.SERVICES):
            if applications.is_published(raw):
                self._expressed.elsewhere("Service", raw)

    def _ingresses(self, one: Controller) -> None:
        for raw in self._taken_over(one, INGRESS["Ingress"]):
            if applications.ingress_class(raw) == one.ingress_class:
                self._expressed.elsewhere("Ingress", raw)

    def _tenants(self) -> Iterator[dict[str, Any]]:
        """Return the tenants that resources of the cluster name, for each CIS."""
        for name, kind in (*CUSTOM.items(), *INGRESS.items(), ("Service", lists.SERVICES)):
            for raw in self._handled(None, kind):
                if name != "Service" or applications.is_published(raw):
                    try:
                        yield _tenant(name, raw, tenants.of_resource(name, raw))
                    except _foreign.SPOILED as error:
                        self._pass_over(kind, raw, error)
        for raw in self._reads.config_maps():
            for named in tenants.of_config_map(raw, self._warnings.append):
                yield _tenant("ConfigMap", raw, named)


def _tenant(kind: str, raw: Mapping[str, Any], named: tenants.Named) -> dict[str, Any]:
    meta = raw["metadata"]
    place = {"kind": kind, "namespace": meta["namespace"], "name": meta["name"]}
    return {**place, "tenant": named[0], "addresses": named[1]}
