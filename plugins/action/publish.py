# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module publish, prints its progress and its result, and appends a line about the run to a journal.

With the callback `default`, or one derived from it such as AWX's, it prints to standard output. With any
other callback (json, jsonl, minimal, ...), a program reads standard output. Then it prints to standard error,
if that is a terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from typing import Any, Callable, Iterator

from ansible import constants, context
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import callback_loader
from ansible.utils.display import Display

from ..module_utils import _foreign

display = Display()

_INTERVAL = 0.5
_VARIABLE = "vks_bigip_progress"
_JOURNAL = "vks_bigip_journal"
_STANDBY = "vks_bigip_standby"
# The module of the callback `default`. Ansible loads it a second time under its full name.
_DEFAULT = {"ansible.plugins.callback.default", "ansible_collections.ansible.builtin.plugins.callback.default"}


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # None, or closed
        return False


# If both are terminals, a container may merge them into the input of a program. So standard output must not
# be one. Only the main process knows this: from ansible-core 2.19 on, its workers have no terminal. Ansible
# loads this file before it forks them.
_ONLY_STDERR_IS_TERMINAL = _is_terminal(sys.stderr) and not _is_terminal(sys.stdout)

Show = Callable[[str], None]


class ActionModule(ActionBase):
    """Progress is shown only on local connections, because the module writes it to a local file, and not with `async`."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        show = self._show(task_vars or {})
        begin = time.monotonic()
        journal = self._journal(task_vars or {})
        standby = self._standby(task_vars or {}, journal)
        args = {**self._task.args, **standby}
        result: dict[str, Any] = {"failed": True}  # if an exception ends the task: a timeout, or a lost connection
        runs = 0
        try:
            with self._progress_file(show) as path:
                args = {**args, "progress_file": path} if path else args
                result = self._execute_module(module_args=args, task_vars=task_vars, wrap_async=self._task.async_val)
                runs = result.pop("standby_runs", 0)
        finally:
            # A module that stands by writes the lines itself. If it ended without a result, the source sees its end.
            if journal and not runs and ("invocation" in result or not standby):
                self._append_to_journal(journal, task_vars or {}, result, time.monotonic() - begin)
        if show and not runs:  # a module that stood by has shown its lines itself
            for line in result.get("summary") or []:
                show(str(line))
        return result

    def _show(self, variables: dict[str, Any]) -> Show | None:
        """The function that prints a line with the host's name, as callbacks do. None if no person would read it."""
        if self._task.no_log or not self._is_wanted(variables):
            return None
        stderr = not _is_text_on_stdout()
        if stderr and not _ONLY_STDERR_IS_TERMINAL:
            return None
        host = variables.get("inventory_hostname", "localhost")
        return lambda text: display.display(f"publish: [{host}] {_foreign.line(text)}", stderr=stderr)

    def _is_wanted(self, variables: dict[str, Any]) -> bool:
        """The value of the Ansible variable, or else of the environment variable. An empty value counts as unset."""
        for name, value in ((_VARIABLE, variables.get(_VARIABLE)), (_VARIABLE.upper(), os.environ.get(_VARIABLE.upper()))):
            try:
                value = self._templar.template(value)
                if value not in (None, ""):
                    return bool(boolean(value))
            except (AnsibleError, TypeError) as error:
                display.warning(f"{name} is not a boolean, so progress is shown: {error}")
        return True

    def _journal(self, variables: dict[str, Any]) -> str | None:
        """The path of the journal. None without one, and if `async` only starts the run. A fault is a warning."""
        if variables.get(_JOURNAL) in (None, "", False) or self._task.async_val:
            return None
        try:
            path = self._templar.template(variables[_JOURNAL])
            if path in (None, "", False):
                return None
            if not isinstance(path, str):
                raise TypeError("it is not a path")
        except (AnsibleError, TypeError) as error:
            _warn_of_journal(error)
            return None
        return os.path.expanduser(os.path.expandvars(path))

    def _standby(self, variables: dict[str, Any], journal: str | None) -> dict[str, Any]:
        """The argument with which the module stays after its run, and takes further events. Empty without it.

        Only one module can take them: that of one host, in a task without a loop, as this user.
        """
        socket, eda = variables.get(_STANDBY), variables.get("ansible_eda")  # data, never a template
        event = eda.get("event") if isinstance(eda, dict) else None
        hosts = variables.get("ansible_play_hosts_all") or ()
        is_alone = len(hosts) == 1 and self._task.loop is None and not self._connection.become
        if not (journal and socket and isinstance(event, dict) and is_alone and self._is_beside()):
            return {}
        return {"standby": {"socket": str(socket), "journal": journal, "event": event}}

    def _append_to_journal(self, path: str, variables: dict[str, Any], result: dict[str, Any], seconds: float) -> None:
        """Append a line about the run. A fault is a warning."""
        from ..module_utils._watch import journal, outcome  # few tasks need them

        try:
            check_mode = bool(self._task.check_mode)
            eda = variables.get("ansible_eda")  # data, never a template
            run = outcome.ended(result, self._task.args, eda, check_mode=check_mode, seconds=seconds, now=time.time())
            journal.append(path, journal.run_line(run))
        except (OSError, TypeError, ValueError) as error:
            _warn_of_journal(error)

    @contextlib.contextmanager
    def _progress_file(self, show: Show | None) -> Iterator[str | None]:
        """The file to which the module appends its steps, while a thread prints them. None if that is not possible."""
        if show is None or self._task.args.get("progress_file") or self._task.async_val or not self._is_beside():
            yield None
            return
        path = None
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError, RuntimeError):  # no room for a file, or for a thread
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vks_bigip_", ignore_cleanup_errors=True))
                file = stack.enter_context(open(os.path.join(folder, "progress"), "w+", encoding="utf-8"))
                stack.enter_context(_Reader(file, show))
                path = file.name
            yield path

    def _is_beside(self) -> bool:
        """True if the module runs on this host, as a user who can write to the folder."""
        return getattr(self._connection, "transport", "") == "local" and not self._is_become_unprivileged()


def _warn_of_journal(error: Exception) -> None:
    display.warning(f"No line was appended to the journal that {_JOURNAL} names: {_foreign.line(str(error))}")


def _is_text_on_stdout() -> bool:
    """True if the callback prints text. Only ansible-playbook uses the configured callback, not ansible or ansible-console."""
    if "start_at_task" not in context.CLIARGS:
        return False
    callback = constants.DEFAULT_STDOUT_CALLBACK
    kind = callback_loader.get(callback, class_only=True) if isinstance(callback, str) else type(callback)
    return isinstance(kind, type) and any(base.__module__ in _DEFAULT for base in kind.__mro__)


class _Reader(threading.Thread):
    """Prints each line that is appended to a file, until the with statement ends."""

    def __init__(self, file: Any, show: Show) -> None:
        super().__init__(daemon=True)
        self._file = file
        self._show = show
        self._over = threading.Event()

    def __enter__(self) -> _Reader:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        partial_line = ""
        over = False
        while not over:
            over = self._over.wait(_INTERVAL)
            *lines, partial_line = (partial_line + self._file.read()).split("\n")
            for line in lines:
                self._tell(line)

    def _tell(self, line: str) -> None:
        try:
            text = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError):
            return
        self._show(str(text))
