# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two sides of a connection through a virtual server: the client's and the member's."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..joined import Side
from .balance import Counters
from .device import Pool, PoolMember

if TYPE_CHECKING:
    from .dataplane import DataPlane

MAX_HEAD = 65_536


class Client(Side):
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
        """The head of the client's first request. Empty if the client sends no complete head."""
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
        # a client that has sent all before the member is connected still expects the answer
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
        """Answer as the iRule _sys_https_redirect, when the request has arrived."""
        self.other = Redirect(self)
        self.other.write(first + self._buffer)

    def join(self, flow: Flow, first: bytes) -> None:
        self.other = flow
        flow.write(first + self._buffer)
        self._buffer = b""
        if self.ended and flow.transport and flow.transport.can_write_eof():
            flow.transport.write_eof()
        flow.flush()

    async def secure(self, context: ssl.SSLContext, first: bytes) -> bool:
        """End TLS here; False if the handshake failed.

        Bytes that the client sent too early cannot be handed to the handshake.
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


class Redirect(Side):
    def __init__(self, client: Client) -> None:
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


class Flow(Side):
    """The server side of a connection.

    It may receive data from the member before the client side is joined.
    """

    def __init__(
        self, plane: DataPlane, client: Client, pool: Pool, member: PoolMember, counters: Counters
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
