# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The module's side of the socket: a play that stands by runs its module again for each event of the source.

Each run is in a child process, a fork with all libraries. It is the same module with the same arguments but
`only_services`, and it ends as any module does. So no run leaves anything behind for the next one.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from typing import Any, Callable, Iterable, Mapping, NoReturn, Protocol

from .._errors import Failure, failed
from . import journal, outcome

RUNS = "standby_runs"
"""The key of the result: the number of runs, each of which has a line in the journal."""

_MOST_WARNINGS = 50


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

    given  socket, journal: their paths; event: that of ansible-rulebook
    run    ends the process with the result on standard output, as a module does
    show   prints a line of the first run for the user
    """
    # Without it, the kubernetes package keeps client keys in files, which it removes at the exit of Python.
    if not hasattr(os, "memfd_create"):
        return
    event = given["event"]
    try:
        source = _Source(str(given["socket"]), event["vks"]["sequence"])
    except (OSError, LookupError, TypeError, ValueError):
        return
    runs, changed, warnings = 0, False, _Warnings()
    while True:
        began = time.monotonic()
        result = _in_child(run)
        seconds = time.monotonic() - began
        eda = {"event": event}
        line = outcome.ended(
            result, module.params, eda, check_mode=module.check_mode, seconds=seconds, now=time.time()
        )
        runs, changed = runs + 1, changed or line.changed
        warnings.add(result.get("warnings") or ())
        if runs == 1:
            for text in [*warnings.texts(), *(result.get("summary") or ())]:
                show(str(text))
        try:
            journal.append(str(given["journal"]), journal.run_line(line))
        except (OSError, ValueError) as error:
            warnings.add([f"No line was appended to {given['journal']}: {error}"])
            break
        following = None if line.failed else source.next()
        if following is None:
            break
        event = following
        module.params.update(only_services=only_services(event), progress_file=None)
    result.update(changed=changed, warnings=warnings.items)
    sys.stdout.write(json.dumps({**result, RUNS: runs}) + "\n")
    sys.stdout.flush()
    raise SystemExit(1 if line.failed else 0)


def only_services(event: Mapping[str, Any]) -> list[str] | None:
    """The option of the run that an event causes; None for all."""
    sent = event["vks"]
    if sent["all"] or sent["type"] == "resync":
        return None
    return [f"{service['namespace']}/{service['name']}" for service in sent["services"]]


class _Warnings:
    """The warnings of all runs, each once, as Ansible writes them: a text, or an object with one."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def add(self, items: Iterable[Any]) -> None:
        self.items += [item for item in items if item not in self.items]
        del self.items[_MOST_WARNINGS:]

    def texts(self) -> list[str]:
        return [f"warning: {item}" for item in self.items if isinstance(item, str)]


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
        """Wait for the next event. None if the source has ended, or wants the play to end, or Ansible has ended."""
        waiting = select.poll()
        waiting.register(self._connection, select.POLLIN)
        waiting.register(1, 0)  # its error: Ansible does not read standard output any more
        try:
            if any(file == 1 for file, _what in waiting.poll()):
                return None
            event: dict[str, Any] = json.loads(self._lines.readline())
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
        os.close(reader)  # else the child could wait for itself if this process is killed
        _end(run, writer)
    os.close(writer)
    with open(reader, "rb") as file:
        output = file.read()
    _child, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return _found(output) or _without_result(f"signal {-code}" if code < 0 else f"exit status {code}")


def _found(output: bytes) -> dict[str, Any] | None:
    """The result in the output of a module. A library may have printed other lines before it."""
    for line in reversed(output.splitlines()):
        try:
            result = json.loads(line)
        except ValueError:
            continue
        if isinstance(result, dict):
            return result
    return None


def _without_result(said: str) -> dict[str, Any]:
    remedy = "After a signal, look for the reason in the log of the system: memory can be short."
    failure = Failure("unexpected", "a run ended without a result", said=said, remedy=remedy)
    return failed({"failed": True, "changed": False, "failure": failure.as_dict()})


def _end(run: Callable[[], None], writer: int) -> NoReturn:
    """The life of the child. Nothing of the parent, such as its handlers for the exit, runs here."""
    status = 1
    try:
        os.dup2(writer, 1)
        run()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        try:
            sys.stdout.flush()
        finally:
            os._exit(status)
