# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the module publish and shows its progress while it runs. Everything else is the module's."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

display = Display()

_INTERVAL = 0.5


class ActionModule(ActionBase):
    """Progress is shown on local connections only: the file lies beside the module."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = dict(self._task.args)
        if args.get("progress_file") or getattr(self._connection, "transport", "") != "local" or self._task.async_val:
            return self._execute_module(module_args=args, task_vars=task_vars, wrap_async=self._task.async_val)
        handle, path = tempfile.mkstemp(prefix="vks_bigip_")
        os.close(handle)
        reader = _Reader(path)
        reader.start()
        try:
            return self._execute_module(module_args={**args, "progress_file": path}, task_vars=task_vars)
        finally:
            reader.end()
            os.unlink(path)


class _Reader(threading.Thread):
    """Shows each new line of the progress file."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self._path = path
        self._over = threading.Event()

    def end(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        with open(self._path, encoding="utf-8") as file:
            rest = ""
            while True:
                over = self._over.wait(_INTERVAL)
                rest += file.read()
                *lines, rest = rest.split("\n")
                for line in lines:
                    _show(line)
                if over:
                    return


def _show(line: str) -> None:
    try:
        text = json.loads(line)["text"]
    except (ValueError, KeyError, TypeError):
        return
    display.display(f"publish: {text}")
