# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""state: absent and released: an owner's applications are removed, or left on BIG-IP without their mark."""

from __future__ import annotations

from dataclasses import replace

from .._as3 import difference
from .._as3.difference import ApplicationChange
from .._errors import Failure
from .._ownership import mark, owners
from .model import Action, Rules, TenantGoal, TenantPlan


def planned(current: TenantPlan, goal: TenantGoal, rules: Rules) -> TenantPlan:
    """The plan that removes or releases the named applications of this owner, or all of them."""
    stored = mark.applications(current.stored)
    ours = owners.ours(current.stored, rules.owner)
    named = [
        name for name in (ours if goal.applications is None else sorted(goal.applications)) if name in stored
    ]
    released = rules.state == "released"
    given_up = [name for name in named if not (released and mark.owner(stored[name]) is None)]
    for name in given_up:
        if mark.owner(stored[name]) != rules.owner:
            return current.held(_not_ours(goal.tenant, name, mark.owner(stored[name]), rules.owner))
    if released:
        changes = {name: ApplicationChange("release", [mark.PATH]) for name in given_up}
    else:
        changes = {
            name: difference.application(stored[name], None, goal.tenant, name, current.route_domain)
            for name in given_up
        }
    action: Action = "none"
    if changes:
        action = "release" if released else "update" if set(stored) - set(given_up) else "delete"
    return replace(
        current,
        action=action,
        whole=bool(changes) and set(stored) == set(ours),
        wanted={name: mark.without(stored[name]) for name in given_up} if released else {},
        changes=changes,
        warnings=_left_alone(goal, sorted(set(stored) - set(ours))),
    )


def _left_alone(goal: TenantGoal, others: list[str]) -> list[str]:
    if goal.applications is not None or not others:
        return []
    return [
        f"Tenant {goal.tenant} also contains applications of other owners; they stay unchanged: "
        f"{', '.join(others)}."
    ]


def _not_ours(tenant: str, name: str, theirs: str | None, owner: str) -> Failure:
    if theirs is None:
        return Failure(
            "unmarked",
            f"Application {tenant}/{name} on BIG-IP was not published by this module",
            remedy="This module removes and releases only what it published. Use the tool that created it, "
            "or adopt it first (state: present, adopt: unmarked).",
            tenant=tenant,
            application=name,
        )
    return Failure(
        "not_ours",
        f"Application {tenant}/{name} on BIG-IP belongs to owner {theirs!r}, not to {owner!r}",
        remedy="This module removes and releases only what this owner published. Set owner if it is yours.",
        tenant=tenant,
        application=name,
    )
