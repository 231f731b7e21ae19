# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The load balancer in front of an API server: it copies TCP, and can hide a restart of the API server from its clients."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType

PIECE = 65536


class Gate:
    """Use it in a with statement. port: of the API server."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self._upstream = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._passes = asyncio.Event()
        self._passes.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Gate:
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop)
        self._server = started.result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        self._call(self._server.close)
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def hold(self) -> None:
        """From now on, a client does not see that the API server closes its connection."""
        self._call(self._passes.clear)

    def cut(self) -> None:
        """Close all connections, also those that are held. New ones work as usual."""
        self._call(self._close)

    def _call(self, what: Callable[[], object]) -> None:
        async def call() -> None:
            what()

        asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def _close(self) -> None:
        self._passes.set()
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            api_reader, api_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.close()
            return
        both = {writer, api_writer}
        self._writers |= both
        copies = [asyncio.ensure_future(_copy(reader, api_writer)), asyncio.ensure_future(_copy(api_reader, writer))]
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        await self._passes.wait()
        for each in both:
            each.close()
        await asyncio.wait(copies)
        self._writers -= both


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
