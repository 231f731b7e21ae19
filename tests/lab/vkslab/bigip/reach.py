# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the BIG-IP reaches its pool members: by CONNECT through the proxy of ``net``."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit


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

    async def connect(self, address: str, port: int, protocol: asyncio.Protocol) -> asyncio.Transport:
        """A connection to the member. ``protocol`` receives its data from the first byte on."""
        loop = asyncio.get_running_loop()
        host, proxy_port = self.proxy()
        handshake = _Handshake(host_port(address, port), protocol)
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


class _Handshake(asyncio.Protocol):
    def __init__(self, target: str, successor: asyncio.Protocol) -> None:
        self._target, self._successor = target, successor
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # it may fail when no caller waits any more
        self.done.add_done_callback(lambda done: done.cancelled() or done.exception())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(f"CONNECT {self._target} HTTP/1.1\r\nHost: {self._target}\r\n\r\n".encode())

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
