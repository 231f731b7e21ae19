# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""One stream of the Kubernetes API: everything first, then each change, and everything again where one may be lost."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from typing import Any, AsyncIterator, Awaitable, Callable, Mapping, Protocol

try:
    import aiohttp
except ImportError:  # source.watch reports it
    pass

from .. import _exchange
from .._foreign import SPOILED, Unreadable, from_json, line
from .backoff import Backoff
from .connection import Connections, Settings, SettingsError
from .lines import Lines
from .problem import Problem
from .subjects import Subject

LOG = logging.getLogger("vks.bigip.changes")
_TABLE = "g=meta.k8s.io;v=v1"
# Without an alternative such as application/json: a server must not send Secrets whole.
_METADATA = f"application/json;as=PartialObjectMetadata;{_TABLE}"
_METADATA_LIST = f"application/json;as=PartialObjectMetadataList;{_TABLE}"
_PAGE = 100  # objects; a larger page would stop the event loop
_PIECE = 64 * 1024
_LONGEST_ERROR = 64 * 1024  # bytes of an answer without success
_WORK_SECONDS = 0.005  # of work on objects at a time; each stream may take as much
_WHOLE = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
_INITIAL_END = "k8s.io/initial-events-end"


@dataclass(frozen=True)
class Timing:
    """Seconds. silence: a stream without data for so long is not alive; bookmarks arrive each 60 s.

    quick     a stream that the server closes within this time is not served
    longest   for how long a stream is asked for, at least and at most
    """

    silence: float = 75.0
    quick: float = 1.0
    longest: tuple[int, int] = (300, 600)


USUAL = Timing()


class Sink(Protocol):
    """Takes what a stream reads."""

    def begin(self, subject: Subject) -> None:
        """All objects arrive from now on."""

    def put(self, subject: Subject, raw: dict[str, Any], deleted: bool) -> None: ...

    def end(self, subject: Subject) -> None:
        """All objects have arrived."""

    def refuse(self, subject: Subject, problem: Problem) -> None:
        """The API server answered 401 or 403."""

    def accept(self, subject: Subject) -> None:
        """The API server serves the stream."""

    def restart(self, subject: Subject) -> None:
        """The stream reads everything again."""


class _Stale(Exception):
    """The stream may have lost a change. The message is the reason."""


class _Failed(Exception):
    """An attempt without success. after: the seconds of Retry-After."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


class _NoStreamOfAll(Exception):
    """The API server is too old for sendInitialEvents."""


class Stream:
    """Watches one subject until it is cancelled."""

    def __init__(
        self,
        subject: Subject,
        connections: Connections,
        sink: Sink,
        timing: Timing = USUAL,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._subject = subject
        self._connections = connections
        self._sink = sink
        self._timing = timing
        self._backoff = backoff or Backoff()
        self._clock = clock
        self._sleep = sleep
        self._version: str | None = None  # None: read everything
        self._lists = False
        self._certificate: bytes | None = None
        self._was_read = False
        self._outage = False  # the last attempt reached no server
        self._worked = clock()
        self._opened = self._worked

    async def run(self) -> None:
        """Never returns."""
        while True:
            pause = await self._attempt()
            if pause is not None:
                await self._sleep(pause)

    async def _attempt(self) -> float | None:
        """One connection. Returns the pause until the next one; None for none."""
        resumed, self._opened = self._version is not None, self._clock()
        try:
            await self._connect()
        except _NoStreamOfAll:
            self._lists = True
            return None
        except _Stale as stale:
            return self._read_again(str(stale))
        except _Failed as failed:
            # After an outage, the server may come back with an older state.
            self._version = None
            return self._pause(str(failed), failed.after, logging.WARNING)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, SettingsError) as error:
            return self._broken(error, resumed)
        except SPOILED as error:
            return self._read_again(f"the answer has an unexpected form ({type(error).__name__})")
        if self._version is None:
            return self._read_again("the server closed the stream before all objects arrived")
        if self._clock() - self._opened < self._timing.quick:
            return self._read_again(f"the server closed the stream within {self._timing.quick:g} s")
        return None

    def _broken(self, error: Exception, resumed: bool) -> float | None:
        connected = isinstance(error, (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError))
        if isinstance(error, asyncio.TimeoutError) and not isinstance(error, aiohttp.ConnectionTimeoutError):
            # Some proxies and old servers accept the stream of all objects, and send nothing.
            self._lists = self._lists or not resumed and not self._was_read
            return self._read_again(f"no data for {self._timing.silence:g} s")
        self._outage = True
        if not connected:
            self._version = None
        return self._pause(_said(error), level=logging.WARNING)

    def _read_again(self, reason: str) -> float:
        self._version = None
        return self._pause(f"{reason}, so everything is read again")

    def _pause(self, reason: str, asked: float | None = None, level: int = logging.INFO) -> float:
        pause = self._backoff.next(asked)
        message = "Watching %s: %s. The next attempt is in %.1f s."
        LOG.log(level, message, self._subject.text, line(reason), pause)
        return pause

    async def _connect(self) -> None:
        settings = await self._connections.settings()
        async with settings.session(self._timing.silence) as session:
            if self._version is None and self._lists:
                await self._list(session, settings)
            await self._watch(session, settings)

    async def _list(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        """Read everything in pages, and note from where to watch."""
        self._begin()
        query = {"limit": str(_PAGE), **self._selection()}
        while True:
            async with self._get(session, settings, query, _METADATA_LIST) as response:
                await self._check(response, "list")
                self._compare_certificate(response)
                page = _decoded(await response.content.read())
            metadata = page.get("metadata") or {}
            for raw in page.get("items") or []:
                await self._take(raw, deleted=False)
            if not metadata.get("continue"):
                break
            query["continue"] = str(metadata["continue"])
        self._sink.end(self._subject)
        self._version = str(metadata.get("resourceVersion") or "")
        self._was_read = True

    async def _watch(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        whole = self._version is None
        seconds = random.randint(*self._timing.longest)
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(seconds),
            **self._selection(),
        }
        query |= _WHOLE if self._version is None else {"resourceVersion": self._version}
        async with self._get(session, settings, query, _METADATA) as response:
            if whole and response.status in (400, 422):
                raise _NoStreamOfAll
            await self._check(response, "watch")
            self._compare_certificate(response)
            self._opened = self._clock()
            if whole:
                self._begin()
            else:
                self._sink.accept(self._subject)
            async for raw in self._events(response):
                await self._event(raw)

    def _begin(self) -> None:
        self._sink.accept(self._subject)
        if self._was_read:
            self._sink.restart(self._subject)
        self._sink.begin(self._subject)

    def _selection(self) -> dict[str, str]:
        selection = {}
        if self._subject.label_selector:
            selection["labelSelector"] = self._subject.label_selector
        if self._subject.name:
            selection["fieldSelector"] = f"metadata.name={self._subject.name}"
        return selection

    def _get(
        self, session: aiohttp.ClientSession, settings: Settings, query: Mapping[str, str], metadata: str
    ) -> Any:
        kind = self._subject.resource
        accept = metadata if kind.metadata_only else "application/json"
        return session.get(
            f"{settings.server}{kind.path(self._subject.namespace)}",
            params=query,
            headers={"Accept": accept, "Accept-Encoding": "identity"},
            allow_redirects=False,
            **settings.request(),
        )

    async def _check(self, response: aiohttp.ClientResponse, verb: str) -> None:
        """Raise what an answer without success means.

        An API server that starts refuses each request until it has read its roles. So the first refusal after
        an outage is not reported: it lasts for a moment, and each report starts a play.
        """
        if response.status == 200:
            self._outage = False
            return
        body = await response.content.read(_LONGEST_ERROR)
        status = _exchange.json_of(body, _LONGEST_ERROR)
        message = status.get("message") if isinstance(status, dict) else None
        said = f"{response.status} {message or response.reason}"
        if response.status in (401, 403):
            if not self._outage:
                problem = Problem.of(self._subject, verb, response.status, str(message or ""))
                self._sink.refuse(self._subject, problem)
            self._outage = False
        raise _Failed(said, _exchange.retry_after(response.headers))

    def _compare_certificate(self, response: aiohttp.ClientResponse) -> None:
        """Raise _Stale if another API server answers: its version may mean another moment."""
        transport = response.connection.transport if response.connection else None
        if transport is None:  # the whole answer has arrived, so its connection is closed
            return
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls else None
        before, self._certificate = self._certificate, certificate
        if self._version is not None and before is not None and certificate != before:
            raise _Stale("the API server has another certificate")

    async def _events(self, response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
        lines = Lines()
        async for piece in response.content.iter_chunked(_PIECE):
            for text in lines.feed(piece):
                yield _decoded(text)
            if lines.dropped:
                raise _Stale("the server sent a line that is too long")

    async def _event(self, event: dict[str, Any]) -> None:
        kind, raw = event.get("type"), event.get("object")
        if not isinstance(raw, dict):
            raise _Stale("the server sent an event without an object")
        if kind == "ERROR":
            raise _Stale(f"{raw.get('code')} {raw.get('message') or raw.get('reason')}")
        metadata = raw.get("metadata")
        version = metadata.get("resourceVersion") if isinstance(metadata, dict) else None
        if kind == "BOOKMARK":
            annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
            if self._version is None and isinstance(annotations, dict) and _INITIAL_END in annotations:
                self._sink.end(self._subject)
                self._was_read = True
                self._version = str(version or "")
        elif kind in ("ADDED", "MODIFIED", "DELETED"):
            await self._take(raw, deleted=kind == "DELETED")
        if self._version is not None and version:
            self._version = str(version)
            if self._clock() - self._opened >= self._timing.quick:
                self._backoff.reset()

    async def _take(self, raw: Any, deleted: bool) -> None:
        try:
            self._sink.put(self._subject, raw, deleted)
        except SPOILED as error:
            LOG.warning("Watching %s: an object was left out: %s.", self._subject.text, type(error).__name__)
        if self._clock() - self._worked > _WORK_SECONDS:
            await asyncio.sleep(0)
            self._worked = self._clock()


def _decoded(text: bytes) -> dict[str, Any]:
    try:
        value = from_json(text, len(text), any_depth=True)
    except Unreadable as unreadable:
        raise _Stale(f"the server sent a text that cannot be read: {unreadable}") from None
    if not isinstance(value, dict):
        raise _Stale("the server sent a text that is not an object of JSON")
    return value


def _said(error: Exception) -> str:
    """The system's words about a connection, without the settings that aiohttp adds."""
    if isinstance(error, aiohttp.ClientResponseError):  # its text has the URL, of a proxy with its password
        return f"{error.status} {error.message}"
    reason = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    return str(reason) or type(error).__name__
