# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The record of one source: its events and their runs, in the journal and as metrics."""

from __future__ import annotations

import logging
import random
import time
from typing import Callable, Sequence

from . import journal, metrics
from .digests import Name
from .options import ChangesOptions
from .retries import Retries, Retry
from .runs import Runs
from .subjects import Subject
from .tail import Tail
from .totals import Totals

LOG = logging.getLogger("vks.bigip.changes")
_RUNNING, _IDLE = 0.1, 1.0  # seconds between two reads
_ROUNDED = 0.005  # seconds: more than the rounding of times in the journal


class Record:
    """Writes events, and reads how their runs ended. Without a journal, it knows of no run.

    Times are seconds of a monotonic clock, but those in the journal are of the day.
    """

    def __init__(
        self,
        options: ChangesOptions,
        cluster: str,
        chance: Callable[[], float] = random.random,
        today: Callable[[], float] = time.time,
    ) -> None:
        self._options = options
        self._cluster = cluster
        self._today = today
        self._tail = Tail(options.journal) if options.journal else None
        self._runs = Runs(cluster)
        self._retries = Retries(chance)
        self._totals = Totals()
        self._covered: list[tuple[journal.Run, float]] = []
        self._last: journal.Event | None = None  # that publishes
        self._broken: set[str] = set()

    def sent(self, event: journal.Event, now: float) -> None:
        """An event was sent. One that publishes causes a run."""
        if event.publishes:
            self._runs.sent(event.sequence, now)
            self._last = event
        self._totals.sent(event)
        if self._options.journal:
            line = journal.event_line(event)
            self._write("journal", self._options.journal, lambda path: journal.append(path, line))
        self._write_metrics()

    def restarted(self, subject: Subject) -> None:
        """A stream reads everything again."""
        self._totals.restarted(subject.resource.resource)

    def _write_metrics(self) -> None:
        if self._options.metrics:
            text = metrics.text(self._totals, self._cluster)
            self._write("file of metrics", self._options.metrics, lambda path: metrics.write(path, text))

    def _write(self, what: str, path: str, write: Callable[[str], None]) -> None:
        """Write a file. A fault is logged once, until it has ended."""
        try:
            write(path)
            self._broken.discard(path)
        except (OSError, ValueError) as error:
            if path not in self._broken:
                LOG.error("The %s %s cannot be written: %s", what, path, error)
            self._broken.add(path)

    def event(
        self, kind: str, sequence: int, services: Sequence[str], everything: bool, waited: float
    ) -> journal.Event:
        """An event of this moment."""
        names, more = journal.service_names(services)
        return journal.Event(self._today(), self._cluster, kind, sequence, names, everything, waited, more)

    def retry(self, now: float) -> Retry | None:
        """Read how runs ended. Returns what to send again now."""
        ended = [run for run in (self._tail.read() if self._tail else ()) if self._runs.ended(run)]
        for run in ended:
            self._retries.ended(run, now)
            self._totals.ended(run)
            LOG.info("Run %d: %s", run.sequence, run.words)
            if not (run.failed or run.check_mode):
                since_read = run.seconds if run.read is None else run.read
                self._covered.append((run, now - self._today() + run.time - since_read - _ROUNDED))
        if self._last and self._runs.missed(now):
            self._retries.ended(_lost(self._last, self._today()), now)
        if ended:
            self._write_metrics()
        return self._retries.take(now)

    def covered(self) -> list[tuple[frozenset[Name] | None, float]]:
        """The runs that succeeded since the last call.

        Returns their Services (None: all), and a time before they read the cluster.
        """
        taken, self._covered = self._covered, []
        return [
            (None if run.services is None else frozenset(journal.pairs(run.services)), begun)
            for run, begun in taken
        ]

    @property
    def stands_by(self) -> bool:
        """True if a play stands by, and its last run has not taken too long."""
        return self._runs.stands_by

    def begun(self, now: float) -> None:
        """A play stands by."""
        self._runs.begun(now)

    def released(self, now: float) -> None:
        """The play that stood by ends after its run."""
        self._runs.released(now)

    def lost(self, now: float) -> None:
        """The play that stood by is gone. If its run wrote no line, it failed."""
        self._runs.lost(now)

    def busy(self, now: float) -> bool:
        """True if the run of the last event is under way."""
        return self._tail is not None and self._runs.busy(now)

    def next_read(self, now: float) -> float | None:
        """When to read again; None without a journal."""
        if self._tail is None:
            return None
        return now + (_RUNNING if self.busy(now) else _IDLE)

    def close(self) -> None:
        """Close the journal."""
        if self._tail:
            self._tail.close()


def _lost(event: journal.Event, today: float) -> journal.Run:
    """The run of an event that has written no line: it was killed, or the journal cannot be written."""
    return journal.Run(
        time=today,
        cluster=event.cluster,
        type=event.type,
        sequence=event.sequence,
        services=None if event.all else event.services,
        failed=True,
        changed=False,
        check_mode=False,
        code=None,
        codes=(),
        seconds=0.0,
        from_change=today - event.time + event.waited,
        more=event.more,
    )
