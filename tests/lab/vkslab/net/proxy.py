# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy: HTTP and CONNECT requests for any address of the lab, led where the route table says."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import h11

from .http import CHUNK, Closed, HttpStream, next_event, write
from .routes import Key, Kind, Route, Table, spelled

log = logging.getLogger(__name__)

#: Waiting connections the kernel keeps while this process is busy with something else.
BACKLOG = 1024

Control = Callable[[HttpStream, h11.Request], Awaitable[None]]
Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unreachable(Exception):
    """The text of a 502."""


class Proxy:
    """One listener for everything. ``data_proxy`` gives the BIG-IP's CONNECT listener, if the lab has a BIG-IP by now."""

    def __init__(self, control: Callable[[Proxy], Control], data_proxy: Callable[[], tuple[str, int] | None] = lambda: None) -> None:
        self.table = Table(self._end)
        self.answers: dict[str, Counter[str]] = defaultdict(Counter)
        self._control = control(self)
        self._data_proxy = data_proxy
        self._open: dict[Key, set[asyncio.StreamWriter]] = defaultdict(set)
        self._server: asyncio.Server | None = None

    async def listen(self) -> int:
        self._server = await asyncio.start_server(self._client, "127.0.0.1", 0, backlog=BACKLOG)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(HttpStream(reader, writer))
        except Closed:
            pass
        except asyncio.CancelledError:
            # Only the end of the process cancels; the streams module would print it as an error.
            pass
        except Exception:
            log.exception("a connection failed")
        finally:
            writer.close()

    async def _serve(self, stream: HttpStream) -> None:
        while request := await stream.request():
            target = request.target.decode("latin-1")
            if request.method == b"CONNECT":
                return await self._connect(stream, target)
            if target.startswith("/"):
                await self._control(stream, request)
            elif not await self._absolute(stream, request, target):
                return None
        return None

    # -- CONNECT ------------------------------------------------------------------------------------------------

    async def _connect(self, stream: HttpStream, target: str) -> None:
        parsed = _authority(target)
        if parsed is None:
            return await stream.answer(400, f"{target} is not ADDRESS:PORT\n", close=True)
        route = self.table.resolve(*parsed)
        with self._bound(stream.writer, route):
            if route.kind is Kind.SILENT:
                return await stream.until_gone()
            if route.kind is Kind.REFUSED:
                return await stream.answer(502, f"{target}: {route.reason}\n", close=True)
            if route.kind in (Kind.POD, Kind.HEALTH):
                await write(stream.writer, b"HTTP/1.1 200 Connection established\r\n\r\n")
                return await self._tunnel(HttpStream(stream.reader, stream.writer, stream.leftover), route)
            try:
                async with self._dial(route, target) as (reader, writer):
                    await write(stream.writer, b"HTTP/1.1 200 Connection established\r\n\r\n")
                    await _join(stream.reader, stream.writer, reader, writer, stream.leftover)
            except Unreachable as error:
                await stream.answer(502, f"{error}\n", close=True)
        return None

    async def _tunnel(self, stream: HttpStream, route: Route) -> None:
        """Requests that come through a CONNECT to a Pod."""
        while request := await stream.request():
            if not await self._answer(stream, request, route):
                return

    # -- absolute URIs ------------------------------------------------------------------------------------------

    async def _absolute(self, stream: HttpStream, request: h11.Request, target: str) -> bool:
        """Answer one request; False if the connection has no more to give."""
        parts = urlsplit(target)
        try:
            port = parts.port or 80
        except ValueError:
            port = 0
        if parts.scheme != "http" or not parts.hostname or not port:
            await stream.answer(400, f"{target}: this proxy takes http:// addresses and CONNECT\n", close=True)
            return False
        route = self.table.resolve(parts.hostname, port)
        with self._bound(stream.writer, route):
            if route.kind is Kind.REFUSED:
                await stream.read_body()
                await stream.answer(502, f"{spelled(parts.hostname, port)}: {route.reason}\n")
                return True
            if route.kind in (Kind.POD, Kind.HEALTH):
                return await self._answer(stream, request, route)
            if route.kind is Kind.SILENT:
                await stream.until_gone()
                return False
            try:
                async with self._dial(route, spelled(parts.hostname, port)) as (reader, writer):
                    await _relay(stream, request, parts.path + (f"?{parts.query}" if parts.query else "") or "/", reader, writer)
            except Unreachable as error:
                await stream.answer(502, f"{error}\n", close=True)
        return False

    # -- what a Pod, or kube-proxy's health server, answers -----------------------------------------------------

    async def _answer(self, stream: HttpStream, request: h11.Request, route: Route) -> bool:
        await stream.read_body()
        # Asked anew for each request: a connection may be older than a fault or a change of behaviour.
        stopped = self.table.stopped(route)
        if stopped and stopped.kind is Kind.REFUSED:
            return False
        if stopped:
            await stream.until_gone()
            return False
        if route.kind is Kind.HEALTH:
            await self._answer_health(stream, route)
            return True
        pod = self.table.pods.get(route.pod)
        if pod is None or not pod.running:
            return False
        if pod.behaviour == "silent":
            self.answers[pod.key]["silent"] += 1
            await stream.until_gone()
            return False
        status = 503 if pod.behaviour == "unavailable" else 200
        self.answers[pod.key][str(status)] += 1
        await stream.answer(status, f"{pod.name}\n", headers=[("X-Pod", pod.name)])
        return True

    async def _answer_health(self, stream: HttpStream, route: Route) -> None:
        count = self.table.local_endpoints(route.service, route.node)
        namespace, name = route.service.split("/")
        body = {"service": {"namespace": namespace, "name": name}, "localEndpoints": count, "serviceProxyHealthy": True}
        await stream.answer_json(200 if count else 503, body, headers=[("X-Load-Balancing-Endpoint-Weight", str(count))])

    # -- other sockets of the lab -------------------------------------------------------------------------------

    @asynccontextmanager
    async def _dial(self, route: Route, target: str) -> AsyncIterator[Socket]:
        """A connection to kwok, or through the BIG-IP's listener to what stands in its virtual servers."""
        socket = route.socket if route.kind is Kind.FORWARD else self._data_proxy()
        if socket is None:
            raise Unreachable(f"{target} is no address of the cluster, and the lab has no BIG-IP yet")
        try:
            reader, writer = await asyncio.open_connection(*socket)
        except OSError as error:
            raise Unreachable(f"{target}: {error.strerror or error}") from error
        try:
            if route.kind is Kind.BIGIP:
                await _ask_for(target, reader, writer)
            yield reader, writer
        finally:
            writer.close()

    # -- what is taken away dies at once ------------------------------------------------------------------------

    @contextmanager
    def _bound(self, writer: asyncio.StreamWriter, route: Route) -> Iterator[None]:
        for key in route.keys:
            self._open[key].add(writer)
        try:
            yield
        finally:
            for key in route.keys:
                self._open[key].discard(writer)
                if not self._open[key]:
                    del self._open[key]

    def _end(self, key: Key) -> None:
        for writer in list(self._open.get(key, ())):
            writer.close()


def _authority(target: str) -> tuple[str, int] | None:
    host, _colon, port = target.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        return None
    return host.removeprefix("[").removesuffix("]"), int(port)


async def _ask_for(target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """CONNECT at the BIG-IP's listener."""
    try:
        await write(writer, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != 200:
            length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
            text = (await reader.readexactly(length)).decode(errors="replace").strip()
            raise Unreachable(text or f"{target}: the BIG-IP answered {status}")
    except (Closed, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError, IndexError) as error:
        raise Unreachable(f"{target}: the BIG-IP's listener closed the connection") from error


async def _join(
    client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes
) -> None:
    """Bytes both ways until both sides are done, or one is gone."""
    if first:
        await write(writer, first)

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK):
                await write(sink, data)
            if client_writer.is_closing():
                writer.close()
            elif sink.can_write_eof():
                sink.write_eof()
        except (Closed, OSError):
            # One side is gone: whoever still waits on the other must hear of it.
            client_writer.close()
            writer.close()

    await asyncio.gather(copy(client_reader, writer), copy(reader, client_writer))


async def _relay(stream: HttpStream, request: h11.Request, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request with an absolute URI, sent on as the server wants it; the connection ends with its answer."""
    upstream = h11.Connection(h11.CLIENT)
    dropped = (b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"expect")
    headers = [(name, value) for name, value in request.headers if name not in dropped]
    try:
        await write(writer, upstream.send(h11.Request(method=request.method, target=path, headers=[*headers, (b"Connection", b"close")])) or b"")
        async for data in stream.body():
            await write(writer, upstream.send(h11.Data(data=data)) or b"")
        await write(writer, upstream.send(h11.EndOfMessage()) or b"")
        event = await next_event(upstream, reader)
        while isinstance(event, h11.InformationalResponse):
            event = await next_event(upstream, reader)
        if not isinstance(event, h11.Response):
            raise Closed
        kept = [(name, value) for name, value in event.headers if name not in (b"connection", b"keep-alive")]
        await stream.send(h11.Response(status_code=event.status_code, reason=event.reason, headers=[*kept, (b"Connection", b"close")]))
        while not isinstance(event := await next_event(upstream, reader), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise Closed
            await stream.send(h11.Data(data=event.data))
        await stream.send(h11.EndOfMessage())
    except h11.ProtocolError as error:
        raise Closed from error
