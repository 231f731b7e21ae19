# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The removals of `prune` in the plans.

They are added once, after all plans of the first read, and taken out again if a fault is found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence

from .._errors import some
from .._plan import prune, taken
from .._plan.model import TenantGoal
from .._request.scope import NONE
from .plans import Plans
from .reads import Hide, hide_stored


def add_removals(plans: Plans, scope: str, hide: Hide) -> list[str]:
    """Add the removal of what is no longer listed to the plans. Returns a warning if nothing is removed.

    A fault of a listed application keeps everything: what is no longer listed may have moved to its tenant.
    """
    if scope == NONE:
        return []
    listed = {tenant: run.goal.applications or {} for tenant, run in plans.runs.items()}
    unlisted = prune.unlisted(scope, plans.stored, listed, plans.rules.owner)
    removed = [f"{tenant}/{name}" for tenant, names in unlisted.items() for name in names]
    held = plans.held()
    if removed and held:
        return [_kept(f"the fault in {', '.join(held)}", removed)]
    percent = plans.rules.limits.max_removed_percent
    refusal = prune.refusal(scope, plans.stored, listed, plans.rules.owner, removed, percent)
    hide_stored((plans.stored[tenant] for tenant in unlisted), hide)
    for tenant, names in unlisted.items():
        goal = plans.runs[tenant].goal if tenant in plans.runs else TenantGoal(tenant, {})
        plans.plan(replace(goal, remove=frozenset(names)))
    if refusal:
        plans.hold(dict.fromkeys(unlisted, refusal))
    return []


def drop_removals(plans: Plans, why: str) -> list[str]:
    """Take the removals that were not posted out of the plans. Returns a warning if there were any."""
    kept = []
    for tenant, run in sorted(plans.runs.items()):
        if not run.goal.remove or run.verdict is not None:
            continue
        kept += [f"{tenant}/{name}" for name in sorted(run.goal.remove)]
        failure = run.plan.failure
        del plans.runs[tenant]
        if run.goal.applications:
            plans.plan(replace(run.goal, remove=frozenset()))
            if failure and failure.code == "address_taken":
                plans.hold({tenant: failure})
    # An application that stays may have the address of one that is listed beside it.
    plans.hold(taken.within(run.plan for run in plans.runs.values() if run.is_open))
    return [_kept(why, kept)] if kept else []


def _kept(why: str, places: Sequence[str]) -> str:
    return f"prune removed nothing, because of {why}. No longer listed: {some(places)}."
