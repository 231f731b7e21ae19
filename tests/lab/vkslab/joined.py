# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two connections that work as one: data, end and failure of one side reach the other."""

from __future__ import annotations

import asyncio
import socket
import struct

_LINGER_NONE = struct.pack("ii", 1, 0)


class Side(asyncio.Protocol):
    """One side of a connection. It sends what it receives to the other side."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: Side | None = None
        self.ended = False  # this side sends no more
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.other:
            self.other.write(data)

    def eof_received(self) -> bool:
        """A half-closed connection stays half-closed, as it does through a BIG-IP.

        If both sides have closed, it ends.
        """
        self.ended = True
        other = self.other
        if other is None or other.transport is None or other.transport.is_closing():
            return False
        if not other.ended and other.transport.can_write_eof():
            other.transport.write_eof()
            return not self.over_tls
        other.transport.close()
        return False

    @property
    def over_tls(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("ssl_object") is not None

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self.other and self.other.transport and not self.other.lost:
            if exc is None:
                self.other.transport.close()
            else:
                self.other.reset()

    def pause_writing(self) -> None:
        if self.other and self.other.transport and not self.other.lost:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other and self.other.transport and not self.other.lost:
            self.other.transport.resume_reading()

    def write(self, data: bytes) -> None:
        if self.transport and not self.lost:
            self.transport.write(data)

    def reset(self) -> None:
        """RST instead of FIN."""
        if self.transport is None or self.lost:
            return
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self.transport.abort()
