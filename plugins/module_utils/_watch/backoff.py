# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The pauses between the attempts of a stream."""

from __future__ import annotations

import random
from typing import Callable

FIRST, LONGEST = 0.5, 24.0
_JITTER = 0.25  # of a pause: so many sources do not return at once


class Backoff:
    """Pauses in seconds that double from 0.5 to 24, each prolonged at random by up to a quarter, so up to 30."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._pause = FIRST

    def reset(self) -> None:
        """The last attempt had success."""
        self._pause = FIRST

    def next(self, asked: float | None = None) -> float:
        """The next pause. asked: the seconds of the server's Retry-After, which are a minimum."""
        pause, self._pause = self._pause, min(LONGEST, self._pause * 2)
        return max(asked or 0.0, pause * (1 + self._chance() * _JITTER))
