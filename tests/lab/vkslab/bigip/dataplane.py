# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual servers as traffic sees them: a proxy by which every virtual address of the BIG-IP is reached.

``CONNECT 192.0.2.10:80`` opens a connection to that virtual server; a request with an absolute URI (``GET
http://192.0.2.10/ HTTP/1.1``) is one request to it. Where no virtual server listens the answer is 502 with
the reason. A virtual server without a usable member accepts and resets, as a BIG-IP does.

Balancing is by connection, as without OneConnect. A member that refuses the connection costs the client a
reset, unless the pool has ``reselectTries``: a BIG-IP does not hide a dead member, monitors do.

Connections that are open when their member is disabled, forced offline, marked down (with
``serviceDownAction`` none) or removed from the pool go on until one side closes them: a BIG-IP's connection
table does not follow the configuration. F5's manuals say so of disabled and offline members; of removed ones
it is common experience, not F5's word, so a test can ask for the worse (``POST /_lab/dataplane
{"reset_removed": true}``: reset as soon as the member is gone).

A virtual server with a client-ssl profile ends TLS here, with the certificate of that profile.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from ..joined import Side
from . import policies
from .balance import Balancer, Counters
from .device import Device, Pool, PoolMember, Virtual, bare, canonical
from .reach import Reach, Unreachable

MAX_HEAD = 65_536


class _Refused(Exception):
    """Nothing listens there."""


@dataclass
class Target:
    host: str
    port: int
    first: bytes = b""  # what the client has sent already: the request in origin form, for an absolute URI
    tunnel: bool = True


def parse(head: bytes) -> Target:
    """The first lines of a client: CONNECT, or a request with an absolute URI; ValueError says what is wrong."""
    line, *fields = head.decode("latin1").split("\r\n")
    try:
        method, uri, version = line.split(" ")
    except ValueError:
        raise ValueError(f"not an HTTP request: {line[:80]}") from None
    if method == "CONNECT":
        return Target(*_authority(uri, None))
    match = re.fullmatch(r"http://([^/?#]+)(.*)", uri)
    if match is None:
        raise ValueError("this is a proxy: say CONNECT or give an absolute http:// URI")
    path = match[2] if match[2].startswith("/") else "/" + match[2]
    # one request a connection: the next one on it may be meant for another virtual server
    kept = [
        field
        for field in fields
        if field and not field.lower().startswith(("connection:", "proxy-", "keep-alive:"))
    ]
    request = "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""])
    return Target(*_authority(match[1], 80), first=request.encode("latin1"), tunnel=False)


def _authority(text: str, default_port: int | None) -> tuple[str, int]:
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+))(?::(\d+))?", text.rpartition("@")[2])
    port = match and (match[3] or default_port)
    if match is None or port is None:
        raise ValueError(f"not an address and port: {text}")
    return match[1] or match[2], int(port)


class DataProxy:
    """The listener in front of the data planes: that of the active unit answers."""

    def __init__(self, active: Callable[[], DataPlane | None]) -> None:
        self._active = active
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Client(self._active), "127.0.0.1", 0, backlog=2048
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
        reach: Reach,
        certificates: Callable[[Virtual], ssl.SSLContext | None],
    ) -> None:
        self._device, self._balancer, self._reach, self._certificates = device, balancer, reach, certificates
        self._listeners: dict[tuple[str, int], Virtual] = {}
        self._version = -1
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows: set[_Flow] = set()
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
            self._listeners = {
                (canonical(bare(virtual.destination))[0], virtual.port): virtual
                for virtual in self._device.virtuals.values()
                if virtual.enabled and virtual.ip_protocol in ("tcp", "any")
            }
        host = canonical(host)[0]
        return self._listeners.get((host, port)) or self._listeners.get((host, 0))

    # -- one client

    def accept(self, client: _Client, head: bytes, rest: bytes) -> None:
        task = asyncio.create_task(self._serve(client, head, rest))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: _Client, head: bytes, rest: bytes) -> None:
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
            # What a policy decides it decides of a request, so that one has to be there.
            chosen = policies.pool(rules, await client.request_head(first)) or chosen
        flow = await self._open(chosen, client)
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

    async def _open(self, chosen: str | None, client: _Client) -> _Flow | None:
        """A connection to a member, or None: then the client sees a reset."""
        pool = self._device.pools.get(chosen or "")
        tried: frozenset[str] = frozenset()
        while pool is not None:
            member = self._balancer.pick(pool, tried)
            if member is None:
                return None
            flow = _Flow(self, client, pool, member, self._balancer.counters[pool.path, member.path])
            try:
                await self._reach.connect(bare(member.address), member.port, flow)
                return flow
            except Unreachable:
                if len(tried) >= pool.reselect_tries:
                    return None
                tried |= {member.path}
        return None

    def opened(self, flow: _Flow) -> None:
        self._flows.add(flow)

    def closed(self, flow: _Flow) -> None:
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


class _Client(Side):
    def __init__(self, active: Callable[[], DataPlane | None]) -> None:
        super().__init__()
        self._active = active
        self._buffer = b""
        self._serving = False
        self._heard = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        if self.other:
            self.other.write(data)
            return
        self._buffer += data
        self._heard.set()
        if self._serving:
            return
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if end:
            self._serving, self._buffer = True, b""
            plane = self._active()
            if plane is None:
                self.answer(502, "Bad Gateway", "no active unit answers for the virtual servers")
            else:
                plane.accept(self, head, rest)
        elif len(self._buffer) > MAX_HEAD:
            self.answer(400, "Bad Request", "the head of the request is too long")

    async def request_head(self, first: bytes) -> bytes:
        """The head of the client's first request, once it is there; empty if the client says no more."""
        while b"\r\n\r\n" not in first + self._buffer:
            self._heard.clear()
            if self.ended or self.lost or len(self._buffer) > MAX_HEAD:
                return b""
            await self._heard.wait()
        return (first + self._buffer).partition(b"\r\n\r\n")[0]

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._heard.set()

    def eof_received(self) -> bool:
        self._heard.set()
        if self.other or not self._serving:
            return super().eof_received()
        # a client that has said all before there is a member still wants the answer
        self.ended = True
        return not self.over_tls

    def answer(self, status: int, title: str, text: str) -> None:
        body = (text + "\n").encode()
        self.write(
            (
                f"HTTP/1.1 {status} {title}\r\nContent-Type: text/plain\r\nContent-Length: "
                f"{len(body)}\r\nConnection: close\r\n\r\n"
            ).encode()
            + body
        )
        if self.transport:
            self.transport.close()

    def redirect(self, first: bytes) -> None:
        """The answer of the iRule _sys_https_redirect, once the request is there."""
        self.other = _Redirect(self)
        self.other.write(first + self._buffer)

    def join(self, flow: _Flow, first: bytes) -> None:
        self.other = flow
        flow.write(first + self._buffer)
        self._buffer = b""
        if self.ended and flow.transport and flow.transport.can_write_eof():
            flow.transport.write_eof()
        flow.flush()

    async def secure(self, context: ssl.SSLContext, first: bytes) -> bool:
        """End TLS here; False if the handshake failed.

        What the client sent too early cannot be handed to the handshake.
        """
        assert self.transport is not None
        if first or self._buffer:
            self.reset()
            return False
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self.transport, self, context, server_side=True
            )
        except (OSError, ssl.SSLError):
            return False
        if transport is None:
            return False
        self.transport = transport
        return True


class _Redirect(Side):
    def __init__(self, client: _Client) -> None:
        super().__init__()
        self._client, self._heard = client, b""

    def write(self, data: bytes) -> None:
        self._heard += data
        head, end, _rest = self._heard.partition(b"\r\n\r\n")
        if not end:
            return
        line, *fields = head.decode("latin1").split("\r\n")
        hosts = [
            value.strip()
            for name, _colon, value in (field.partition(":") for field in fields)
            if name.lower() == "host"
        ]
        host = (hosts or [""])[0]
        host = host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
        uri = (line.split(" ") + ["/"])[1]
        self._client.write(
            (
                f"HTTP/1.0 302 Found\r\nLocation: https://{host}{uri}\r\nServer: BigIP\r\nConnection: "
                "close\r\nContent-Length: 0\r\n\r\n"
            ).encode()
        )
        if self._client.transport:
            self._client.transport.close()


class _Flow(Side):
    """The server side of a connection.

    It may hear the member before the client knows that the connection is there.
    """

    def __init__(
        self, plane: DataPlane, client: _Client, pool: Pool, member: PoolMember, counters: Counters
    ) -> None:
        super().__init__()
        self._plane, self._client, self._counters = plane, client, counters
        self.pool, self.member = pool, member
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._counters.opened()
        self._plane.opened(self)

    def data_received(self, data: bytes) -> None:
        self._counters.bytes_out += len(data)
        if self.other is None:
            self._early += data
        else:
            self.other.write(data)

    def eof_received(self) -> bool:
        self.ended = True
        return True if self.other is None else super().eof_received()

    def flush(self) -> None:
        """The client is joined: hand it what came before."""
        self.other = self._client
        if self._early:
            self._client.write(self._early)
            self._early = b""
        if self.lost:
            if self._client.transport:
                self._client.transport.close()
        elif self.ended:
            super().eof_received()

    def write(self, data: bytes) -> None:
        self._counters.bytes_in += len(data)
        super().write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._counters.closed()
        self._plane.closed(self)
        super().connection_lost(exc)

    def reset(self) -> None:
        super().reset()
        self._client.reset()
