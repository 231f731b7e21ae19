# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tarballs of the collection, and a server of Galaxy's API v3 on loopback that `ansible-galaxy` installs them from."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from runner import environments

from . import tree

API = "/api/v3/collections/"


def run(environment: str, *words: str | Path, cwd: Path, **variables: str) -> str:
    """The output of a command with this environment first on the PATH. Fails with its output."""
    environ = {**environments.variables(environment), "ANSIBLE_LOCALHOST_WARNING": "False", **variables}
    environ.pop("PYTHONPATH", None)
    done = subprocess.run(words, cwd=cwd, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, words))}:\n{done.stdout}"
    return done.stdout


def build(source: Path, target: Path, **changed: str) -> Path:
    """The tarball of the collection in `source`, with these values in its galaxy.yml."""
    if changed:
        copied = target / "source" / "-".join(changed.values())
        shutil.copytree(source, copied, ignore=shutil.ignore_patterns(".git"))
        file = copied / "galaxy.yml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **changed}))
        source = copied
    before = set(target.glob("*.tar.gz"))
    run("main", "ansible-galaxy", "collection", "build", "--output-path", target, cwd=source)
    (made,) = set(target.glob("*.tar.gz")) - before
    return made


def build_own(name: str) -> Path:
    """The tarball of this collection, from a copy called `name`."""
    source = tree.copy(name)
    for old in source.parents[2].glob("*.tar.gz"):
        old.unlink()
    return build(source, source.parents[2])


def install(tarball: Path, collections: Path) -> None:
    """Install the collection into this collections path, without its dependencies and without a server."""
    words = ("collection", "install", "--offline", "--no-deps", "--collections-path", collections, tarball)
    run("main", "ansible-galaxy", *words, cwd=tarball.parent, ANSIBLE_COLLECTIONS_PATH=str(collections))


def build_stub(name: str, version: str, target: Path) -> Path:
    """A collection without content, for a dependency."""
    folder = target / "source" / name
    folder.mkdir(parents=True)
    namespace, _dot, short = name.partition(".")
    (folder / "README.md").write_text("A stub\n")
    document = {"namespace": namespace, "name": short, "version": version, "readme": "README.md", "authors": ["tests"]}
    (folder / "galaxy.yml").write_text(yaml.safe_dump(document))
    return build(folder, target)


class Galaxy:
    """Use it in a with statement. `variables` make `ansible-galaxy` use this server, and no other one."""

    def __init__(self, tarballs: Sequence[Path]) -> None:
        self._files = {file.name: file for file in tarballs}
        galaxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = galaxy.answer(self.path.partition("?")[0])
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "application/json" if self.path.startswith("/api") else "application/gzip")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._url = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self._url}/api/"
        self.variables = {"ANSIBLE_GALAXY_SERVER": self.url, "no_proxy": "127.0.0.1"}

    def __enter__(self) -> Galaxy:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> bytes:
        """The body for a path; empty if it does not exist."""
        if path == "/api/":
            return json.dumps({"available_versions": {"v3": "v3/"}}).encode()
        if path.startswith("/files/") and (file := self._files.get(path.removeprefix("/files/"))):
            return file.read_bytes()
        if not (found := re.fullmatch(rf"{API}(\w+)/(\w+)/(?:versions/(?:([\d.]+)/)?)?", path)):
            return b""
        namespace, name, version = found.groups()
        versions = {file.name.removesuffix(".tar.gz").rpartition("-")[2]: file for file in self._files.values() if file.name.startswith(f"{namespace}-{name}-")}
        if version in versions:
            return json.dumps(self._version(namespace, name, version, versions[version])).encode()
        listed = [{"version": each, "href": f"{API}{namespace}/{name}/versions/{each}/"} for each in versions]
        return json.dumps({"meta": {"count": len(listed)}, "links": {"next": None}, "data": listed}).encode() if listed and not version else b""

    def _version(self, namespace: str, name: str, version: str, file: Path) -> Mapping[str, Any]:
        content = file.read_bytes()
        return {
            "namespace": {"name": namespace},
            "collection": {"name": name},
            "version": version,
            "href": f"{API}{namespace}/{name}/versions/{version}/",
            "download_url": f"{self._url}/files/{file.name}",
            "artifact": {"filename": file.name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)},
            "metadata": {"dependencies": manifest(file)["dependencies"]},
            "signatures": [],
        }


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
