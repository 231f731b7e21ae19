# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Posting, round after round: each tenant is planned anew with fresh reads before each POST.

A lock conflict, a lost answer and the next step of a replacement are then the same case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Mapping, NamedTuple, Sequence

from .._as3.types import Json, Object
from .._errors import Failure
from .._ownership import mark
from .._plan.drift import restoring
from .._plan.model import Rules, Step, TenantPlan
from .._plan.staging import Progress, next_step
from .draining import Draining
from .interfaces import BigIp, Interfaces, Tenants
from .options import RunOptions
from .poster import Batch, Pair, Poster
from .reads import read_device, read_stored
from .tenant_run import TenantRun, Verdict

if TYPE_CHECKING:
    from .parts import Planner
    from .ports import Devices

_ATTEMPTS = 5
# More POSTs than this for one tenant mean that AS3 does not store what it is sent.
_MOST_POSTS = 40
# Monitors answer after seconds, so asking more often shows nothing new.
_POLL = 1.0
# Each look at the connections is one request for each pool.
_DRAIN_POLL = 2.0

Runs = Mapping[str, TenantRun]


class _Steps(NamedTuple):
    """The tenants of one round: to be posted, waiting for monitors, with new sessions, draining."""

    ready: list[Pair]
    waiting: list[str]
    set: list[str]
    draining: list[str]


class Rounds:
    """The posting of one task. stopped: nothing further is sent."""

    def __init__(
        self,
        bigip: BigIp,
        interfaces: Interfaces,
        options: RunOptions,
        controls: Mapping[str, Json],
        rules: Rules,
        planner: Planner,
    ) -> None:
        self.bigip = bigip
        self.interfaces = interfaces
        self.rules = rules
        self.poster = Poster(bigip.as3, options.tenants_per_post, controls)
        self.stopped = False
        self.warnings: list[str] = []
        self._draining = Draining(bigip, interfaces, rules.drain_timeout, self.warnings.append)
        self._options = options
        self._planner = planner

    def post(self, runs: Runs, stored: Tenants, device: Devices | None) -> None:
        """Send the plans, and all that follows from them, until each tenant has its verdict."""
        unfinished = {tenant: run for tenant, run in runs.items() if run.plan.action not in ("none", "hold")}
        total = len(unfinished)
        plans = {tenant: run.plan for tenant, run in unfinished.items()}
        while unfinished:
            steps = self._sort(unfinished, plans, device)
            for batch in self.poster.batches(steps.ready):
                if not self.stopped:
                    self._send(batch, runs)
            unfinished = {tenant: run for tenant, run in unfinished.items() if run.verdict is None}
            self._report_progress(total, len(unfinished), steps)
            if not unfinished or self.stopped:
                break
            if not steps.ready and not steps.set:
                self.interfaces.deadline.pause(_POLL if steps.waiting else _DRAIN_POLL)
            try:
                # The store is known if nothing was sent since. The lock shows a change by another user.
                stored, device = self._read(unfinished, None if steps.ready else stored)
            except Failure as failure:
                _fail(unfinished, failure)
                break
            plans = {tenant: self._plan(run, stored, device) for tenant, run in unfinished.items()}
        _close(unfinished)

    def _sort(self, unfinished: Runs, plans: Mapping[str, TenantPlan], device: Devices | None) -> _Steps:
        """The steps to send now, and the tenants that wait. The others get their verdict."""
        steps = _Steps([], [], [], [])
        for tenant, run in unfinished.items():
            plan = plans[tenant]
            if plan.failure:
                run.verdict = Verdict.failed(plan.failure)
            elif plan.action == "none":
                run.verdict = Verdict.success("success")
            else:
                try:
                    self._sort_step(run, plan, device, steps)
                except Failure as failure:
                    run.verdict = Verdict.failed(failure)
        return steps

    def _sort_step(self, run: TenantRun, plan: TenantPlan, device: Devices | None, steps: _Steps) -> None:
        """Put one tenant into its place. Its members that drain are disabled and looked at here."""
        step = next_step(plan, device, Progress(run.settling, self._options.wait_up > 0, run.drained))
        if step.disable or step.enable:
            self._draining.set_sessions(run, step, device or {})
            steps.set.append(plan.tenant)
        elif step.waiting:
            if self._may_wait(run, step):
                steps.waiting.append(plan.tenant)
        elif not step.draining:
            steps.ready.append((plan, step))
        elif self._draining.ended(run, plan, step):
            self._sort_step(run, plan, device, steps)
        elif run.verdict is None:
            steps.draining.append(plan.tenant)

    def _may_wait(self, run: TenantRun, step: Step) -> bool:
        """True until wait_up expires. Then the run fails."""
        now = self.interfaces.clock()
        if run.wait_until is None:
            run.wait_until = now + self._options.wait_up
        expired = now >= run.wait_until
        if expired:
            run.verdict = Verdict.failed(_not_up(run.goal.tenant, step.waiting, self._options.wait_up))
        return not expired

    def _report_progress(self, total: int, unfinished: int, steps: _Steps) -> None:
        waits = {"monitors": steps.waiting, "connections to end": steps.draining}
        texts = [f", waiting for {what} in {', '.join(names)}" for what, names in waits.items() if names]
        self.interfaces.progress(f"{total - unfinished} of {total} tenants done{''.join(texts)}")

    def _read(self, unfinished: Runs, known: Tenants | None) -> tuple[Tenants, Devices]:
        """Fresh reads. known: what is stored, where that need not be read again."""
        deadline = self.interfaces.deadline
        if deadline.expired:
            remedy = "Set timeout higher, or run again: the next run continues."
            raise Failure("timeout", f"Timed out after {deadline.seconds:.0f} s", remedy=remedy)
        stored = read_stored(self.bigip, unfinished, self.interfaces.hide) if known is None else known
        return stored, read_device(self.bigip, stored)

    def _plan(self, run: TenantRun, stored: Tenants, device: Devices) -> TenantPlan:
        rules = replace(self.rules, detect_drift=self.rules.detect_drift or run.compare_device)
        return self._planner(run.goal, stored.get(run.goal.tenant), device, rules)

    def _send(self, batch: Batch, runs: Runs) -> None:
        self.interfaces.progress(f"posting {', '.join(plan.tenant for plan, dummy in batch)}")
        verdicts = self.poster.send(batch)
        pause = max(verdict.pause for verdict in verdicts.values())
        if pause:
            self.interfaces.deadline.pause(pause)
        for plan, step in batch:
            run, verdict = runs[plan.tenant], verdicts[plan.tenant]
            run.posts += 1
            run.changed = run.changed or verdict.ok or verdict.unknown or verdict.changed
            self.warnings += verdict.warnings
            if verdict.ok:
                _take_success(run, step, verdict)
            else:
                self._take_failure(run, plan, verdict)

    def _take_failure(self, run: TenantRun, plan: TenantPlan, verdict: Verdict) -> None:
        """Decide what follows from a POST that failed, for the tenant and for the others."""
        if verdict.again:
            run.attempts += 1
            run.compare_device = run.compare_device or verdict.unknown
            if run.attempts >= _ATTEMPTS:
                run.verdict = verdict
                verdict.note = _who_changed(run.plan, plan)
            return
        run.verdict = verdict
        if verdict.fatal:
            self.stopped = True
            return
        self._restore_lost_members(plan, verdict)
        if self._options.on_error == "stop":
            self.stopped = True

    def _restore_lost_members(self, plan: TenantPlan, verdict: Verdict) -> None:
        """Post the stored tenant again if AS3 deleted members before it failed. The verdict gets a note."""
        if plan.stored is None or self.rules.state != "present":
            return
        try:
            stored = self.bigip.as3.declaration([plan.tenant])
            device = read_device(self.bigip, stored)
            repair = restoring(plan, stored.get(plan.tenant), device, self.rules.owner)
            if repair is None:
                return
            result = self.poster.send([(repair, Step(dict(repair.wanted)))])[plan.tenant]
        except Failure as failure:
            verdict.note = f"Could not check or restore lost members: {failure.message}"
            return
        lost = f"AS3 had removed members of {', '.join(repair.drifted)} before it failed"
        failed = f"{lost}, and they could not be put back: {result.message}"
        verdict.note = f"{lost}; they were put back." if result.ok else failed

    def synchronise(self, runs: Runs) -> Object | None:
        """The config-sync status after POSTs; None if it is not known. Synchronises sync_to_group first.

        Once at the end, when AS3 has stored its own data too: AS3's own syncToGroup comes before that.
        """
        group = self._options.sync_to_group
        if not any(run.posts or run.changed for run in runs.values()):
            return None
        try:
            if group:
                self.bigip.synchronise(str(group))
            status = self.bigip.ltm.sync_status()
        except Failure as failure:
            self.warnings.append(f"The sync status of the device group is unknown. {failure.message}")
            return None
        if not group and status.status == "Changes Pending":
            pending = status.summary.rstrip(".")
            hint = "Set sync_to_group, or synchronise it by hand."
            self.warnings.append(f"The device group has changes pending: {pending}. {hint}")
        return {"mode": status.mode, "status": status.status, "summary": status.summary}


def _take_success(run: TenantRun, step: Step, verdict: Verdict) -> None:
    """The tenant is finished after its last step."""
    run.wait_until = None
    for path, keys in step.settling.items():
        run.settling.setdefault(path, set()).update(keys)
    if step.final:
        run.verdict = verdict
    elif run.posts >= _MOST_POSTS:
        run.verdict = Verdict.failed(_endless(run.goal.tenant, run.posts))


def _fail(runs: Runs, failure: Failure) -> None:
    for run in runs.values():
        run.verdict = Verdict.failed(failure)


def _close(unfinished: Runs) -> None:
    """The tenants that a fault of another one kept from their turn."""
    for tenant, run in unfinished.items():
        if run.verdict is None:
            state = "was not finished" if run.posts else "was not published"
            failure = Failure("stopped", f"Tenant {tenant} {state}", remedy="The run ended before its turn.")
            run.verdict = Verdict.failed(failure)


def _not_up(tenant: str, members: Sequence[str], wait_up: float) -> Failure:
    listed = ", ".join(members[:5]) + (", ..." if len(members) > 5 else "")
    return Failure(
        "members_not_up",
        f"Tenant {tenant}: {len(members)} new members were not up after {wait_up:.0f} s: {listed}",
        remedy="The former members stay beside them. "
        "pool_status_info shows why members are down. Or set wait_up higher.",
        members=list(members),
    )


def _endless(tenant: str, posts: int) -> Failure:
    log = "Its log on BIG-IP, /var/log/restnoded/restnoded.log, may say why."
    return Failure(
        "endless",
        f"Tenant {tenant} still differs from what was sent after {posts} POSTs",
        remedy=f"AS3 answered each with success. {log}",
    )


def _who_changed(first: TenantPlan, last: TenantPlan) -> str | None:
    """The applications that others changed while this tenant was tried again."""
    before, after = mark.applications(first.stored), mark.applications(last.stored)
    names = sorted(
        name for name in {*before, *after} - set(last.wanted) if before.get(name) != after.get(name)
    )
    if not names:
        return None
    owners = {name: mark.owner(after.get(name)) or mark.owner(before.get(name)) for name in names}
    changed = [
        f"application {name} ({f'owner {owner}' if owner else 'unmarked'})" for name, owner in owners.items()
    ]
    return f"Meanwhile changed: {', '.join(changed)}."
