# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""state: present: the applications of a task, compared with what is stored and guarded against lost members."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Mapping

from .._as3 import difference, digests, members
from .._as3.difference import ApplicationChange, PoolChange
from .._as3.members import Key
from .._errors import Failure
from .._ownership import mark, owners
from .._request import build
from . import by_hand, drift, guards
from .model import Application, Hands, Rules, TenantGoal, TenantPlan, pool_path
from .staging import gone_members


def planned(current: TenantPlan, goal: TenantGoal, rules: Rules) -> TenantPlan:
    """What publishes the applications of this goal, and removes those that are no longer listed."""
    named = goal.applications or {}
    if named or not goal.remove:
        refusal = owners.refusal(goal.tenant, current.stored, sorted(named), rules.owner, rules.adopt, rules.claims)
        if refusal:
            return current.held(refusal)
    parts = {name: _application(current, goal, rules, name, named[name]) for name in sorted(named)}
    stored = mark.applications(current.stored)
    removals = {
        name: difference.application(stored[name], None, goal.tenant, name, current.route_domain)
        for name in owners.ours(current.stored, rules.owner)
        if name in goal.remove
    }
    properties = _properties(current, goal)
    others = owners.others(current.stored, named, rules.owner)
    new = current.stored is None
    plan = replace(
        current,
        whole=rules.bulk_create if new else not others,
        wanted={name: part.wanted for name, part in parts.items()},
        changes={**{name: part.change for name, part in parts.items()}, **removals},
        properties=properties,
        drifted=[path for part in parts.values() for path in part.drifted],
        warnings=[text for part in parts.values() for text in part.warnings],
        claim_first=new and bool(properties) and not rules.bulk_create,
        disabled={(name, pool): states for name, part in parts.items() for pool, states in part.disabled.items()},
        enforced={(name, pool): states for name, part in parts.items() for pool, states in part.enforced.items()},
    )
    failure = (
        next((part.failure for part in parts.values() if part.failure), None)
        or guards.unshared(goal.tenant, plan.stored, plan.wanted, plan.route_domain)
        or _changes_shared_tenant(plan, others)
    )
    if failure:
        return plan.held(failure)
    return plan.decided(emptied=not named and bool(removals) and set(stored) == set(removals))


def _properties(current: TenantPlan, goal: TenantGoal) -> dict[str, Any]:
    """The tenant's own properties that differ."""
    stored = current.stored or {}
    return {key: value for key, value in goal.properties.items() if key not in stored or stored[key] != value}


def _changes_shared_tenant(plan: TenantPlan, others: list[str]) -> Failure | None:
    if not others or not plan.properties:
        return None
    return Failure(
        "shared_tenant",
        f"Tenant {plan.tenant} also holds applications of others ({', '.join(others)}), "
        f"and the task would change its {', '.join(sorted(plan.properties))}",
        remedy="Leave the tenant's properties to its owner, or publish to a tenant of your own.",
        tenant=plan.tenant,
    )


@dataclass(frozen=True)
class _Part:
    """The plan of one application; the fields as in TenantPlan."""

    wanted: Application
    change: ApplicationChange
    drifted: list[str]
    disabled: Hands
    enforced: Hands
    failure: Failure | None = None
    warnings: list[str] = field(default_factory=list)


def _application(current: TenantPlan, goal: TenantGoal, rules: Rules, name: str, application: Application) -> _Part:
    before = mark.application(current.stored, name)
    hands = _hands(current, goal, name, application)
    adapted = _adapted(current, goal, rules, name, application, hands)
    respected, kept = by_hand.respected(adapted, hands, current.route_domain)
    enforce = rules.enforce_member_state
    marked = _marked(adapted if enforce else respected, before, name, goal, rules, {} if enforce else kept)
    change = difference.application(before, marked, goal.tenant, name, current.route_domain)
    if before is not None and not change and (mark.of(before) is None or mark.differs(before, marked)):
        change = ApplicationChange("update", [mark.PATH], change.pools)
    if change and not digests.are_current(before):  # it is posted anyway
        marked = mark.with_digests(marked, digests.of_application(application, before, renew=True))
    drifted: list[str] = []
    if before is not None and rules.detect_drift:
        drifted = drift.drifted(before, name, goal.tenant, current.device, current.route_domain)
    part = _Part(
        marked,
        ApplicationChange("restore", change.paths, change.pools) if drifted and not change else change,
        drifted,
        disabled={} if enforce else kept,
        enforced=kept if enforce else {},
    )
    return _guarded(part, current, goal, rules, name)


def _hands(current: TenantPlan, goal: TenantGoal, name: str, application: Application) -> Hands:
    """What operators did to the members of this application. A new pool has it from the pools that it may replace.

    These are the application's pools that are removed in the same run, and for a new application those of the applications
    that are removed.
    """
    hands = current.hands.get(name, {})
    stored = mark.application(current.stored, name)
    wanted = difference.pools_of(application)
    leaving = [states for pool, states in hands.items() if pool not in wanted]
    if stored is None:
        leaving += [states for other in sorted(goal.remove) for states in current.hands.get(other, {}).values()]
    former = by_hand.strictest(leaving)
    if not former:
        return hands
    known = difference.pools_of(stored)
    return {**hands, **{pool: former for pool in wanted if pool not in known}}


def _adapted(
    current: TenantPlan, goal: TenantGoal, rules: Rules, name: str, application: Application, hands: Hands
) -> Application:
    """Members kept as they are because the user asked for it (empty_pool: keep), and nodes left private that are so now."""
    adapted = dict(application)
    stored = difference.pools_of(mark.application(current.stored, name))
    for pool, value in difference.pools_of(application).items():
        facts, old = goal.facts.get((name, pool)), stored.get(pool)
        if old is None:
            continue
        entries = value.get("members")
        if rules.limits.empty_pool == "keep" and old.get("members") and members.is_empty(entries):
            kept = by_hand.enabled(old["members"], hands.get(pool, ()), current.route_domain)
            adapted[pool] = {**value, "members": kept}
        elif facts is not None:
            if not facts.explicit_share and build.keeps_private_nodes(old):
                entries = [
                    {key: part for key, part in entry.items() if key != "shareNodes"} for entry in entries or []
                ]
            adapted[pool] = {**value, "members": entries}
    return adapted


def _marked(
    application: Application,
    before: Application | None,
    name: str,
    goal: TenantGoal,
    rules: Rules,
    disabled: Hands,
) -> Application:
    """The application with its mark."""
    pools = {
        pool: {"service": facts.service, "pool_member_type": facts.mode, **facts.options}
        for (application_name, pool), facts in sorted(goal.facts.items())
        if application_name == name
    }
    modes = sorted({value["pool_member_type"] for value in pools.values()})
    content: dict[str, Any] = {"owner": rules.owner}
    if rules.cluster:
        content["cluster"] = rules.cluster
    if modes:
        content["pool_member_type"] = modes[0] if len(modes) == 1 else "mixed"
        content["pools"] = pools
    content = mark.with_by_hand(content, by_hand.texts(disabled))
    if goal.origins.get(name):
        content["from_secret"] = goal.origins[name]
    known = digests.of_application(application, before)
    if known:
        content["secrets"] = known
    return mark.put(application, content)


def _guarded(part: _Part, current: TenantPlan, goal: TenantGoal, rules: Rules, name: str) -> _Part:
    """The part with the warnings of its pools, and with the first failure."""
    pools = difference.pools_of(part.wanted)
    warnings: list[str] = []
    for pool, counts in part.change.pools.items():
        path = pool_path(goal.tenant, name, pool)
        before = max(counts.before, len((current.device or {}).get(path, {})))
        facts = goal.facts.get((name, pool))
        if facts is None:
            # Nothing of the cluster fills it (any more): its Service may have lost its labels. Members that the user wrote
            # are the user's decision.
            wanted = pools.get(pool)
            if wanted is None or not members.is_empty(wanted.get("members")):
                continue
            failure = guards.check(path, before, 0, 0, guards.Limits(rules.limits.empty_pool), filled=False)
        else:
            removed = len(counts.removed) if counts.after else before
            failure = guards.check(
                path, before, counts.after, removed, rules.limits, example=facts.distrusted, unread=facts.unread
            ) or _last_to_answer(part, current, rules, name, pool, counts)
        if failure:
            return replace(part, failure=failure, warnings=warnings)
        if facts is not None:
            warnings += _few_members(path, counts)
    return replace(part, warnings=warnings)


def _few_members(path: str, counts: PoolChange) -> list[str]:
    if not counts.after:
        return [f"Pool {path} has no members."]
    if counts.after == 1 and (counts.added or counts.changed):
        return [f"Pool {path} has one member only: while it is replaced or changed, requests can be lost."]
    return []


def _last_to_answer(
    part: _Part, current: TenantPlan, rules: Rules, name: str, pool: str, counts: PoolChange
) -> Failure | None:
    """Why members that may answer must not be removed: only members that an operator disabled would be left."""
    disabled: Mapping[Key, str] = part.disabled.get(pool, {})
    if not counts.removed or counts.after > len(disabled):
        return None
    before, after = (
        members.flatten(difference.pools_of(application).get(pool, {}).get("members"), current.route_domain)
        for application in (mark.application(current.stored, name), part.wanted)
    )
    path = pool_path(current.tenant, name, pool)
    gone = gone_members(current, name, pool, before, after)
    states = (current.device or {}).get(path, {})
    leaving = [
        key
        for key in counts.removed
        if key not in gone and key in states and not states[key].down and not states[key].disabled
    ]
    return guards.left_disabled(path, leaving, list(disabled), rules.limits) if leaving and not after.other else None
