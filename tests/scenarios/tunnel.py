# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to the virtual server that stays open for many requests."""

from __future__ import annotations

import socket
from types import TracebackType
from urllib.parse import urlsplit

from .waiting import HANGS


class Tunnel:
    """Use it in a with statement. pod: the Pod that answers."""

    def __init__(self, proxy: str, address: str) -> None:
        place = urlsplit(proxy)
        self._socket = socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=HANGS)
        self._socket.sendall(f"CONNECT {address}:80 HTTP/1.1\r\n\r\n".encode())
        assert self._until(b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        self.pod = self.ask()

    def __enter__(self) -> Tunnel:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def ask(self) -> str:
        """One request. Raises OSError if the connection is no more."""
        self._socket.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
        head = self._until(b"\r\n\r\n").lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        body = b""
        while len(body) < length:
            body += self._socket.recv(length - len(body)) or self._lost()
        return body.decode().strip()

    @property
    def is_open(self) -> bool:
        """True if a request on it is answered."""
        try:
            return self.ask() == self.pod
        except OSError:
            return False

    def close(self) -> None:
        self._socket.close()

    def _until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            data += self._socket.recv(1) or self._lost()
        return data

    @staticmethod
    def _lost() -> bytes:
        raise ConnectionError("the connection was closed")
