# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS itself: it watches its resources, and posts what they declare.

Waits between two posts are a tenth of CIS's: 3 s after a failure, 6, 12, 24 s while BIG-IP is busy.
"""

from __future__ import annotations

import asyncio
import contextlib

from ..kube import Kube
from . import configmaps, ingresses
from .declare import Declared, Resources, declare, tenant
from .flags import Settings, parse
from .health import Health
from .images import tag_of
from .ipam import Ipam
from .logs import Log
from .members import View
from .posts import Poster
from .program import Exit, Host, Json
from .rest import BigIp, Unreachable
from .routes import AFFINITIES, Routes, wanted
from .startup import Startup
from .statuses import Statuses
from .world import World

FAILED, BUSY, BUSY_MOST, PARTITION = 3.0, 6.0, 24.0, 3.0
#: Changes come in bunches.
SETTLE = 0.2


class Cis:
    """The program of the image k8s-bigip-ctlr."""

    image = "k8s-bigip-ctlr"

    async def run(self, host: Host) -> None:
        log = Log(host.log)
        try:
            settings = parse(host.arguments)
        except Exit as error:
            log.usage(str(error))
            raise
        log.at(settings.level)
        async with await host.client() as kube:
            await _run(host, kube, settings, log)


async def _run(host: Host, kube: Kube, settings: Settings, log: Log) -> None:
    """From one start of the container to its end."""
    containers = host.pod["spec"]["containers"]
    version = tag_of(next(each["image"] for each in containers if Cis.image in each["image"]))
    tag = "[AS3][BigIP]" if settings.custom_resources else "[AS3]"
    startup = Startup(host, kube, settings, log, tag)
    login = startup.login()
    log.info(f"[INIT] Starting: Container Ingress Services - Version: {version}, BuildInfo: lab")
    bigip = BigIp(*login, insecure=settings.insecure, certificates=await startup.certificates())
    try:
        await startup.sign_in(bigip)
        release = await startup.version(bigip)
        await startup.extended()
        await Health(host, kube, bigip, settings, log).serve()
        poster = Poster(bigip, settings, log, tag, f"CIS/v{version} K8S", release)
        await _Controller(host, kube, bigip, settings, log, poster).go()
    finally:
        await bigip.close()


class _Controller:
    """The work after the start."""

    def __init__(
        self, host: Host, kube: Kube, bigip: BigIp, settings: Settings, log: Log, poster: Poster
    ) -> None:
        self._bigip, self._settings, self._log, self._poster = bigip, settings, log, poster
        self._world = World(kube, settings, log)
        self._ipam = Ipam(kube, settings, host.pod["metadata"]["name"], log)
        self._routes = Routes(bigip, settings, log)
        self._statuses = Statuses(kube, settings, log)
        self._posted: dict[str, Json] = {}
        self._complaints: set[str] = set()

    async def go(self) -> None:
        running = [asyncio.ensure_future(each) for each in (self._work(), self._watch_partition())]
        try:
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _watch_partition(self) -> None:
        """The agent for routes and ARP works in the partition, and does not make it."""
        while True:
            for name in self._settings.partitions:
                with contextlib.suppress(Unreachable):
                    if (await self._bigip.partition(name)).status == 404:
                        self._log.agent(f"CCCL Error: The requested partition {name} was not found.")
            await asyncio.sleep(PARTITION)

    async def _work(self) -> None:
        started = asyncio.Event()
        if self._settings.custom_resources:
            self._log.info("Starting Controller")
        if self._settings.ipam:
            await self._ipam.prepare()
        world = asyncio.ensure_future(self._world.run(started.set))
        try:
            await started.wait()
            self._log.info("[CORE] Controller started")
            pause, due = 0.0, True
            while True:
                if not due:
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(self._world.changed.wait(), pause or None)
                due = False
                self._world.changed.clear()
                await asyncio.sleep(SETTLE)
                pause = await self._round(pause)
        finally:
            world.cancel()
            await asyncio.gather(world, return_exceptions=True)

    async def _round(self, last: float) -> float:
        """Post what differs from the last post; the seconds until the next try, 0 if none is needed."""
        declared = self._declared()
        for text in declared.complaints:
            if text not in self._complaints:
                self._log.error(text)
        self._complaints = set(declared.complaints)
        if self._settings.ipam:
            await self._ipam.ask(declared.hosts)
        routed = not self._settings.static_routes or await self._routes.keep(
            wanted(self._settings, self._world.all("nodes"), self._world.all(AFFINITIES))
        )
        changed = {name: body for name, body in declared.tenants.items() if self._posted.get(name) != body}
        changed |= {
            name: self._gone(name)
            for name in self._posted
            if name not in declared.tenants and self._posted[name] != self._gone(name)
        }
        if not changed:
            await self._statuses.show(declared.outcomes, {})
            return 0.0 if routed else FAILED
        codes = await self._poster.post(changed)
        for name, body in changed.items():
            if codes.get(name, (0, ""))[0] == 200:
                self._posted[name] = body
                if body == {"class": "Tenant"}:
                    del self._posted[name]
        failed = {
            name: text or "Big-IP Responded with error -- verify the logs for detailed error"
            for name, (code, text) in codes.items()
            if code != 200
        }
        await self._statuses.show(declared.outcomes, failed)
        if not failed:
            return 0.0 if routed else FAILED
        busy = any(codes[name][0] in (401, 422, 503) for name in failed)
        return min(max(last * 2, BUSY), BUSY_MOST) if busy else FAILED

    def _declared(self) -> Declared:
        world = self._world
        view = View(
            self._settings,
            world.all("services"),
            world.all("endpoints"),
            world.all("pods"),
            world.all("nodes"),
        )
        if self._settings.custom_resources:
            resources = Resources(
                virtual_servers=world.all("virtualservers"),
                transport_servers=world.all("transportservers"),
                tls_profiles=world.all("tlsprofiles"),
                secrets=world.all("secrets"),
                given=self._ipam.given(world.all("ipams")),
            )
            return declare(view, resources)
        declared = ingresses.declare(view, world.all("ingresses"), world.all("ingressclasses"))
        configmaps.declare(declared, view, world.all("configmaps"))
        return declared

    def _gone(self, name: str) -> Json:
        """CIS empties its own partition and removes others."""
        return (
            tenant(self._settings, {})
            if name == self._settings.partition and self._settings.custom_resources
            else {"class": "Tenant"}
        )
