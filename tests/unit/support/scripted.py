# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on loopback that plays a script of HTTP exchanges, in order, and must be used up exactly.

    with ScriptedServer([Exchange("GET", "/api/v1/services?limit=500", json={"items": []})]) as server:
        ...  # talk to server.url
    # leaving the block fails on a request that was not in the script, and on exchanges that were not used

`expect` of an Exchange is called with the Request for further assertions. `drop=True` closes the connection without an answer.
`any_order=True` of the server matches each request with the first unused exchange of its method and path (for concurrent lists).
"""

from __future__ import annotations

import gzip
import json as jsonlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return jsonlib.loads(self.body)


@dataclass
class Exchange:
    method: str
    path: str
    status: int = 200
    json: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    expect: Callable[[Request], None] | None = None


class ScriptedServer:
    """See the module's text. `requests` holds all that was received."""

    def __init__(self, script: list[Exchange], any_order: bool = False) -> None:
        self.left = list(script)
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self._any_order = any_order
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes: 40 ms an answer otherwise

            def log_message(self, *args: Any) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
                exchange = outer.take(request)
                if exchange.drop:
                    self.close_connection = True
                    self.connection.close()
                    return
                body = exchange.text.encode() if exchange.text is not None else b""
                kind = "text/html"
                if exchange.json is not None:
                    body, kind = jsonlib.dumps(exchange.json).encode(), "application/json"
                if exchange.headers.get("Content-Encoding") == "gzip":
                    body = gzip.compress(body)
                self.send_response(exchange.status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **exchange.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def take(self, request: Request) -> Exchange:
        with self._lock:
            self.requests.append(request)
            found = None
            for exchange in self.left if self._any_order else self.left[:1]:
                if (exchange.method, exchange.path) == (request.method, request.path):
                    found = exchange
                    break
            if found is None:
                expected = [f"{exchange.method} {exchange.path}" for exchange in self.left]
                self.faults.append(f"unexpected {request.method} {request.path}; expected {expected or 'nothing more'}")
                return Exchange(request.method, request.path, 599, json={"message": self.faults[-1]})
            self.left.remove(found)
            if found.expect is not None:
                try:
                    found.expect(request)
                except AssertionError as error:
                    self.faults.append(f"{request.method} {request.path}: {error}")
            return found

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        if kind is None:
            assert not self.faults, self.faults
            assert not self.left, f"not requested: {[f'{exchange.method} {exchange.path}' for exchange in self.left]}"
