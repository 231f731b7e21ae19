# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Posting with the removals of prune last, so an application that moves is not lost if its new place fails.

A removal is first where it frees an address that another tenant takes. It is put back if that tenant fails.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping, Sequence

from .._as3.types import Json
from .._errors import Failure
from .._ownership import mark, owners
from .._plan import taken
from .._plan.model import Step, TenantPlan, unplanned
from . import pruning
from .interfaces import Tenants
from .plans import Plans
from .reads import read_stored
from .rounds import Rounds
from .tenant_run import TenantRun, Verdict


def post(rounds: Rounds, plans: Plans) -> list[str]:
    """Send the plans in this order: removals that free an address, everything else, the other removals.

    If a tenant of the first two groups fails, the other removals are not posted. Returns the warning about it.
    """
    runs, warnings = plans.runs, []
    freed = taken.freed(plans.all, {tenant: run.goal.remove for tenant, run in runs.items()})
    last = {tenant for tenant, run in runs.items() if run.goal.remove and tenant not in freed}
    _post(rounds, plans, list(freed))
    _post(rounds, plans, [tenant for tenant in runs if tenant not in last and tenant not in freed])
    failed = sorted(tenant for tenant, run in runs.items() if run.verdict is not None and run.verdict.failure)
    if failed:
        for tenant, takers in freed.items():
            _put_back_freed(rounds, runs[tenant], takers, failed)
        warnings = pruning.drop_removals(plans, f"the fault in {', '.join(failed)}")
    _post(rounds, plans, [tenant for tenant in runs if tenant in last])
    return warnings


def _post(rounds: Rounds, plans: Plans, tenants: Sequence[str]) -> None:
    rounds.post({tenant: plans.runs[tenant] for tenant in tenants}, plans.stored, plans.device)


def _put_back_freed(
    rounds: Rounds, run: TenantRun, takers: Mapping[str, set[str]], failed: Sequence[str]
) -> None:
    """takers: application that was removed -> the tenants that take its address."""
    names = sorted(name for name, tenants in takers.items() if tenants & set(failed))
    if names:
        _put_back(
            rounds, run, names, [taker for taker in failed if any(taker in takers[name] for name in names)]
        )


def _put_back(rounds: Rounds, run: TenantRun, names: list[str], takers: list[str]) -> None:
    """Publish these applications again as they were stored, unless a taker holds their addresses by now."""
    tenant, before = run.goal.tenant, run.plan.stored or {}
    places = [f"{tenant}/{name}" for name in names]
    why = f"prune removed {', '.join(places)} to free an address for {', '.join(takers)}, which failed"
    stored: Tenants | None = None
    failure: Failure | None
    try:
        stored = read_stored(rounds.bigip, [tenant, *takers], rounds.interfaces.hide)
        names = [name for name in names if _is_missing(tenant, name, before, takers, stored)]
        if not names:
            return
        places = [f"{tenant}/{name}" for name in names]
        rounds.interfaces.progress(f"putting back {', '.join(places)}")
        plan = _restoring(tenant, names, before, stored.get(tenant), rounds.rules.owner)
        verdict = rounds.poster.send([(plan, Step(dict(plan.wanted)))])[tenant]
        failure = verdict.failure
    except Failure as fault:
        if stored is None and run.failure:
            return  # its own POST failed, so perhaps nothing was removed
        failure = fault
    _note(run, _report(why, places, failure))


def _is_missing(
    tenant: str, name: str, before: Mapping[str, Json], takers: Sequence[str], stored: Tenants
) -> bool:
    """True if the application is not stored any more, and no taker has an address of it now."""
    if name in mark.applications(dict(stored.get(tenant, {}))):
        return False
    addresses = taken.addresses(tenant, before, [name])
    return not any(addresses & taken.addresses(taker, stored.get(taker), None) for taker in takers)


def _restoring(
    tenant: str,
    names: Sequence[str],
    before: Mapping[str, Json],
    stored: Mapping[str, Json] | None,
    owner: str,
) -> TenantPlan:
    """The tenant with its properties if it is not stored any more.

    Only the applications, which AS3 merges, if the tenant also has those of other owners.
    """
    applications = {name: before[name] for name in names}
    plan = unplanned(tenant, stored)
    if plan.stored is not None:
        whole = not owners.others(plan.stored, names, owner)
        return replace(plan, whole=whole, wanted=applications)
    properties = {key: value for key, value in before.items() if mark.application(before, key) is None}
    return replace(plan, whole=True, wanted=applications, properties=properties)


def _report(why: str, places: Sequence[str], failure: Failure | None) -> Failure:
    """The fault of the tenant. failure: why the applications could not be published again."""
    listed = ", ".join(places)
    if failure is None:
        remedy = "See the fault there, and run again."
        return Failure("put_back", f"{why}. Published again: {listed}", remedy=remedy)
    return Failure(
        "removed",
        f"{why}. Not published again: {listed}",
        said=failure.message,
        remedy="See the faults of all these tenants. "
        "To publish it where it was, run with the former applications.",
        removed=list(places),
    )


def _note(run: TenantRun, failure: Failure) -> None:
    """Beside the tenant's own fault, if it has one."""
    if run.failure is None:
        run.verdict = Verdict.failed(failure)
    elif run.verdict:
        run.verdict.note = failure.message
