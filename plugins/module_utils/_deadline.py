# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""One deadline for a whole task, and the pauses inside it."""

from __future__ import annotations

import random
import time
from typing import Callable, Iterator


class Deadline:
    """The end of a task. Everything that waits asks here, so all waits together keep one limit.

    seconds is the time from now; clock and sleep are replaced in tests.
    """

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    @property
    def expired(self) -> bool:
        return self.remaining <= 0

    def sooner(self, seconds: float) -> Deadline:
        """A deadline within this one: its end or this one's, whichever comes first."""
        return Deadline(min(seconds, self.remaining), self._clock, self._sleep)

    def pause(self, seconds: float) -> bool:
        """Sleep, but not past the end. False if no time is left."""
        if self.expired:
            return False
        self._sleep(min(seconds, self.remaining))
        return True


def backoff(
    first: float = 0.5, cap: float = 8.0, factor: float = 2.0, jitter: float = 0.25
) -> Iterator[float]:
    """Endless pauses in seconds: first, first*factor, ... up to cap.

    Each is shortened by up to `jitter` of itself.
    """
    pause = first
    while True:
        yield pause * (1 - random.random() * jitter)
        pause = min(cap, pause * factor)
