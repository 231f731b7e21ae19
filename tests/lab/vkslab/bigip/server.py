# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management port: HTTPS on loopback. A test can make its certificate bad and close its listener."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Protocol

import trustme
from aiohttp import web

from .faults import Lost
from .http import Reply, Request

MAX_BODY = 64 * 1024 * 1024
CERTIFICATES = ("good", "expired", "other_name", "untrusted")
_NAMES = ("localhost", "127.0.0.1", "127.0.0.2")


# the connection of a test's own request: a restart that it orders does not close it
_asking: ContextVar[asyncio.BaseTransport | None] = ContextVar("asking", default=None)


class Answers(Protocol):
    async def answer(self, request: Request) -> Reply: ...


class Authority:
    """The lab's certificate authority and what it can issue."""

    def __init__(self) -> None:
        self._ca = trustme.CA(organization_name="vks.bigip lab")

    def write(self, path: Path) -> None:
        self._ca.cert_pem.write_to_path(str(path))

    def configure(self, context: ssl.SSLContext, kind: str) -> None:
        now = datetime.now(timezone.utc)
        if kind == "expired":
            leaf = self._ca.issue_cert(
                *_NAMES, not_before=now - timedelta(days=2), not_after=now - timedelta(days=1)
            )
        elif kind == "other_name":
            leaf = self._ca.issue_cert("bigip.invalid")
        elif kind == "untrusted":
            leaf = trustme.CA(organization_name="another lab").issue_cert(*_NAMES)
        else:
            leaf = self._ca.issue_cert(*_NAMES)
        leaf.configure_cert(context)


class Server:
    def __init__(self, authority: Authority, host: str) -> None:
        self._authority, self.host = authority, host
        self._unit: Answers | None = None
        self.port = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._holder: socket.socket | None = None
        self._reopening: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    def use_certificate(self, kind: str) -> None:
        if kind not in CERTIFICATES:
            raise ValueError(f"kind is one of {', '.join(CERTIFICATES)}")
        self._authority.configure(self._context, kind)

    async def serve(self, unit: Answers, port: int = 0) -> None:
        """Answer as this unit, sound and open: from the start on, or in place of another unit behind the same
        port."""
        self._unit = unit
        self.use_certificate("good")
        if self._runner:
            self.cut()
            await self._stop_reopening()
            if self._listener is None:
                await self._listen()
            return
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        # bound and never listening: it keeps the port while connections to it are refused
        self._holder = self._bind(port)
        self.port = self._holder.getsockname()[1]
        await self._listen()

    def _bind(self, port: int) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((self.host, port))
        return bound

    async def _listen(self) -> None:
        assert self._runner is not None and self._runner.server is not None
        self._listener = await asyncio.get_running_loop().create_server(
            self._runner.server,
            sock=self._bind(self.port),
            ssl=self._context,
            backlog=512,
            ssl_handshake_timeout=600,
        )

    async def stop(self) -> None:
        await self._stop_reopening()
        if self._listener:
            self._listener.close()
        if self._runner:
            await self._runner.cleanup()
        if self._holder:
            self._holder.close()

    def refuse(self, seconds: float) -> None:
        """Cut every connection; refuse new ones for a while."""
        if self._listener:
            self._listener.close()
            self._listener = None
        self.cut()
        if self._reopening:
            self._reopening.cancel()
        self._reopening = asyncio.create_task(self._reopen(seconds))

    def cut(self) -> None:
        assert self._runner is not None and self._runner.server is not None
        for connection in list(self._runner.server.connections):
            if connection.transport is not None and connection.transport is not _asking.get():
                connection.transport.abort()

    async def _stop_reopening(self) -> None:
        if self._reopening:
            self._reopening.cancel()
            await asyncio.gather(self._reopening, return_exceptions=True)

    async def _reopen(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._listen()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        assert self._unit is not None
        _asking.set(request.transport if request.path.startswith("/_lab/") else None)
        try:
            reply = await self._unit.answer(
                Request(
                    method=request.method,
                    path=request.rel_url.raw_path,
                    query=dict(request.rel_url.query),
                    body=await request.read(),
                    headers=request.headers,
                    peer=request.remote or "127.0.0.1",
                )
            )
        except Lost as lost:
            if lost.sent is not None:
                await _half(request, lost.sent)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        body = reply.encoded
        headers = {"Server": "Jetty(9.2.22.v20170606)", **reply.headers}
        if body:
            headers.setdefault("Content-Type", reply.content_type)
        return web.Response(status=reply.status, body=body, headers=headers)


async def _half(request: web.Request, reply: Reply) -> None:
    """The head and half of the body, with the length of the whole."""
    body = reply.encoded
    headers: dict[str, Any] = {
        "Content-Type": reply.content_type,
        "Content-Length": str(len(body)),
        **reply.headers,
    }
    response = web.StreamResponse(status=reply.status, headers=headers)
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        await asyncio.sleep(0.02)
