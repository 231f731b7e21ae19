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
from typing import Any, Callable, Mapping, NoReturn, Protocol

from .._errors import Failure, failed
from . import journal, outcome

RUNS = "standby_runs"
"""The key of the result: the number of runs, each of which has a line in the journal."""


class Module(Protocol):
    """The part of a module that is needed."""

    params: dict[str, Any]
    check_mode: bool


def stand_by(
    module: Module, given: Mapping[str, Any], run: Callable[[], None], show: Callable[[str], None]
) -> None:
    """Run for the event that started the play, then for each further one. Returns only if no source listens.

    A run that fails is the last one, so its play fails. The source then sends the Services again. Only the first
    run shows its progress: if ansible-rulebook ends, Ansible loses its terminal, and waits forever after a line
    that a task could not print. The source logs how each run ended.

    given  socket, journal: their paths; eda: the variable ansible_eda of the play
    run    ends the process with the result on standard output, as a module does
    show   prints a line of the first run for the user
    """
    eda = given["eda"]
    try:
        source = _Source(str(given["socket"]), eda["event"]["vks"]["sequence"])
    except (OSError, KeyError, TypeError):
        return
    runs, changed = 0, False
    while True:
        began = time.monotonic()
        result = _in_child(run)
        line = outcome.ended(
            result,
            module.params,
            eda,
            check_mode=module.check_mode,
            seconds=time.monotonic() - began,
            now=time.time(),
        )
        runs, changed = runs + 1, changed or line.changed
        for text in result.get("summary") or [] if runs == 1 else []:
            show(str(text))
        try:
            journal.append(str(given["journal"]), journal.run_line(line))
        except (OSError, ValueError) as error:
            result.setdefault("warnings", []).append(f"No line was appended to {given['journal']}: {error}")
            break
        event = None if line.failed else source.next()
        if event is None:
            break
        eda = {"event": {"vks": event, "meta": {"received_at": _now()}}}
        module.params.update(only_services=only_services(event), progress_file=None)
    print(json.dumps({**result, "changed": changed, RUNS: runs}))
    sys.exit(1 if line.failed else 0)


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
            event: dict[str, Any] = json.loads(line)
            only_services(event)
        except (OSError, ValueError, LookupError, TypeError):  # an empty line is the end
            return None
        return event


def _in_child(run: Callable[[], None]) -> dict[str, Any]:
    """Run in a fork of this process. Returns the result that it prints."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        reader, writer = os.pipe()
        child = os.fork()
    except OSError as error:
        return _without_result(str(error))
    if child == 0:
        _end(run, writer)
    os.close(writer)
    with open(reader, "rb") as file:
        output = file.read()
    _child, status = os.waitpid(child, 0)
    try:
        result = json.loads(output)
    except ValueError:
        result = None
    if isinstance(result, dict):
        return result
    code = os.waitstatus_to_exitcode(status)
    return _without_result(f"signal {-code}" if code < 0 else f"exit status {code}")


def _without_result(said: str) -> dict[str, Any]:
    remedy = (
        "The log of the system has the reason if the kernel ended it, for example because memory is short."
    )
    failure = Failure("unexpected", "a run ended without a result", said=said, remedy=remedy)
    return failed({"failed": True, "changed": False, "failure": failure.as_dict()})


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
