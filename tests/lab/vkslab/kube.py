# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small asyncio client of the Kubernetes API: requests, paged lists, and informers."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import aiohttp
import yaml

log = logging.getLogger(__name__)

MERGE_PATCH = "application/merge-patch+json"
PAGE = 500
#: The API server ends a watch after this many seconds. The informer continues from the last resource version.
WATCH_SECONDS = 300

Record = TypeVar("Record")


class KubeError(Exception):
    """An error response of the API server."""

    def __init__(self, doing: str, status: int, reason: str, message: str) -> None:
        super().__init__(f"{doing}: {status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message


class Kube:
    """Requests to one API server. Objects are plain dicts, paths are those of the API."""

    def __init__(
        self, server: str, tls: ssl.SSLContext | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.server = server.rstrip("/")
        self._tls = tls
        self._headers = headers or {}
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_kubeconfig(cls, path: Path, agent: str = "vks-lab", token: str = "") -> Kube:
        """The current context of a kubeconfig, with a client certificate or a token, in data or in files.

        ``agent`` is the user agent, which the API server's audit log shows beside the user. ``token`` signs
        in instead of the context's user.
        """
        config = yaml.safe_load(path.read_text())
        context = _named(config["contexts"], config["current-context"])["context"]
        cluster = _named(config["clusters"], context["cluster"])["cluster"]
        user = {"token": token} if token else _named(config["users"], context["user"])["user"]
        server = cluster["server"]
        if not server.startswith("https:"):
            return cls(server, headers={"User-Agent": agent})
        ca = _pem(cluster, "certificate-authority", path.parent)
        tls = ssl.create_default_context(cadata=ca)
        if cluster.get("insecure-skip-tls-verify"):
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
        certificate, key = (
            _pem(user, "client-certificate", path.parent),
            _pem(user, "client-key", path.parent),
        )
        if certificate and key:
            # ssl reads a key pair from files only.
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as pair:
                pair.write(f"{certificate}\n{key}\n")
                pair.flush()
                tls.load_cert_chain(pair.name)
        headers = {"User-Agent": agent}
        if user.get("token"):
            headers["Authorization"] = f"Bearer {user['token']}"
        return cls(server, tls, headers)

    @classmethod
    async def when_there(cls, path: Path, agent: str = "vks-lab") -> Kube:
        """As from_kubeconfig, when the file is complete."""
        while True:
            try:
                return cls.from_kubeconfig(path, agent)
            except (OSError, yaml.YAMLError, KeyError, TypeError, StopIteration, ValueError):
                await asyncio.sleep(0.2)

    async def __aenter__(self) -> Kube:
        connector = aiohttp.TCPConnector(ssl=self._tls if self._tls else True, limit=0)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
        # trust_env stays off: a proxy of the surroundings must never see the lab's API server.
        self._session = aiohttp.ClientSession(connector=connector, headers=self._headers, timeout=timeout)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._session:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("Kube is used outside its 'async with'")
        return self._session

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        timeout: float = 30,
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body)
        headers = {} if body is None else {"Content-Type": content_type}
        async with self.session.request(
            method,
            self.server + path,
            params=params,
            data=data,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=timeout),
        ) as answer:
            text = await answer.read()
            if answer.status >= 400:
                raise _error(f"{method} {path}", answer.status, text)
            decoded: dict[str, Any] = json.loads(text)
            return decoded

    async def get(self, path: str) -> dict[str, Any]:
        return await self.request("GET", path)

    async def create(self, path: str, body: dict[str, Any]) -> bool:
        """Create an object; False if it existed already (it is left as it is)."""
        try:
            await self.request("POST", path, body=body)
        except KubeError as error:
            if error.status == 409 and error.reason == "AlreadyExists":
                return False
            raise
        return True

    async def install(self, path: str, body: dict[str, Any]) -> None:
        """Create an object, and wait until the API server has its kind. An existing one stays as it is."""
        while True:
            try:
                await self.create(path, body)
                return
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                log.info("%s %s has to wait: %s", body["kind"], body["metadata"]["name"], error)
                await asyncio.sleep(0.3)

    async def merge_patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.request("PATCH", path, body=body, content_type=MERGE_PATCH)

    async def delete(self, path: str) -> None:
        try:
            await self.request("DELETE", path)
        except KubeError as error:
            if error.status != 404:
                raise

    async def pages(
        self, path: str, params: dict[str, str] | None = None
    ) -> AsyncIterator[tuple[list[dict[str, Any]], str]]:
        """The pages of a list: (items, resource version of the list)."""
        wanted = {**(params or {}), "limit": str(PAGE)}
        while True:
            page = await self.request("GET", path, params=wanted)
            meta = page.get("metadata", {})
            yield page.get("items") or [], meta.get("resourceVersion", "")
            if not meta.get("continue"):
                return
            wanted["continue"] = meta["continue"]

    async def watch(
        self, path: str, version: str, params: dict[str, str] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Events since a resource version, until the server ends the watch.

        An ERROR event is raised as KubeError.
        """
        wanted = {
            **(params or {}),
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=WATCH_SECONDS + 30)
        async with self.session.get(self.server + path, params=wanted, timeout=timeout) as answer:
            if answer.status >= 400:
                raise _error(f"watching {path}", answer.status, await answer.read())
            rest = b""
            # Lines are split here: aiohttp's readline() refuses lines longer than its buffer, and a ConfigMap
            # may be 1 MB.
            async for chunk in answer.content.iter_any():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        raise _error(f"watching {path}", event["object"].get("code", 500), event["object"])
                    yield event


class Informer(Generic[Record]):
    """The objects of one list, kept up to date.

    ``keep`` turns an object into the record that is stored; ``on_change(old, new)`` is called for every
    addition (old is None), change, and removal (new is None), in the order of the API server. An object that
    was deleted and made again under its name is a removal and an addition.
    """

    def __init__(
        self,
        kube: Kube,
        path: str,
        keep: Callable[[dict[str, Any]], Record],
        on_change: Callable[[Record | None, Record | None], None],
        params: dict[str, str] | None = None,
    ) -> None:
        self._kube = kube
        self._path = path
        self._params = params
        self._keep = keep
        self._on_change = on_change
        self._known: dict[tuple[str, str], tuple[str, Record]] = {}
        self.synced = asyncio.Event()

    async def run(self) -> None:
        """List, watch, and list again when the server forgot the version. Runs until it is cancelled."""
        pause = 0.1
        version = ""
        while True:
            try:
                if not version:
                    version = await self._list()
                    self.synced.set()
                    pause = 0.1
                async for event in self._kube.watch(self._path, version, self._params):
                    version = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] != "BOOKMARK":
                        self._apply(event["object"], gone=event["type"] == "DELETED")
                    pause = 0.1
            except KubeError as error:
                # 410: the version is too old. Anything else is not known to be harmless, so it is listed
                # again too.
                log.info("%s; listing again", error)
                version = ""
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2)
            except (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError) as error:
                log.info("watching %s broke off: %r; trying again", self._path, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2)

    async def _list(self) -> str:
        seen = set()
        version = ""
        async for items, current in self._kube.pages(self._path, self._params):
            version = current
            for item in items:
                seen.add(self._apply(item, gone=False))
        for key in self._known.keys() - seen:
            self._on_change(self._known.pop(key)[1], None)
        return version

    def _apply(self, item: dict[str, Any], gone: bool) -> tuple[str, str]:
        meta = item["metadata"]
        key = (meta.get("namespace", ""), meta["name"])
        uid = meta.get("uid", "")
        known = self._known.get(key)
        if gone:
            if known:
                del self._known[key]
                self._on_change(known[1], None)
            return key
        record = self._keep(item)
        self._known[key] = (uid, record)
        if known and known[0] != uid:
            self._on_change(known[1], None)
            known = None
        self._on_change(known[1] if known else None, record)
        return key


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _pem(holder: dict[str, Any], name: str, folder: Path) -> str | None:
    if holder.get(f"{name}-data"):
        return base64.b64decode(holder[f"{name}-data"]).decode()
    if holder.get(name):
        return (folder / str(holder[name])).read_text()
    return None


def _error(doing: str, status: int, answer: bytes | dict[str, Any]) -> KubeError:
    try:
        body = json.loads(answer) if isinstance(answer, bytes) else answer
        return KubeError(doing, status, body.get("reason", ""), body.get("message", ""))
    except (ValueError, AttributeError):
        return KubeError(doing, status, "", str(answer)[:500])
