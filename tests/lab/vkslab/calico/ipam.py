# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calico's IPAM: writes blocks and affinities, the annotations of nodes, and answers Pods that ask for a
block."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from .. import pod_addresses
from ..kube import Kube, KubeError
from .api import Api
from .blocks import Block, place_of
from .known import Known
from .objects import Node, Pod
from .plan import Affinity, Step, plan

log = logging.getLogger(__name__)

#: Seconds in which changes of allocations are collected, so 1,000 Pods are not 1,000 requests: from the first
#: to the second number, by the count of blocks. A new block does not wait.
COLLECT = (0.25, 1.0)
#: In this many seconds for each block, the API server has time for others.
FOR_EACH_BLOCK = 0.1
#: Blocks that are written at the same time.
PARALLEL = 8
_FAILURES = (KubeError, aiohttp.ClientError, asyncio.TimeoutError)


class Ipam:
    """``report`` gets how many objects it knows, whenever all of them are as they should be."""

    def __init__(self, kube: Kube, api: Api, report: Callable[[dict[str, int]], None]) -> None:
        self.known = Known()
        self._kube, self._api, self._report = kube, api, report
        self._wake = asyncio.Event()
        self._collected = False
        self._pause = COLLECT[0]
        self._timer: asyncio.TimerHandle | None = None
        self._complained: set[str] = set()
        self._slots = asyncio.Semaphore(PARALLEL)

    # -- changes, from the informers

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        self.known.node_changed(old, new)
        self._wake.set()

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        self.known.pod_changed(old, new)
        if new is None and old:
            self._complained.discard(old.uid)
        self._wake.set()

    def block_changed(self, old: Block | None, new: Block | None) -> None:
        self.known.block_changed(old, new)
        self._wake.set()

    def affinity_changed(self, old: Affinity | None, new: Affinity | None) -> None:
        self.known.affinity_changed(old, new)
        self._wake.set()

    # -- work

    async def work(self) -> None:
        """Never ends."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._annotate_nodes()
            answers = self._promises()
            due = {cidr for cidr in self.known.changed if self._collected or self.known.is_unclaimed(cidr)}
            due |= {place_of(address)[0] for _pod, found in answers for address in found}
            if self._collected:
                self._collected = False
                self._pause = min(max(COLLECT[0], FOR_EACH_BLOCK * len(due)), COLLECT[1])
            await asyncio.gather(*(self._write(cidr) for cidr in due))
            for pod, found in answers:
                await self._answer(pod, found)
            if self.known.changed or self.known.unannotated or answers:
                self._collect()
            elif not self._wake.is_set():
                self._report(self.counts())

    def _collect(self) -> None:
        """All changed blocks are due after a while, counted from the first change."""
        loop = asyncio.get_running_loop()
        self._timer = self._timer or loop.call_later(self._pause, self.collected)

    def collected(self) -> None:
        """All changed blocks are due."""
        self._timer, self._collected = None, True
        self._wake.set()

    def counts(self) -> dict[str, int]:
        known = self.known
        return {
            "pods": len(known.pods),
            "nodes": len(known.nodes),
            "blocks": len(known.blocks),
            "affinities": len(known.affinities),
        }

    async def _annotate_nodes(self) -> None:
        """As calico-node does at its start."""
        for name in list(self.known.unannotated):
            # It may have been deleted while the former one was written.
            node = self.known.nodes.get(name)
            wanted = node.missing() if node else {}
            try:
                if wanted:
                    body = {"metadata": {"annotations": wanted}}
                    await self._kube.merge_patch(f"/api/v1/nodes/{name}", body)
                self.known.unannotated.discard(name)
            except _FAILURES as error:
                log.warning("%s", error)

    def _promises(self) -> list[tuple[Pod, tuple[str, ...]]]:
        """Addresses for the Pods that wait. A Pod whose block is full or wrong waits on."""
        promises: list[tuple[Pod, tuple[str, ...]]] = []
        for pod in list(self.known.waiting()):
            try:
                promises.append((pod, self.known.promise(pod)))
            except ValueError as error:
                if pod.uid not in self._complained:
                    log.warning("%s/%s has to wait: %s", pod.namespace, pod.name, error)
                self._complained.add(pod.uid)
        return promises

    async def _answer(self, pod: Pod, addresses: tuple[str, ...]) -> None:
        """After its block shows the address, as the CNI plugin does."""
        if any(place_of(address)[0] in self.known.changed for address in addresses):
            return
        try:
            await pod_addresses.answer(self._kube, pod.namespace, pod.name, pod.uid, addresses)
        except _FAILURES as error:
            log.warning("%s", error)

    async def _write(self, cidr: str) -> None:
        """Write what one block lacks. After a failure it stays in `changed`."""
        async with self._slots:
            self.known.changed.discard(cidr)
            nodes, releasing = self.known.nodes.keys(), self.known.releasing
            try:
                for step in plan(self._api, self.known.place(cidr), nodes, releasing):
                    await self._take(step)
            except _FAILURES as error:
                log.info("%s: %s", cidr, error)
                self.known.changed.add(cidr)

    async def _take(self, step: Step) -> None:
        path = self._api.collection(step.kind)
        if step.verb == "create":
            await self._kube.create(path, step.body)
        elif step.verb == "delete":
            await self._kube.delete(f"{path}/{step.name}")
        elif step.verb == "patch":
            await self._kube.merge_patch(f"{path}/{step.name}", step.body)
        else:
            # Only the informer reports the new version: the answer may be older than the block's deletion.
            await self._kube.request("PUT", f"{path}/{step.name}", body=step.body)
