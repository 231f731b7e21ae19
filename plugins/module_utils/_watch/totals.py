# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Counts the events and the runs of one source since its start."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .journal import Event, Run

BOUNDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Seconds: the upper bounds of a histogram's buckets."""

OK, CHANGED, FAILED, UNKNOWN = "ok", "changed", "failed", "unknown"
_MOST_CODES = 50
"""Distinct codes; each is a time series of Prometheus. Further ones count as unknown."""


class Histogram:
    """Numbers of seconds, by bucket."""

    def __init__(self) -> None:
        self.counts = [0] * len(BOUNDS)
        """For each bound, the values that are not above it."""
        self.count = 0
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self.count += 1
        self.sum += seconds
        for index, bound in enumerate(BOUNDS):
            self.counts[index] += seconds <= bound


@dataclass
class Totals:
    """The counts since the start of the source.

    events           by type
    services         in all events
    runs             by result (ok, changed or failed) and the code of the failure, "" without one
    restarts         of streams, by resource
    publish_seconds  from the first change to the end of its publish, of runs that did not fail
    run_seconds      of the module
    last_success     the end of the last run that did not fail, in seconds since 1970
    """

    events: Counter[str] = field(default_factory=Counter)
    services: int = 0
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    restarts: Counter[str] = field(default_factory=Counter)
    publish_seconds: Histogram = field(default_factory=Histogram)
    run_seconds: Histogram = field(default_factory=Histogram)
    last_success: float | None = None
    degraded: bool = False

    def sent(self, event: Event) -> None:
        """The source sent an event."""
        self.events[event.type] += 1
        self.services += len(event.services) + event.more
        if event.type in ("degraded", "recovered"):
            self.degraded = event.type == "degraded"

    def ended(self, run: Run) -> None:
        """A run of an event of this source ended. One in check mode published nothing, and does not count."""
        if run.check_mode:
            return
        self.run_seconds.add(run.seconds)
        if run.failed:
            self.runs[FAILED, self._code(run)] += 1
            return
        self.runs[CHANGED if run.changed else OK, ""] += 1
        self.last_success = max(run.time, self.last_success or 0.0)
        if run.from_change is not None and run.type == "changed":
            self.publish_seconds.add(run.from_change)

    def restarted(self, resource: str) -> None:
        """A stream of this resource (such as endpointslices) was started again."""
        self.restarts[resource] += 1

    def _code(self, run: Run) -> str:
        """The code of a failure: of the tenants, if all of them have the same one."""
        code = run.codes[0] if len(run.codes) == 1 else run.code or UNKNOWN
        return code if (FAILED, code) in self.runs or len(self.runs) < _MOST_CODES else UNKNOWN
