# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module cis_info: joins _kube (reads) and _cis (understands)."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Iterator, Mapping
from urllib.parse import quote

from .. import _foreign
from .._cis import applications, log, tenants
from .._cis.controller import RESOURCE_LABEL, Controller, controller, pod_fault, resource
from .._cis.options import elsewhere
from .._cluster.cis_installation import installation
from .._deadline import Deadline
from .._errors import Failure
from .._kube import lists
from .._kube.client import Client, Forbidden, NotFound
from .._kube.lists import Kind
from .._ownership import claims
from .._request import cis_accepted

_CUSTOM = {
    "VirtualServer": Kind("VirtualServers", "/apis/cis.f5.com/v1", "virtualservers"),
    "TransportServer": Kind("TransportServers", "/apis/cis.f5.com/v1", "transportservers"),
    "IngressLink": Kind("IngressLinks", "/apis/cis.f5.com/v1", "ingresslinks"),
}
_INGRESS = {"Ingress": Kind("Ingresses", "/apis/networking.k8s.io/v1", "ingresses")}
_NO_RELEASE = "none"
_PROBE_SECONDS = 4.0


def cis_info(params: Mapping[str, Any]) -> dict[str, Any]:
    """The module's result for its parameters."""
    with closing(Client(params, Deadline(params["timeout"]))) as client:
        return _Reading(client, params).result()


class _Reading:
    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        self._client, self._params = client, params
        self.warnings: list[str] = []
        client.warn = self.warnings.append
        self._labelled: dict[str, set[str]] = {}

    def result(self) -> dict[str, Any]:
        found = self._controllers()
        wanted = [one for one in found if self._params["release"] in (None, one.release or _NO_RELEASE)]
        gather = self._params["gather"]
        own = [one for one in wanted if self._is_installed_here(one)]
        told = [self._controller(one, "health" in gather or one in own) for one in wanted]
        result: dict[str, Any] = {"changed": False, "controllers": told}
        if "resources" in gather or own:
            result["resources"] = [item for one in (wanted if "resources" in gather else own) for item in self._resources(one)]
        left_out: list[dict[str, str]] = []
        if "config_maps" in gather:
            result["config_maps"] = list(self._config_maps(wanted, left_out))
        if "applications" in gather:
            result["applications"] = self._applications(wanted, left_out)
        if "config_maps" in gather or "applications" in gather:
            result["left_out"] = left_out
        if "tenants" in gather:
            result["tenants"] = list(self._tenants())
        if self._params["installation"]:
            result["installation"] = installation(self._client, self._params["installation"])
        for name in ("problems", "blocking"):
            result[name] = [text for one in told for text in one.get(name, [])]
        result["lasting"] = any(finding["lasting"] for one in told for finding in one.get("findings", []))
        return {**result, "warnings": self.warnings}

    def _controllers(self) -> list[Controller]:
        """The CIS that count: of the namespace that the user names, else of cis_namespaces."""
        namespace, here = self._params["namespace"], self._params["installation"]
        if namespace:
            found: list[Controller] = lists.each(self._client, lists.DEPLOYMENTS, namespace, controller)
            return found
        believed = list(dict.fromkeys([*self._params["cis_namespaces"], *([here["namespace"]] if here else [])]))
        found = lists.each_allowed(self._client, lists.DEPLOYMENTS, believed, controller)
        others = [f"{one.namespace}/{one.name}" for one in found if one.namespace not in believed]
        if others:
            self.warnings.append(elsewhere(others, believed))
        return [one for one in found if one.namespace in believed]

    def _is_installed_here(self, one: Controller) -> bool:
        """Whether it is the CIS of the option installation, and its health is asked for."""
        here = self._params["installation"] or {}
        return bool(here.get("health")) and (one.namespace, one.release) == (here["namespace"], here["release"])

    # -- one controller ------------------------------------------------------------------------------------------

    def _controller(self, one: Controller, health: bool) -> dict[str, Any]:
        told = one.as_dict()
        if not health:
            return told
        pods = lists.each(self._client, lists.PODS, one.namespace, lambda raw: raw, one.selector)
        pods = [raw for raw in pods if not raw["metadata"].get("deletionTimestamp")]
        findings = log.joined(log.findings(*self._logs(raw)) for raw in pods)
        said = [(finding, f"CIS {one.namespace}/{one.name}: {finding.message}") for finding in findings if finding.kind != "resource"]
        named = [(str(raw["metadata"]["name"]), pod_fault(raw)) for raw in pods]
        faults = [f"Pod {one.namespace}/{name}: {text}" for name, text in named if text]
        state, ready = [], None
        if not told["available"] and one.replicas:
            detail = "; ".join(faults) or one.message or ("its Pod is not ready yet" if pods else "it has no Pod")
            state.append(f"Deployment {one.namespace}/{one.name} is not available: {detail}")
        elif one.replicas and pods:
            ready = self._ready(one, str(pods[0]["metadata"]["name"]))
            if ready:
                state.append(f"CIS {one.namespace}/{one.name} is not ready: {ready}")
        return {
            **told,
            "pods": [{"name": name, "fault": text} for name, text in named],
            "ready": None if ready is None else not ready,
            "findings": [{"kind": item.kind, "message": item.message, "lasting": item.lasting, "certain": item.certain} for item in findings],
            "problems": [*(text for _finding, text in said), *state],
            "blocking": [*(text for finding, text in said if finding.certain), *state],
        }

    def _logs(self, pod: Mapping[str, Any]) -> list[str]:
        """Of the container that runs, after that of the one that ended before it if that has restarted."""
        statuses = (pod.get("status") or {}).get("containerStatuses") or [{}]
        texts = [self._log_of(pod, previous=False)]
        if statuses[0].get("restartCount") and not statuses[0].get("ready"):
            texts.insert(0, self._log_of(pod, previous=True))
        return texts

    def _log_of(self, pod: Mapping[str, Any], *, previous: bool) -> str:
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        path = f"/api/v1/namespaces/{quote(namespace, safe='')}/pods/{quote(name, safe='')}/log"
        right = {"verb": "get", "resource": "pods/log", "group": "", "namespace": namespace}
        query = {"tailLines": str(log.LINES), **({"previous": "true"} if previous else {})}
        try:
            return self._client.text(path, query, doing=f"reading the log of Pod {namespace}/{name}", right=right, deadline=self._soon())
        except Forbidden as denied:
            self.warnings.append(denied.message)
        except Failure as failed:  # a Pod that has not started has no log
            if failed.code == "kubernetes_too_large":
                self.warnings.append(failed.message)
            elif failed.code not in ("kubernetes_error", "kubernetes_timeout", "kubernetes_not_found"):
                raise
        return ""

    def _ready(self, one: Controller, pod: str) -> str:
        """What /ready complains of, asked through the API's Pod proxy; empty if all is well."""
        path = f"/api/v1/namespaces/{quote(one.namespace, safe='')}/pods/{quote(pod, safe='')}:{quote(one.port, safe='')}/proxy/ready"
        right = {"verb": "get", "resource": "pods/proxy", "group": "", "namespace": one.namespace}
        try:
            self._client.text(path, {}, doing=f"asking /ready of Pod {one.namespace}/{pod}", right=right, deadline=self._soon())
        except Failure as failed:
            return failed.said or failed.message
        return ""

    def _soon(self) -> Deadline:
        return self._client.deadline.sooner(_PROBE_SECONDS)

    # -- what they look after ------------------------------------------------------------------------------------

    def _watched(self, one: Controller | None, where: Kind) -> Iterator[dict[str, Any]]:
        """The objects of a kind that this CIS looks after; without a CIS all that one would. A CRD may not be installed."""
        label = (one.resource_label if one else RESOURCE_LABEL) if where in _CUSTOM.values() else None
        try:
            found = lists.each(self._client, where, None, lambda raw: raw, label)
        except NotFound:
            return
        for raw in found:
            if one is None or self._watches(one, raw["metadata"]["namespace"]):
                yield raw

    def _pass_over(self, where: Kind, raw: Mapping[str, Any], error: Exception) -> None:
        text = f"{where.name[:-1]} {raw['metadata']['namespace']}/{raw['metadata']['name']} is passed over: {error}."
        if text not in self.warnings:
            self.warnings.append(text)

    def _gathered(self, one: Controller | None, where: Kind) -> Iterator[dict[str, Any]]:
        """Of these what is expressed, or told as left out."""
        return (raw for raw in self._watched(one, where) if raw["metadata"]["namespace"] not in self._params["leave_out_namespaces"])

    def _watches(self, one: Controller, namespace: str) -> bool:
        if not one.namespace_label:
            return one.watches(namespace)
        return namespace in self._names(one.namespace_label)

    def _resources(self, one: Controller) -> Iterator[dict[str, Any]]:
        for kind, where in (_CUSTOM if one.custom_resources else _INGRESS).items():
            for raw in self._watched(one, where):
                try:
                    yield {**resource(kind, raw), "controller": f"{one.namespace}/{one.name}"}
                except _foreign.SPOILED as error:
                    self._pass_over(where, raw, _foreign.unexpected(error))

    def _config_maps(self, of: list[Controller], left_out: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
        """AS3 ConfigMaps with their text as it is; those that publish would refuse, alone or beside an older one, are left out."""
        done, accepted = applications.Expressed(left_out=left_out), cis_accepted.Declarations()
        found = lists.each(self._client, lists.CONFIG_MAPS, None, lambda raw: raw, claims.CONFIG_MAP_SELECTOR)
        for raw in sorted(found, key=applications.age):
            namespace, name = raw["metadata"]["namespace"], raw["metadata"]["name"]
            labelled = self._label_namespaces(of, namespace)
            texts = list((raw.get("data") or {}).values()) if labelled else []
            if len(texts) > tenants.MOST_TEXTS:
                done.leave_out("ConfigMap", raw, "", f"It has more than {tenants.MOST_TEXTS} texts. An AS3 ConfigMap has one.")
                continue
            for text in texts:
                fault = accepted.fault(namespace, name, text)
                if fault:
                    done.leave_out("ConfigMap", raw, *fault)
                else:
                    yield {"namespace": namespace, "name": name, "declaration": text, "label_namespaces": labelled}

    def _label_namespaces(self, of: list[Controller], namespace: str) -> list[str]:
        """Where labelled Services fill the pools of a namespace's ConfigMaps. Empty: no CIS of these watches the namespace, or it is left out."""
        without = self._params["leave_out_namespaces"]
        watching = [one for one in of if self._watches(one, namespace)]
        if namespace in without or of and not watching:
            return []
        return sorted({namespace}.union(*(self._namespaces(one) for one in watching if one.hub_mode)).difference(without))

    def _namespaces(self, one: Controller) -> set[str]:
        """The namespaces that it watches, by their names."""
        if one.namespaces and not one.namespace_label:
            return set(one.namespaces)
        return self._names(one.namespace_label)

    def _names(self, label: str) -> set[str]:
        """The namespaces with a label; without a label, all."""
        if label not in self._labelled:
            names = lists.each(self._client, lists.NAMESPACES, None, lambda raw: str(raw["metadata"]["name"]), label or None)
            self._labelled[label] = set(names)
        return self._labelled[label]

    def _applications(self, of: list[Controller], left_out: list[dict[str, str]]) -> list[dict[str, Any]]:
        done = applications.Expressed(left_out=left_out)
        wanted: list[Controller | None] = [*of] or [None]
        for one in wanted:
            if one is not None and not one.custom_resources:
                self._ingresses(one, done)
                continue
            partition = self._params["partition"] or next(iter(one.as_dict()["partitions"] if one else ()), None)
            servers = list(self._gathered(one, _CUSTOM["VirtualServer"]))
            found = applications.express(servers, partition, cis_accepted.application_fault, cis_accepted.application_listeners)
            done.applications.extend(found.applications)
            done.left_out.extend(found.left_out)
            for kind in ("TransportServer", "IngressLink"):
                for raw in self._gathered(one, _CUSTOM[kind]):
                    done.elsewhere(kind, raw)
            for raw in self._gathered(one, lists.SERVICES):
                if applications.is_published(raw):
                    done.elsewhere("Service", raw)
        return done.applications

    def _ingresses(self, one: Controller, done: applications.Expressed) -> None:
        for raw in self._gathered(one, _INGRESS["Ingress"]):
            if applications.ingress_class(raw) == one.ingress_class:
                done.elsewhere("Ingress", raw)

    def _tenants(self) -> Iterator[dict[str, Any]]:
        """The tenants that resources of the cluster name, whoever looks after them."""
        for kind, where in (*_CUSTOM.items(), *_INGRESS.items(), ("Service", lists.SERVICES)):
            for raw in self._watched(None, where):
                if kind != "Service" or applications.is_published(raw):
                    try:
                        yield _named(kind, raw, tenants.of_resource(kind, raw))
                    except _foreign.SPOILED as error:
                        self._pass_over(where, raw, _foreign.unexpected(error))
        for raw in lists.each(self._client, lists.CONFIG_MAPS, None, lambda raw: raw, claims.CONFIG_MAP_SELECTOR):
            yield from (_named("ConfigMap", raw, named) for named in tenants.of_config_map(raw, self.warnings.append))


def _named(kind: str, raw: Mapping[str, Any], named: tenants.Named) -> dict[str, Any]:
    meta = raw["metadata"]
    return {"kind": kind, "namespace": meta["namespace"], "name": meta["name"], "tenant": named[0], "addresses": named[1]}
