# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client's HTTP over one connection: h11 joined to asyncio's streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus
from typing import Any

import h11

CHUNK = 65536
TEXT = "text/plain; charset=utf-8"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class Closed(Exception):
    """The other side closed the connection, or sent invalid HTTP."""


class HttpStream:
    """Requests of one client, one after the other: ``request()``, ``read_body()``, an answer, and again."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes = b""
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._http = h11.Connection(h11.SERVER)
        self._method = b""
        if received:
            self._http.receive_data(received)

    async def request(self) -> h11.Request | None:
        """The next request. None at the end of the connection."""
        if self._http.states == {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}:
            self._http.start_next_cycle()
        elif self._http.states != {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE}:
            return None
        try:
            event = await next_event(self._http, self.reader)
        except h11.RemoteProtocolError as error:
            await self.answer(error.error_status_hint, f"{error}\n", close=True)
            return None
        if not isinstance(event, h11.Request):
            return None
        self._method = event.method
        return event

    async def body(self) -> AsyncIterator[bytes]:
        if self._http.they_are_waiting_for_100_continue:
            await self.send(h11.InformationalResponse(status_code=100, headers=[], reason="Continue"))
        while True:
            try:
                event = await next_event(self._http, self.reader)
            except h11.RemoteProtocolError as error:
                raise Closed from error
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise Closed

    async def read_body(self) -> bytes:
        return b"".join([part async for part in self.body()])

    @property
    def leftover(self) -> bytes:
        """The data after a CONNECT request."""
        return bytes(self._http.trailing_data[0])

    async def answer(
        self,
        status: int,
        body: str | bytes,
        *,
        content_type: str = TEXT,
        headers: Iterable[tuple[str, str]] = (),
        close: bool = False,
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        fields = [("Content-Type", content_type), ("Content-Length", str(len(data))), *headers]
        if close:
            fields.append(("Connection", "close"))
        response = h11.Response(status_code=status, headers=fields, reason=_PHRASES[status])
        if self._method == b"HEAD":
            await self.send(response, h11.EndOfMessage())
        else:
            await self.send(response, h11.Data(data=data), h11.EndOfMessage())

    async def answer_json(self, status: int, value: Any, headers: Iterable[tuple[str, str]] = ()) -> None:
        await self.answer(status, json.dumps(value) + "\n", content_type="application/json", headers=headers)

    async def send(self, *events: h11.Event) -> None:
        await write(self.writer, b"".join(self._http.send(event) or b"" for event in events))

    async def until_gone(self) -> None:
        """Read what the client sends and send nothing, until it gives up."""
        try:
            while await self.reader.read(CHUNK):
                pass
        except ConnectionError:
            return


def plain_answer(
    status: int, body: str, headers: str = "", *, going_on: bool, with_body: bool = True
) -> bytes:
    """A short answer as ``HttpStream.answer`` would give it, for requests that need no h11."""
    data = body.encode()
    end = "" if going_on else "Connection: close\r\n"
    head = (
        f"HTTP/1.1 {status} {_PHRASES[status]}\r\nContent-Type: {TEXT}\r\nContent-Length: "
        f"{len(data)}\r\n{headers}{end}\r\n"
    )
    return head.encode() + (data if with_body else b"")


async def next_event(http: h11.Connection, reader: asyncio.StreamReader) -> Any:
    while True:
        event = http.next_event()
        if event is not h11.NEED_DATA:
            return event
        try:
            http.receive_data(await reader.read(CHUNK))
        except ConnectionError as error:
            raise Closed from error


async def write(writer: asyncio.StreamWriter, data: bytes) -> None:
    try:
        writer.write(data)
        await writer.drain()
    except ConnectionError as error:
        raise Closed from error
