# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line on stderr for each step of a long command."""

from __future__ import annotations

import sys
import threading
import time


class Progress:
    """One line for each program: rewritten each second on a terminal, repeated now and then elsewhere."""

    def __init__(self, what: str, start: float) -> None:
        self._what = what
        self._start = start
        self._began = time.monotonic()
        self._done = threading.Event()
        self._live = sys.stderr.isatty()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> None:
        self._print(self._what + " ...")
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._done.set()
        self._thread.join()
        took, total = spelled(time.monotonic() - self._began), spelled(time.monotonic() - self._start)
        self._print(
            f"{self._what} {'stopped after' if kind else 'built in'} {took} ({total} in all)", last=True
        )

    def _show(self) -> None:
        while not self._done.wait(1 if self._live else 20):
            took, total = spelled(time.monotonic() - self._began), spelled(time.monotonic() - self._start)
            self._print(f"{self._what} ... {took} ({total} in all)")

    def _print(self, text: str, last: bool = False) -> None:
        if self._live:
            print(f"\r\033[K{text}", end="\n" if last else "", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


def spelled(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
