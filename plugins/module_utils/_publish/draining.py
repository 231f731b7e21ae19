# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Members that keep their connections before they are removed.

Their session is set by iControl REST, beside AS3. BIG-IP then keeps their connections, and AS3 finds the
device as it would configure it. By a POST, AS3 would delete the member and add it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .._as3 import members
from .._errors import some
from .._plan.model import Step, TenantPlan
from .interfaces import BigIp, Interfaces
from .reads import read_connections
from .report import count
from .tenant_run import TenantRun, Verdict

if TYPE_CHECKING:
    from .ports import Devices


class Draining:
    """The members of one task that drain. timeout: in seconds; 0 does not wait."""

    def __init__(
        self, bigip: BigIp, interfaces: Interfaces, timeout: float, warn: Callable[[str], None]
    ) -> None:
        self._bigip = bigip
        self._interfaces = interfaces
        self._timeout = timeout
        self._warn = warn

    def set_sessions(self, run: TenantRun, step: Step, device: Devices) -> None:
        """Disable and enable the members of a step."""
        for session, pools in (("user-disabled", step.disable), ("user-enabled", step.enable)):
            for path, key in [(path, key) for path, keys in pools.items() for key in keys]:
                state = device[path][key]
                self._bigip.ltm.set_session(path, f"/{state.partition}/{state.name}", session)
                run.draining_since[path, key] = self._interfaces.clock()
                run.changed = True

    def ended(self, run: TenantRun, plan: TenantPlan, step: Step) -> bool:
        """Read the connections of the members that drain. True if some of these members are drained.

        The run then has them in `drained`. If there is none and the task does not wait, it has its verdict.
        """
        opened: dict[str, dict[members.Key, int]] = {}
        some_ended = False
        for path, keys in step.draining.items():
            found = read_connections(self._bigip, path, plan.route_domain)
            opened[path] = {key: found.get(key, 0) for key in keys}
            over = {key for key in keys if not opened[path][key] or self._is_late(run, path, key)}
            run.drained.setdefault(path, set()).update(over)
            some_ended = some_ended or bool(over)
            cut = {key: opened[path][key] for key in over if opened[path][key]}
            if cut:
                self._warn(_cut(path, cut, self._timeout))
        if not some_ended and not self._timeout:
            connections = sum(sum(pool.values()) for pool in opened.values())
            left = count(sum(map(len, opened.values())), "draining member")
            run.verdict = Verdict.success(f"{count(connections, 'open connection')} of {left}")
        return some_ended

    def _is_late(self, run: TenantRun, path: str, key: members.Key) -> bool:
        now = self._interfaces.clock()
        return self._timeout > 0 and now >= run.draining_since.setdefault((path, key), now) + self._timeout


def _cut(path: str, connections: dict[members.Key, int], timeout: float) -> str:
    names = [
        f"{members.text(key)} ({count(connections[key], 'connection')})"
        for key in sorted(connections, key=members.order)
    ]
    return (
        f"Pool {path}: these members still had connections {timeout:.0f} s after they got no new ones, "
        f"and were removed: {some(names)}. Set drain_timeout higher to wait longer."
    )
