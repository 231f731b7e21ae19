# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Holds back the next event while the run of the last one is under way.

ansible-rulebook accepts each event at once and keeps them in a queue, one play for each. Only the journal
shows that a run has ended. Without it the source does not wait.
"""

from __future__ import annotations

from .journal import Run, cluster_name

LIMIT = 120.0
"""Seconds. A run that was killed writes no line, and later changes must not wait for it."""

STANDING_LIMIT = 3600.0
"""Seconds. The same for a play that stands by: its connection shows that it lives, and each run has its own limit."""


class Runs:
    """The events of one source whose runs are expected in the journal. Times are of a monotonic clock."""

    def __init__(self, cluster: str | None, limit: float = LIMIT) -> None:
        self._cluster = cluster_name(cluster)
        self._limit = limit
        self._sent = self._ended = -1
        self._deadline = 0.0
        self._is_journalled = False
        self.stands_by = False
        """True if a play stands by, and keeps to its limit."""

    def sent(self, sequence: int, now: float) -> None:
        """An event of this number, which causes a run, was sent."""
        self._sent = sequence
        self._deadline = now + (STANDING_LIMIT if self.stands_by else self._limit)

    def begun(self, now: float) -> None:
        """A play stands by. It writes the journal."""
        self._is_journalled = self.stands_by = True
        self._deadline = now + STANDING_LIMIT

    def released(self, now: float) -> None:
        """The play that stood by ends after its run, as any other."""
        if self.stands_by:
            self.stands_by, self._deadline = False, now + self._limit

    def lost(self, now: float) -> None:
        """The play that stood by is gone. A run that has not ended does not end any more."""
        self.stands_by, self._deadline = False, min(self._deadline, now)

    def ended(self, run: Run) -> bool:
        """A run ended. False if no event of this source caused it."""
        if run.sequence is None or run.sequence > self._sent or run.cluster != self._cluster:
            return False
        self._ended = max(self._ended, run.sequence)
        self._is_journalled = True
        self.stands_by = self.stands_by and not run.failed  # a play that fails ends
        return True

    def busy(self, now: float) -> bool:
        """True if the next event must wait, because the run of the last one has not ended.

        False too if no play writes the journal: no run of this source has appeared in it, or one was missing
        until the limit. The next run that appears ends this.
        """
        return self._is_awaited() and now < self._deadline

    def missed(self, now: float) -> bool:
        """True, once, if the run of the last event was expected, and has not ended until the limit."""
        is_missed = self._is_awaited() and now >= self._deadline
        if is_missed:
            self._is_journalled = self.stands_by = False
        return is_missed

    def _is_awaited(self) -> bool:
        return self._is_journalled and self._ended < self._sent
