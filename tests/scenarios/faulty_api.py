# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reverse proxy in front of the lab's API server that fails on request, like a network or a control plane with problems.

It speaks TLS with a certificate of its own and signs in upstream as the lab's kubeconfig does. Pages are made so small that every
list has continue tokens.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import struct
import tempfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import trustme
import urllib3
import yaml

from .waiting import HANGS

PAGE = 2
# As long as a real one, and expired in 2020.
_PARTS = (b'{"alg":"RS256"}', b'{"exp":1577836800,"sub":"publisher"}', b"no-signature-here")
TOKEN = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in _PARTS)


@dataclass
class ApiFault:
    """kind: status (with `status`, `message`, `headers`), reset, hang, half, short, page, empty (a list without items), call (only `run`).

    path: a regular expression in path and query. after: matches that are spared; count: how many suffer then (0: all). run: called before the answer.
    """

    kind: str
    path: str = ""
    count: int = 1
    after: int = 0
    status: int = 500
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    run: Callable[[], None] | None = None

    def takes(self, path: str) -> bool:
        if self.count < 0 or not re.search(self.path, path):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.count:
            self.count = self.count - 1 or -1
        return True


class FaultyApi:
    """Use it in a with statement; `kubeconfig` is a path."""

    def __init__(self, kubeconfig: Path) -> None:
        given = yaml.safe_load(kubeconfig.read_text())
        self._cluster, user = given["clusters"][0]["cluster"], given["users"][0]["user"]
        self._folder = tempfile.TemporaryDirectory()
        certificate, key = (self._file(name, user) for name in ("client-certificate", "client-key"))
        trusted = ssl.create_default_context(cafile=str(self._file("certificate-authority", self._cluster)))
        trusted.load_cert_chain(certificate, key)
        self._upstream = urllib3.PoolManager(ssl_context=trusted, maxsize=4)
        self.client_key = key.read_text()
        self.faults: list[ApiFault] = []
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        files = {"client-certificate-data": certificate, "client-key-data": key}
        inline = {name: base64.b64encode(path.read_bytes()).decode() for name, path in files.items()}
        self._authorities = {True: authority.cert_pem.bytes(), False: trustme.CA().cert_pem.bytes()}
        self.kubeconfig = self.write("good", self.port, inline)
        self.with_token = self.write("token", self.port, {"token": TOKEN})
        self.of_another_authority = self.write("untrusted", self.port, inline, trusted=False)
        self.nobody_listens = self.write("closed", closed_port(), inline)
        self._ended = threading.Event()

    def write(self, name: str, port: int, user: dict[str, str], trusted: bool = True) -> str:
        cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": base64.b64encode(self._authorities[trusted]).decode()}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "lab",
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
            "clusters": [{"name": "lab", "cluster": cluster}],
            "users": [{"name": "lab", "user": user}],
        }
        path = Path(self._folder.name, f"kubeconfig-{name}")
        path.write_text(json.dumps(content))
        return str(path)

    def _file(self, name: str, holder: dict[str, str]) -> Path:
        if name in holder:
            return Path(holder[name])
        path = Path(self._folder.name, name)
        path.write_bytes(base64.b64decode(holder[f"{name}-data"]))
        return path

    def __enter__(self) -> FaultyApi:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # the head and the body are two writes
            timeout = HANGS

            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                fault = next((fault for fault in api.faults if fault.takes(self.path)), None)
                if fault is not None and fault.run is not None:
                    fault.run()
                if fault is None or fault.kind in ("short", "half", "empty", "call"):
                    status, body, kind = api._forward(self.path, self.headers.get("Accept", "*/*"))
                    self._changed(status, body, kind, fault.kind if fault else "")
                elif fault.kind == "reset":
                    # Closed with a linger of 0: the client gets RST, not an end.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                elif fault.kind == "hang":
                    api._ended.wait()
                    self.close_connection = True
                elif fault.kind == "page":
                    self._send(fault.status, b"<html><body>Sign in to the portal</body></html>", "text/html", fault.headers)
                else:
                    answer = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": fault.message, "code": fault.status}
                    self._send(fault.status, json.dumps(answer).encode(), "application/json", fault.headers)

            def _changed(self, status: int, body: bytes, kind: str, how: str) -> None:
                if how == "half":
                    body = body[: len(body) // 2]
                if how == "empty":
                    body = json.dumps({**json.loads(body), "items": [], "metadata": {}}).encode()
                self._send(status, body, kind, {}, short=how == "short")

            def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str], short: bool = False) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if short else body)
                if short:
                    self.close_connection = True

        return Handler

    def _forward(self, path: str, accept: str) -> tuple[int, bytes, str]:
        url = self._cluster["server"] + re.sub(r"\blimit=\d+", f"limit={PAGE}", path)
        answer = self._upstream.request("GET", url, headers={"Accept": accept}, timeout=HANGS)
        return answer.status, answer.data, answer.headers.get("Content-Type", "application/json")


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
