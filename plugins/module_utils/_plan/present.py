# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""state: present: applications are compared with the store, and guarded against lost members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Sequence

from .._as3 import difference, digests, members
from .._as3.difference import ApplicationChange, PoolChange
from .._errors import Failure
from .._ownership import mark, owners
from .._ownership.mark import Application
from .._request import build
from . import by_hand, drift, guards
from .model import PoolFacts, Rules, SetByHand, TenantGoal, TenantPlan, pool_path
from .staging import gone_members


def planned(current: TenantPlan, goal: TenantGoal, rules: Rules) -> TenantPlan:
    """The plan that publishes the applications of this goal, and removes those that are no longer listed."""
    named = goal.applications or {}
    if named or not goal.remove:
        refusal = owners.refusal(
            goal.tenant, current.stored, sorted(named), rules.owner, rules.adopt, rules.claims
        )
        if refusal:
            return current.held(refusal)
    parts = {name: _Application(name, named[name], current, goal, rules).planned() for name in sorted(named)}
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
        reserve_first=new and bool(properties) and not rules.bulk_create,
        disabled={
            (name, pool): states for name, part in parts.items() for pool, states in part.disabled.items()
        },
        enforced={
            (name, pool): states for name, part in parts.items() for pool, states in part.enforced.items()
        },
    )
    failure = (
        next((part.failure for part in parts.values() if part.failure), None)
        or guards.unshared(goal.tenant, plan.stored, plan.wanted, plan.route_domain)
        or _changes_shared_tenant(plan, others)
    )
    if failure:
        return plan.held(failure)
    return plan.decided(emptied=not named and bool(removals) and set(stored) == set(removals))


def _properties(current: TenantPlan, goal: TenantGoal) -> dict[str, object]:
    """The tenant's own properties that differ."""
    stored = current.stored or {}
    return {key: value for key, value in goal.properties.items() if key not in stored or stored[key] != value}


def _changes_shared_tenant(plan: TenantPlan, others: list[str]) -> Failure | None:
    if not others or not plan.properties:
        return None
    return Failure(
        "shared_tenant",
        f"Tenant {plan.tenant} also contains applications of other owners ({', '.join(others)}), "
        f"and the task would change its {', '.join(sorted(plan.properties))}",
        remedy="Leave the tenant's properties to its owner, or publish to a tenant of your own.",
        tenant=plan.tenant,
    )


@dataclass(frozen=True)
class _ApplicationPlan:
    """The plan of one application; the fields as in TenantPlan."""

    wanted: Application
    change: ApplicationChange
    drifted: Sequence[str]
    disabled: SetByHand
    enforced: SetByHand
    failure: Failure | None = None
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class _Application:
    """One application of the goal, and what its plan depends on. current: what is stored, and the device."""

    name: str
    value: Application
    current: TenantPlan
    goal: TenantGoal
    rules: Rules

    @property
    def stored(self) -> Application | None:
        return mark.application(self.current.stored, self.name)

    def planned(self) -> _ApplicationPlan:
        tenant, route_domain, stored = self.goal.tenant, self.current.route_domain, self.stored
        set_by_hand = self._set_by_hand()
        adapted = self._adapted(set_by_hand)
        respected, kept = by_hand.respected(adapted, set_by_hand, route_domain)
        enforce = self.rules.enforce_member_state
        wanted = self._marked(adapted, {}) if enforce else self._marked(respected, kept)
        change = difference.application(stored, wanted, tenant, self.name, route_domain)
        if not change and (mark.of(stored) is None or mark.differs(stored, wanted)):
            change = replace(change, kind="update", paths=[mark.PATH])
        if change and not digests.are_current(stored):  # it is posted anyway
            wanted = mark.with_digests(wanted, digests.of_application(self.value, stored, renew=True))
        drifted: list[str] = []
        if stored is not None and self.rules.detect_drift:
            drifted = drift.drifted(stored, self.name, tenant, self.current.device, route_domain)
        if drifted and not change:
            change = replace(change, kind="restore")
        return self._guarded(
            _ApplicationPlan(wanted, change, drifted, {} if enforce else kept, kept if enforce else {})
        )

    def _set_by_hand(self) -> SetByHand:
        """The states that operators gave its members.

        A new pool takes them from the pools that it may replace. These are the application's pools that are
        removed in the same run. For a new application, they are the pools of the applications that are removed.
        """
        set_by_hand = self.current.set_by_hand.get(self.name, {})
        wanted = difference.pools_of(self.value)
        leaving = [states for pool, states in set_by_hand.items() if pool not in wanted]
        if self.stored is None:
            leaving += [
                states
                for other in self.goal.remove
                for states in self.current.set_by_hand.get(other, {}).values()
            ]
        former = by_hand.strictest(leaving)
        known = difference.pools_of(self.stored)
        return {**set_by_hand, **{pool: former for pool in wanted if pool not in known}}

    def _adapted(self, set_by_hand: SetByHand) -> Application:
        """The application with members that empty_pool: keep keeps, and nodes that stay private."""
        adapted = dict(self.value)
        stored = difference.pools_of(self.stored)
        for pool, value in difference.pools_of(self.value).items():
            if pool not in stored:
                continue
            facts = self.goal.facts.get((self.name, pool))
            former, entries = stored[pool].get("members"), value.get("members")
            if self.rules.limits.empty_pool == "keep" and former and members.is_empty(entries):
                kept = (
                    by_hand.enabled(former, set_by_hand[pool], self.current.route_domain)
                    if pool in set_by_hand
                    else former
                )
                adapted[pool] = {**value, "members": kept}
            elif facts is not None and not facts.explicit_share and build.keeps_private_nodes(stored[pool]):
                adapted[pool] = {**value, "members": _without_share_nodes(entries)}
        return adapted

    def _marked(self, application: Application, disabled: SetByHand) -> Application:
        """The application with its mark. disabled: its members that stay disabled by an operator."""
        filled = {
            pool: facts
            for (application_name, pool), facts in sorted(self.goal.facts.items())
            if application_name == self.name
        }
        content: mark.Mark = {"owner": self.rules.owner}
        if self.rules.cluster:
            content["cluster"] = self.rules.cluster
        if filled:
            modes = {facts.mode for facts in filled.values()}
            content["pool_member_type"] = modes.pop() if len(modes) == 1 else "mixed"
            content["pools"] = {
                pool: {"service": facts.service, "pool_member_type": facts.mode, **facts.options}
                for pool, facts in filled.items()
            }
        content = mark.with_by_hand(content, by_hand.texts(disabled))
        if self.goal.origins.get(self.name):
            content["from_secret"] = self.goal.origins[self.name]
        known = digests.of_application(application, self.stored)
        if known:
            content["secrets"] = known
        return mark.put(application, content)

    def _guarded(self, part: _ApplicationPlan) -> _ApplicationPlan:
        """The part with the warnings of its pools, up to the first failure."""
        pools = difference.pools_of(part.wanted)
        warnings: list[str] = []
        for pool, counts in part.change.pools.items():
            path = pool_path(self.goal.tenant, self.name, pool)
            before = max(counts.before, len((self.current.device or {}).get(path, {})))
            facts = self.goal.facts.get((self.name, pool))
            if facts is not None:
                failure = self._lost_members(part, pool, counts, before, facts)
            elif pool in pools and members.is_empty(pools[pool].get("members")):
                # No Service fills it (any more), perhaps because one lost its labels.
                limits = guards.Limits(self.rules.limits.empty_pool)
                failure = guards.check(path, before, 0, 0, limits, filled=False)
            else:
                continue  # members that the user wrote are the user's decision
            if failure:
                return replace(part, failure=failure, warnings=warnings)
            if facts is not None:
                warnings += _few_members(path, counts)
        return replace(part, warnings=warnings)

    def _lost_members(
        self, part: _ApplicationPlan, pool: str, counts: PoolChange, before: int, facts: PoolFacts
    ) -> Failure | None:
        path, limits = pool_path(self.goal.tenant, self.name, pool), self.rules.limits
        removed = len(counts.removed) if counts.after else before
        return guards.check(
            path, before, counts.after, removed, limits, example=facts.distrusted, unread=facts.unread
        ) or self._last_to_answer(part, pool, counts)

    def _last_to_answer(self, part: _ApplicationPlan, pool: str, counts: PoolChange) -> Failure | None:
        """Why members that may answer must not be removed: an operator disabled all that would be left."""
        disabled = part.disabled.get(pool, {})
        if not counts.removed or counts.after > len(disabled):
            return None
        before, after = (
            members.flatten(difference.pools_of(value)[pool].get("members"), self.current.route_domain)
            for value in (self.stored, part.wanted)
        )
        path = pool_path(self.goal.tenant, self.name, pool)
        gone = gone_members(self.current, self.name, pool, before, after)
        states = (self.current.device or {}).get(path, {})
        leaving = [
            key
            for key in counts.removed
            if key not in gone and key in states and not states[key].down and not states[key].disabled
        ]
        if not leaving or after.other:
            return None
        return guards.left_disabled(path, leaving, list(disabled), self.rules.limits)


def _without_share_nodes(entries: object) -> list[dict[str, object]]:
    return [
        {key: part for key, part in entry.items() if key != "shareNodes"}
        for entry in (entries if isinstance(entries, list) else ())
    ]


def _few_members(path: str, counts: PoolChange) -> list[str]:
    if not counts.after:
        return [f"Pool {path} has no members."]
    if counts.after == 1 and (counts.added or counts.changed):
        return [f"Pool {path} has one member only: while it is replaced or changed, requests can be lost."]
    return []
