# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure core: python core.py APPLICATIONS MEMBERS [PROFILE] builds and compares them, without any I/O, and prints its time.

`publish`'s own engine runs between a cluster and a BIG-IP that are held in memory. Once in check mode against an empty BIG-IP,
which gives the declaration as it would be stored; then, in a new process, against that: nothing differs, everything is compared.
"""

from __future__ import annotations

import contextlib
import cProfile
import json
import pstats
import subprocess
import sys
import time
from collections import Counter
from typing import Any, Iterator

from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member, Pool
from ansible_collections.vks.bigip.plugins.module_utils._publish import interfaces as sides
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._run.publish import run
from benchmarks.objects import applications
from benchmarks.profiles import rows

Stored = dict[str, dict[str, Any]]


class Memory:
    """The cluster and the BIG-IP. `stored` is the declaration that AS3 would return."""

    def __init__(self, stored: Stored, members: int) -> None:
        self.stored, self.members, self.requests = stored, members, 0

    def pools(self, sources: Any, **_more: Any) -> list[Pool]:
        found = []
        for number, source in enumerate(sources):
            places = range(number * self.members, (number + 1) * self.members)
            made = tuple(Member(f"198.18.0.{place % 100 + 1}", 61000 + place // 100, f"node-{place % 100}", f"{source.name}-{place}") for place in places)
            found.append(Pool(source.namespace, source.name, "http", 80, "TCP", "nodeportlocal", "asked for", made))
        return found

    def uid(self) -> str:
        return "0b6c2a4e-0000-4000-8000-000000000000"

    def declaration(self, _tenants: Any = None) -> Stored:
        return self.stored

    def others(self, tenants: Any) -> Stored:
        return {name: value for name, value in self.stored.items() if name not in tenants}

    def common_addresses(self) -> tuple[str, ...]:
        return ()

    # no pool here has mode cluster or auto

    def routable(self, _addresses: Any, _domain: int, _published: bool) -> None:
        return None

    def missing(self, _addresses: Any, _domain: int) -> list[str]:
        return []

    def pod_networks(self) -> tuple[()]:
        return ()


def publish(stored: Stored, count: int, members: int) -> tuple[dict[str, Any], float]:
    """A check-mode run, and its seconds of processor time: nothing waits here, and others may use the machine."""
    memory = Memory(stored, members // count)

    @contextlib.contextmanager
    def kubernetes() -> Iterator[Any]:
        yield sides.Kubernetes(memory, list)

    @contextlib.contextmanager
    def bigip() -> Iterator[Any]:
        yield sides.BigIp(memory, memory, memory, lambda group: None, Counter(), [])

    items = applications(count)
    options = {"applications": items, "pool_member_type": "nodeportlocal", "details": "changed", "detect_drift": False}
    interfaces = sides.Interfaces(bigip, Deadline(600), [], lambda texts: None)
    begin = time.process_time()
    result = run(PublishOptions.from_params(options), interfaces, kubernetes, check_mode=True)
    return result, time.process_time() - begin


def first(count: int, members: int) -> Stored:
    """The content of AS3 after a first run."""
    declaration = publish({}, count, members)[0]["declaration"]
    return {name: value for name, value in declaration.items() if isinstance(value, dict)}


def main(count: str, members: str, stored: str = "", profile: str = "") -> None:
    if not stored:
        made = json.dumps(first(int(count), int(members)))
        words = [sys.executable, __file__, count, members, "-", *([profile] if profile else [])]
        sys.exit(subprocess.run(words, input=made, text=True, check=False).returncode)
    kept = json.loads(sys.stdin.read())
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    result, seconds = publish(kept, int(count), int(members))
    profiler.disable()
    if result["changed"]:
        sys.exit("The second run is not the same as the first.")
    print(json.dumps({"seconds": seconds, "counts": result["counts"], "top": rows(pstats.Stats(profiler)) if profile else []}))


if __name__ == "__main__":
    main(*sys.argv[1:])
