# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running commands of a suite into its log, and ending what was started when someone interrupts."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Mapping

_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.Lock()
_ended = threading.Event()
_LAST_SECONDS = 60.0  # what taking something down may need when the suite's time is over


class Failed(Exception):
    """A step without which the suite cannot go on; what it printed is in the log."""


class Work:
    """One suite's log, its clock, and the commands that it runs; those of one that gives way get what processor time is left."""

    def __init__(self, log: Path, seconds: float, gives_way: bool = False) -> None:
        self.path = log
        self._before = ["nice", "-n", "19"] if gives_way else []
        self._file = log.open("wb")
        self._end = time.monotonic() + seconds

    def run(self, command: list[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None, last: bool = False) -> int:
        """The exit status of a command, whose output goes to the log. One that takes something down runs `last`: also after the end of all."""
        words = [str(word) for word in command]
        self._write(f"$ {shlex.join(words)}\n")
        with _lock:
            if _ended.is_set() and not last:
                return 130
            process = subprocess.Popen(
                [*self._before, *words], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.STDOUT, start_new_session=True
            )
            _running.add(process)
        try:
            return process.wait(timeout=max(self._end - time.monotonic(), _LAST_SECONDS if last else 1))
        except subprocess.TimeoutExpired:
            self._write("\nThe suite's time is over; this command was ended.\n")
            _end(process)
            return 124
        except BaseException:
            _end(process)
            raise
        finally:
            with _lock:
                _running.discard(process)

    def must(self, command: list[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        if self.run(command, cwd=cwd, env=env):
            raise Failed

    def text(self) -> str:
        return self.path.read_text(errors="replace")

    def close(self) -> None:
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.write(text.encode())
        self._file.flush()


def end_all() -> None:
    """End every command that runs, and start no other."""
    _ended.set()
    with _lock:
        processes = list(_running)
    for process in processes:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole process group to end, and wait before insisting: what has a lab takes it down, pytest only when interrupted."""
    for number, patience in ((signal.SIGINT, 15.0), (signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=patience)
            return
        except subprocess.TimeoutExpired:
            continue
