# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for events, as long as it takes."""

from __future__ import annotations

import time
from typing import Callable

# Seconds, as a limit for endless waits. Even the busiest machine needs far less.
HANGS = 600


def eventually(what: Callable[[], bool]) -> bool:
    """False if it does not come true."""
    end = time.monotonic() + HANGS
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return what()
