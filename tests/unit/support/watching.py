# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted API server for the streams of the event source, in the event loop of the test."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ansible_collections.vks.bigip.plugins.module_utils._watch.connection import Settings
from ansible_collections.vks.bigip.plugins.module_utils._watch.problem import Problem
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject

Json = dict[str, Any]
WAIT = 60.0
"""Seconds after which a test fails that waits for something that never happens. No test measures time."""
INITIAL_END = {"k8s.io/initial-events-end": "true"}


class Clock:
    """Seconds that only the test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Exchange:
    """One request, and its answer.

    query    what the request must have; None: what it must not have
    lines    sent one by one: an event, or bytes as they are, or a coroutine to await in between
    end      close: the answer ends as it should. reset: the connection ends. silent: nothing more is sent
    """

    query: Mapping[str, str | None] = field(default_factory=dict)
    lines: Iterable[Json | bytes | Callable[[], Awaitable[None]]] = ()
    end: str = "silent"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def added(name: str, version: int, **more: Any) -> Json:
    return event("ADDED", name, version, **more)


def event(kind: str, name: str, version: int, **more: Any) -> Json:
    metadata = {"namespace": "shop", "name": name, "resourceVersion": str(version)}
    return {"type": kind, "object": {"metadata": metadata, **more}}


def bookmark(version: int, annotations: Mapping[str, str] | None = None) -> Json:
    metadata = {"resourceVersion": str(version), **({"annotations": dict(annotations)} if annotations else {})}
    return {"type": "BOOKMARK", "object": {"metadata": metadata}}


def initial_end(version: int) -> Json:
    return bookmark(version, INITIAL_END)


def failure(code: int, message: str) -> Json:
    """The event of an error in a stream."""
    return {"type": "ERROR", "object": status(code, message)}


def status(code: int, message: str) -> Json:
    return {"kind": "Status", "code": code, "message": message}


def page(*names: str, version: int = 1, more: str | None = None) -> bytes:
    """A page of a list."""
    items = [{"metadata": {"namespace": "shop", "name": name, "resourceVersion": "1"}} for name in names]
    metadata = {"resourceVersion": str(version), **({"continue": more} if more else {})}
    return json.dumps({"metadata": metadata, "items": items}).encode()


class Api:
    """Answers requests with exchanges in their order, and every later one with silence.

    resources: exchanges by the last word of the path, for several streams at once
    """

    def __init__(self, *exchanges: Exchange, tls: ssl.SSLContext | None = None, **resources: list[Exchange]) -> None:
        self.requests: list[web.Request] = []
        self.faults: list[str] = []
        self.url = ""
        self._left = list(exchanges)
        self._resources = {name: list(some) for name, some in resources.items()}
        self._tls = tls

    async def __aenter__(self) -> Api:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._runner.cleanup()

    @property
    def left(self) -> int:
        """How many exchanges have not happened."""
        return len(self._left) + sum(map(len, self._resources.values()))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        left = self._resources.get(request.path.rpartition("/")[2], self._left)
        exchange = left.pop(0) if left else Exchange()
        self.faults += [f"{name} is {request.query.get(name)}, not {value}" for name, value in exchange.query.items() if request.query.get(name) != value]
        response = web.StreamResponse(status=exchange.status, headers=dict(exchange.headers))
        await response.prepare(request)
        for line in exchange.lines:
            if callable(line):
                await line()
            else:
                await response.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")
        if exchange.end == "silent":
            await asyncio.Event().wait()
        if exchange.end == "reset" and request.transport is not None:
            request.transport.abort()
        return response


class FakeConnections:
    """Settings of one server after the other; the last one stays. Each read has another token."""

    def __init__(self, *servers: Api, tls: ssl.SSLContext | None = None) -> None:
        self._servers = list(servers)
        self._tls = tls
        self.reads = 0
        self.server = "https://cluster.example:6443"

    async def settings(self) -> Settings:
        server = self._servers[min(self.reads, len(self._servers) - 1)]
        self.reads += 1
        return Settings(server.url, (("Authorization", f"Bearer token-{self.reads}"),), self._tls)

    async def close(self) -> None:
        """There is nothing to close."""


class Log:
    """A sink of streams that notes all calls, and wakes the test."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.problems: list[Problem] = []
        self._news = asyncio.Event()

    def _note(self, text: str) -> None:
        self.calls.append(text)
        self._news.set()

    def begin(self, subject: Subject) -> None:
        self._note("begin")

    def put(self, subject: Subject, raw: Json, deleted: bool) -> None:
        self._note(f"{'-' if deleted else '+'}{raw['metadata']['name']}")

    def end(self, subject: Subject) -> None:
        self._note("end")

    def refuse(self, subject: Subject, problem: Problem) -> None:
        self.problems.append(problem)
        self._note(f"refuse {problem.status}")

    def accept(self, subject: Subject) -> None:
        self._note("accept")

    def restart(self, subject: Subject) -> None:
        self._note("restart")

    async def until(self, count: int) -> None:
        """Wait until so many calls have been noted."""
        async with timeout():
            while len(self.calls) < count:
                self._news.clear()
                await self._news.wait()


class timeout:
    """Cancels the block after WAIT seconds, and raises AssertionError. Python 3.10 has no asyncio.timeout."""

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task
        self._over = False
        self._handle = asyncio.get_running_loop().call_later(WAIT, self._end, task)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._over = True
        task.cancel()

    async def __aexit__(self, *exc: object) -> None:
        self._handle.cancel()
        assert not self._over, "it did not happen"


def running(work: Awaitable[Any]) -> Any:
    """The result of a test's coroutine."""

    async def main() -> Any:
        return await work

    return asyncio.run(main())
