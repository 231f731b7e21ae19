# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The connection of a stream: settings that are read again at each connect, TLS, and the session of aiohttp."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import ssl
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

try:
    import aiohttp
except ImportError:  # source.watch reports it
    pass

from .._kube import memory, settings

LOG = logging.getLogger("vks.bigip.changes")
CONNECT_SECONDS = 10.0
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PROGRAM = settings.__name__
_ROOT = Path(os.path.abspath(__file__)).parents[6]  # above ansible_collections; links stay


class SettingsError(Exception):
    """The connection could not be set up. The message is a sentence without a secret."""


@dataclass(frozen=True)
class Settings:
    """One connection to an API server. tls: None for http."""

    server: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tls: ssl.SSLContext | None = None
    server_name: str | None = None
    proxy: str | None = field(default=None, repr=False)
    proxy_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def session(self, silence: float) -> aiohttp.ClientSession:
        """A session for one stream. silence: the seconds after which a stream without data fails."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence)
        # The encoding is asked for by the collection's own words, and a stream is read as it arrives.
        return aiohttp.ClientSession(headers=self.headers, timeout=timeout, auto_decompress=False)

    def request(self) -> dict[str, Any]:
        """The arguments of a request that belong to the connection."""
        tls: dict[str, Any] = {} if self.tls is None else {"ssl": self.tls}
        if self.server_name:
            tls["server_hostname"] = self.server_name
        if self.proxy:
            tls |= {"proxy": self.proxy, "proxy_headers": dict(self.proxy_headers)}
        return tls


def has_library() -> bool:
    """True if aiohttp is installed, in a version with the error of a connection that timed out."""
    return hasattr(globals().get("aiohttp"), "ConnectionTimeoutError")


class Connections:
    """Reads settings. Streams that connect at the same time share one read."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = json.dumps(dict(options)).encode()
        self._reading: asyncio.Task[Settings] | None = None
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._warning: str | None = None
        self.server = ""
        """The URL of the API server; empty before the first read."""

    async def settings(self) -> Settings:
        """The settings as they are now. Raises SettingsError."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read())
        # A stream that is cancelled must not end the read of the others.
        return await asyncio.shield(self._reading)

    async def close(self) -> None:
        """End a read that is under way."""
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> Settings:
        content = await read_apart(self._options)
        self.server = content["server"]
        self._warn(content["warning"])
        if any(_CONTROL.search(value) for _name, value in content["headers"]):
            raise SettingsError(
                "The token, the user or the password has a line break or another control character."
            )
        key = hashlib.sha256(
            json.dumps(
                [content[name] for name in ("ca", "certificate", "key", "verify", "verify_hostname")]
            ).encode()
        ).hexdigest()
        if content["server"].lower().startswith("https://") and key not in self._contexts:
            try:
                self._contexts = {key: await asyncio.to_thread(_tls, content)}
            except (OSError, ValueError, TypeError) as error:  # ssl.SSLError is an OSError
                raise SettingsError(f"The certificates of the connection cannot be used: {error}.") from None
        return Settings(
            server=content["server"],
            headers=tuple((name, value) for name, value in content["headers"]),
            tls=self._contexts.get(key),
            server_name=content["server_name"],
            proxy=content["proxy"],
            proxy_headers=tuple(content["proxy_headers"].items()),
        )

    def _warn(self, warning: str | None) -> None:
        """Log a warning once, until the settings cause another one or none."""
        if warning and warning != self._warning:
            LOG.warning("%s", warning)
        self._warning = warning


async def read_apart(options: bytes) -> dict[str, Any]:
    """The settings, as a child process writes them. Raises SettingsError."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path])}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _PROGRAM,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=environ,
    )  # fmt: skip
    try:
        output, _errors = await asyncio.wait_for(child.communicate(options), settings.SECONDS)
    except asyncio.TimeoutError:
        raise SettingsError(
            f"Timed out after {settings.SECONDS:g} s reading the connection to Kubernetes."
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        result = json.loads(output)
    except ValueError:
        raise SettingsError(
            f"The process that reads the connection ended with status {child.returncode}."
        ) from None
    if "failure" in result:
        raise SettingsError(result["failure"])
    content: dict[str, Any] = result["settings"]
    return content


def _tls(content: Mapping[str, Any]) -> ssl.SSLContext:
    """The context of a connection. It reads no file but the system's CAs, and those only without an own CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if content["verify"]:
        context.check_hostname = content["verify_hostname"]
        if content["ca"]:
            context.load_verify_locations(cadata=content["ca"])
        else:
            context.load_default_certs()
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if content["certificate"]:
        key = content["key"] or content["certificate"]
        with memory.file_of(content["certificate"]) as certificate, memory.file_of(key) as private:
            context.load_cert_chain(certificate, private)
    return context
