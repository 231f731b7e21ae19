# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The engine of `publish` and `as3_declaration`: from a request without a fault to the result.

The modules give it their request, their source of goals, their planner and their report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Sequence

from .._as3 import secrets
from .._as3.types import Object
from .._errors import Failure
from .._plan import taken
from .._request.scope import OWNER
from . import pruning, removals
from .interfaces import BigIp, Goals, Interfaces, Tenants
from .options import RunOptions
from .plans import Plans
from .reads import hide_stored, read_device, read_stored
from .result import Finished
from .rounds import Rounds

if TYPE_CHECKING:
    from .parts import GoalSource, Planner, Report, Request
    from .ports import Devices


class Parts(NamedTuple):
    """The parts that a module gives to the engine."""

    request: Request
    goals: GoalSource
    planner: Planner
    report: Report


class Engine:
    """One run."""

    def __init__(self, parts: Parts, options: RunOptions, interfaces: Interfaces, check_mode: bool) -> None:
        self._parts = parts
        self._options = options
        self._interfaces = interfaces
        self._check_mode = check_mode
        self._warnings: list[str] = []
        self._seconds = dict.fromkeys(("bigip", "kubernetes", "posting", "total"), 0.0)
        self._sync: Object | None = None

    def run(self) -> Object:
        """The result; it holds `failure` if a tenant failed. Raises Failure where nothing was written."""
        try:
            return self._run()
        except Failure as failure:
            failure.warnings = list(dict.fromkeys([*self._all_warnings(), *failure.warnings]))
            raise

    def _run(self) -> Object:
        begin = self._interfaces.clock()
        self._interfaces.hide(secrets.all_texts(self._parts.request.wanted.applications))
        with self._interfaces.bigip() as bigip:
            stored, device = self._read(bigip)
            goals = self._parts.goals.read(bigip, stored)
            plans = self._planned(goals, stored, device)
            self._warnings += pruning.add_removals(plans, self._parts.request.prune, self._interfaces.hide)
            self._hold_taken(bigip, plans)
            self._look_before_posting(bigip, plans)
            stopped = self._options.on_error == "stop" and bool(plans.held())
            if not stopped:
                self._post(bigip, plans)
        self._warnings += bigip.warnings  # signing out may add one
        self._seconds["total"] = self._interfaces.clock() - begin
        return self._parts.report(self._finished(plans, goals, bigip, stopped))

    def _read(self, bigip: BigIp) -> tuple[Tenants, Devices | None]:
        """The stored tenants, and their pools on the device if drift is looked for."""
        begin = self._interfaces.clock()
        request = self._parts.request
        every_tenant = request.prune == OWNER
        stored = read_stored(bigip, None if every_tenant else request.tenants, self._interfaces.hide)
        known = {tenant: stored[tenant] for tenant in request.tenants if tenant in stored}
        if every_tenant:
            hide_stored(known.values(), self._interfaces.hide)
        device = read_device(bigip, known) if self._options.detect_drift else None
        self._seconds["bigip"] += self._interfaces.clock() - begin
        return stored, device

    def _planned(self, goals: Goals, stored: Tenants, device: Devices | None) -> Plans:
        """The first plan of each tenant."""
        self._warnings += goals.warnings
        self._seconds["kubernetes"] += goals.seconds
        faults = self._parts.request.wanted.faults
        plans = Plans(stored, device, goals.rules, self._parts.planner, faults)
        for goal in goals.tenants:
            plans.plan(goal)
        return plans

    def _hold_taken(self, bigip: BigIp, plans: Plans) -> None:
        """Hold the tenants that would take an address and port of another application.

        The other tenants are read only where an address is new.
        """
        begin = self._interfaces.clock()
        refused = taken.within(plans.all)
        plans.hold(refused)
        if taken.takes_new(plans.all):
            more = taken.refusals(plans.all, bigip.as3.others(plans.runs), bigip.ltm.common_addresses)
            plans.hold(more)
            refused = {**refused, **more}
        self._seconds["bigip"] += self._interfaces.clock() - begin
        if refused:
            self._warnings += pruning.drop_removals(plans, "an address that is taken")

    def _look_before_posting(self, bigip: BigIp, plans: Plans) -> None:
        """Read the pools of stored tenants to post: plans must know the members that operators disabled."""
        changing = [tenant for tenant, run in plans.runs.items() if run.plan.action in ("update", "release")]
        posted = [tenant for tenant in changing if tenant in plans.stored]
        if plans.device is not None or not posted:
            return
        begin = self._interfaces.clock()
        # A tenant that prune removes from is posted without the removal if a fault is found here.
        pruned = [tenant for tenant, run in plans.runs.items() if run.goal.remove and run.goal.applications]
        plans.device = read_device(bigip, {tenant: plans.stored[tenant] for tenant in {*posted, *pruned}})
        self._seconds["bigip"] += self._interfaces.clock() - begin
        for tenant in posted:
            plans.plan(plans.runs[tenant].goal)
        faulty = plans.held(posted)
        if faulty:
            self._warnings += pruning.drop_removals(plans, f"the fault in {', '.join(faulty)}")

    def _post(self, bigip: BigIp, plans: Plans) -> None:
        """Send the plans; in check mode ask AS3 about them, if the user wants that."""
        if self._check_mode and not self._options.dry_run:
            return
        begin = self._interfaces.clock()
        controls = self._parts.request.wanted.controls
        if self._check_mode:
            from . import dry_run  # few runs need it

            self._warnings += dry_run.set_verdicts(
                bigip, self._interfaces, self._options, controls, plans.runs
            )
        else:
            rounds = Rounds(
                bigip, self._interfaces, self._options, controls, plans.rules, self._parts.planner
            )
            self._warnings += removals.post(rounds, plans)
            self._sync = rounds.synchronise(plans.runs)
            self._warnings += rounds.warnings
        self._seconds["posting"] = self._interfaces.clock() - begin

    def _finished(self, plans: Plans, goals: Goals, bigip: BigIp, stopped: bool) -> Finished:
        return Finished(
            wanted=self._parts.request.wanted,
            runs=plans.runs,
            pools=goals.pools,
            details=self._options.details,
            check_mode=self._check_mode,
            stopped=stopped,
            seconds=self._seconds,
            requests={"bigip": sum(bigip.requests.values()), "kubernetes": goals.requests},
            sync=self._sync,
            warnings=self._all_warnings(),
        )

    def _all_warnings(self) -> Sequence[str]:
        return [*self._parts.request.wanted.warnings, *self._interfaces.warnings, *self._warnings]
