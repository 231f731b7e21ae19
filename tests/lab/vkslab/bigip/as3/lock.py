# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3's one lock on the device, and the queue of burst handling in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .answers import Refused

STALE_SECONDS = 120
QUEUE = 10
BUSY = "Error: Configuration operation in progress on device localhost, please try again in 2 minutes"
FULL = "Error: Too many configuration operations are in progress on the device. Please try again later"


class Lock:
    """A data-group with a time. A client that dies with the lock blocks all others for two minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._taken_at: float | None = None
        self._holder = 0

    def take(self) -> int:
        """A number to release it with. Raises Refused while another client has it."""
        if self._taken_at is not None and self._clock() - self._taken_at < STALE_SECONDS:
            raise Refused(503, BUSY)
        self._taken_at = self._clock()
        self._holder += 1
        return self._holder

    def refresh(self, holder: int) -> None:
        if holder == self._holder and self._taken_at is not None:
            self._taken_at = self._clock()

    def release(self, holder: int) -> None:
        if holder == self._holder:
            self._taken_at = None

    def take_by_other(self, age_seconds: float) -> None:
        self._taken_at = self._clock() - age_seconds
        self._holder += 1

    def clear(self) -> None:
        self._taken_at = None


class Queue:
    """First come, first served, one at a time, ten waiting."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def __aenter__(self) -> None:
        if self._turn.locked() and self._waiting >= QUEUE:
            raise Refused(503, FULL)
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._turn.release()
