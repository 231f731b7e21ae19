# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies data between the two sides of a connection."""

from __future__ import annotations

import asyncio

import h11

from .http import CHUNK, Closed, HttpStream, next_event, write


def authority(target: str) -> tuple[str, int] | None:
    host, _colon, port = target.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        return None
    return host.removeprefix("[").removesuffix("]"), int(port)


async def join(
    client_reader: asyncio.StreamReader,
    client_writer: asyncio.StreamWriter,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    first: bytes,
) -> None:
    """Copy bytes both ways until both sides have ended, or one failed."""
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
            # One side failed: the reader of the other side must end, too.
            client_writer.close()
            writer.close()

    await asyncio.gather(copy(client_reader, writer), copy(reader, client_writer))


async def relay(
    stream: HttpStream,
    request: h11.Request,
    target: str,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """One request with an absolute URI, sent on as the other side wants it; the connection ends with its
    answer."""
    upstream = h11.Connection(h11.CLIENT)
    dropped = (b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"expect")
    headers = [(name, value) for name, value in request.headers if name not in dropped]
    try:
        await write(
            writer,
            upstream.send(
                h11.Request(
                    method=request.method, target=target, headers=[*headers, (b"Connection", b"close")]
                )
            )
            or b"",
        )
        async for data in stream.body():
            await write(writer, upstream.send(h11.Data(data=data)) or b"")
        await write(writer, upstream.send(h11.EndOfMessage()) or b"")
        event = await next_event(upstream, reader)
        while isinstance(event, h11.InformationalResponse):
            event = await next_event(upstream, reader)
        if not isinstance(event, h11.Response):
            raise Closed
        kept = [(name, value) for name, value in event.headers if name not in (b"connection", b"keep-alive")]
        await stream.send(
            h11.Response(
                status_code=event.status_code, reason=event.reason, headers=[*kept, (b"Connection", b"close")]
            )
        )
        while not isinstance(event := await next_event(upstream, reader), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise Closed
            await stream.send(h11.Data(data=event.data))
        await stream.send(h11.EndOfMessage())
    except h11.ProtocolError as error:
        raise Closed from error
