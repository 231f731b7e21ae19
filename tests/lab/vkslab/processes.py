# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start processes so that another command can end exactly these later, after any crash.

A process leads a session of its own. Before it becomes its program it records its pid, its start time and the
boot. The kernel uses a pid again, but not these three together.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import LabError

#: Marks each process of a lab, because the children of a session may outlive its leader.
MARK = "VKS_LAB_PROCESS_OF"
LOG_END = 25
#: No limit for a slow machine, but for a wait that would never end.
HANG = 600.0


@dataclass(frozen=True)
class Process:
    """One process that a lab started."""

    name: str
    folder: Path
    pid: int
    started: int
    boot: str

    @property
    def log(self) -> Path:
        return log_of(self.folder, self.name)

    def alive(self) -> bool:
        stat = _stat(self.pid) if self.boot == _boot() else None
        return stat is not None and stat.started == self.started and stat.state not in "ZX"


def start(
    name: str,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Process:
    """Start a command of a lab. Its output goes to the lab's `<name>.log`."""
    record = _record_of(folder, name)
    record.parent.mkdir(parents=True, exist_ok=True)
    boot = _boot()

    def sign() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        # Between fork and exec: from here on the process is recorded, even if its parent dies.
        itself = _stat(os.getpid())
        assert itself is not None
        part = record.with_suffix(".part")
        part.write_text(json.dumps({"pid": itself.pid, "started": itself.started, "boot": boot}))
        part.rename(record)

    # A signal that ends this command waits until the child is recorded. Otherwise no command would find it.
    with log_of(folder, name).open("ab") as log, _signals_held() as mask:
        try:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {}), MARK: str(folder)},
                cwd=cwd or folder,
                start_new_session=True,
                preexec_fn=sign,
            )
        except OSError as error:
            raise LabError(f"{name} could not be started: {command[0]}: {error.strerror}") from error
    # The process outlives this command; Popen would warn about that when it is collected.
    child.returncode = 0
    process = recorded(folder, name)
    assert process is not None
    return process


@contextlib.contextmanager
def _signals_held() -> Iterator[set[int | signal.Signals]]:
    """Yields the signals that were held before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def recorded(folder: Path, name: str) -> Process | None:
    try:
        record = json.loads(_record_of(folder, name).read_text())
    except FileNotFoundError:
        return None
    return Process(name, folder, record["pid"], record["started"], record["boot"])


def of(folder: Path) -> list[Process]:
    """All processes that a lab has started, in the order of their names."""
    names = sorted(path.stem for path in (folder / "processes").glob("*.json"))
    return [process for name in names if (process := recorded(folder, name))]


def end(processes: Iterable[Process]) -> None:
    """End processes and their children. Returns when none of them runs.

    They are killed at once, because the lab is deleted with all that they would save.
    """
    ended = list(processes)
    deadline = time.monotonic() + HANG
    while left := running(ended):
        if time.monotonic() > deadline:
            raise LabError(
                f"{', '.join(sorted({process.name for process in left.values()}))} did not end, not even by "
                "SIGKILL."
            )
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in ended:
            # Children of this command stay zombies until it reaps them.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
        time.sleep(0.02)


def restart(process: Process) -> Process:
    """Kill a process, and start it again with its command, environment and folder."""
    place = Path(f"/proc/{process.pid}")
    command, cwd = _words(place / "cmdline"), (place / "cwd").readlink()
    environment = dict(each.split("=", 1) for each in _words(place / "environ"))
    end([process])
    # The leader can be gone before its last thread, which still has its ports.
    while place.exists() and len(list((place / "task").iterdir())) > 1:
        time.sleep(0.02)
    return start(process.name, command, process.folder, environment, cwd)


def _words(path: Path) -> list[str]:
    return path.read_bytes().decode().rstrip("\0").split("\0")


def running(processes: Iterable[Process]) -> dict[int, Process]:
    """The pids of these processes and of what they started, as far as they run."""
    boot = _boot()
    leaders = {}
    for process in processes:
        leader = _stat(process.pid)
        # If the pid belongs to another program by now, none of our processes has it as its session.
        if process.boot == boot and (leader is None or leader.started == process.started):
            leaders[process.pid] = process
    found = {}
    for entry in os.listdir("/proc") if leaders else ():
        stat = _stat(int(entry)) if entry.isdigit() else None
        if stat is None or stat.session not in leaders or stat.state in "ZX":
            continue
        process = leaders[stat.session]
        if stat.pid == process.pid or f"{MARK}={process.folder}".encode() in _environment(stat.pid):
            found[stat.pid] = process
    return found


def log_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.log"


def log_end(folder: Path, name: str, lines: int = LOG_END) -> str:
    """The end of a process's log, as an error message shows it."""
    try:
        with log_of(folder, name).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 65536))
            text = log.read().decode(errors="replace").strip()
    except FileNotFoundError:
        text = ""
    if not text:
        return f"{name} has written nothing to its log."
    every = text.splitlines()
    # A Go program that panics prints the reason first, and then every goroutine.
    panics = [number for number, line in enumerate(every) if line.startswith(("panic:", "fatal error:"))]
    shown = every[max(panics[0] - 2, 0) :][:lines] if panics else every[-lines:]
    return "\n".join([f"The end of {log_of(folder, name)}:", *(f"  {line[:400]}" for line in shown)])


@dataclass(frozen=True)
class _Stat:
    pid: int
    state: str
    session: int
    started: int


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name is in parentheses and may contain any characters, parentheses too.
    fields = text.rpartition(")")[2].split()
    return _Stat(pid, fields[0], int(fields[3]), int(fields[19]))


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _record_of(folder: Path, name: str) -> Path:
    return folder / "processes" / f"{name}.json"
