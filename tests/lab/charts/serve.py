# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves a folder of packaged charts on loopback: as a repository (with the index.yaml of `helm repo index`),
and as an OCI registry.

serve.py FOLDER FILE writes its HOST:PORT to FILE when it listens. http://HOST:PORT is the repository,
oci://HOST:PORT/charts/NAME a chart. The registry serves a pull: manifests by tag (the version) or digest,
blobs, tags.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import yaml

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.cncf.helm.config.v1+json"
LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


class Content(NamedTuple):
    kind: str
    data: bytes

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.data).hexdigest()

    @property
    def described(self) -> dict[str, object]:
        return {"mediaType": self.kind, "digest": self.digest, "size": len(self.data)}


def contents(packaged: Path) -> tuple[str, str, list[Content]]:
    """A chart's name and version, and what a registry holds of it: the manifest first."""
    with tarfile.open(packaged) as archive:
        (name,) = [name for name in archive.getnames() if re.fullmatch(r"[^/]+/Chart\.yaml", name)]
        chart = yaml.safe_load(archive.extractfile(name) or b"")
    parts = Content(CONFIG, json.dumps(chart).encode()), Content(LAYER, packaged.read_bytes())
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": parts[0].described,
        "layers": [parts[1].described],
    }
    return chart["name"], chart["version"], [Content(MANIFEST, json.dumps(manifest).encode()), *parts]


class Handler(SimpleHTTPRequestHandler):
    """Files, and below /v2/ the registry."""

    # Helm 3 tries TLS first. Only an answer with a status, as any registry gives it, makes it try HTTP.
    default_request_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._registry():
            super().do_GET()

    def do_HEAD(self) -> None:
        if not self._registry():
            super().do_HEAD()

    def log_message(self, *_arguments: object) -> None:
        pass

    def _registry(self) -> bool:
        """Answer a request for the registry. False if the request is for something else."""
        if not self.path.startswith("/v2/"):
            return False
        found = self._found(self.path.removeprefix("/v2/"))
        self.send_response(200 if found else 404)
        if found:
            self.send_header("Content-Type", found.kind)
            self.send_header("Docker-Content-Digest", found.digest)
        body = (
            found.data if found else b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
        return True

    def _found(self, path: str) -> Content | None:
        if not path:
            return Content("application/json", b"{}")
        asked = re.fullmatch(
            r"charts/(?P<name>[^/]+)/(?P<kind>manifests|blobs|tags)/(?P<reference>[^/]+)", path
        )
        if not asked:
            return None
        known = [
            (version, parts)
            for name, version, parts in map(contents, sorted(Path(self.directory).glob("*.tgz")))
            if name == asked["name"]
        ]
        if asked["kind"] == "tags":
            return Content(
                "application/json",
                json.dumps(
                    {"name": f"charts/{asked['name']}", "tags": [version for version, _parts in known]}
                ).encode(),
            )
        fitting = [
            part for version, parts in known for part in parts if asked["reference"] in (part.digest, version)
        ]
        return fitting[0] if fitting else None


def main(folder: str, file: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        Path(file + ".new").write_text(f"127.0.0.1:{server.server_port}")
        os.rename(file + ".new", file)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
