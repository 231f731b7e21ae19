# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook as a user runs it on one machine: the collection comes from its tarball, and Java from the PATH.

Everything that the process reads or writes is in one folder: the installed collection, HOME, the variables, the
inventory, the log and the journal.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from runner import environments
from support import galaxy

from .waiting import eventually

NAME = "vks.bigip.publish"
ENDS = 10
"""Seconds in which ansible-rulebook ends after SIGINT. It needs 0.4."""

INTERRUPTED = (0, 130)
"""Its status then. 130 is that of Java, which handles the signal as soon as it runs, and ends the process at once."""

QUIET = 3
"""Seconds, after which all lines of a run are printed. A play prints twice a second."""

INVENTORY = "all: {hosts: {localhost: {ansible_connection: local, ansible_python_interpreter: '{{ ansible_playbook_python }}'}}}\n"
HIDDEN = ("ANSIBLE_", "EDA_", "F5_", "K8S_AUTH_", "PYTHON")
"""The beginnings of variables that the user or the tests can have for other clusters and collections."""


def _environ() -> dict[str, str]:
    """The environment `eda`, without the connections and the collections of the user and of the tests."""
    return {name: value for name, value in environments.variables("eda").items() if not name.startswith(HIDDEN)}


def processes(home: Path) -> list[int]:
    """The processes with this HOME. A play continues without the ansible-rulebook that started it."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"HOME={home}".encode() in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found


def end(home: Path) -> None:
    """End the processes with this HOME."""
    for process in processes(home):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def read(journal: Path) -> list[dict[str, Any]]:
    """The lines of a journal that are complete."""
    text = journal.read_text() if journal.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def is_quiet(log: Path) -> bool:
    """True if nothing was printed for some seconds."""
    return time.time() - log.stat().st_mtime > QUIET


class Rulebook:
    """One ansible-rulebook at a time. Use it in a with statement, which starts it, and ends it with SIGINT.

    variables: those of the lab. play: the variables of the playbook publish. changes: the options of the event source.
    """

    def __init__(self, folder: Path, tarball: Path, variables: Mapping[str, str], play: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0  # the lines of the journal before it started
        self.journal_file = folder / "journal.jsonl"
        self.log_file = folder / "ansible-rulebook.log"
        collections, home = folder / "collections", folder / "home"
        self._home = home
        for made in (home, folder / "tmp"):
            made.mkdir(parents=True)
        own = {"HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible"), "ANSIBLE_COLLECTIONS_PATH": str(collections), "TMPDIR": str(folder / "tmp")}
        self._environ = {**_environ(), **variables, **own, "JAVA_HOME": environments.java_home()}
        galaxy.install(tarball, collections)
        (folder / "variables.yml").write_text(json.dumps({**play, "changes": {"journal": str(self.journal_file), **changes}}))
        (folder / "inventory.yml").write_text(INVENTORY)

    def __enter__(self) -> Rulebook:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            # A play that loses its terminal before it has printed its first run, because ansible-rulebook ends, does not end itself.
            assert eventually(lambda: self.has_run() and is_quiet(self.log_file)), "a run does not end"
            self.stop()
            assert eventually(lambda: not processes(self._home)), "a play does not end"
            return
        self.crash()

    def start(self) -> None:
        """Start the process. Its log and its journal continue those of the one before."""
        assert self._process is None
        self._began = len(self.journal())
        command = [str(environments.make("eda") / "bin" / "ansible-rulebook"), "-r", NAME, "-i", "inventory.yml", "--vars", "variables.yml", "-v"]
        with self.log_file.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal of the tests ends it by __exit__ only.
            self._process = subprocess.Popen(
                command, cwd=self._folder, env=self._environ, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def stop(self) -> float:
        """End the process as Ctrl-C does, and return the seconds that it took."""
        process = self._ended()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            status = process.wait(ENDS)
        except subprocess.TimeoutExpired as late:
            process.kill()
            process.wait()
            raise AssertionError(f"ansible-rulebook did not end within {ENDS} s of SIGINT: {self.tail()}") from late
        assert status in INTERRUPTED, f"ansible-rulebook ended with status {status} after SIGINT: {self.tail()}"
        return time.monotonic() - began

    def kill(self) -> None:
        """End the process as the kernel does when memory is short."""
        process = self._ended()
        process.kill()
        process.wait()

    def crash(self) -> None:
        """End the process and its play at once, as a machine does that fails."""
        if self._process is not None:
            self.kill()
        end(self._home)

    def _ended(self) -> subprocess.Popen[bytes]:
        process, self._process = self._process, None
        assert process is not None, "ansible-rulebook does not run"
        return process

    # -- what it did

    def until(self, what: Callable[[], bool], wanted: str) -> None:
        """Wait for a condition while the process runs."""

        def holds() -> bool:
            if what():
                return True
            assert self._process is not None
            assert self._process.poll() is None, f"ansible-rulebook ended with status {self._process.returncode}: {self.tail()}"
            return False

        assert eventually(holds), f"not {wanted}: {self.tail()}"

    def has_run(self, lines: int = 0) -> bool:
        """True if no run is under way. lines: only those count whose events are in so many lines of the journal."""
        now = self.journal()[self._began :]
        done = max((line["sequence"] for line in now if line["kind"] == "run"), default=0)
        events = now[: max(1, lines - self._began)] if lines else now
        publish = [line["sequence"] for line in events if line["kind"] == "event" and line["type"] in ("changed", "resync")]
        return done >= max(publish, default=1)  # one run follows the other

    def memory(self) -> int:
        """The most megabytes that the process had, with its Java."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024

    def journal(self) -> list[dict[str, Any]]:
        """The lines of the journal that are complete."""
        return read(self.journal_file)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def tail(self) -> str:
        """The end of the log and of the journal, for a person."""
        journal = [json.dumps(line) for line in self.journal()[-10:]]
        return os.linesep.join(["the end of its log:", *self.log().splitlines()[-60:], "the end of its journal:", *journal])
