# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's own time: python module.py NAME [--profile FILE] < ARGUMENTS runs it and prints what it took, from its first request on.

The start time is another measure, so this program first imports the packages that a module imports later.
"""

from __future__ import annotations

import cProfile
import json
import sys
import time
from importlib import import_module
from typing import Any

import kubernetes  # noqa: F401
import requests  # noqa: F401
from ansible.module_utils import basic

COLLECTION = "ansible_collections.vks.bigip.plugins"
UTILS = f"{COLLECTION}.module_utils"


class Clock:
    """Starts at the first request to either side."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.spent = 0.0

    def watch(self, owner: Any, method: str) -> None:
        inner = getattr(owner, method)

        def watched(*args: Any, **options: Any) -> Any:
            if self.first is None:
                self.first, self.spent = time.perf_counter(), time.process_time()
            return inner(*args, **options)

        setattr(owner, method, watched)


def main(name: str, *rest: str) -> None:
    clock = Clock()
    clock.watch(import_module(f"{UTILS}._kube.client").Client, "raw")
    clock.watch(import_module(f"{UTILS}._bigip.session").Session, "request")
    module = import_module(f"{COLLECTION}.modules.{name}")
    profile = cProfile.Profile() if rest[:1] == ("--profile",) else None

    def end(_self: Any, **result: Any) -> None:
        """Replaces exit_json, because the time of Ansible after it is another measure."""
        over, spent = time.perf_counter(), time.process_time() - clock.spent
        if clock.first is None:
            sys.exit("The module sent no request that is watched, so its own time is unknown.")
        if profile:
            profile.disable()
            profile.dump_stats(rest[1])
        said = {key: result.get(key) for key in ("summary", "counts", "requests", "timings", "changed")}
        print(json.dumps({"seconds": over - clock.first, "cpu": spent, **said, "bytes": len(json.dumps(result))}))

    def fail(_self: Any, **result: Any) -> None:
        sys.exit(json.dumps(result)[:3000])

    of_ours = import_module(f"{UTILS}._module").Module
    of_ours.exit_json, of_ours.fail_json = end, fail
    basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
    basic._ANSIBLE_PROFILE = "legacy"
    if profile:
        profile.enable()
    module.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
