# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done with one tenant, from what is wanted, what is stored, and what the device has.

This module util is PRIVATE to the collection. It is asked again before each POST, with fresh reads: a conflict, a lost answer
and the next step of a replacement are then all the same case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Collection, Mapping

from .. import _foreign
from .._as3 import difference, digests, members
from .._as3.difference import ApplicationChange
from .._as3.members import Key, Settings
from .._errors import Failure
from .._ownership import mark, owners
from .._request import build
from . import by_hand, guards, steps

LOCK = "optimisticLockKey"
# The key of a tenant that is not stored: none that AS3 computes (those have 44 characters). AS3 compares keys under its own lock, and only those
# of tenants that are stored by then. So it creates the tenant, or refuses to overwrite the one that another job created in the meantime.
NOT_STORED = "not stored"
Device = Mapping[str, Mapping[Key, Any]]


@dataclass(frozen=True)
class Rules:
    """The options that decide. detect_drift False: the device is read for a POST that has another reason only."""

    state: str = "present"
    owner: str = ""
    cluster: str | None = None
    adopt: str = "none"
    bulk_create: bool = False
    limits: guards.Limits = guards.Limits()
    claims: tuple[owners.CisClaim, ...] = ()
    detect_drift: bool = True
    enforce_member_state: bool = False


@dataclass(frozen=True)
class PoolFacts:
    """What the cluster says of one pool that is filled from it.

    service, mode and options are kept in the mark. explicit_share: the user said shareNodes. left_out: Pods of the Service
    that are no members but may still answer. node_port: the port that nodes answer on now. options: those that decide the
    members and are not the defaults. distrusted: why a Pod is left out that an option would let in; empty if there is none.
    unread: Pods are left out because a right is missing.
    """

    service: str
    mode: str
    explicit_share: bool = False
    left_out: int = 0
    node_port: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    distrusted: str = ""
    unread: bool = False


@dataclass
class TenantGoal:
    """What the task wants of one tenant. applications None: all of ours shall go (absent, released). remove: what is no longer listed (prune).

    origins: application -> the places of values that came from a Secret.
    """

    tenant: str
    applications: dict[str, dict[str, Any]] | None
    properties: dict[str, Any] = field(default_factory=dict)
    facts: dict[tuple[str, str], PoolFacts] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    origins: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Step:
    """One change to send: applications to write and to remove. waiting: members that must come up first; then there is nothing to send."""

    applications: dict[str, dict[str, Any]] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    settling: dict[str, set[Key]] = field(default_factory=dict)
    final: bool = True


@dataclass
class TenantPlan:
    """action: create, update, restore, delete, release, hold, none. whole: under the lock; else application by application.

    stored    the tenant in AS3's store, its members with the adminState that operators gave them on the device
    hands     application -> the members that operators disabled on the device
    disabled  (application, pool) -> those of them that stay so, and their adminState
    enforced  (application, pool) -> those of them that get the wanted adminState back, and the one that they have
    """

    tenant: str
    action: str = "none"
    whole: bool = False
    stored: dict[str, Any] | None = None
    key: str | None = None
    wanted: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: dict[str, ApplicationChange] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    drifted: list[str] = field(default_factory=list)
    facts: dict[tuple[str, str], PoolFacts] = field(default_factory=dict)
    failure: Failure | None = None
    warnings: list[str] = field(default_factory=list)
    route_domain: int = 0
    claim_first: bool = False
    device: Device | None = None
    hands: dict[str, by_hand.Hands] = field(default_factory=dict)
    disabled: dict[tuple[str, str], dict[Key, str]] = field(default_factory=dict)
    enforced: dict[tuple[str, str], dict[Key, str]] = field(default_factory=dict)

    @property
    def to_remove(self) -> list[str]:
        return sorted(name for name, change in self.changes.items() if change.kind == "delete")

    @property
    def lock(self) -> dict[str, str]:
        """The key for a POST of the whole tenant, which AS3 refuses if the tenant is no longer what the plan was made for."""
        key = NOT_STORED if self.stored is None else self.key
        return {LOCK: key} if key else {}

    def body(self, applications: Mapping[str, dict[str, Any]], remove: Collection[str]) -> dict[str, Any]:
        """The AS3 Tenant to post whole: what is stored, with these applications written and those removed, under its lock."""
        gone = frozenset(remove)
        tenant = {name: value for name, value in (self.stored or {"class": "Tenant"}).items() if name not in gone}
        tenant.update(self.properties)
        tenant.update(applications)
        if not mark.applications(tenant):
            if self.tenant == "Common":
                tenant["Shared"] = {"class": "Application", "template": "shared"}
            else:
                tenant = {"class": "Tenant"}
        return {**tenant, **self.lock}


def plan(goal: TenantGoal, stored_with_key: Mapping[str, Any] | None, device: Device | None, rules: Rules) -> TenantPlan:
    """Compare, guard, decide. device: the pools in LTM, None if they were not read."""
    stored = {name: value for name, value in stored_with_key.items() if name != LOCK} if stored_with_key is not None else None
    done = TenantPlan(goal.tenant, stored=stored, key=(stored_with_key or {}).get(LOCK), facts=goal.facts, device=device)
    properties = {**(stored or {}), **goal.properties}
    done.route_domain = _foreign.whole(properties.get("defaultRouteDomain"))
    _see_hands(done, device, goal.applications or (), rules.owner)
    if rules.state == "present":
        _present(done, goal, device, rules)
    else:
        _give_up(done, goal, rules)
    return done


def _see_hands(done: TenantPlan, device: Device | None, named: Collection[str], owner: str) -> None:
    """What operators did to members of the applications that are ours or about to be: a POST may hold all of them."""
    for name, value in mark.applications(done.stored).items():
        if name in named or mark.owner(value) == owner:
            done.stored = done.stored or {}
            done.stored[name], done.hands[name] = by_hand.on_device(value, done.tenant, name, device, done.route_domain)


# -- state: present ---------------------------------------------------------------------------------------------------


def _present(done: TenantPlan, goal: TenantGoal, device: Device | None, rules: Rules) -> None:
    named = goal.applications or {}
    if named or not goal.remove:
        done.failure = owners.refusal(goal.tenant, done.stored, sorted(named), rules.owner, rules.adopt, rules.claims)
    if done.failure:
        done.action = "hold"
        return
    stored = mark.applications(done.stored)
    for name, application in sorted(named.items()):
        before = stored.get(name)
        hands = _hands_of(done, name, application, goal)
        wanted = _adapted(application, before, name, goal, rules, hands, done.route_domain)
        respected, kept = by_hand.respected(wanted, hands, done.route_domain)
        found = done.enforced if rules.enforce_member_state else done.disabled
        found.update({(name, pool): states for pool, states in kept.items()})
        if rules.enforce_member_state:
            respected, kept = wanted, {}
        done.wanted[name] = _marked(respected, before, name, goal, rules, kept)
        change = difference.application(before, done.wanted[name], goal.tenant, name, done.route_domain)
        if before is not None and not change and (mark.of(before) is None or mark.differs(before, done.wanted[name])):
            change = ApplicationChange("update", [mark.PATH], change.pools)
        if change and not digests.are_current(before):  # it is posted anyway
            renewed = digests.of_application(application, before, renew=True)
            done.wanted[name] = mark.with_digests(done.wanted[name], renewed)
        done.changes[name] = change
        failure = _guarded(change, name, goal, device, done, rules)
        if failure and not done.failure:
            done.failure = failure
        drifted = _drift(before, name, goal.tenant, device, done.route_domain) if before is not None and rules.detect_drift else []
        done.drifted += drifted
        if drifted and not change:
            change.kind = "restore"
    done.failure = done.failure or guards.unshared(goal.tenant, done.stored, done.wanted, done.route_domain)
    for name in owners.ours(done.stored, rules.owner):
        if name in goal.remove:
            done.changes[name] = difference.application(stored[name], None, goal.tenant, name, done.route_domain)
    done.properties = {key: value for key, value in goal.properties.items() if key not in (done.stored or {}) or (done.stored or {})[key] != value}
    foreign = owners.others(done.stored, named, rules.owner)
    done.whole = done.stored is not None and not foreign or done.stored is None and rules.bulk_create
    done.claim_first = done.stored is None and bool(done.properties) and not rules.bulk_create
    if foreign and done.properties and not done.failure:
        done.failure = Failure(
            "shared_tenant",
            f"Tenant {goal.tenant} also holds applications of others ({', '.join(foreign)}), "
            f"and the task would change its {', '.join(sorted(done.properties))}",
            remedy="Leave the tenant's properties to its owner, or publish to a tenant of your own.",
            tenant=goal.tenant,
        )
    kinds = {change.kind for change in done.changes.values()} - {"none"}
    if done.failure:
        done.action = "hold"
    elif done.stored is None:
        done.action = "create" if named else "none"
    elif not named and kinds and set(stored) == set(done.to_remove):
        done.action = "delete"
    elif kinds == {"restore"} and not done.properties:
        done.action = "restore"
    elif kinds or done.properties:
        done.action = "update"


def _hands_of(done: TenantPlan, name: str, application: dict[str, Any], goal: TenantGoal) -> by_hand.Hands:
    """What operators did to the members of this application. A new pool has it from the pools that it may replace.

    These are the application's pools that go in the same run, and for a new application those of the applications that go.
    """
    hands = done.hands.get(name, {})
    stored = mark.application(done.stored, name)
    wanted = difference.pools_of(application)
    going = [states for pool, states in hands.items() if pool not in wanted]
    if stored is None:
        going += [states for other in sorted(goal.remove) for states in done.hands.get(other, {}).values()]
    former = by_hand.strictest(going)
    there = difference.pools_of(stored)
    return {**hands, **{pool: former for pool in wanted if pool not in there}} if former else hands


def _adapted(
    application: dict[str, Any],
    before: dict[str, Any] | None,
    name: str,
    goal: TenantGoal,
    rules: Rules,
    hands: by_hand.Hands,
    route_domain: int,
) -> dict[str, Any]:
    """Members kept as they are on the user's word (empty_pool: keep), and nodes left private where they are so now."""
    done = dict(application)
    there = difference.pools_of(before)
    for pool, value in difference.pools_of(application).items():
        facts = goal.facts.get((name, pool))
        old = there.get(pool)
        if old is None:
            continue
        entries = value.get("members")
        if rules.limits.empty_pool == "keep" and old.get("members") and members.is_empty(entries):
            done[pool] = {**value, "members": by_hand.enabled(old["members"], hands.get(pool, ()), route_domain)}
        elif facts is not None:
            if not facts.explicit_share and build.keeps_private_nodes(old):
                entries = [{key: part for key, part in entry.items() if key != "shareNodes"} for entry in entries or []]
            done[pool] = {**value, "members": entries}
    return done


def _marked(
    application: dict[str, Any], before: dict[str, Any] | None, name: str, goal: TenantGoal, rules: Rules, hands: by_hand.Hands
) -> dict[str, Any]:
    pools = {
        pool: {"service": facts.service, "pool_member_type": facts.mode, **facts.options}
        for (owner, pool), facts in sorted(goal.facts.items())
        if owner == name
    }
    modes = sorted({value["pool_member_type"] for value in pools.values()})
    made: dict[str, Any] = {"owner": rules.owner}
    if rules.cluster:
        made["cluster"] = rules.cluster
    if modes:
        made["pool_member_type"] = modes[0] if len(modes) == 1 else "mixed"
        made["pools"] = pools
    made = mark.with_by_hand(made, by_hand.texts(hands))
    if goal.origins.get(name):
        made["from_secret"] = goal.origins[name]
    found = digests.of_application(application, before)
    if found:
        made["secrets"] = found
    return mark.put(application, made)


def _guarded(change: ApplicationChange, name: str, goal: TenantGoal, device: Device | None, done: TenantPlan, rules: Rules) -> Failure | None:
    pools = difference.pools_of(done.wanted[name])
    for pool, counts in change.pools.items():
        path = f"/{goal.tenant}/{name}/{pool}"
        on_device = len((device or {}).get(path, {}))
        before = max(counts.before, on_device)
        if (name, pool) not in goal.facts:
            # Nothing of the cluster fills it (any more): its Service may have lost its labels. Members that the user wrote are the user's word.
            wanted = pools.get(pool)
            if wanted is not None and members.is_empty(wanted.get("members")):
                failure = guards.check(path, before, 0, 0, guards.Limits(rules.limits.empty_pool), filled=False)
                if failure:
                    return failure
            continue
        removed = len(counts.removed) if counts.after else before
        facts = goal.facts[(name, pool)]
        failure = guards.check(path, before, counts.after, removed, rules.limits, example=facts.distrusted, unread=facts.unread)
        failure = failure or _last_to_answer(counts, name, pool, path, done, rules)
        if failure:
            return failure
        if not counts.after:
            done.warnings.append(f"Pool {path} has no members.")
        elif counts.after == 1 and (counts.added or counts.changed):
            done.warnings.append(f"Pool {path} has one member only: while it is replaced or changed, requests can be lost.")
    return None


def _last_to_answer(
    counts: difference.PoolChange, name: str, pool: str, path: str, done: TenantPlan, rules: Rules
) -> Failure | None:
    """Whether members that may answer would leave nothing but members that an operator disabled."""
    disabled = done.disabled.get((name, pool), {})
    if not counts.removed or counts.after > len(disabled):
        return None
    before, after = (
        members.flatten(difference.pools_of(application).get(pool, {}).get("members"), done.route_domain)
        for application in (mark.application(done.stored, name), done.wanted[name])
    )
    gone = _gone(done, name, pool, before, after)
    states = (done.device or {}).get(path, {})
    leaving = [key for key in counts.removed if key not in gone and key in states]
    leaving = [key for key in leaving if not states[key].down and not states[key].disabled]
    return guards.left_disabled(path, leaving, list(disabled), rules.limits) if leaving and not after.other else None


def _drift(stored: dict[str, Any], name: str, tenant: str, device: Device | None, route_domain: int, lacking: bool = False) -> list[str]:
    """The pools whose members on the device are not the stored ones; lacking: only those that miss stored members."""
    if device is None or (stored.get("enable") is False):
        return []
    found = []
    for pool, value in difference.pools_of(stored).items():
        entries = members.flatten(value.get("members"), route_domain)
        if entries.other:
            continue
        path = f"/{tenant}/{name}/{pool}"
        expected = {key: settings for key, settings in entries.static.items() if settings.get("enable") is not False}
        there = device.get(path)
        if lacking:
            if set(expected) - set(there or ()):
                found.append(path)
            continue
        if there is None or set(there) != set(expected) or any(_differs(there[key], settings) for key, settings in expected.items()):
            found.append(path)
    return found


def _differs(state: Any, settings: Settings) -> bool:
    return _as_on_device(state, settings) != settings


def _as_on_device(state: Any, settings: Settings) -> Settings:
    """The settings of a stored member with those in their place that somebody changed on the device."""
    done = dict(settings)
    for name, there, default in (("ratio", state.ratio, 1), ("priorityGroup", state.priority_group, 0), ("connectionLimit", state.connection_limit, 0)):
        # AS3 takes ratio 0; what the device makes of it is its own affair.
        if there != settings.get(name, default) and (name != "ratio" or settings.get(name, default)):
            done[name] = there
    if state.admin_state != by_hand.admin_state(settings):
        done["adminState"] = state.admin_state
    return done


def restoring(failed: TenantPlan, stored_with_key: Mapping[str, Any] | None, device: Device, owner: str) -> TenantPlan | None:
    """What puts back the stored members that the device lacks since this plan failed; None if it has them all."""
    if stored_with_key is None:
        return None
    stored = {name: value for name, value in stored_with_key.items() if name != LOCK}
    done = TenantPlan(failed.tenant, "restore", stored=stored, key=stored_with_key.get(LOCK))
    done.route_domain = _foreign.whole(stored.get("defaultRouteDomain"))
    # How operators had set the members that are lost is known from before.
    before = failed.device or {}
    known = {path: {**before.get(path, {}), **device.get(path, {})} for path in {*before, *device}}
    _see_hands(done, known, list(failed.changes), owner)
    applications = mark.applications(done.stored)
    for name in sorted(failed.changes):
        lacking = _drift(applications[name], name, done.tenant, device, done.route_domain, lacking=True) if name in applications else []
        if lacking:
            done.drifted += lacking
            done.wanted[name] = applications[name]
    done.whole = not owners.others(stored, (), owner)
    return done if done.drifted else None


# -- state: absent, released ------------------------------------------------------------------------------------------


def _give_up(done: TenantPlan, goal: TenantGoal, rules: Rules) -> None:
    stored = mark.applications(done.stored)
    mine = owners.ours(done.stored, rules.owner)
    named = mine if goal.applications is None else sorted(goal.applications)
    for name in named:
        if name not in stored:
            continue
        theirs = mark.owner(stored[name])
        if theirs != rules.owner:
            if rules.state == "released" and theirs is None:
                continue
            done.failure = Failure(
                "not_ours" if theirs else "unmarked",
                f"Application {goal.tenant}/{name} on BIG-IP "
                + (f"belongs to owner {theirs!r}, not to {rules.owner!r}" if theirs else "was not published by this module"),
                remedy="Only applications of the same owner are touched; set owner if it is yours."
                if theirs
                else "Only applications that this module published are touched. Use what made it, or adopt it first (state: present, adopt: unmarked).",
                tenant=goal.tenant,
                application=name,
            )
            done.action = "hold"
            return
        if rules.state == "absent":
            done.changes[name] = difference.application(stored[name], None, goal.tenant, name, done.route_domain)
        else:
            done.wanted[name] = mark.without(stored[name])
            done.changes[name] = ApplicationChange("release", [mark.PATH])
    left_alone = sorted(name for name in stored if goal.applications is None and mark.owner(stored[name]) != rules.owner)
    if left_alone:
        done.warnings.append(f"Tenant {goal.tenant} also holds what is not yours, which stays: {', '.join(left_alone)}.")
    if not done.changes:
        return
    done.whole = set(stored) == set(mine)
    left = set(stored) - set(done.to_remove)
    done.action = "release" if rules.state == "released" else "update" if left else "delete"


# -- steps ------------------------------------------------------------------------------------------------------------


def next_step(done: TenantPlan, device: Device | None, settling: Mapping[str, Collection[Key]], patient: bool) -> Step:
    """The next change to send for this plan, so small that no pool loses more than half of what can answer."""
    step = Step(remove=done.to_remove)
    if done.claim_first:
        claims = {name: {key: part for key, part in value.items() if key in ("class", "template", "constants")} for name, value in done.wanted.items()}
        return Step(claims, final=False)
    stored = mark.applications(done.stored)
    for name, change in done.changes.items():
        if change.kind in ("none", "delete"):
            continue
        if change.kind in ("create", "release"):
            step.applications[name] = done.wanted[name]
            continue
        staged = dict(stored[name] if change.kind == "restore" else done.wanted[name])
        for pool in difference.pools_of(staged):
            moved = change.pools.get(pool) or f"/{done.tenant}/{name}/{pool}" in done.drifted
            if moved and pool in difference.pools_of(stored[name]):
                _stage(step, done, name, pool, staged, device, settling, patient)
        # A step on the way keeps the former options in the mark. It is not sent again for them while its members come up.
        paths = change.paths if step.final or change.paths != [mark.PATH] else []
        if change.kind == "restore" or paths or difference.application(stored[name], staged, done.tenant, name, done.route_domain):
            step.applications[name] = staged
    if step.applications or step.remove or done.properties:
        step.waiting = []
    return step


def _stage(
    step: Step,
    done: TenantPlan,
    name: str,
    pool: str,
    staged: dict[str, Any],
    device: Device | None,
    settling: Mapping[str, Collection[Key]],
    patient: bool,
) -> None:
    path = f"/{done.tenant}/{name}/{pool}"
    stored_pool = difference.pools_of(mark.application(done.stored, name))[pool]
    before = members.flatten(stored_pool.get("members"), done.route_domain)
    after = members.flatten(staged[pool].get("members"), done.route_domain)
    states = None if device is None else device.get(path, {})
    gone = _gone(done, name, pool, before, after)
    strangers = {} if before.other or after.other else _strangers(before, after, states)
    current = {**_on_device(before.static, states, settling.get(path, ())), **strangers}
    pool_step = steps.next_step(current, after.static, states, gone, settling.get(path, ()), patient)
    if staged[pool] != stored_pool or not pool_step.final:
        staged[pool] = {**staged[pool], "members": members.group(members.Members(pool_step.target, after.other))}
    if not pool_step.final:
        step.final = False
        # Until the former members are gone the mark says where they came from: the next step, or the next run, must know.
        own = mark.of(staged)
        if own is not None:
            before_mark = None if strangers else mark.of(mark.application(done.stored, name))
            own = mark.with_source(own, pool, before_mark)
            staged.update(mark.put(staged, _on_the_way(own, done.hands.get(name, {}), pool, pool_step.target)))
    step.waiting += [f"{path} {members.text(key)}" for key in pool_step.waiting]
    fresh = {key for key, value in pool_step.target.items() if key not in current or members.meaning(value) != members.meaning(current[key])}
    if fresh:
        step.settling[path] = fresh


def _on_the_way(own: dict[str, Any], hands: by_hand.Hands, pool: str, target: Mapping[Key, Settings]) -> dict[str, Any]:
    """The mark of a step that is not the last: members that leave or are enabled later are still as an operator set them."""
    found = hands.get(pool, {})
    left = {key: state for key, state in found.items() if by_hand.admin_state(target.get(key, {})) == state}
    return mark.with_by_hand(own, {**(own.get("disabled_by_hand") or {}), **by_hand.texts({pool: left})})


def _on_device(stored: Mapping[Key, Settings], states: Mapping[Key, Any] | None, sent: Collection[Key]) -> dict[Key, Settings]:
    """The stored members as the device has them, without those that somebody took away: they come back as new ones do.

    A setting that was changed by hand is one to change back, which AS3 does by a delete and a re-add as with any other.
    """
    if states is None:
        return dict(stored)
    kept = {key: value for key, value in stored.items() if key in states or key in sent or value.get("enable") is False}
    return {key: _as_on_device(states[key], value) if key in states and value.get("enable") is not False else value for key, value in kept.items()}


def _strangers(before: members.Members, after: members.Members, states: Mapping[Key, Any] | None) -> dict[Key, Settings]:
    """Members that somebody added by hand and that may answer: they leave as stored ones do, once the others are up."""
    found: dict[Key, Settings] = {}
    for key, state in (states or {}).items():
        if key in before.static or key in after.static or state.down or state.disabled:
            continue
        found[key] = {"shareNodes": state.partition == "Common", "ratio": state.ratio, "priorityGroup": state.priority_group}
    return found


def _gone(done: TenantPlan, name: str, pool: str, before: members.Members, after: members.Members) -> set[Key]:
    """Members that nothing answers for any more, by what the cluster says: their Pod is gone, their node port was closed.

    Only for a pool that the same Service filled in the same way, with the same options; of another one the old members may
    answer on.
    """
    facts = done.facts.get((name, pool))
    stored = mark.application(done.stored, name)
    if facts is None or mark.source(stored, pool) != (facts.service, facts.mode) or mark.options(stored, pool) != facts.options:
        return set()
    leaving = {key for key in before.static if key not in after.static}
    if facts.mode == "nodeport":
        return {key for key in leaving if facts.node_port is not None and key[1] != facts.node_port}
    return leaving if not facts.left_out else set()
