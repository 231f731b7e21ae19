# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting with the removals of prune last, so that an application that moves is not lost if its new place fails.

A removal is first where it frees an address that another tenant takes. Then it is put back if that tenant fails.
This module util is PRIVATE to the collection.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._errors import Failure
from .._ownership import mark, owners
from .._plan import taken
from .._plan.model import LOCK, Step, TenantPlan
from .ports import Devices, Tenants
from .poster import Verdict
from .reads import read_stored
from .rounds import Rounds, Run

Runs = dict[str, Run]
Keep = Callable[[str], None]
"""Takes the removals that were not posted out of the runs, for this reason."""


def post(rounds: Rounds, runs: Runs, stored: Tenants, device: Devices | None, keep: Keep) -> None:
    """Send what the plans want, in this order: removals that free an address, everything else, the other removals unless something failed."""
    freed = taken.freed([run.first for run in runs.values()], {tenant: run.goal.remove for tenant, run in runs.items()})
    last = {tenant for tenant, run in runs.items() if run.goal.remove and tenant not in freed}
    if freed:
        rounds.post({tenant: runs[tenant] for tenant in freed}, stored, device)
    rounds.post({tenant: run for tenant, run in runs.items() if tenant not in last and tenant not in freed}, stored, device)
    failed = sorted(tenant for tenant, run in runs.items() if run.verdict is not None and run.verdict.failure)
    if failed:
        for tenant, applications in freed.items():
            names = sorted(name for name, takers in applications.items() if takers & set(failed))
            if names:
                _put_back(rounds, runs[tenant], names, [taker for taker in failed if any(taker in applications[name] for name in names)])
        keep(f"the fault in {', '.join(failed)}")
    if last:
        rounds.post({tenant: run for tenant, run in runs.items() if tenant in last}, stored, device)


def _put_back(rounds: Rounds, run: Run, names: list[str], takers: list[str]) -> None:
    """Publish these applications again as they were stored, unless a taker holds their addresses by now."""
    tenant, before = run.goal.tenant, run.first.stored or {}
    places = ", ".join(f"{tenant}/{name}" for name in names)
    what = f"prune removed {places} to free an address for {', '.join(takers)}, which failed"
    read = False
    try:
        stored = read_stored(rounds.bigip, [tenant, *takers], rounds.edges.hide)
        read = True
        there = mark.applications(dict(stored.get(tenant, {})))
        names = [name for name in names if name not in there and not _is_held(tenant, name, before, takers, stored)]
        if not names:
            return
        places = ", ".join(f"{tenant}/{name}" for name in names)
        rounds.edges.progress(f"putting back {places}")
        plan = _restoring(tenant, names, before, stored.get(tenant), rounds.rules.owner)
        verdict = rounds.poster.send([(plan, Step(dict(plan.wanted)))])[tenant]
        failure = None if verdict.ok else verdict.failure
    except Failure as fault:
        if not read and run.verdict is not None and run.verdict.failure:
            return  # its own POST failed, so that perhaps nothing was removed
        failure = fault
    run.posts += 1
    if failure is None:
        back = Failure("put_back", f"{what}. Published again: {places}", remedy="See the fault there, and run again.", tenant=tenant)
    else:
        remedy = "See the faults of all these tenants. To publish it where it was, run with the former applications."
        back = Failure("removed", f"{what}. Not published again: {places}", said=failure.message, remedy=remedy, tenant=tenant)
        back.details["removed"] = places.split(", ")
    if run.verdict is not None and run.verdict.failure:
        run.verdict.note = back.message
    else:
        run.verdict = Verdict.failed(back)


def _is_held(tenant: str, name: str, before: Mapping[str, Any], takers: list[str], stored: Tenants) -> bool:
    """Whether a taker has an address of this application now."""
    addresses = taken.addresses(tenant, before, [name])
    return any(addresses & taken.addresses(taker, stored.get(taker), None) for taker in takers)


def _restoring(tenant: str, names: list[str], before: Mapping[str, Any], stored: Mapping[str, Any] | None, owner: str) -> TenantPlan:
    """The tenant with its properties if it is gone; the applications alone, which AS3 merges, if it also holds those of others."""
    applications = {name: before[name] for name in names}
    if stored is not None:
        current = {key: value for key, value in stored.items() if key != LOCK}
        whole = not owners.others(current, names, owner)
        return TenantPlan(tenant, "update", whole, current, stored.get(LOCK), applications)
    properties = {key: value for key, value in before.items() if key != "class" and mark.application(before, key) is None}
    return TenantPlan(tenant, "create", whole=True, wanted=applications, properties=properties)
