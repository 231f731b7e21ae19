# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the BIG-IP reaches its pool members: by its self IPs and routes, and CONNECT through ``net``'s proxy.

The next hop is a header of CONNECT: ``link``, or the address of a gateway. ``net`` knows which node has a Pod,
so it decides if this hop delivers the connection.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

from ..net.next_hop import HEADER, LINK
from .device import bare, canonical
from .network import Network


class Unreachable(Exception):
    """No connection to the member; the text is the proxy's reason."""


def host_port(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Reach:
    """Finds net's proxy in ``net.json``; the file may appear, or change, while the BIG-IP runs."""

    def __init__(self, lab_dir: Path) -> None:
        self._file = lab_dir / "net.json"
        self._stamp = 0
        self._proxy: tuple[str, int] | None = None

    def proxy(self) -> tuple[str, int]:
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._stamp or self._proxy is None:
                address = urlsplit(json.loads(self._file.read_text())["proxy"])
                self._proxy, self._stamp = (address.hostname or "127.0.0.1", address.port or 80), stamp
        except OSError as error:
            raise Unreachable(f"the lab's network is not up: {error}") from None
        return self._proxy

    async def connect(
        self, address: str, port: int, protocol: asyncio.Protocol, gateway: str
    ) -> asyncio.Transport:
        """A connection to the member. ``protocol`` receives its data from the first byte on."""
        loop = asyncio.get_running_loop()
        host, proxy_port = self.proxy()
        handshake = _Handshake(host_port(address, port), gateway or LINK, protocol)
        try:
            transport, _protocol = await loop.create_connection(lambda: handshake, host, proxy_port)
        except OSError as error:
            raise Unreachable(f"the lab's network does not answer: {error}") from None
        try:
            await handshake.done
        except BaseException:
            transport.abort()
            raise
        return transport


class Way:
    """The way of one unit to its pool members: by its own self IPs and routes."""

    def __init__(self, reach: Reach, network: Network) -> None:
        self._reach, self._network = reach, network

    async def connect(
        self, address: str, port: int, protocol: asyncio.Protocol, source: int | None = None
    ) -> asyncio.Transport:
        """A connection to the member; the address may have a route domain: 10.0.0.1%2.

        source: the route domain of the traffic. None for a monitor, which begins in that of the member.
        """
        host, domain = canonical(address)
        if source is not None and not self._network.may_enter(domain, source):
            raise Unreachable(f"strict isolation of route domains: {source} does not reach {address}")
        hop = self._network.hop(host, domain)
        if hop is None:
            raise Unreachable(f"no route to {address}")
        return await self._reach.connect(bare(address), port, protocol, hop.gateway)


class _Handshake(asyncio.Protocol):
    def __init__(self, target: str, next_hop: str, successor: asyncio.Protocol) -> None:
        self._target, self._next_hop, self._successor = target, next_hop, successor
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # it may fail when no caller waits any more
        self.done.add_done_callback(lambda done: done.cancelled() or done.exception())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        head = (
            f"CONNECT {self._target} HTTP/1.1\r\nHost: {self._target}\r\n{HEADER}: {self._next_hop}\r\n\r\n"
        )
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end or self.done.done():
            return
        status = head.split(None, 2)[1:2]
        if status != [b"200"]:
            reason = rest.decode("utf8", "replace").strip() or head.split(b"\r\n")[0].decode("latin1")
            self.done.set_exception(Unreachable(reason))
            return
        assert self._transport is not None
        self._transport.set_protocol(self._successor)
        self._successor.connection_made(self._transport)
        self.done.set_result(None)
        if rest:
            self._successor.data_received(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(Unreachable(str(exc) if exc else "the connection was closed"))
