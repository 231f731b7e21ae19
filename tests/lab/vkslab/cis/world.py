# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that CIS watches, with the rights of its ServiceAccount."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import aiohttp

from ..kube import Informer, Kube, KubeError
from .flags import Settings
from .logs import Log
from .members import Key
from .program import Json
from .routes import AFFINITIES, CALICO

Objects = dict[Key, Json]

_CORE = ("services", "endpoints", "nodes", "namespaces")
_CUSTOM = ("virtualservers", "transportservers", "tlsprofiles")
RETRY = 2.0
_TITLES = {
    "services": "Service", "endpoints": "Endpoints", "nodes": "Node", "namespaces": "Namespace",
    "pods": "Pod", "secrets": "Secret", "configmaps": "ConfigMap", "ipams": "IPAM",
    "ingresses": "Ingress", "ingressclasses": "IngressClass",
    "virtualservers": "VirtualServer", "transportservers": "TransportServer", "tlsprofiles": "TLSProfile",
}  # fmt: skip


class World:
    """Lists that follow the API. ``changed`` is set when an object changed."""

    def __init__(self, kube: Kube, settings: Settings, log: Log) -> None:
        self._kube, self._settings, self._log = kube, settings, log
        self._objects: dict[str, Objects] = defaultdict(dict)
        self.changed = asyncio.Event()

    def all(self, kind: str) -> Objects:
        """Of the namespaces that CIS watches."""
        found = self._objects[kind]
        if kind in ("nodes", "ipams", "ingressclasses", AFFINITIES):
            return found
        return {key: each for key, each in found.items() if self._watched(key[0])}

    def _watched(self, namespace: str) -> bool:
        if self._settings.namespaces:
            return namespace in self._settings.namespaces
        if self._settings.namespace_label:
            key, _equals, value = self._settings.namespace_label.partition("=")
            labels = (self._objects["namespaces"].get(("", namespace)) or {}).get("metadata", {}).get(
                "labels"
            ) or {}
            return bool(labels.get(key) == value)
        return True

    async def run(self, started: Callable[[], None]) -> None:
        """Runs until it is cancelled. ``started`` is called when all lists are complete."""
        informers = []
        for kind, path, parameters in self._lists():
            await self._allowed(kind, path)
            informers.append(Informer(self._kube, path, _slim, self._keeper(kind), parameters))
        tasks = [asyncio.ensure_future(informer.run()) for informer in informers]
        try:
            await asyncio.gather(*(informer.synced.wait() for informer in informers))
            started()
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _lists(self) -> list[tuple[str, str, dict[str, str]]]:
        settings = self._settings
        nodes = {"labelSelector": settings.node_label_selector} if settings.node_label_selector else {}
        lists = [(kind, f"/api/v1/{kind}", nodes if kind == "nodes" else {}) for kind in _CORE]
        if settings.mode == "nodeportlocal":
            lists.append(("pods", "/api/v1/pods", {}))
        if settings.custom_resources:
            lists += [
                (
                    kind,
                    f"/apis/cis.f5.com/v1/{kind}",
                    {"labelSelector": "f5cr=true"} if "server" in kind else {},
                )
                for kind in _CUSTOM
            ]
            lists.append(("secrets", "/api/v1/secrets", {"fieldSelector": "type=kubernetes.io/tls"}))
        else:
            lists += [
                (kind, f"/apis/networking.k8s.io/v1/{kind}", {}) for kind in ("ingresses", "ingressclasses")
            ]
            lists.append(("configmaps", "/api/v1/configmaps", {"labelSelector": "f5type=virtual-server"}))
        if settings.static_routes and settings.cni == CALICO:
            lists.append((AFFINITIES, f"/apis/crd.projectcalico.org/v1/{AFFINITIES}", {}))
        if settings.ipam:
            lists.append(("ipams", f"/apis/fic.f5.com/v1/namespaces/{settings.ipam_namespace}/ipams", {}))
        return lists

    async def _allowed(self, kind: str, path: str) -> None:
        """A kind that does not exist or must not be read is reported in the log until that changes."""
        while True:
            try:
                await self._kube.request("GET", path, params={"limit": "1"})
                return
            except KubeError as error:
                reason = (
                    error.message.strip()
                    if error.status == 403
                    else f"the server could not find the requested resource (get {_resource(path)})"
                )
                self._not_listed(kind, reason if error.status in (403, 404) else str(error))
            except (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError) as error:
                self._not_listed(kind, repr(error))
            await asyncio.sleep(RETRY)

    def _not_listed(self, kind: str, reason: str) -> None:
        """As client-go's reflector logs it: its own handler with Ingresses and ConfigMaps, CIS's handler with
        custom resources."""
        title = _TITLES.get(kind, kind)
        said = f"failed to list *v1.{title}: {reason}"
        if self._settings.custom_resources:
            self._log.klog(
                f"[ERROR] Failed to watch {title} in cluster {self._settings.local_cluster}: {said}",
                "informers.go:1672",
            )
        else:
            self._log.klog(
                "pkg/mod/k8s.io/client-go@v0.21.2/tools/cache/reflector.go:167: Failed to watch "
                f"*v1.{title}: {said}",
                "reflector.go:138",
            )

    def _keeper(self, kind: str) -> Callable[[Json | None, Json | None], None]:
        objects = self._objects[kind]

        def keep(old: Json | None, new: Json | None) -> None:
            either = new or old
            assert either is not None
            key = either["metadata"].get("namespace", ""), either["metadata"]["name"]
            if new is None:
                objects.pop(key, None)
            else:
                objects[key] = new
            if old != new:
                self.changed.set()

        return keep


def _slim(item: Json) -> Json:
    """Without what changes all the time and has no effect: versions, and the heartbeats of nodes."""
    meta = {
        name: item["metadata"][name]
        for name in ("name", "namespace", "labels", "annotations", "creationTimestamp")
        if name in item["metadata"]
    }
    slim = {name: value for name, value in item.items() if name not in ("metadata", "status")}
    status = item.get("status") or {}
    if "conditions" in status:
        status = {
            **status,
            "conditions": [{"type": each["type"], "status": each["status"]} for each in status["conditions"]],
        }
    return {
        **slim,
        "metadata": meta,
        "status": {
            name: status[name]
            for name in ("addresses", "conditions", "loadBalancer", "IPStatus")
            if name in status
        },
    }


def _resource(path: str) -> str:
    """The resource with its group, as the API server names it."""
    parts = path.split("/")
    return f"{parts[-1]}.{parts[2]}" if parts[1] == "apis" else parts[-1]
