# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A steady stream of requests to a virtual server, each on its own connection, and their results."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

from .waiting import HANGS


@dataclass
class Result:
    """answered: the number by Pod; failed: seconds since the start, and the error."""

    answered: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[float, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        return self.answered.total() + len(self.failed)

    @property
    def rate(self) -> float:
        return self.sent / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        first = f"; first: {self.failed[0][1]} after {self.failed[0][0]:.2f} s" if self.failed else ""
        return f"{self.sent} requests in {self.seconds:.1f} s ({self.rate:.0f} a second), {len(self.failed)} failed{first}; answered by {dict(self.answered)}"


class Stream:
    """Use it in a with statement; `result` counts from the first request to the last answer.

    A request that a Pod does not answer with 200 has failed. Nothing is sent twice. A busy machine may send
    fewer than `rate` a second. `more` waits for a number of requests after an event.
    """

    def __init__(self, proxy: str, url: str, rate: int = 100) -> None:
        self.result = Result()
        self._proxy = urlsplit(proxy)
        self._url = url
        self._pause = 1 / rate
        self._sent = 0
        self._ended = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Stream:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def mark(self) -> float:
        """Seconds since the start, to separate failures before an event from those after it."""
        return time.monotonic() - self._began

    def more(self, requests: int = 50) -> None:
        """Wait until all requests up to now, and so many that are sent from now on, are answered or have failed."""
        with self._ended:
            end = self._sent + requests
            assert self._ended.wait_for(lambda: self.result.sent >= end, HANGS), f"the stream stands still: {self.result}"

    async def _run(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        while not self._stop.is_set():
            task = asyncio.create_task(self._request())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            await asyncio.sleep(self._pause)
        self.result.seconds = time.monotonic() - self._began
        if under_way:
            await asyncio.wait(under_way)

    async def _request(self) -> None:
        self._sent += 1
        sent = time.monotonic() - self._began
        try:
            pod = await asyncio.wait_for(self._ask(), HANGS)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            with self._ended:
                self.result.failed.append((sent, f"{type(error).__name__} {error}".strip()))
                self._ended.notify_all()
        else:
            with self._ended:
                self.result.answered[pod] += 1
                self._ended.notify_all()

    async def _ask(self) -> str:
        reader, writer = await asyncio.open_connection(self._proxy.hostname, self._proxy.port)
        try:
            host = urlsplit(self._url).netloc
            writer.write(f"GET {self._url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            body = (await reader.read()).decode()
        finally:
            writer.close()
        status = head.split(" ", 2)[1]
        if status != "200":
            raise ValueError(f"status {status}: {body.strip()[:200]}")
        return body.strip()
