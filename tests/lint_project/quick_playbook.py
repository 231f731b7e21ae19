# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook, with a folder for templates (compiled.py) before its own arguments.

Ansible forks for each task, and a fork forgets what it loaded. Here it is loaded once, before the first fork. Nothing else differs, but that
ansible-playbook waits shorter between retries.
"""

from __future__ import annotations

import gc
import sys
import time
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible import constants
from ansible.cli.playbook import main as ansible_playbook
from ansible.executor import module_common, task_executor  # noqa: F401
from ansible.executor.process.worker import WorkerProcess
from ansible.plugins.loader import action_loader, connection_loader, filter_loader, lookup_loader, shell_loader, test_loader

import compiled

FILTERS = [path.stem for path in Path(__file__).parents[2].joinpath("plugins", "filter").glob("[!_]*.py")]
ACTIONS = ("assert", "command", "copy", "debug", "fail", "include_tasks", "include_role", "set_fact", "uri")


@cache
def load() -> None:
    """The plugins that most tasks use."""
    for name in ("ansible.builtin.default", *(f"vks.bigip.{name}" for name in FILTERS)):
        filter_loader.get(name)
    test_loader.get("ansible.builtin.defined")
    for name in ("env", "file", "pipe"):
        lookup_loader.get(f"ansible.builtin.{name}", class_only=True)
    for name in ("vks.bigip.publish", "ansible.legacy.normal", *(f"ansible.builtin.{action}" for action in ACTIONS)):
        action_loader.get(name, class_only=True)
    connection_loader.get("ansible.builtin.local", class_only=True)
    shell_loader.get("sh")
    gc.freeze()


def main() -> int:
    compiled.once(Path(sys.argv.pop(1)))
    sys.argv[0] = "ansible-playbook"
    start: Any = WorkerProcess.start

    def started(self: WorkerProcess) -> Any:
        load()
        return start(self)

    WorkerProcess.start = started
    constants.DEFAULT_INTERNAL_POLL_INTERVAL = 0.005
    task_executor.time = SimpleNamespace(**{**vars(time), "sleep": lambda seconds: time.sleep(min(seconds, 0.1))})
    return int(ansible_playbook() or 0)


if __name__ == "__main__":
    sys.exit(main())
