# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the module publish, and shows a person its progress and its result. Everything else is the module's.

Lines go to standard output where a callback writes text there: `default`, or one made from it, as AWX's and most others are. With any other
callback (json, jsonl, minimal, ...) standard output belongs to a program, and lines go to the terminal on standard error, if there is one.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import threading
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
# The module of the callback `default`, and the same called by its full name, which Ansible loads again.
_DEFAULT = {"ansible.plugins.callback.default", "ansible_collections.ansible.builtin.plugins.callback.default"}


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # None, or closed
        return False


# Two terminals may be one that a container merges into a program's input, so standard output must be something else.
# Known only here: Ansible loads this file before it forks its workers, which from ansible-core 2.19 on have no terminal.
_ONLY_STDERR_IS_TERMINAL = _is_terminal(sys.stderr) and not _is_terminal(sys.stdout)

Show = Callable[[str], None]


class ActionModule(ActionBase):
    """Progress is shown on local connections only, because the file is beside the module. With `async` the module runs alone."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        show = self._show(task_vars or {})
        with self._progress_file(show) as path:
            args = {**self._task.args, "progress_file": path} if path else self._task.args
            result: dict[str, Any] = self._execute_module(module_args=args, task_vars=task_vars, wrap_async=self._task.async_val)
        for line in result.get("summary") or []:
            if show:
                show(str(line))
        return result

    def _show(self, variables: dict[str, Any]) -> Show | None:
        """Shows a line with the host's name, as callbacks do; None where no person would read it."""
        if self._task.no_log or not self._is_wanted(variables):
            return None
        stderr = not _is_text_on_stdout()
        if stderr and not _ONLY_STDERR_IS_TERMINAL:
            return None
        host = variables.get("inventory_hostname", "localhost")
        return lambda text: display.display(f"publish: [{host}] {_foreign.line(text)}", stderr=stderr)

    def _is_wanted(self, variables: dict[str, Any]) -> bool:
        """As the variable of Ansible says, or else that of the environment. Empty counts as unset."""
        for name, value in ((_VARIABLE, variables.get(_VARIABLE)), (_VARIABLE.upper(), os.environ.get(_VARIABLE.upper()))):
            try:
                value = self._templar.template(value)
                if value not in (None, ""):
                    return bool(boolean(value))
            except (AnsibleError, TypeError) as error:
                display.warning(f"{name} is not a boolean, so progress is shown: {error}")
        return True

    @contextlib.contextmanager
    def _progress_file(self, show: Show | None) -> Iterator[str | None]:
        """The file to which the module adds its steps, while they are shown. None where that is not possible."""
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
        """Whether the module runs on this machine, as a user who can write into our folder."""
        return getattr(self._connection, "transport", "") == "local" and not self._is_become_unprivileged()


def _is_text_on_stdout() -> bool:
    """Whether a callback writes text for people there. Only ansible-playbook uses the configured one; ansible and ansible-console have their own."""
    if "start_at_task" not in context.CLIARGS:
        return False
    callback = constants.DEFAULT_STDOUT_CALLBACK
    kind = callback_loader.get(callback, class_only=True) if isinstance(callback, str) else type(callback)
    return isinstance(kind, type) and any(base.__module__ in _DEFAULT for base in kind.__mro__)


class _Reader(threading.Thread):
    """Shows each line that is added to a file, until the with statement ends."""

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
        rest = ""
        over = False
        while not over:
            over = self._over.wait(_INTERVAL)
            *lines, rest = (rest + self._file.read()).split("\n")
            for line in lines:
                self._tell(line)

    def _tell(self, line: str) -> None:
        try:
            text = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError):
            return
        self._show(str(text))
