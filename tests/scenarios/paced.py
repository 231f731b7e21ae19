# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to several virtual servers at a planned rate, on connections that carry some requests each."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from urllib.parse import urlsplit

from .stream import Result
from .waiting import HANGS

WORKERS = 16
"""Connections at the same time, so an answer that takes long delays only a sixteenth of the requests."""

PER_CONNECTION = 10
"""Requests. BIG-IP chooses a member for each connection, as without OneConnect."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Paced:
    """Use it in a with statement. A request that a Pod does not answer with 200 has failed, and nothing is sent twice.

    Request number n has its time: n / rate seconds after the start, and is never sent earlier. A busy machine sends
    late requests at once, so none is left out. `seconds` is a clock that goes by requests: on a machine that is too slow
    for the rate, it is slow too.
    """

    def __init__(self, proxy: str, virtuals: Sequence[str], rate: int) -> None:
        self.result = Result()
        self.latest = 0.0
        """The most seconds that a request was sent after its time."""
        self._proxy = urlsplit(proxy)
        self._virtuals = virtuals
        self._rate = rate
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._opened = 0
        self._open: set[int] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Paced:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self.result.seconds = self.mark()

    def mark(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def until(self, seconds: float) -> None:
        """Wait until the requests of so many seconds are answered or have failed."""
        self._wait_for(lambda: self.seconds >= seconds)

    @property
    def seconds(self) -> float:
        """The time by requests."""
        return self.result.sent / self._rate

    def renewed(self) -> None:
        """Wait until all connections that are open now have been closed."""
        with self._changed:
            before = set(self._open)
        self._wait_for(lambda: not before & self._open)

    def _wait_for(self, what: Callable[[], bool]) -> None:
        with self._changed:
            seen, sent = time.monotonic(), self.result.sent
            while not what():
                self._changed.wait(1)
                if self.result.sent != sent:
                    seen, sent = time.monotonic(), self.result.sent
                assert time.monotonic() - seen < HANGS, f"the stream stands still: {self.result}"

    async def _run(self) -> None:
        await asyncio.gather(*(self._work(number) for number in range(WORKERS)))

    async def _work(self, number: int) -> None:
        """Send each WORKERS-th request."""
        while not self._stop.is_set():
            number = await self._connection(number)

    async def _connection(self, number: int) -> int:
        """Send requests on one connection. Returns the number of the next one."""
        await self._time_of(number)
        with self._changed:
            self._opened += 1
            own = self._opened
            self._open.add(own)
        address = self._virtuals[own % len(self._virtuals)]
        connection: Connection | None = None
        try:
            for _each in range(PER_CONNECTION):
                await self._time_of(number)
                if self._stop.is_set():
                    break
                sent = self.mark()
                self.latest = max(self.latest, sent - number / self._rate)
                number += WORKERS
                try:
                    if connection is None:
                        connection = await asyncio.wait_for(self._connect(address), HANGS)
                    self._count(await asyncio.wait_for(_ask(connection, address), HANGS))
                except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
                    self._fail(sent, f"{address}: {type(error).__name__} {error}".strip())
                    break
        finally:
            if connection is not None:
                connection[1].close()
            with self._changed:
                self._open.discard(own)
                self._changed.notify_all()
        return number

    async def _time_of(self, number: int) -> None:
        pause = self._began + number / self._rate - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)

    def _count(self, pod: str) -> None:
        with self._changed:
            self.result.answered[pod] += 1
            self._changed.notify_all()

    def _fail(self, sent: float, error: str) -> None:
        with self._changed:
            self.result.failed.append((sent, error))
            self._changed.notify_all()

    async def _connect(self, address: str) -> Connection:
        reader, writer = await asyncio.open_connection(self._proxy.hostname, self._proxy.port)
        try:
            writer.write(f"CONNECT {address}:80 HTTP/1.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if head.split(b" ", 2)[1] != b"200":
                raise ValueError(head.decode())
        except BaseException:
            writer.close()
            raise
        return reader, writer


async def _ask(connection: Connection, address: str) -> str:
    reader, writer = connection
    writer.write(f"GET / HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    body = (await reader.readexactly(length)).decode().strip()
    status = head.split(" ", 2)[1]
    if status != "200":
        raise ValueError(f"status {status}: {body[:200]}")
    return body
