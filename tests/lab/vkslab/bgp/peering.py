# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of BGP: it compares both sides, gives BIG-IP the networks that it learns, and writes the statuses.

It looks at both sides after each change of the cluster, and each half second for changes on BIG-IP and of
Secrets. A session comes up or ends at once: the lab has no hold time and no graceful restart.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from ..bigip.network.bgp import neighbors
from ..kube import Kube, KubeError
from . import status
from .cluster import Cluster
from .nodes import peerings
from .records import Status
from .sessions import Session, learnt, session

if TYPE_CHECKING:
    from ..bigip.network import Network

log = logging.getLogger(__name__)
PAUSE = 0.5
Units = Callable[[], Mapping[int, "Network"]]


class Peerings:
    """``sessions`` has the sessions of all nodes as they are at present."""

    def __init__(self, lab_dir: Path, units: Units) -> None:
        self._kubeconfig, self._units = lab_dir / "kubeconfig", units
        self.sessions: list[Session] = []
        self._since: status.Since = {}
        self._written: dict[str, float] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        async with await Kube.when_there(self._kubeconfig, "lab-bgp") as kube:
            cluster = Cluster(kube)
            following = asyncio.create_task(cluster.follow())
            try:
                while True:
                    await self._turn(cluster)
                    # not wait_for: before Python 3.12 it can swallow a cancellation
                    alarm = asyncio.get_running_loop().call_later(PAUSE, cluster.changed.set)
                    try:
                        await cluster.changed.wait()
                    finally:
                        alarm.cancel()
            finally:
                following.cancel()

    async def _turn(self, cluster: Cluster) -> None:
        cluster.changed.clear()
        try:
            await cluster.refresh()
            self._decide(cluster)
            await self._report(cluster)
        except (KubeError, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            log.info("BGP: %s; trying again", error)

    def _decide(self, cluster: Cluster) -> None:
        units = self._units()
        speakers = {number: list(neighbors(network.tables)) for number, network in units.items()}
        self.sessions = [session(one, speakers) for one in peerings(cluster.objects, cluster.password)]
        networks = learnt(self.sessions)
        for number, network in units.items():
            found = networks.get(number, {})
            if network.learnt != found:
                network.learn(found)

    async def _report(self, cluster: Cluster) -> None:
        objects, now = cluster.objects, datetime.now(timezone.utc)
        present = set()
        for wanted in list(objects.statuses.values()):
            peers = status.peers_of(objects, wanted.node, self.sessions, self._since, f"{now:%H:%M:%S}")
            present |= {(wanted.node, one["peerIP"], one["state"]) for one in peers}
            content = status.content(objects, wanted.node, wanted.classes, peers)
            if wanted.node in objects.nodes and self._is_due(wanted, content):
                stamp = f"{now:%Y-%m-%dT%H:%M:%SZ}"
                await cluster.write(
                    wanted.name, {"bgp": None, "agent": None, **content, "lastUpdated": stamp}
                )
        status.forget(self._since, present)

    def _is_due(self, wanted: Status, content: Mapping[str, object]) -> bool:
        """A change is reported at once, in Calico after the period. Without one, the time is renewed."""
        there = {name: wanted.written.get(name) for name in ("bgp", "agent") if name in wanted.written}
        now = time.monotonic()
        if there == content and now - self._written.get(wanted.name, 0.0) < wanted.period:
            return False
        self._written[wanted.name] = now
        return True
