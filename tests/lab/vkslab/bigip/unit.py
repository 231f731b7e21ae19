# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One BIG-IP: its device, its AS3, its REST API, its data plane, and what tests may do to them."""

from __future__ import annotations

import inspect
import ssl
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from ..bgp.sessions import Session
from .as3.engine import Engine
from .as3.lock import STALE_SECONDS
from .auth import LOGIN, TOKENS, Auth, User
from .balance import Balancer
from .control import Control
from .dataplane import DataPlane
from .device import Device, Virtual
from .faults import Faults, Lost
from .http import Reply, Request, RestError, html_error, not_registered, unavailable
from .monitors import STANDARD_INTERVAL, Monitors
from .network import Network
from .reach import Reach, Way
from .resources.backend import Backend
from .resources.registry import router
from .server import Server
from .sync import Following, load_from
from .system import Pair, System
from .tls import Certificates
from .transactions import Transactions

AS3_PATHS = ("/mgmt/shared/appsvcs", "/mgmt/shared/service-discovery")
LOG_LENGTH = 20_000


class Unit:
    """``answer`` is the whole life of a request: restart, fault, sign-in, worker, log."""

    def __init__(
        self,
        users: list[User],
        reach: Reach,
        server: Server,
        *,
        number: int = 0,
        pair: Pair | None = None,
        monitor_interval: float = STANDARD_INTERVAL,
        sessions: Callable[[], list[Session]] = list,
    ) -> None:
        self.number = number
        self.device = Device()
        self.network = Network(self.device, number)
        self.bgp_sessions = sessions
        self.engine = Engine(self.device)
        self.auth = Auth([User(user.name, user.password, user.role) for user in users])
        way = Way(reach, self.network)
        self.monitors = Monitors(self.device, way, interval=monitor_interval)
        self.balancer = Balancer(self.device, self.monitors)
        self.network.pool_addresses = self.balancer.addresses
        self.certificates = Certificates(self.device)
        self.plane = DataPlane(self.device, self.balancer, way, self._certificate_of)
        self.monitors.when_down = self.plane.member_down
        self.system = System(number, pair)
        self.following = Following(self)
        self.faults = Faults(self)
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self.as3_installed = True
        self.server = server
        self._control = Control(self)
        self._unavailable_until = self._unregistered_until = 0.0
        self._count = 0
        self.transactions = Transactions(self.device)
        self._router = router(
            Backend(self.device, self.balancer, self.network, self.system, self.auth, self.transactions)
        )
        self.transactions.router = self._router

    async def start(self, port: int = 0) -> None:
        self.monitors.start()
        await self.server.serve(self, port)

    async def stop(self) -> None:
        """Its work and its connections end; its port may serve another unit."""
        self.engine.restart()
        await self.monitors.stop()
        await self.plane.stop()
        await self.following.stop()

    # -- one request

    async def answer(self, request: Request) -> Reply:
        if request.path.startswith("/_lab/"):
            try:
                return await self._control.answer(request)
            except RestError as error:
                return error.reply(request)
        started, at = time.monotonic(), time.time()
        self._count += 1
        query = "&".join(f"{key}={value}" for key, value in request.query.items())
        entry: dict[str, Any] = {
            "n": self._count,
            "at": at,
            "method": request.method,
            "path": _without_token(request.path),
            "query": query,
            "user": "",
            "fault": None,
        }
        entry |= {"bytes_in": len(request.body), "status": None, "bytes_out": 0, "ms": None}
        self.log.append(entry)
        try:
            reply = await self._under_faults(request, entry)
        except Lost:
            entry["status"] = 0
            raise
        finally:
            entry |= {"ms": round((time.monotonic() - started) * 1000, 1), "user": request.user}
        entry |= {"status": reply.status, "bytes_out": len(reply.encoded)}
        return reply

    async def _under_faults(self, request: Request, entry: dict[str, Any]) -> Reply:
        now = time.monotonic()
        if now < self._unavailable_until:
            return unavailable()
        target = request.path + (f"?{entry['query']}" if entry["query"] else "")
        fault = self.faults.take(request.method, unquote(target), self._claimed_user(request))
        if fault is None:
            return await self._process(request)
        entry["fault"] = fault.id
        return await self.faults.suffer(fault, request, lambda: self._process(request))

    def _claimed_user(self, request: Request) -> str:
        try:
            return self.auth.user_of(request)
        except RestError:
            return ""

    async def _process(self, request: Request) -> Reply:
        try:
            if not request.path.startswith("/mgmt/"):
                return html_error(
                    404, "Not Found", f"The requested URL {request.path} was not found on this server."
                )
            if request.path.rstrip("/") != LOGIN:
                request.user = self.auth.user_of(request)
                self.auth.authorize(request)
            if request.path.startswith(AS3_PATHS):
                return await self._as3(request)
            queued = self.transactions.queued(request)
            if queued is not None:
                return queued
            handler, names = self._router.find(request)
            result = handler(request, **names)
            reply: Reply = await result if inspect.isawaitable(result) else result
            return reply
        except RestError as error:
            return error.reply(request)

    async def _as3(self, request: Request) -> Reply:
        if not self.as3_installed or time.monotonic() < self._unregistered_until:
            raise not_registered(request.path)
        answer = await self.engine.handle(
            request.method, unquote(request.path), dict(request.query), request.body or None, request.user
        )
        if self.system.pair and request.method != "GET":
            self.following.follow(request, answer)
        return Reply(answer.status, answer.body, answer.text, headers=dict(answer.headers or {}))

    # -- what faults and tests may do (faults.Machine)

    def forget_tokens(self) -> int:
        return self.auth.expire_all()

    def restart(
        self,
        *,
        down: float,
        unavailable: float = 0.0,
        unregistered: float = 0.0,
        lock_left: float | None = None,
        as3: bool = True,
        reboot: bool = False,
    ) -> None:
        """The phases of a restart, one after the other.

        With ``as3`` its running work is lost. With ``reboot`` the network is as it was last saved.
        """
        now = time.monotonic()
        self._unavailable_until = now + down + unavailable if unavailable else 0.0
        self._unregistered_until = now + down + unavailable + unregistered if unregistered else 0.0
        if as3:
            self.engine.restart()
            self.transactions.clear()
            if lock_left is not None:
                self.engine.take_lock(STALE_SECONDS - lock_left)
        if reboot:
            self.network.load()
        if down:
            self.server.refuse(down)
        else:
            self.server.cut()

    def failover(self) -> None:
        if self.system.pair:
            self.system.pair.failover()
        else:
            self.system.standby = not self.system.standby

    def refuse(self, message: str) -> None:
        self.device.refusal = message

    def use_certificate(self, kind: str) -> None:
        self.server.use_certificate(kind)

    def reset(self) -> None:
        """As from the factory, and sound; users, tokens and the request log stay."""
        self.device.reset()
        self.engine.reset()
        self.network.reset()
        self.transactions.clear()
        self.faults.clear()
        self.system.standby = False
        self.as3_installed = True
        self._unavailable_until = self._unregistered_until = 0.0
        self.use_certificate("good")

    def drop_if_standby(self, active: int) -> None:
        """Connections are not mirrored: a failover resets them."""
        if active != self.number:
            self.plane.reset_all()

    def _certificate_of(self, virtual: Virtual) -> ssl.SSLContext | None:
        return self.certificates.of(virtual)


def _without_token(path: str) -> str:
    """A token in a path is a secret too."""
    return f"{TOKENS}/..." if path.startswith(f"{TOKENS}/") else path


def make_pair(make: Callable[[int, Pair], Unit], *, automatic: bool) -> list[Unit]:
    """Two units that copy their configuration to each other and fail over.

    The standby unit drops its connections.
    """
    units: list[Unit] = []

    def copy(source: int, target: int) -> str:
        return load_from(units[source], units[target])

    pair = Pair(copy, automatic=automatic)
    units += [make(0, pair), make(1, pair)]
    for unit in units:
        unit.device.on_change(partial(pair.note_change, unit.number))
        pair.on_failover(unit.drop_if_standby)
    return units
