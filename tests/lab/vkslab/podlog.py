# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log lines of a lab's Pods, in the files that the lab's kubelet serves as ``kubectl logs``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path


class PodLog:
    """The log of one container. A new Pod has a new log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._restarted = False

    def line(self, text: str, source: str, level: str = "I") -> None:
        """One klog line."""
        now = datetime.now(timezone.utc)
        self.write([f"{level}{now:%m%d %H:%M:%S.%f}       1 {source}] {text}"], now)

    def write(self, lines: Iterable[str], now: datetime | None = None) -> None:
        """Lines as the program writes them, with the time before each that ``kubectl logs --timestamps``
        shows."""
        now = now or datetime.now(timezone.utc)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self._restarted and self.path.exists():
            self.path.replace(previous(self.path))
        self._restarted = False
        with self.path.open("a") as log:
            for text in lines:
                for each in text.splitlines():
                    log.write(f"{now:%Y-%m-%dT%H:%M:%S.%f}Z {each}\n")

    def restart(self) -> None:
        """The container restarts. ``kubectl logs --previous`` then shows its former output."""
        self._restarted = True


def previous(path: Path) -> Path:
    """No container's name has a dot."""
    return path.with_suffix(".previous.log")
