# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines as CIS logs them."""

from __future__ import annotations

from datetime import datetime, timezone

from ..podlog import PodLog
from .flags import LEVELS


class Log:
    def __init__(self, log: PodLog, level: str = "INFO") -> None:
        self._log, self._least = log, LEVELS.index(level)

    def at(self, level: str) -> None:
        self._least = LEVELS.index(level)

    def debug(self, text: str) -> None:
        self._line("DEBUG", text)

    def info(self, text: str) -> None:
        self._line("INFO", text)

    def warning(self, text: str) -> None:
        self._line("WARNING", text)

    def error(self, text: str) -> None:
        self._line("ERROR", text)

    def critical(self, text: str) -> None:
        self._line("CRITICAL", text)

    def plain(self, text: str) -> None:
        self._log.write([text])

    def usage(self, fault: str) -> None:
        """A fault of the command line, and the beginning of how it should be.

        The logger has not started yet.
        """
        self.plain(f"{fault}\nUsage of /app/bin/k8s-bigip-ctlr\n  Global:")

    def klog(self, text: str, source: str) -> None:
        """An error of client-go, which has a logger of its own."""
        self._log.line(text, source, "E")

    def agent(self, text: str) -> None:
        """An error of the Python agent, which logs through CIS."""
        now = datetime.now(timezone.utc)
        self.error(f"[{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03d} __main__ ERROR] {text}")

    def _line(self, level: str, text: str) -> None:
        if LEVELS.index(level) >= self._least:
            self._log.write([f"{datetime.now(timezone.utc):%Y/%m/%d %H:%M:%S} [{level}] {text}"])
