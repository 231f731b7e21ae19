# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The event source: from the streams of one cluster to events on the queue of a rulebook."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from typing import Any, Callable, Mapping, Protocol, Sequence

from .._errors import some
from . import journal
from .coalescing import Coalescer, Reasons, listed
from .connection import Connections, SettingsError, has_library
from .digests import Name
from .feed import Feed
from .known import Change, Known
from .options import ChangesOptions
from .problem import Problem
from .record import Record
from .retries import Retry
from .standby import Standby
from .stream import USUAL, Stream, Timing
from .subjects import subjects

LOG = logging.getLogger("vks.bigip.changes")


class Queue(Protocol):
    """The queue of ansible-rulebook."""

    async def put(self, event: dict[str, Any]) -> None: ...


async def watch(arguments: Mapping[str, Any], queue: Queue) -> None:
    """Send events until cancelled. Raises ValueError for wrong arguments, at once."""
    options = ChangesOptions.from_arguments(arguments)
    if not has_library():
        python = f"Install it (pip install 'aiohttp>=3.10') for {sys.executable}"
        raise ValueError(
            f"The event source vks.bigip.changes needs the Python package aiohttp, 3.10 or later. {python}."
        )
    connections = Connections(options.connection)
    try:
        await connections.settings()
        await Source(options, queue, connections).run()
    except SettingsError as error:
        raise ValueError(str(error)) from None
    finally:
        await connections.close()


class Source:
    """One run of the event source."""

    def __init__(
        self,
        options: ChangesOptions,
        queue: Queue,
        connections: Connections,
        timing: Timing = USUAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._queue = queue
        self._connections = connections
        self._clock = clock
        self._coalescer = Coalescer(options)
        self._wake = asyncio.Event()
        self._urgent: list[tuple[str, dict[str, Any]]] = []
        self._sequence = 0
        self._queued = 0  # the last event on the queue; the others went to the play that stands by
        self._resync_at: float | None = None  # None: the first one waits for the streams
        self._begun = clock()
        watched = subjects(options)
        self._record = Record(options, connections.server)
        self._standby = Standby(self._play_begun, self._play_ended, clock)
        self._feed = Feed(
            Known(options), watched, self._changed, self._refused, self._recovered, self._record.restarted
        )
        self._streams = [Stream(subject, connections, self._feed, timing) for subject in watched]

    async def run(self) -> None:
        """Never returns, unless a task of it fails."""
        if self._options.journal:  # without it, it is unknown if a run has ended
            await self._standby.open()
        tasks = [asyncio.ensure_future(stream.run()) for stream in self._streams]
        tasks.append(asyncio.ensure_future(self._send()))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._standby.close()
            self._record.close()

    def _changed(self, changes: Sequence[Change]) -> None:
        self._coalescer.add(changes, self._clock())
        self._wake.set()

    def _refused(self, problem: Problem) -> None:
        LOG.error("The API server refused to watch %s: %s", problem.resource, problem.said)
        self._urgent.append(("degraded", {"problem": problem.as_dict()}))
        self._wake.set()

    def _recovered(self) -> None:
        self._urgent.append(("recovered", {}))
        self._wake.set()

    def _play_begun(self, sequence: int) -> None:
        """The play of this event has begun. It stands by, unless ansible-rulebook has another one in its queue."""
        self._record.begun(self._clock())
        if self._queued > sequence:
            self._release()
        self._wake.set()

    def _release(self) -> None:
        self._standby.release()
        self._record.released(self._clock())

    def _play_ended(self) -> None:
        self._record.lost(self._clock())
        self._wake.set()

    async def _send(self) -> None:
        while True:
            await self._wait()
            for kind, more in self._taken():
                await self._put(kind, {}, False, 0.0, **more)
            now = self._clock()
            retry = self._record.retry(now)
            for services, begun in self._record.covered():
                self._coalescer.cover(services, begun)
            if retry:
                self._coalescer.add(_changes(retry), now, retry.since)
            if self._record.busy(now):
                continue
            if self._is_resync_due(now):
                first, self._resync_at = self._resync_at is None, now + self._options.resync
                self._coalescer.restart(now)
                await self._put("resync", {}, True, now - self._begun if first else 0.0)
            elif pending := self._is_read and self._coalescer.take(now):
                await self._put("changed", pending.services, pending.everything, now - pending.since)

    def _taken(self) -> list[tuple[str, dict[str, Any]]]:
        urgent, self._urgent = self._urgent, []
        return urgent

    @property
    def _is_read(self) -> bool:
        """True after the first event, the resync."""
        return self._resync_at is not None

    def _is_resync_due(self, now: float) -> bool:
        return self._feed.is_read if self._resync_at is None else now >= self._resync_at

    async def _wait(self) -> None:
        """Until something may be due."""
        self._wake.clear()
        now = self._clock()
        times = [self._record.next_read(now)]
        if self._is_read and not self._record.busy(now):
            times += [self._coalescer.due, self._resync_at]
        if self._urgent or not self._record.busy(now) and self._is_resync_due(now):
            return
        next_times = [moment for moment in times if moment is not None]
        timeout = max(0.0, min(next_times) - now) if next_times else None
        try:
            await asyncio.wait_for(self._wake.wait(), timeout)
        except asyncio.TimeoutError:
            pass

    async def _put(
        self, kind: str, services: dict[Name, Reasons], everything: bool, waited: float, **more: Any
    ) -> None:
        self._sequence += 1
        event = {
            "type": kind,
            "cluster": self._connections.server,
            "sequence": self._sequence,
            "services": listed(services),
            "all": everything,
            "waited": round(waited, 3),
            **({"standby": self._standby.path} if self._standby.path else {}),
            **more,
        }
        names = [f"{namespace}/{name}" for namespace, name in sorted(services)]
        LOG.info("Event %d: %s%s", self._sequence, kind, f" of {some(names)}" * bool(names))
        entry = self._record.event(kind, self._sequence, names, everything, waited)
        if not (entry.publishes and self._record.stands_by) or kind == "resync" and self._standby.is_old:
            self._release()
        if not self._standby.hand({"vks": event, "meta": {"received_at": journal.written(entry.time)}}):
            self._queued = self._sequence
            await self._queue.put({"vks": event})
        self._record.sent(entry, self._clock())


def _changes(retry: Retry) -> list[Change]:
    """The Services of failed runs as changes."""
    if retry.services is None:
        return [Change(None, "Run", "retry")]
    return [Change(pair, "Run", "retry") for pair in journal.pairs(sorted(retry.services))]
