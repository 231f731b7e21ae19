# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AntreaIPAM: a Pod with the annotation ipam.antrea.io/ippools gets an address of that IPPool.

Only of an agent that started with the feature gate AntreaIPAM and in bridging mode. Any other agent ignores
the annotation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from .. import pod_addresses
from ..kube import Kube, KubeError
from . import manifests
from .pools import Asking, Owner, Pool, api_version
from .version import Version

log = logging.getLogger(__name__)

RETRY = 0.5


class AntreaIpam:
    """``is_on`` is whether the node's agent has AntreaIPAM; None while none has started."""

    def __init__(self, kube: Kube, version: Version, is_on: Callable[[str], bool | None]) -> None:
        self._kube, self._is_on = kube, is_on
        self.collection = f"/apis/{manifests.INFO_GROUP}/{api_version(version)}/ippools"
        self._pools: dict[str, Pool] = {}
        self._pods: dict[str, Asking] = {}
        self._promised: dict[str, str] = {}
        self._wake = asyncio.Event()

    def pool_changed(self, old: Pool | None, new: Pool | None) -> None:
        if old:
            self._pools.pop(old.name, None)
        if new:
            self._pools[new.name] = new
        self._wake.set()

    def pod_changed(self, old: Asking | None, new: Asking | None) -> None:
        if old:
            self._pods.pop(old.uid, None)
        if new:
            self._pods[new.uid] = new
        if old and (new is None or not new.waits):
            self._promised.pop(old.uid, None)
        if old or new:
            self._wake.set()

    def agent_changed(self) -> None:
        self._wake.set()

    async def work(self) -> None:
        """Never ends."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._pass()
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                log.info("again soon: %s", error)
                await asyncio.sleep(RETRY)
                self._wake.set()

    async def _pass(self) -> None:
        waiting = [pod for pod in self._pods.values() if pod.waits]
        answers = [(pod, found) for pod in waiting if (found := self._found(pod)) is not None]
        for pool in list(self._pools.values()):
            given = self._given(pool.name)
            if given != pool.given:
                await self._show(pool, given)
        for pod, found in answers:
            await pod_addresses.answer(self._kube, pod.namespace, pod.name, pod.uid, found)

    def _found(self, pod: Asking) -> tuple[str, ...] | None:
        """The answer for a Pod; None as long as it has to wait."""
        on = self._is_on(pod.node) if pod.pool else False
        if not on:
            return () if on is False else None
        pool = self._pools.get(pod.pool)
        if pool is None:
            return None
        if pod.uid not in self._promised:
            taken = self._given(pool.name).keys() | pool.given.keys()
            free = next((each for each in pool.addresses() if each not in taken), None)
            if free is None:
                log.info("%s has no free address for %s/%s", pool.name, pod.namespace, pod.name)
                return None
            self._promised[pod.uid] = free
        return (self._promised[pod.uid],)

    def _given(self, pool: str) -> dict[str, Owner]:
        """The addresses of a pool that Pods have or were promised."""
        addresses = set(self._pools[pool].addresses())
        return {
            address: pod.owner
            for pod in self._pods.values()
            if pod.pool == pool
            for address in (pod.addresses or (self._promised.get(pod.uid, ""),))
            if address in addresses
        }

    async def _show(self, pool: Pool, given: dict[str, Owner]) -> None:
        """The pool's status. A conflict is tried again."""
        path = f"{self.collection}/{pool.name}/status"
        status = {"metadata": {"resourceVersion": pool.version}, "status": pool.status(given)}
        await self._kube.merge_patch(path, status)
