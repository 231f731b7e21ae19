# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The next POST of a tenant's plan: no pool loses more than half of its members that can answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Collection, Mapping

from .._as3 import difference, members
from .._as3.members import Key, Settings
from .._ownership import mark
from .._ownership.mark import Application, Mark
from . import by_hand, steps
from .drift import as_on_device
from .model import Device, SetByHand, States, Step, TenantPlan, pool_path

Settling = Mapping[str, Collection[Key]]
"""Pool path -> members that this run added, or deleted and added again."""
Drained = Mapping[str, Collection[Key]]
"""Pool path -> members that need not be waited for any more: their connections are closed, or time is up."""


@dataclass(frozen=True)
class Progress:
    """The changes of a run to the members of its tenant. patient False: do not wait for monitors."""

    settling: Settling
    patient: bool = True
    drained: Drained = field(default_factory=dict)


def next_step(plan: TenantPlan, device: Device | None, progress: Progress) -> Step:
    """The next change to make for this plan."""
    if plan.reserve_first:
        return Step(
            {name: _reservation(application) for name, application in plan.wanted.items()}, final=False
        )
    enable = _drained_in_vain(plan, device)
    if enable:
        return Step({}, final=False, enable=enable)
    new = {
        name: plan.wanted[name]
        for name, change in plan.changes.items()
        if change.kind in ("create", "release")
    }
    stages = {
        name: _stage(plan, name, device, progress)
        for name, change in plan.changes.items()
        if change.kind in ("update", "restore")
    }
    moved = {name: stage.application for name, stage in stages.items() if _must_be_sent(plan, name, stage)}
    pools = [pool for stage in stages.values() for pool in stage.pools]
    waits = [] if new or moved or plan.to_remove or plan.properties else pools
    return Step(
        applications={**new, **moved},
        remove=plan.to_remove,
        waiting=[f"{pool.path} {members.text(key)}" for pool in waits for key in pool.step.waiting],
        settling={pool.path: pool.fresh for pool in pools if pool.fresh},
        final=all(pool.step.final for pool in pools),
        disable={pool.path: pool.step.disable for pool in waits if pool.step.disable},
        draining={pool.path: pool.step.held for pool in waits if pool.step.held and not pool.step.waiting},
    )


def _drained_in_vain(plan: TenantPlan, device: Device | None) -> dict[str, list[Key]]:
    """Pool path -> members that publish disabled and that the goal needs now.

    They are enabled beside AS3 too, because a POST would delete them first.
    """
    enable: dict[str, list[Key]] = {}
    for name, wanted in plan.wanted.items():
        stored = mark.application(plan.stored, name)
        for pool, value in difference.pools_of(wanted).items():
            named = mark.draining(stored, pool)
            if not named:
                continue
            path = pool_path(plan.tenant, name, pool)
            after = members.flatten(value.get("members"), plan.route_domain).static
            needed = [
                key
                for key, state in (device or {}).get(path, {}).items()
                if members.text(key) in named
                and state.admin_state == "disable"
                and key in after
                and by_hand.admin_state(after[key]) == "enable"
            ]
            enable.update({path: needed} if needed else {})
    return enable


def _reservation(application: Application) -> Application:
    """The application without its objects. It reserves a new tenant before the tenant has any object."""
    return {key: part for key, part in application.items() if key in ("class", "template", "constants")}


@dataclass(frozen=True)
class _PoolStage:
    """The next step of one pool.

    value          the Pool as this step writes it
    fresh          members that it adds, or deletes and adds again
    has_strangers  the device has members that another user added
    """

    name: str
    path: str
    value: dict[str, object]
    step: steps.PoolStep
    fresh: frozenset[Key]
    has_strangers: bool


@dataclass(frozen=True)
class _Stage:
    """An application as the next step writes it, and its pools whose members change.

    unmarked  the stored mark does not name members that are to be disabled
    """

    application: Application
    pools: list[_PoolStage]
    unmarked: bool


def _stage(plan: TenantPlan, name: str, device: Device | None, progress: Progress) -> _Stage:
    change = plan.changes[name]
    stored = mark.application(plan.stored, name) or {}
    wanted = stored if change.kind == "restore" else plan.wanted[name]
    former = difference.pools_of(stored)
    pools = []
    for pool, value in difference.pools_of(wanted).items():
        path = pool_path(plan.tenant, name, pool)
        if pool in former and (change.pools.get(pool) or path in plan.drifted):
            states = None if device is None else device.get(path, {})
            pools.append(_pool(plan, name, pool, former[pool], value, states, progress))
    application = {**wanted, **{stage.name: stage.value for stage in pools}}
    own = mark.of(wanted)
    unfinished = [stage for stage in pools if not stage.step.final]
    if own is not None:
        for stage in unfinished:
            own = _on_the_way(own, mark.of(stored), stage, plan.set_by_hand.get(name, {}))
        application = mark.put(application, own)
    unmarked = any(
        members.text(key) not in mark.draining(stored, stage.name)
        for stage in unfinished
        for key in stage.step.disable
    )
    return _Stage(application, pools, unmarked)


def _pool(
    plan: TenantPlan,
    name: str,
    pool: str,
    stored: dict[str, object],
    wanted: dict[str, object],
    states: States | None,
    progress: Progress,
) -> _PoolStage:
    path = pool_path(plan.tenant, name, pool)
    sent = progress.settling.get(path, ())
    before = members.flatten(stored.get("members"), plan.route_domain)
    after = members.flatten(wanted.get("members"), plan.route_domain)
    strangers = {} if before.other or after.other else _strangers(before, after, states)
    current = {**_on_device(before.static, states, sent), **strangers}
    gone = gone_members(plan, name, pool, before, after)
    facts = plan.facts.get((name, pool))
    draining = facts.drains(plan.route_domain) if facts else frozenset()
    draining -= frozenset(progress.drained.get(path, ()))
    step = steps.next_pool_step(current, after.static, states, gone, sent, progress.patient, draining)
    value = wanted
    if wanted != stored or not step.final:
        value = {**wanted, "members": members.group(members.Members(dict(step.target), after.other))}
    fresh = frozenset(
        key
        for key, settings in step.target.items()
        if key not in current or members.meaning(settings) != members.meaning(current[key])
    )
    return _PoolStage(pool, path, value, step, fresh, bool(strangers))


def _on_the_way(own: Mark, before: Mark | None, stage: _PoolStage, set_by_hand: SetByHand) -> Mark:
    """The mark of a step that is not the last.

    Until the former members are removed, it records their source: the next step, or the next run, needs it.
    Members that are removed or enabled later are still as an operator set them. Those that drain are named
    before they are disabled.
    """
    own = mark.with_source(own, stage.name, None if stage.has_strangers else before)
    target = stage.step.target
    kept = {
        key: state
        for key, state in set_by_hand.get(stage.name, {}).items()
        if by_hand.admin_state(target.get(key, {})) == state
    }
    own = mark.with_by_hand(own, {**_named(own, "disabled_by_hand"), **by_hand.texts({stage.name: kept})})
    held = {key: "disable" for key in stage.step.held if key not in set_by_hand.get(stage.name, {})}
    return mark.with_draining(own, {**_named(own, "draining"), **by_hand.texts({stage.name: held})})


def _named(own: Mark, word: str) -> dict[str, list[str]]:
    """The members that a mark of ours names, by pool."""
    named = own.get(word)
    return named if isinstance(named, dict) else {}


def _must_be_sent(plan: TenantPlan, name: str, stage: _Stage) -> bool:
    change = plan.changes[name]
    if change.kind == "restore" or change.paths or stage.unmarked:
        return True
    stored = mark.application(plan.stored, name)
    return bool(difference.application(stored, stage.application, plan.tenant, name, plan.route_domain))


def _on_device(
    stored: Mapping[Key, Settings], states: States | None, sent: Collection[Key]
) -> dict[Key, Settings]:
    """The stored members as the device has them. Those that another user removed return as new ones.

    A setting that an operator changed counts as a change. AS3 makes it by a delete and a re-add, as always.
    """
    if states is None:
        return dict(stored)
    current = {}
    for key, settings in stored.items():
        # A member with enable: false is not on the device.
        if settings.get("enable") is not False and key in states:
            current[key] = as_on_device(states[key], settings)
        elif settings.get("enable") is False or key in sent:
            current[key] = settings
    return current


def _strangers(before: members.Members, after: members.Members, states: States | None) -> dict[Key, Settings]:
    """Members that were added by hand and may answer. They are removed as stored members are."""
    return {
        key: {
            "shareNodes": state.partition == "Common",
            "ratio": state.ratio,
            "priorityGroup": state.priority_group,
        }
        for key, state in (states or {}).items()
        if key not in before.static and key not in after.static and not state.down and not state.disabled
    }


def gone_members(
    plan: TenantPlan, name: str, pool: str, before: members.Members, after: members.Members
) -> set[Key]:
    """Members that cannot answer any more: by the cluster, their Pod or their node port no longer exists.

    Only for a pool that the same Service filled in the same way, with the same options. Old members of
    another one may still answer.
    """
    facts = plan.facts.get((name, pool))
    stored = mark.application(plan.stored, name)
    if (
        facts is None
        or mark.source(stored, pool) != (facts.service, facts.mode)
        or mark.options(stored, pool) != facts.options
    ):
        return set()
    leaving = {key for key in before.static if key not in after.static} - facts.drains(plan.route_domain)
    if facts.mode == "nodeport":
        return {key for key in leaving if facts.node_port is not None and key[1] != facts.node_port}
    return leaving if not facts.left_out else set()
