# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of module cis_info: joins _kube (reads) and _cis (understands). This module util is PRIVATE to the collection."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Iterator, Mapping
from urllib.parse import quote

from ._as3 import cis as claims
from ._cis import applications, log
from ._cis.controller import Controller, controller, pod_fault, resource
from ._deadline import Deadline
from ._errors import Failure
from ._kube import lists
from ._kube.client import Client, Forbidden, NotFound
from ._kube.lists import Kind

VIRTUAL_SERVERS = Kind("VirtualServers", "/apis/cis.f5.com/v1", "virtualservers")
_CUSTOM = {
    "VirtualServer": VIRTUAL_SERVERS,
    "TransportServer": Kind("TransportServers", "/apis/cis.f5.com/v1", "transportservers"),
    "IngressLink": Kind("IngressLinks", "/apis/cis.f5.com/v1", "ingresslinks"),
}
_INGRESS = {"Ingress": Kind("Ingresses", "/apis/networking.k8s.io/v1", "ingresses")}
_LOG_LINES = "2000"
_PROBE_SECONDS = 4.0


def cis_info(params: Mapping[str, Any]) -> dict[str, Any]:
    """The module's result for its parameters."""
    with closing(Client(params, Deadline(params["timeout"]))) as client:
        return _Reading(client, params).result()


class _Reading:
    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        self._client, self._params = client, params
        self.warnings: list[str] = []

    def result(self) -> dict[str, Any]:
        found = lists.each(self._client, lists.DEPLOYMENTS, self._params["namespace"], controller)
        wanted = [one for one in found if self._params["release"] in (None, one.release)]
        gather = self._params["gather"]
        told = [self._controller(one, "health" in gather) for one in wanted]
        result: dict[str, Any] = {"changed": False, "controllers": told}
        if "resources" in gather:
            result["resources"] = [item for one in wanted for item in self._resources(one)]
        if "config_maps" in gather:
            result["config_maps"] = self._config_maps(wanted)
        if "applications" in gather:
            result |= self._applications(wanted)
        result["problems"] = [text for one in told for text in one.get("problems", [])]
        result["lasting"] = any(finding["lasting"] for one in told for finding in one.get("findings", []))
        return {**result, "warnings": self.warnings}

    # -- one controller ------------------------------------------------------------------------------------------

    def _controller(self, one: Controller, health: bool) -> dict[str, Any]:
        told = one.as_dict()
        if not health:
            return told
        pods = lists.each(self._client, lists.PODS, one.namespace, lambda raw: raw, one.selector)
        pods = [raw for raw in pods if not raw["metadata"].get("deletionTimestamp")]
        findings = {finding.kind: finding for raw in pods for finding in log.findings(self._log(raw))}
        problems = [f"CIS {one.namespace}/{one.name}: {finding.message}" for finding in findings.values() if finding.kind != "resource"]
        named = [(str(raw["metadata"]["name"]), pod_fault(raw)) for raw in pods]
        faults = [f"Pod {one.namespace}/{name}: {text}" for name, text in named if text]
        ready = None
        if not told["available"] and one.replicas:
            detail = "; ".join(faults) or one.message or ("its Pod is not ready yet" if pods else "it has no Pod")
            problems.append(f"Deployment {one.namespace}/{one.name} is not available: {detail}")
        elif one.replicas and pods:
            ready = self._ready(one, str(pods[0]["metadata"]["name"]))
            if ready:
                problems.append(f"CIS {one.namespace}/{one.name} is not ready: {ready}")
        return {
            **told,
            "pods": [{"name": name, "fault": text} for name, text in named],
            "ready": None if ready is None else not ready,
            "findings": [{"kind": item.kind, "message": item.message, "lasting": item.lasting} for item in findings.values()],
            "problems": problems,
        }

    def _log(self, pod: Mapping[str, Any]) -> str:
        """Of the container that runs, or of the one that ended before it if that has restarted."""
        statuses = (pod.get("status") or {}).get("containerStatuses") or [{}]
        text = self._log_of(pod, previous=False)
        if statuses[0].get("restartCount") and not statuses[0].get("ready"):
            text = self._log_of(pod, previous=True) + text
        return text

    def _log_of(self, pod: Mapping[str, Any], *, previous: bool) -> str:
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        path = f"/api/v1/namespaces/{quote(namespace, safe='')}/pods/{quote(name, safe='')}/log"
        right = {"verb": "get", "resource": "pods/log", "group": "", "namespace": namespace}
        query = {"tailLines": _LOG_LINES, **({"previous": "true"} if previous else {})}
        try:
            return self._client.text(path, query, doing=f"reading the log of Pod {namespace}/{name}", right=right, deadline=self._soon())
        except Forbidden as denied:
            self.warnings.append(denied.message)
        except Failure as failed:  # a Pod that has not started has no log
            if failed.code not in ("kubernetes_error", "kubernetes_timeout", "kubernetes_not_found"):
                raise
        return ""

    def _ready(self, one: Controller, pod: str) -> str:
        """What /ready complains of, asked through the API's Pod proxy; empty if all is well."""
        path = f"/api/v1/namespaces/{quote(one.namespace, safe='')}/pods/{quote(pod, safe='')}:{one.port}/proxy/ready"
        right = {"verb": "get", "resource": "pods/proxy", "group": "", "namespace": one.namespace}
        try:
            self._client.text(path, {}, doing=f"asking /ready of Pod {one.namespace}/{pod}", right=right, deadline=self._soon())
        except Failure as failed:
            return failed.said or failed.message
        return ""

    def _soon(self) -> Deadline:
        return self._client.deadline.sooner(_PROBE_SECONDS)

    # -- what it looks after -------------------------------------------------------------------------------------

    def _resources(self, one: Controller) -> Iterator[dict[str, Any]]:
        for kind, where in (_CUSTOM if one.custom_resources else _INGRESS).items():
            try:
                for raw in lists.each(self._client, where, None, lambda raw: raw):
                    if one.watches(raw["metadata"]["namespace"]):
                        yield {**resource(kind, raw), "controller": f"{one.namespace}/{one.name}"}
            except NotFound:  # the CRD is not installed
                continue

    def _config_maps(self, of: list[Controller]) -> list[dict[str, Any]]:
        """AS3 ConfigMaps with their text as it is."""
        return [
            {"namespace": raw["metadata"]["namespace"], "name": raw["metadata"]["name"], "declaration": text}
            for raw in lists.each(self._client, lists.CONFIG_MAPS, None, lambda raw: raw, claims.CONFIG_MAP_SELECTOR)
            if _watched(raw, of)
            for text in (raw.get("data") or {}).values()
        ]

    def _applications(self, of: list[Controller]) -> dict[str, Any]:
        try:
            servers = lists.each(self._client, VIRTUAL_SERVERS, None, lambda raw: raw)
        except NotFound:
            servers = []
        done = applications.express([raw for raw in servers if _watched(raw, of)], self._params["partition"])
        return {"applications": done.applications, "left_out": done.left_out}


def _watched(raw: Mapping[str, Any], of: list[Controller]) -> bool:
    """Whether one of these CIS looks after it. Without a CIS all are meant."""
    return not of or any(one.watches(raw["metadata"]["namespace"]) for one in of)
