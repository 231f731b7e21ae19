# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imported before a module of the collection, this gives it a counted clock."""

from __future__ import annotations

import socket
import time
from typing import Any


class CountedClock:
    """A clock on which work takes no time: it counts only pauses, and waits for a missing answer.

    So a module's timeout ends after the same pauses on every machine. A pause takes a twentieth of its time.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._pause = time.sleep
        self._read = socket.SocketIO.readinto

    def install(self) -> None:
        time.monotonic = lambda: self._now
        time.sleep = self._sleep  # type: ignore[assignment]
        clock = self

        def readinto(stream: socket.SocketIO, buffer: Any) -> int | None:
            try:
                return clock._read(stream, buffer)
            except TimeoutError:
                clock._now += stream._sock.gettimeout()  # type: ignore[attr-defined]
                raise

        socket.SocketIO.readinto = readinto  # type: ignore[assignment, method-assign]

    def _sleep(self, seconds: float) -> None:
        self._now += seconds
        self._pause(seconds / 20)


CountedClock().install()
