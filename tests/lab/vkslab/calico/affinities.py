# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps one BlockAffinity for each Pod range of each node."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import aiohttp

from ..kube import Kube, KubeError
from ..net.objects import Node
from . import manifests

log = logging.getLogger(__name__)


def differences(nodes: Iterable[Node], present: Iterable[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """(what to create, names to delete)"""
    wanted = {
        made["metadata"]["name"]: made
        for node in nodes
        for made in (manifests.block_affinity(node.name, cidr) for cidr in node.pod_cidrs)
    }
    present = set(present)
    return [made for name, made in wanted.items() if name not in present], sorted(present - wanted.keys())


class Affinities:
    def __init__(self, kube: Kube) -> None:
        self._kube = kube
        self._nodes: dict[str, Node] = {}
        self._present: set[str] = set()
        self._wake = asyncio.Event()

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        if old:
            self._nodes.pop(old.name, None)
        if new:
            self._nodes[new.name] = new
        self._wake.set()

    def affinity_changed(self, old: str | None, new: str | None) -> None:
        if old:
            self._present.discard(old)
        if new:
            self._present.add(new)
        self._wake.set()

    async def work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            create, delete = differences(self._nodes.values(), self._present)
            path = manifests.collection("BlockAffinity")
            try:
                for made in create:
                    await self._kube.create(path, made)
                for name in delete:
                    await self._kube.delete(f"{path}/{name}")
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                log.warning("%s", error)
                await asyncio.sleep(1)
                self._wake.set()
