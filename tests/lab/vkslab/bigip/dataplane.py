# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual servers for traffic: a proxy that reaches every virtual address of the BIG-IP.

``CONNECT 192.0.2.10:80`` opens a connection to that virtual server. A request with an absolute URI (``GET
http://192.0.2.10/ HTTP/1.1``) is one request to it. Without a virtual server the answer is 502 with the
reason. A virtual server without a usable member accepts and resets, as a BIG-IP does.

A client that names a route domain (``192.0.2.10%2:80``) is in it. Any other reaches the virtual server of the
lowest route domain with this address. The traffic then stays in the virtual server's route domain, unless the
members are in a parent of it, or both route domains have no strict isolation.

Balancing is by connection, as without OneConnect. A member that refuses the connection costs the client a
reset, unless the pool has ``reselectTries``: only monitors detect a dead member.

Open connections continue until one side closes them, even if their member is disabled, forced offline, marked
down (with ``serviceDownAction`` none) or removed from the pool: a BIG-IP's connection table does not follow
the configuration. F5's manuals state this for disabled and offline members (K13310), and common experience for
removed ones. No document of F5 promises it for removed ones. A test can choose the worse case: with
``POST /_lab/dataplane {"reset_removed": true}`` they are reset when the member is removed, also when AS3 deletes
it and adds it again.

A virtual server with a client-ssl profile ends TLS here, with the certificate of that profile.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from . import policies
from .balance import Balancer
from .connections import Client, Flow
from .device import Device, Pool, PoolMember, Virtual, canonical, partition_of
from .reach import Unreachable, Way
from .target import parse

_ANY = -1  # the route domain of a client that names none


class _Refused(Exception):
    """Nothing listens there."""


class DataProxy:
    """The listener in front of the data planes: that of the active unit answers."""

    def __init__(self, active: Callable[[], DataPlane | None]) -> None:
        self._active = active
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Client(self._active), "127.0.0.1", 0, backlog=2048
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        if self._server:
            self._server.close()


class DataPlane:
    def __init__(
        self,
        device: Device,
        balancer: Balancer,
        way: Way,
        certificates: Callable[[Virtual], ssl.SSLContext | None],
    ) -> None:
        self._device, self._balancer, self._way, self._certificates = device, balancer, way, certificates
        self._listeners: dict[tuple[str, int], dict[int, Virtual]] = {}
        """By address and port, then by route domain"""
        self._version = -1
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows: set[Flow] = set()
        self.reset_removed = False
        device.on_change(self._reset_removed_members)

    async def stop(self) -> None:
        for flow in list(self._flows):
            flow.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def listener(self, host: str, port: int) -> Virtual | None:
        if self._version != self._device.version:
            self._version = self._device.version
            self._listeners = {}
            for virtual in self._device.virtuals.values():
                if virtual.enabled and virtual.ip_protocol in ("tcp", "any"):
                    address, domain = self._place(virtual)
                    self._listeners.setdefault((address, virtual.port), {})[domain] = virtual
        address, domain = canonical(host, _ANY)
        for number in (port, 0):
            found = self._listeners.get((address, number), {})
            if domain == _ANY and found:
                return found[min(found)]
            if domain in found:
                return found[domain]
        return None

    def _place(self, virtual: Virtual) -> tuple[str, int]:
        """The address of a virtual server, and its route domain."""
        return canonical(virtual.destination, self._device.route_domain(partition_of(virtual.path)))

    # -- one client

    def accept(self, client: Client, head: bytes, rest: bytes) -> None:
        task = asyncio.create_task(self._serve(client, head, rest))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: Client, head: bytes, rest: bytes) -> None:
        try:
            target = parse(head)
            virtual = self.listener(target.host, target.port)
            if virtual is None:
                raise _Refused(
                    f"{target.host}:{target.port}: connection refused, no virtual server of this BIG-IP "
                    "listens there"
                )
        except ValueError as error:
            client.answer(400, "Bad Request", str(error))
            return
        except _Refused as error:
            client.answer(502, "Bad Gateway", str(error))
            return
        first = target.first + rest
        context = self._certificates(virtual)
        rules = policies.of(self._device, virtual)
        if virtual.redirect_to is not None or context is not None or rules:
            if target.tunnel:
                client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if context is not None and not await client.secure(context, first):
                return
            if virtual.redirect_to is not None:
                client.redirect(first)
                return
            if context is not None:
                first = b""
            target.tunnel = False
        chosen = virtual.pool
        if rules:
            # A policy decides by a request, so wait for one.
            chosen = policies.pool(rules, await client.request_head(first)) or chosen
        flow = await self._open(chosen, client, self._place(virtual)[1])
        if client.lost:
            if flow:
                flow.reset()
            return
        if target.tunnel:
            client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if flow is None:
            client.reset()
            return
        client.join(flow, first)

    async def _open(self, chosen: str | None, client: Client, domain: int) -> Flow | None:
        """A connection from a route domain to a member, or None: then the client sees a reset."""
        pool = self._device.pools.get(chosen or "")
        tried: frozenset[str] = frozenset()
        while pool is not None:
            member = self._balancer.pick(pool, tried)
            if member is None:
                return None
            flow = Flow(self, client, pool, member, self._balancer.counters[pool.path, member.path])
            try:
                await self._way.connect(self._device.located(member), member.port, flow, domain)
                return flow
            except Unreachable:
                if len(tried) >= pool.reselect_tries:
                    return None
                tried |= {member.path}
        return None

    def opened(self, flow: Flow) -> None:
        self._flows.add(flow)

    def closed(self, flow: Flow) -> None:
        self._flows.discard(flow)

    # -- what becomes of open connections

    def _reset_removed_members(self) -> None:
        if not self.reset_removed:
            return
        for flow in list(self._flows):
            pool = self._device.pools.get(flow.pool.path)
            if pool is None or flow.member.path not in pool.members:
                flow.reset()

    def member_down(self, pool: Pool, member: PoolMember) -> None:
        """``serviceDownAction``: reset and drop end the connections; reselect, for TCP, cannot save them
        either."""
        if pool.service_down_action == "none":
            return
        for flow in [f for f in self._flows if f.pool.path == pool.path and f.member.path == member.path]:
            flow.reset()

    def reset_all(self) -> int:
        flows = list(self._flows)
        for flow in flows:
            flow.reset()
        return len(flows)

    def open_connections(self) -> int:
        return len(self._flows)
