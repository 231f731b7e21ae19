# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start time of a module: the file that Ansible sends to the target runs until it refuses its arguments."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Mapping

from .machine import BenchError, Command, Run, in_turns, run

WRONG = {"no_such_option": 1}  # found when all other arguments have been handled


def modules(collection: Path) -> list[str]:
    return sorted(path.stem for path in (collection / "plugins" / "modules").glob("*.py"))


def measure(names: list[str], folder: Path, ansible: list[str], python: str, env: Mapping[str, str], rounds: int) -> dict[str, list[Run]]:
    """The rounds of each module, and those of the empty one under ""."""
    files = _packed(names, folder, ansible, env)
    return in_turns({name: Command([python, file], env, status=1) for name, file in files.items()}, rounds)


def _packed(names: list[str], folder: Path, ansible: list[str], env: Mapping[str, str]) -> dict[str, Path]:
    """Let Ansible pack the modules and keep what it packed."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [{f"vks.bigip.{name}": WRONG, "ignore_errors": True} for name in names] + [{"empty_module": WRONG, "ignore_errors": True}]
    (folder / "pack.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    kept = folder / "kept"
    run(Command([*ansible, folder / "pack.yml"], {**env, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(kept), "ANSIBLE_PIPELINING": "0"}))
    files = {re.sub(r"^AnsiballZ_|\.py$", "", path.name): path for path in kept.glob("*/AnsiballZ_*.py")}
    missing = {*names, "empty_module"} - set(files)
    if missing:
        raise BenchError(f"Ansible kept no file of {', '.join(sorted(missing))}")
    return {"": files["empty_module"], **{name: files[name] for name in names}}
