# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads of a cluster's CIS: Deployments, Pods, logs, /ready, and the resources that they handle."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence
from urllib.parse import quote

from .._cis import log
from .._cis.controller import Controller, controller
from .._cis.health import previous_log_counts
from .._deadline import Deadline
from .._errors import Failure
from .._kube import lists
from .._kube.client import Client, Forbidden, NotFound
from .._kube.lists import Kind
from .._ownership import claims

CUSTOM = {
    "VirtualServer": Kind("VirtualServers", "/apis/cis.f5.com/v1", "virtualservers"),
    "TransportServer": Kind("TransportServers", "/apis/cis.f5.com/v1", "transportservers"),
    "IngressLink": Kind("IngressLinks", "/apis/cis.f5.com/v1", "ingresslinks"),
}
INGRESS = {"Ingress": Kind("Ingresses", "/apis/networking.k8s.io/v1", "ingresses")}
_PROBE_SECONDS = 4.0
Raw = dict[str, Any]


class CisReads:
    """`warn`: takes what may not be read."""

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn
        self._by_label: dict[str, set[str]] = {}

    def controllers(self, namespace: str) -> list[Controller]:
        """Return the CIS of a namespace."""
        return lists.each(self._client, lists.DEPLOYMENTS, namespace, controller)

    def controllers_allowed(self, namespaces: Sequence[str]) -> list[Controller]:
        """Return the CIS of the whole cluster; where that is forbidden, of these namespaces."""
        return lists.each_allowed(self._client, lists.DEPLOYMENTS, namespaces, controller)

    def pods(self, one: Controller) -> list[Raw]:
        """Return the Pods of a CIS that are not being deleted."""
        pods = lists.each(self._client, lists.PODS, one.namespace, lambda raw: raw, one.selector)
        return [raw for raw in pods if not raw["metadata"].get("deletionTimestamp")]

    def logs(self, pod: Mapping[str, Any]) -> list[str]:
        """Return the log of the container, and before it that of its earlier run, if that matters."""
        now = self._log(pod, previous=False)
        return [self._log(pod, previous=True), now] if previous_log_counts(pod) else [now]

    def _log(self, pod: Mapping[str, Any], *, previous: bool) -> str:
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        path = f"{lists.address(lists.PODS, namespace, name)}/log"
        right = {"verb": "get", "resource": "pods/log", "group": "", "namespace": namespace}
        query = {"tailLines": str(log.LINES), **({"previous": "true"} if previous else {})}
        doing = f"reading the log of Pod {namespace}/{name}"
        try:
            return self._client.text(path, query, doing=doing, right=right, deadline=self._soon())
        except Forbidden as denied:
            self._warn(denied.message)
        except Failure as failed:  # a Pod that has not started has no log
            if failed.code == "kubernetes_too_large":
                self._warn(failed.message)
            elif failed.code not in ("kubernetes_error", "kubernetes_timeout", "kubernetes_not_found"):
                raise
        return ""

    def complaint(self, one: Controller, pod: str) -> str:
        """Return what /ready complains of, through the API's Pod proxy; empty if it answers well."""
        path = (
            f"{lists.PODS.path(one.namespace)}/{quote(pod, safe='')}:{quote(one.port, safe='')}/proxy/ready"
        )
        right = {"verb": "get", "resource": "pods/proxy", "group": "", "namespace": one.namespace}
        doing = f"asking /ready of Pod {one.namespace}/{pod}"
        try:
            self._client.text(path, {}, doing=doing, right=right, deadline=self._soon())
        except Failure as failed:
            return failed.said or failed.message
        return ""

    def _soon(self) -> Deadline:
        return self._client.deadline.sooner(_PROBE_SECONDS)

    def resources(self, kind: Kind, label: str | None) -> list[Raw]:
        """Return the resources of a kind in the whole cluster; none if its CRD is not installed."""
        try:
            return lists.each(self._client, kind, None, lambda raw: raw, label)
        except NotFound:
            return []

    def config_maps(self) -> list[Raw]:
        """Return the AS3 ConfigMaps of the whole cluster."""
        return lists.each(self._client, lists.CONFIG_MAPS, None, lambda raw: raw, claims.CONFIG_MAP_SELECTOR)

    def namespaces(self, label: str) -> set[str]:
        """Return the names of the namespaces with a label; for an empty label, of all."""
        if label not in self._by_label:
            names = lists.each(
                self._client, lists.NAMESPACES, None, lambda raw: str(raw["metadata"]["name"]), label
            )
            self._by_label[label] = set(names)
        return self._by_label[label]
