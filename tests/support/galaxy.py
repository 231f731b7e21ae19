# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Galaxy on loopback with some collections, for `ansible-galaxy collection install` by name or by a requirements file."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Galaxy:
    """Use it in a with statement. It serves one version of each collection: that of its tarball."""

    def __init__(self, tarballs: Sequence[Path]) -> None:
        self._tarballs = {f"/{tarball.name}": tarball for tarball in tarballs}
        self._answers: dict[str, Any] = {"/api/": {"available_versions": {"v3": "v3/"}}}
        for tarball in tarballs:
            self._describe(tarball)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def _describe(self, tarball: Path) -> None:
        info = manifest(tarball)
        collection, version = f"/api/v3/collections/{info['namespace']}/{info['name']}", info["version"]
        start, time = f"{collection}/versions", "2026-01-01T00:00:00Z"
        self._answers[f"{collection}/"] = {"created_at": time, "updated_at": time}
        self._answers[f"{start}/"] = {"data": [{"version": version}], "links": {"next": None}}
        self._answers[f"{start}/{version}/"] = {
            "namespace": {"name": info["namespace"]},
            "collection": {"name": info["name"]},
            "version": version,
            "href": f"{start}/{version}/",
            "download_url": f"/{tarball.name}",
            "artifact": {"sha256": hashlib.sha256(tarball.read_bytes()).hexdigest()},
            "metadata": {"dependencies": info["dependencies"]},
        }

    def __enter__(self) -> Galaxy:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str) -> bytes | None:
        if path in self._tarballs:
            return self._tarballs[path].read_bytes()
        return json.dumps(self._answers[path]).encode() if path in self._answers else None


def manifest(tarball: Path) -> dict[str, Any]:
    """The description of the collection in a tarball."""
    with tarfile.open(tarball) as archive:
        file = archive.extractfile("MANIFEST.json")
        assert file
        content: dict[str, Any] = json.load(file)
    return dict(content["collection_info"])


def pack(collection: Path, target: Path) -> Path:
    """The tarball of a collection that was installed from a wheel of PyPI, which omits some of its files."""
    described = json.loads((collection / "MANIFEST.json").read_text())
    listed = json.loads((collection / "FILES.json").read_text())
    listed["files"] = [entry for entry in listed["files"] if (collection / entry["name"]).exists()]
    files = json.dumps(listed).encode()
    described["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(files).hexdigest()
    info = described["collection_info"]
    tarball = target / f"{info['namespace']}-{info['name']}-{info['version']}.tar.gz"
    with tarfile.open(tarball, "w:gz", compresslevel=1) as archive:
        for name, content in (("MANIFEST.json", json.dumps(described).encode()), ("FILES.json", files)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for entry in listed["files"]:
            if entry["name"] != ".":
                archive.add(collection / entry["name"], entry["name"], recursive=False)
    return tarball


def _handler(galaxy: Galaxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = galaxy.answer(self.path.partition("?")[0])
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer or b"")))
            self.end_headers()
            self.wfile.write(answer or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    return Handler
