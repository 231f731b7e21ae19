# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer on loopback that sends bytes as it likes: slowly, or too many."""

from __future__ import annotations

import socket
import threading
from typing import Callable

PAUSE = 0.05
"""Seconds between two bytes of a peer that drips. A timeout of a read never meets it."""
Send = Callable[[socket.socket, threading.Event], None]


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def dripping(first: bytes, dripped: bytes) -> Send:
    """Sends the first bytes at once, and the others one by one."""

    def send(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(first)
        for index in range(len(dripped)):
            if over.wait(PAUSE):
                return
            connection.sendall(dripped[index : index + 1])

    return send


def sending(data: bytes) -> Send:
    return lambda connection, over: connection.sendall(data)


def tunnel_to(port: int) -> Send:
    """A proxy's answer to CONNECT: whatever host is named, the tunnel leads to this port of loopback."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while part := source.recv(65536):
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one end was closed
            pass

    def send(connection: socket.socket, over: threading.Event) -> None:
        with socket.create_connection(("127.0.0.1", port)) as there:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=pump, args=[there, connection], daemon=True).start()
            pump(connection, there)

    return send


class Peer:
    """Reads the headers of a request (and of no body), then sends. One `send` for each request, over one connection or several."""

    def __init__(self, *sends: Send) -> None:
        self.connections = 0
        self._left = list(sends)
        self._over = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Peer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while self._left:
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        part = connection.recv(65536)
                        if not part:
                            return
                        asked += part
                    self._left.pop(0)(connection, self._over)
                self._over.wait(60)
            except OSError:
                pass
