# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log lines of a lab's Pods, in the files that the lab's kubelet serves as ``kubectl logs``."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path


class PodLog:
    """The log of one container. A Pod that is made anew has a new log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def line(self, text: str, source: str, level: str = "I") -> None:
        """One klog line, with the time before it that ``kubectl logs --timestamps`` shows."""
        now = datetime.now(timezone.utc)
        klog = f"{level}{now:%m%d %H:%M:%S.%f}       1 {source}] {text}"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as log:
            for each in klog.splitlines():
                log.write(f"{now:%Y-%m-%dT%H:%M:%S.%f}Z {each}\n")
