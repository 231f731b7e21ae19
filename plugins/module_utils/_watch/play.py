# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The end of the play that stands by: the module stays after its run, and runs again for each event.

Each run is in a child process, a fork with all libraries. It is the same module with the same arguments but
`only_services`, and it ends as any module does. So no run leaves anything behind for the next one.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from datetime import datetime, timezone
from typing import Any, Callable, Mapping, NamedTuple, NoReturn, Protocol

from .._errors import Failure, failed
from . import journal, outcome

RUNS = "standby_runs"
"""The key of the result: the number of runs, each of which has a line in the journal."""


class Module(Protocol):
    """What is needed of a module."""

    params: dict[str, Any]
    check_mode: bool

    def warn(self, warning: str) -> None: ...

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn: ...


class _Ended(NamedTuple):
    """The output of a run, and the result in it; None if the process was killed."""

    output: bytes
    result: dict[str, Any] | None


def stand_by(
    module: Module, given: Mapping[str, Any], run: Callable[[], None], tell: Callable[[str], None]
) -> None:
    """Run for the event that started the play, then for each further one. Returns only if no source listens.

    A run that fails is the last one, so its play fails. The source then sends the Services again. Only the first
    run shows its progress: if ansible-rulebook ends, Ansible loses its terminal, and waits forever after a line
    that a task could not print. The source logs how each run ended.

    given  socket, journal: their paths; eda: the variable ansible_eda of the play
    run    ends the process with the result on standard output, as a module does
    tell   shows a line of the first run to the user
    """
    eda = given["eda"]
    try:
        source = _Source(str(given["socket"]), eda["event"]["vks"]["sequence"])
    except (OSError, KeyError, TypeError):
        return
    changed, runs = False, 0
    while True:
        began = time.monotonic()
        ended = _in_child(run)
        result = ended.result or {"failed": True}
        seconds = time.monotonic() - began
        line = outcome.ended(
            result,
            module.params,
            eda,
            check_mode=module.check_mode,
            seconds=seconds,
            now=time.time(),
        )
        runs += 1
        changed = changed or bool(result.get("changed"))
        is_written = _append(str(given["journal"]), line, module)
        for text in result.get("summary") or [] if runs == 1 else []:
            tell(str(text))
        event = None if result.get("failed") or not is_written else source.next()
        if event is None:
            break
        eda = {"event": {"vks": event, "meta": {"received_at": _now()}}}
        module.params.update(only_services=only_services(event), progress_file=None)
    if ended.result is None:
        failure = Failure(
            "unexpected", "the process of a run was killed", remedy="Look for the reason in the system's log."
        )
        module.fail_json(**failed({"failure": failure.as_dict(), RUNS: runs}))
    sys.stdout.write(json.dumps({**ended.result, "changed": changed, RUNS: runs}) + "\n")
    sys.stdout.flush()
    sys.exit(1 if ended.result.get("failed") else 0)


def only_services(event: Mapping[str, Any]) -> list[str] | None:
    """The option of the run that an event causes; None for all."""
    if event["all"] or event["type"] == "resync":
        return None
    return [f"{service['namespace']}/{service['name']}" for service in event["services"]]


class _Source:
    """The connection to the event source. Raises OSError if no source listens."""

    def __init__(self, path: str, sequence: int) -> None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
            connection.sendall(json.dumps({"sequence": sequence}).encode() + b"\n")
        except BaseException:
            connection.close()
            raise
        self._connection = connection  # while it is open, the play stands by
        self._lines = connection.makefile("rb")

    def next(self) -> dict[str, Any] | None:
        """Wait for the next event. None if the source has ended, or wants the play to end."""
        try:
            line = self._lines.readline()
        except OSError:
            return None
        event: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
        return event


def _append(path: str, run: journal.Run, module: Module) -> bool:
    try:
        journal.append(path, journal.run_line(run))
    except (OSError, ValueError) as error:
        module.warn(f"No line was appended to the journal {path}: {error}")
        return False
    return True


def _in_child(run: Callable[[], None]) -> _Ended:
    """Run in a fork of this process, and read what it prints."""
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _end(run, writer)
    os.close(writer)
    with open(reader, "rb") as file:
        output = file.read()
    os.waitpid(child, 0)
    try:
        result = json.loads(output)
    except ValueError:
        result = None
    return _Ended(output, result if isinstance(result, dict) else None)


def _end(run: Callable[[], None], writer: int) -> NoReturn:
    """The life of the child. Nothing of the parent, such as its handlers for the exit, runs here."""
    try:
        os.dup2(writer, 1)
        run()
    except SystemExit:
        pass
    finally:
        try:
            sys.stdout.flush()
        finally:
            os._exit(0)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()
