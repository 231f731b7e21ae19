# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting, round after round: each tenant is planned anew with fresh facts before each POST.

A lock conflict, a lost answer and the next step of a replacement are then one and the same case.
This module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Mapping, Union

from .._as3.members import Key
from .._errors import Failure
from .._ownership import mark
from .._plan.drift import restoring
from .._plan.model import Device, Rules, Step, TenantGoal, TenantPlan
from .._plan.staging import next_step
from .._plan.tenant import plan
from .ports import BigIp, Devices, Edges, Tenants
from .poster import Poster, Verdict
from .reads import read_device, read_stored

_ATTEMPTS = 5
# More POSTs than this for one tenant mean that AS3 does not store what it is sent.
_MOST_POSTS = 40
# Monitors answer after seconds; asking more often than this tells nothing new.
_POLL = 1.0

# What a tenant needs: its goal, what is stored, what the device has (None: not read), the rules.
# Union because this is evaluated when it runs, which ansible-test's pylint takes for too new.
Planner = Callable[[TenantGoal, Union[Mapping[str, Any], None], Union[Device, None], Rules], TenantPlan]  # noqa: UP007


@dataclass
class Run:
    """The state of one tenant during the run."""

    goal: TenantGoal
    first: TenantPlan
    verdict: Verdict | None = None
    settling: dict[str, set[Key]] = field(default_factory=dict)
    wait_until: float | None = None
    attempts: int = 0
    posts: int = 0
    changed: bool = False
    """Something was done, or may have been done."""
    compare_device: bool = False


def _who_changed(first: TenantPlan, last: TenantPlan) -> str | None:
    """What others did to a tenant while it was tried again and again, as far as the marks tell."""
    before, after = mark.applications(first.stored), mark.applications(last.stored)
    others = sorted(name for name in {*before, *after} - set(last.wanted) if before.get(name) != after.get(name))
    if not others:
        return None
    told = [(name, mark.owner(after.get(name)) or mark.owner(before.get(name))) for name in others]
    return "Meanwhile changed: " + ", ".join(f"application {name} (owner {owner})" if owner else f"application {name} (unmarked)" for name, owner in told) + "."


class Rounds:
    """The posting of one task."""

    def __init__(
        self, bigip: BigIp, edges: Edges, options: Mapping[str, Any], controls: Mapping[str, Any], rules: Rules, planner: Planner = plan
    ) -> None:
        self.bigip = bigip
        self.edges = edges
        self.options = options
        self.rules = rules
        self.planner = planner
        self.poster = Poster(bigip.as3, options, controls)
        wait_up = options.get("wait_up")
        self.wait_up = 30.0 if wait_up is None else float(wait_up)
        self.warnings: list[str] = []
        self.sync: dict[str, Any] | None = None
        self.stopped = False

    def post(self, runs: dict[str, Run], stored: Tenants, device: Devices | None) -> None:
        """Send what the plans want, and what follows from it, until each tenant has its verdict."""
        todo = {tenant: run for tenant, run in runs.items() if run.first.action not in ("none", "hold")}
        if not todo:
            return
        total = len(todo)
        plans = {tenant: run.first for tenant, run in todo.items()}
        while True:
            ready: list[tuple[TenantPlan, Step]] = []
            waiting: list[str] = []
            for tenant, run in sorted(todo.items()):
                self._sort(run, plans[tenant], device, ready, waiting)
            for batch in self.poster.batches(ready):
                if not self.stopped:
                    self._send(batch, runs)
            todo = {tenant: run for tenant, run in todo.items() if run.verdict is None}
            self.edges.progress(f"{total - len(todo)} of {total} tenants done" + (f", waiting for monitors in {', '.join(waiting)}" if waiting else ""))
            if not todo or self.stopped:
                break
            if not ready:
                self.edges.deadline.pause(_POLL)
            try:
                if self.edges.deadline.expired:
                    raise Failure("timeout", f"The time was over ({self.edges.deadline.seconds:.0f} s)", remedy="Run again, or raise timeout.")
                stored, device = self._reread(todo, stored if not ready else None)
            except Failure as failure:
                for run in todo.values():
                    run.verdict = Verdict.failed(failure)
                break
            plans = {tenant: self._again(run, stored, device) for tenant, run in todo.items()}
        for run in todo.values():
            if run.verdict is None:
                what = "was not finished" if run.posts else "was not published"
                run.verdict = Verdict.failed(Failure("stopped", f"Tenant {run.goal.tenant} {what}", remedy="The run ended before its turn."))

    def _sort(self, run: Run, current: TenantPlan, device: Devices | None, ready: list[tuple[TenantPlan, Step]], waiting: list[str]) -> None:
        """What comes next for a tenant: nothing more, a POST, or waiting for monitors."""
        if current.failure:
            run.verdict = Verdict.failed(current.failure)
        elif current.action == "none":
            run.verdict = Verdict.done("success")
        else:
            step = next_step(current, device, run.settling, patient=self.wait_up > 0)
            if not step.waiting:
                ready.append((current, step))
                return
            now = self.edges.clock()
            if run.wait_until is None:
                run.wait_until = now + self.wait_up
            if now >= run.wait_until:
                run.verdict = Verdict.failed(
                    Failure(
                        "members_not_up",
                        f"Tenant {run.goal.tenant}: {len(step.waiting)} new members were not up after {self.wait_up:.0f} s: {', '.join(step.waiting[:5])}"
                        + (", ..." if len(step.waiting) > 5 else ""),
                        remedy="The former members were left beside them. See pool_status_info for why they are down, or raise wait_up.",
                        members=step.waiting,
                    )
                )
            else:
                waiting.append(run.goal.tenant)

    def _send(self, batch: list[tuple[TenantPlan, Step]], runs: dict[str, Run]) -> None:
        names = ", ".join(current.tenant for current, dummy in batch)
        self.edges.progress(f"posting {names}")
        verdicts = self.poster.send(batch)
        rest = max(verdict.rest for verdict in verdicts.values())
        if rest:
            self.edges.deadline.pause(rest)
        for current, step in batch:
            run, verdict = runs[current.tenant], verdicts[current.tenant]
            run.posts += 1
            run.changed = run.changed or verdict.ok or verdict.unknown or verdict.changed
            self.warnings += verdict.warnings
            if verdict.again:
                run.attempts += 1
                run.compare_device = run.compare_device or verdict.unknown
                if run.attempts >= _ATTEMPTS:
                    run.verdict = verdict
                    verdict.note = _who_changed(run.first, current)
                continue
            if verdict.fatal:
                run.verdict, self.stopped = verdict, True
                continue
            if not verdict.ok:
                run.verdict = verdict
                self._heal(current, verdict)
                if self.options.get("on_error") == "stop":
                    self.stopped = True
                continue
            run.wait_until = None
            for path, keys in step.settling.items():
                run.settling.setdefault(path, set()).update(keys)
            if step.final:
                run.verdict = verdict
            elif run.posts >= _MOST_POSTS:
                run.verdict = Verdict.failed(
                    Failure(
                        "endless",
                        f"Tenant {current.tenant} still differs from what was sent after {run.posts} POSTs",
                        remedy="AS3 answered each with success. Its log on BIG-IP, /var/log/restnoded/restnoded.log, may say why.",
                    )
                )

    def _reread(self, todo: Mapping[str, Run], known: Tenants | None) -> tuple[Tenants, Devices]:
        """Fresh facts. known: what is stored, if nothing was sent since; the lock tells if somebody else changes it meanwhile."""
        stored = read_stored(self.bigip, todo, self.edges.hide) if known is None else known
        return stored, read_device(self.bigip, stored)

    def _again(self, run: Run, stored: Tenants, device: Devices) -> TenantPlan:
        rules = replace(self.rules, detect_drift=self.rules.detect_drift or run.compare_device)
        return self.planner(run.goal, stored.get(run.goal.tenant), device, rules)

    def _heal(self, current: TenantPlan, verdict: Verdict) -> None:
        """After a failure AS3 may have deleted members that it did not put back: the stored tenant is posted again if so."""
        if current.stored is None or self.rules.state != "present":
            return
        try:
            stored = self.bigip.as3.declaration([current.tenant])
            device = read_device(self.bigip, stored)
            healing = restoring(current, stored.get(current.tenant), device, self.rules.owner)
            if healing is None:
                return
            outcome = self.poster.send([(healing, Step(dict(healing.wanted)))])[current.tenant]
        except Failure as failure:
            verdict.note = f"Whether members were lost on the device could not be repaired: {failure.message}"
            return
        lost = ", ".join(healing.drifted)
        verdict.note = (
            f"AS3 had removed members of {lost} before it failed; they were put back."
            if outcome.ok
            else f"AS3 had removed members of {lost} before it failed, and they could not be put back: {outcome.message}"
        )

    def synchronise(self, runs: Mapping[str, Run]) -> None:
        """In a device group: once in the end, when AS3 has stored its own data too (its syncToGroup comes before that)."""
        group = self.options.get("sync_to_group")
        if not any(run.posts for run in runs.values()):
            return
        try:
            if group:
                self.bigip.sync(str(group))
            status = self.bigip.ltm.sync_status()
        except Failure as failure:
            self.warnings.append(f"Whether the device group is in sync is unknown. {failure.message}")
            return
        self.sync = {"mode": status.mode, "status": status.status, "summary": status.summary}
        if not group and status.status == "Changes Pending":
            self.warnings.append(f"The device group has changes pending: {status.summary.rstrip('.')}. Set sync_to_group, or synchronise it by hand.")
