# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy: HTTP and CONNECT requests for any address of the lab, along the routes of the table."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import h11

from .front import ESTABLISHED, Front
from .http import Closed, HttpStream, write
from .next_hop import HEADER
from .objects import Pod
from .relay import authority, join, relay
from .routes import Key, Kind, Route, Table, spelled

log = logging.getLogger(__name__)

#: Waiting connections the kernel keeps while this process is busy with something else.
BACKLOG = 1024

Control = Callable[[HttpStream, h11.Request], Awaitable[None]]
Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_Closable = asyncio.StreamWriter | asyncio.Transport


class Unreachable(Exception):
    """The text of a 502."""


class Proxy:
    """One listener for everything.

    ``data_proxy`` gives the BIG-IP's listener, if the lab has a BIG-IP by now.
    """

    def __init__(
        self,
        control: Callable[[Proxy], Control],
        data_proxy: Callable[[], tuple[str, int] | None] = lambda: None,
    ) -> None:
        self.table = Table(self._end)
        self.answers: dict[str, Counter[str]] = defaultdict(Counter)
        self._control = control(self)
        self.data_proxy = data_proxy
        self._open: dict[Key, set[_Closable]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self) -> int:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Front(self), "127.0.0.1", 0, backlog=BACKLOG
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server:
            self._server.close()

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Keep a reference: the loop has only a weak one to a task."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tunnel: Route | None
    ) -> None:
        """Process requests that ``Front`` does not answer: a client's own, or those through its CONNECT to a
        Pod."""
        stream = HttpStream(reader, writer)
        try:
            if tunnel:
                with self._bound(writer, tunnel):
                    await self._tunnel(stream, tunnel)
            else:
                await self._serve(stream)
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
                return await self._connect(stream, target, _hop_of(request))
            if target.startswith("/"):
                await self._control(stream, request)
            elif not await self._absolute(stream, request, target):
                return None
        return None

    # -- CONNECT

    async def _connect(self, stream: HttpStream, target: str, hop: str | None) -> None:
        parsed = authority(target)
        if parsed is None:
            return await stream.answer(400, f"{target} is not ADDRESS:PORT\n", close=True)
        route = self.table.resolve(*parsed, hop)
        with self._bound(stream.writer, route):
            if route.kind is Kind.SILENT:
                return await stream.until_gone()
            if route.kind is Kind.REFUSED:
                return await stream.answer(502, f"{target}: {route.reason}\n", close=True)
            if route.kind in (Kind.POD, Kind.HEALTH):
                await write(stream.writer, ESTABLISHED)
                return await self._tunnel(HttpStream(stream.reader, stream.writer, stream.leftover), route)
            try:
                async with self._dial(route, target) as (reader, writer):
                    if route.kind is Kind.BIGIP:
                        await write(writer, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
                    else:
                        await write(stream.writer, ESTABLISHED)
                    await join(stream.reader, stream.writer, reader, writer, stream.leftover)
            except Unreachable as error:
                await stream.answer(502, f"{error}\n", close=True)
        return None

    async def _tunnel(self, stream: HttpStream, route: Route) -> None:
        """Requests that come through a CONNECT to a Pod."""
        while request := await stream.request():
            if not await self._answer(stream, request, route):
                return

    # -- absolute URIs

    async def _absolute(self, stream: HttpStream, request: h11.Request, target: str) -> bool:
        """Answer one request; False if the connection has no more to give."""
        parts = urlsplit(target)
        try:
            port = parts.port or 80
        except ValueError:
            port = 0
        if parts.scheme != "http" or not parts.hostname or not port:
            await stream.answer(
                400, f"{target}: this proxy takes http:// addresses and CONNECT\n", close=True
            )
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
                    path = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
                    await relay(stream, request, target if route.kind is Kind.BIGIP else path, reader, writer)
            except Unreachable as error:
                await stream.answer(502, f"{error}\n", close=True)
        return False

    # -- what a Pod, or kube-proxy's health server, answers

    async def _answer(self, stream: HttpStream, request: h11.Request, route: Route) -> bool:
        await stream.read_body()
        # Resolved for each request: a connection may be older than a fault or a change of behaviour.
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
        status = self._count(pod)
        await stream.answer(status, f"{pod.name}\n", headers=[("X-Pod", pod.name)])
        return True

    def pod_answer(self, route: Route) -> tuple[int, str, str] | None:
        """Status, body and header lines of a Pod that answers at once; counted as given."""
        pod = self.table.pods.get(route.pod)
        if (
            route.kind is not Kind.POD
            or pod is None
            or not pod.running
            or pod.behaviour == "silent"
            or self.table.stopped(route)
        ):
            return None
        return self._count(pod), f"{pod.name}\n", f"X-Pod: {pod.name}\r\n"

    def _count(self, pod: Pod) -> int:
        status = 503 if pod.behaviour == "unavailable" else 200
        self.answers[pod.key][str(status)] += 1
        return status

    async def _answer_health(self, stream: HttpStream, route: Route) -> None:
        count = self.table.local_endpoints(route.service, route.node)
        namespace, name = route.service.split("/")
        body = {
            "service": {"namespace": namespace, "name": name},
            "localEndpoints": count,
            "serviceProxyHealthy": True,
        }
        await stream.answer_json(
            200 if count else 503, body, headers=[("X-Load-Balancing-Endpoint-Weight", str(count))]
        )

    # -- other sockets of the lab

    @asynccontextmanager
    async def _dial(self, route: Route, target: str) -> AsyncIterator[Socket]:
        """A connection to a socket of the control plane, or to the BIG-IP's listener, which is a proxy
        itself."""
        socket = route.socket if route.kind is Kind.FORWARD else self.data_proxy()
        if socket is None:
            raise Unreachable(f"{target} is not an address of the cluster, and the lab has no BIG-IP yet")
        try:
            reader, writer = await asyncio.open_connection(*socket)
        except OSError as error:
            raise Unreachable(f"{target}: {error.strerror or error}") from error
        try:
            yield reader, writer
        finally:
            writer.close()

    # -- connections to a removed target end at once

    @contextmanager
    def _bound(self, writer: asyncio.StreamWriter, route: Route) -> Iterator[None]:
        self.bind(writer, route)
        try:
            yield
        finally:
            self.unbind(writer, route)

    def bind(self, connection: _Closable, route: Route) -> None:
        for key in route.keys:
            self._open[key].add(connection)

    def unbind(self, connection: _Closable, route: Route) -> None:
        for key in route.keys:
            self._open[key].discard(connection)
            if not self._open[key]:
                del self._open[key]

    def _end(self, key: Key) -> None:
        for connection in list(self._open.get(key, ())):
            connection.close()


def _hop_of(request: h11.Request) -> str | None:
    """The next hop that the BIG-IP names."""
    return next(
        (value.decode("latin-1") for name, value in request.headers if name == HEADER.lower().encode()), None
    )
