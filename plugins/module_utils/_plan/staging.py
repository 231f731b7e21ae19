# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The next POST of a tenant's plan, so small that no pool loses more than half of the members that can answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Collection, Mapping

from .._as3 import difference, members
from .._as3.members import Key, Settings
from .._ownership import mark
from . import by_hand, steps
from .drift import as_on_device
from .model import Application, Device, Hands, States, Step, TenantPlan, pool_path

Settling = Mapping[str, Collection[Key]]
"""Pool path -> members that this run added, or deleted and added again."""


def next_step(plan: TenantPlan, device: Device | None, settling: Settling, patient: bool) -> Step:
    """The next change to send for this plan. patient False: do not wait for monitors."""
    if plan.claim_first:
        return Step({name: _claim(application) for name, application in plan.wanted.items()}, final=False)
    applications: dict[str, Application] = {}
    waiting: list[str] = []
    fresh: dict[str, Collection[Key]] = {}
    final = True
    for name, change in plan.changes.items():
        if change.kind in ("none", "delete"):
            continue
        if change.kind in ("create", "release"):
            applications[name] = plan.wanted[name]
            continue
        staged = _application(plan, name, device, settling, patient)
        waiting += staged.waiting
        fresh.update(staged.settling)
        final = final and staged.final
        # A step on the way keeps the former options in the mark. It is not sent again for them while its members come up.
        paths = change.paths if final or change.paths != [mark.PATH] else []
        if change.kind == "restore" or paths or _differs(plan, name, staged.application):
            applications[name] = staged.application
    removed = plan.to_remove
    if applications or removed or plan.properties:
        waiting = []
    return Step(applications, removed, waiting, fresh, final)


def _differs(plan: TenantPlan, name: str, application: Application) -> bool:
    stored = mark.application(plan.stored, name)
    return bool(difference.application(stored, application, plan.tenant, name, plan.route_domain))


def _claim(application: Application) -> Application:
    """The application without its objects: a tenant that is created by it is ours before it has anything."""
    return {key: part for key, part in application.items() if key in ("class", "template", "constants")}


@dataclass(frozen=True)
class _Staged:
    """An application as the next step writes it; the other fields as in Step."""

    application: Application
    waiting: list[str] = field(default_factory=list)
    settling: dict[str, set[Key]] = field(default_factory=dict)
    final: bool = True


def _application(plan: TenantPlan, name: str, device: Device | None, settling: Settling, patient: bool) -> _Staged:
    """An application of the store on its way to what is wanted: pool by pool."""
    change = plan.changes[name]
    stored = mark.application(plan.stored, name) or {}
    former = difference.pools_of(stored)
    staged = _Staged(dict(stored if change.kind == "restore" else plan.wanted[name]))
    for pool in difference.pools_of(staged.application):
        moved = change.pools.get(pool) or pool_path(plan.tenant, name, pool) in plan.drifted
        if moved and pool in former:
            staged = _pool(staged, plan, name, pool, device, settling, patient)
    return staged


def _pool(
    staged: _Staged, plan: TenantPlan, name: str, pool: str, device: Device | None, settling: Settling, patient: bool
) -> _Staged:
    """The application with the next step of one pool in it."""
    path = pool_path(plan.tenant, name, pool)
    stored = mark.application(plan.stored, name) or {}
    stored_pool, wanted_pool = difference.pools_of(stored)[pool], staged.application[pool]
    before = members.flatten(stored_pool.get("members"), plan.route_domain)
    after = members.flatten(wanted_pool.get("members"), plan.route_domain)
    states = None if device is None else device.get(path, {})
    sent = settling.get(path, ())
    strangers = {} if before.other or after.other else _strangers(before, after, states)
    current = {**_on_device(before.static, states, sent), **strangers}
    gone = gone_members(plan, name, pool, before, after)
    step = steps.next_step(current, after.static, states, gone, sent, patient)
    application = dict(staged.application)
    if wanted_pool != stored_pool or not step.final:
        application[pool] = {**wanted_pool, "members": members.group(members.Members(step.target, after.other))}
    own = mark.of(application)
    if own is not None and not step.final:
        # Until the former members are gone the mark says where they came from: the next step, or the next run, must know.
        own = mark.with_source(own, pool, None if strangers else mark.of(stored))
        application = mark.put(application, _on_the_way(own, plan.hands.get(name, {}), pool, step.target))
    fresh = {
        key
        for key, settings in step.target.items()
        if key not in current or members.meaning(settings) != members.meaning(current[key])
    }
    return _Staged(
        application,
        [*staged.waiting, *(f"{path} {members.text(key)}" for key in step.waiting)],
        {**staged.settling, **({path: fresh} if fresh else {})},
        staged.final and step.final,
    )


def _on_the_way(own: dict[str, Any], hands: Hands, pool: str, target: Mapping[Key, Settings]) -> dict[str, Any]:
    """The mark of a step that is not the last: members that leave or are enabled later are still as an operator set them."""
    kept = {
        key: state for key, state in hands.get(pool, {}).items() if by_hand.admin_state(target.get(key, {})) == state
    }
    return mark.with_by_hand(own, {**(own.get("disabled_by_hand") or {}), **by_hand.texts({pool: kept})})


def _on_device(
    stored: Mapping[Key, Settings], states: States | None, sent: Collection[Key]
) -> dict[Key, Settings]:
    """The stored members as the device has them, without those that another user removed: they come back as new ones do.

    A setting that was changed by hand is one to change back, which AS3 does by a delete and a re-add as with any other.
    """
    if states is None:
        return dict(stored)
    current = {}
    for key, settings in stored.items():
        if settings.get("enable") is False:
            current[key] = settings
        elif key in states:
            current[key] = as_on_device(states[key], settings)
        elif key in sent:
            current[key] = settings
    return current


def _strangers(before: members.Members, after: members.Members, states: States | None) -> dict[Key, Settings]:
    """Members that were added by hand and may answer: they are removed as stored ones are, once the others are up."""
    return {
        key: {"shareNodes": state.partition == "Common", "ratio": state.ratio, "priorityGroup": state.priority_group}
        for key, state in (states or {}).items()
        if key not in before.static and key not in after.static and not state.down and not state.disabled
    }


def gone_members(
    plan: TenantPlan, name: str, pool: str, before: members.Members, after: members.Members
) -> set[Key]:
    """Members that nothing answers for any more, as the cluster shows: their Pod is gone, their node port was closed.

    Only for a pool that the same Service filled in the same way, with the same options; of another one the old members may
    answer on.
    """
    facts = plan.facts.get((name, pool))
    stored = mark.application(plan.stored, name)
    if (
        facts is None
        or mark.source(stored, pool) != (facts.service, facts.mode)
        or mark.options(stored, pool) != facts.options
    ):
        return set()
    leaving = {key for key in before.static if key not in after.static}
    if facts.mode == "nodeport":
        return {key for key in leaving if facts.node_port is not None and key[1] != facts.node_port}
    return leaving if not facts.left_out else set()
