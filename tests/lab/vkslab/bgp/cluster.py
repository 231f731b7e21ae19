# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows the objects of the cluster that BGP depends on. A kind is watched when its CRD exists."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from ..kube import Informer, Kube, KubeError
from .nodes import Objects, secret_keys
from .records import Configuration, Networks, Node, Peer, Policy, SecretKey, Status

_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps"
_AGENT = "antrea-agent.conf"
Read = Callable[[dict[str, Any]], Any]
#: By the CRD's kind: the table of its objects, and how each is read.
_CALICO: dict[str, tuple[str, Read]] = {
    "BGPPeer": ("peers", Peer.read),
    "BGPConfiguration": ("configurations", Configuration.read),
    "BlockAffinity": ("affinities", Networks.of_affinity),
    "IPAMBlock": ("blocks", Networks.of_block),
    "CalicoNodeStatus": ("statuses", Status.read),
}
_GROUPS: dict[str, dict[str, tuple[str, Read]]] = {
    "crd.projectcalico.org": _CALICO,
    "projectcalico.org": _CALICO,
    "crd.antrea.io": {"BGPPolicy": ("policies", Policy.read)},
}


@dataclass(frozen=True)
class _Kind:
    """A CRD."""

    group: str
    name: str
    path: str

    @classmethod
    def read(cls, obj: dict[str, Any]) -> _Kind:
        spec = obj["spec"]
        version = next(one["name"] for one in spec["versions"] if one["storage"])
        return cls(
            spec["group"],
            spec["names"]["kind"],
            f"/apis/{spec['group']}/{version}/{spec['names']['plural']}",
        )


class Cluster:
    """``objects`` as they are; ``changed`` is set after each change."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube
        self.objects = Objects()
        self.changed = asyncio.Event()
        self.status_path = ""
        """Where the CalicoNodeStatus objects are"""
        self._passwords: dict[SecretKey, str | None] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def follow(self) -> None:
        """Until it is cancelled."""
        nodes = Informer(self._kube, "/api/v1/nodes", Node.read, self._into("nodes"))
        crds = Informer(self._kube, _CRDS, _Kind.read, self._crd_changed)
        try:
            await asyncio.gather(nodes.run(), crds.run())
        finally:
            for task in self._tasks.values():
                task.cancel()

    def password(self, key: SecretKey) -> str | None:
        return self._passwords.get(key)

    async def refresh(self) -> None:
        """Read what is not watched: the Secrets with passwords, and Antrea's gate if it has a policy."""
        if self.objects.policies:
            self.objects.antrea_gate = await self._gate()
        found = {key: await self._secret(key) for key in secret_keys(self.objects)}
        self._passwords = found

    async def write(self, name: str, status: dict[str, Any]) -> None:
        with contextlib.suppress(KubeError):  # it was deleted, or another writer was faster
            await self._kube.merge_patch(f"{self.status_path}/{name}", {"status": status})

    def _crd_changed(self, old: _Kind | None, new: _Kind | None) -> None:
        kind = new or old
        found = _GROUPS.get(kind.group, {}).get(kind.name) if kind else None
        if kind is None or found is None:
            return
        (table, read), path = found, kind.path
        if new is None:
            task = self._tasks.pop(path, None)
            if task:
                task.cancel()
                getattr(self.objects, table).clear()
                self.changed.set()
        elif path not in self._tasks:
            if table == "statuses":
                self.status_path = path
            informer = Informer(self._kube, path, read, self._into(table))
            self._tasks[path] = asyncio.create_task(informer.run())

    def _into(self, table: str) -> Callable[[Any, Any], None]:
        def change(old: Any, new: Any) -> None:
            known = getattr(self.objects, table)
            if old is not None:
                known.pop(old.name, None)
            if new is not None:
                known[new.name] = new
            if old != new:
                self.changed.set()

        return change

    async def _secret(self, key: SecretKey) -> str | None:
        namespace, name, entry = key
        try:
            found = await self._kube.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        except KubeError:
            return None
        text = (found.get("data") or {}).get(entry)
        return None if text is None else base64.b64decode(text).decode("utf8", "replace")

    async def _gate(self) -> bool:
        """BGPPolicy in the agents' configuration. They read it at their start, the lab at once."""
        listed = await self._kube.get(_CONFIG_MAPS)
        for item in listed["items"]:
            if item["metadata"]["name"].startswith("antrea-config") and _AGENT in (item.get("data") or {}):
                with contextlib.suppress(yaml.YAMLError, AttributeError):
                    gates = (yaml.safe_load(item["data"][_AGENT]) or {}).get("featureGates") or {}
                    return gates.get("BGPPolicy", gates.get("AllAlpha")) is True
        return False
