# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path for a client's first data: frequent and simple requests, without h11 and without a task each.

* Requests to a virtual server are copied to the BIG-IP's listener and back, byte for byte.
* GET and HEAD to a Pod are answered, by CONNECT or by an absolute URI.

``Proxy`` processes everything else, and requests in several pieces: the general path, through h11.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from ..joined import Side
from .http import plain_answer
from .next_hop import next_hop
from .routes import Kind, Route

if TYPE_CHECKING:
    from .proxy import Proxy

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

_TO = re.compile(
    rb"([A-Z]+) (http://)?(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?([/?]\S*)? HTTP/1\.[01]\r\n"
)
_PLAIN = re.compile(rb"(GET|HEAD) \S+ HTTP/1\.([01])(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*)*")
_TELLING = re.compile(
    rb"\r\n(host|connection|content-length|transfer-encoding|expect|upgrade):[\t ]*([^\r]*)", re.IGNORECASE
)


def destination(words: bytes) -> tuple[bytes, str, int] | None:
    """Method, address and port of a CONNECT or of a request with an absolute URI; None for what needs a
    closer look."""
    found = _TO.match(words)
    if (
        not found
        or (found[1] == b"CONNECT") != (not found[2])
        or (found[1] == b"CONNECT" and (found[6] or not found[5]))
    ):
        return None
    port = int(found[5] or 80)
    return (found[1], (found[3] or found[4]).decode(), port) if 0 < port < 65536 else None


def plain(head: bytes) -> tuple[bytes, bool] | None:
    """The method of a well-formed request without a body, and if the connection stays open.

    None for all others.
    """
    found = _PLAIN.fullmatch(head)
    if not found:
        return None
    hosts, going_on = 0, found[2] == b"1"
    for name, value in _TELLING.findall(head):
        match name.lower(), value.strip().lower():
            case b"host", _:
                hosts += 1
            case b"connection", b"close":
                going_on = False
            case b"connection", b"keep-alive":
                pass
            case _:
                return None
    return (found[1], going_on) if hosts == 1 or (not hosts and found[2] == b"0") else None


class Front(Side):
    """One client, until it is known what it wants."""

    def __init__(self, proxy: Proxy) -> None:
        super().__init__()
        self._proxy = proxy
        self._tunnel: Route | None = None

    def data_received(self, data: bytes) -> None:
        if self.other:
            self.other.write(data)
            return
        while data and self.transport and not self.transport.is_closing():
            data = self._next(data)

    def _next(self, data: bytes) -> bytes:
        """Process the client's next data. Returns the rest."""
        head, end, rest = data.partition(b"\r\n\r\n")
        if self._tunnel:
            if not end or not self._answer(head, self._tunnel):
                self._hand_over(data, self._tunnel)
                return b""
            return rest
        wanted = destination(data) if end else None
        if wanted:
            method, host, port = wanted
            hop = next_hop(head) if method == b"CONNECT" else None
            route = self._proxy.table.resolve(host, port, hop)
            if route.kind is Kind.BIGIP:
                self._pass_on(data, f"{host}:{port}")
                return b""
            if route.kind is Kind.POD and method == b"CONNECT":
                assert self.transport is not None
                self._tunnel = route
                self._proxy.bind(self.transport, route)
                self.write(ESTABLISHED)
                return rest
            if self._answer(head, route):
                return rest
        self._hand_over(data)
        return b""

    def _answer(self, head: bytes, route: Route) -> bool:
        """False: nothing was sent or counted, so h11 has to process the request."""
        request = plain(head)
        found = self._proxy.pod_answer(route) if request else None
        if request is None or found is None or self.transport is None:
            return False
        method, going_on = request
        self.write(plain_answer(*found, going_on=going_on, with_body=method != b"HEAD"))
        if not going_on:
            self.transport.close()
        return True

    # -- to the BIG-IP

    def _pass_on(self, data: bytes, target: str) -> None:
        assert self.transport is not None
        # Data and end of the client that arrive meanwhile are passed on when the other side is connected.
        self.transport.pause_reading()
        self._proxy.keep(self._join(data, target))

    async def _join(self, data: bytes, target: str) -> None:
        upstream = Side()
        upstream.other = self
        place = self._proxy.data_proxy()
        try:
            if place is None:
                raise OSError(None, "no address of the cluster, and the lab has no BIG-IP yet")
            await asyncio.get_running_loop().create_connection(lambda: upstream, *place)
        except OSError as error:
            self.write(plain_answer(502, f"{target}: {error.strerror or error}\n", going_on=False))
            if self.transport:
                self.transport.close()
            return
        if self.lost or self.transport is None or self.transport.is_closing():
            upstream.reset()
            return
        self.other = upstream
        upstream.write(data)
        self.transport.resume_reading()

    # -- the general path

    def _hand_over(self, data: bytes, tunnel: Route | None = None) -> None:
        """Streams continue the connection, with the data that the client has sent."""
        assert self.transport is not None
        loop, transport = asyncio.get_running_loop(), self.transport
        self._unbind()
        reader = asyncio.StreamReader(loop=loop)

        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Awaitable[None]:
            return self._proxy.serve(reader, writer, tunnel)

        streams = asyncio.StreamReaderProtocol(reader, serve, loop=loop)
        transport.set_protocol(streams)
        streams.connection_made(transport)
        reader.feed_data(data)

    def _unbind(self) -> None:
        if self._tunnel and self.transport:
            self._proxy.unbind(self.transport, self._tunnel)
            self._tunnel = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._unbind()
        super().connection_lost(exc)
