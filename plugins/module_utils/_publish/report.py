# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The parts of a result: tenants, counts, the summary and the declaration, without secrets."""

from __future__ import annotations

from typing import Iterable, Mapping, Sequence, Union

from .._as3 import origin
from .._as3.difference import PoolChange
from .._as3.members import Key, order, text
from .._as3.types import Object
from .._errors import some
from .._ownership import mark
from .._plan.model import TenantPlan
from .interfaces import PoolPlace, ResultCode

# Pool -> (address, port) -> the Pod and the node behind it
Names = Mapping[PoolPlace, Mapping[Key, Object]]
# The plan of a tenant, its action as in `tenants`, and the code of its failure or None.
TenantOutcome = tuple[TenantPlan, str, Union[int, str, None]]  # noqa: UP007
_PAST = {
    "create": "created",
    "update": "updated",
    "restore": "restored",
    "delete": "deleted",
    "release": "released",
}
CHANGES = tuple(_PAST)
NOTHING = "nothing to publish: no application is concerned"


def tenant_entry(plan: TenantPlan, action: str, names: Names, code: ResultCode, message: str) -> Object:
    """One value of `tenants`. action: of the plan, or hold; then no member is added or removed."""
    held = action == "hold"
    entry: Object = {
        "action": action,
        "code": code,
        "message": message,
        "members_added": [] if held else _members(plan, "added", names),
        "members_removed": [] if held else _members(plan, "removed", names),
        "applications": {
            name: change.kind for name, change in sorted(plan.changes.items()) if change.kind != "none"
        },
    }
    updated = [
        (name, change.paths) for name, change in sorted(plan.changes.items()) if change.kind == "update"
    ]
    if any(paths for dummy, paths in updated):
        entry["properties"] = {name: paths for name, paths in updated if paths}
    if plan.drifted:
        entry["drifted"] = sorted(plan.drifted)
    if plan.draining and not held:
        entry["members_draining"] = _draining(plan, names)
    if plan.disabled:
        entry["members_disabled_by_hand"] = _by_hand(plan, plan.disabled, names)
    if plan.enforced and not held:
        entry["members_enforced"] = _by_hand(plan, plan.enforced, names)
    return entry


def _members(plan: TenantPlan, which: str, names: Names) -> list[Object]:
    """The members added or removed (which) by a plan, with the Pod or node behind each where it is known."""
    listed = []
    for application, change in sorted(plan.changes.items()):
        for pool, members in sorted(change.pools.items()):
            known = names.get((plan.tenant, application, pool), {})
            for key in _keys(members, which):
                place = {"application": application, "pool": pool, "address": key[0], "port": key[1]}
                listed.append({**place, **known.get(key, {})})
    return listed


def _keys(change: PoolChange, which: str) -> Sequence[Key]:
    return change.added if which == "added" else change.removed


def _draining(plan: TenantPlan, names: Names) -> list[Object]:
    """The members whose connections may end before they are removed."""
    listed = []
    for (application, pool), keys in sorted(plan.draining.items()):
        known = names.get((plan.tenant, application, pool), {})
        for key in keys:
            place = {"application": application, "pool": pool, "address": key[0], "port": key[1]}
            listed.append({**place, **known.get(key, {})})
    return listed


def _by_hand(
    plan: TenantPlan, which: Mapping[tuple[str, str], Mapping[Key, str]], names: Names
) -> list[Object]:
    """Members of plan.disabled or plan.enforced, with the adminState that an operator gave them."""
    listed = []
    for (application, pool), states in sorted(which.items()):
        known = names.get((plan.tenant, application, pool), {})
        for key in sorted(states, key=order):
            place = {"application": application, "pool": pool, "address": key[0], "port": key[1]}
            listed.append({**place, "state": states[key], **known.get(key, {})})
    return listed


def hand_warnings(plan: TenantPlan, names: Names) -> list[str]:
    """One for each pool with members that an operator disabled."""
    pools: dict[str, list[str]] = {}
    for member in _by_hand(plan, plan.disabled, names):
        pools.setdefault(f"/{plan.tenant}/{member['application']}/{member['pool']}", []).append(
            _disabled(member)
        )
    return [
        f"members_disabled_by_hand: pool {path} keeps {count(len(members), 'member')} "
        f"that an operator disabled on BIG-IP: {some(members)}. "
        "To enable, use BIG-IP or set enforce_member_state: true."
        for path, members in pools.items()
    ]


def _disabled(member: Object) -> str:
    behind = (
        f"Pod {member['pod']}, "
        if "pod" in member
        else f"node {member['node']}, "
        if "node" in member
        else ""
    )
    return f"{text((member['address'], member['port']))} ({behind}adminState {member['state']})"


def counts(plans: Iterable[TenantPlan], actions: Mapping[str, str]) -> dict[str, int]:
    """The number of tenants by their action, and of the applications, pools and members in them."""
    of_tenants = ("tenants", "unchanged", *CHANGES, "hold")
    of_content = ("applications", "pools", "members", "members_added", "members_removed")
    totals = dict.fromkeys((*of_tenants, *of_content), 0)
    for plan in plans:
        action = actions[plan.tenant]
        totals["tenants"] += 1
        totals["unchanged" if action == "none" else action] += 1
        totals["applications"] += len(plan.changes)
        for change in plan.changes.values():
            for pool in change.pools.values():
                totals["pools"] += 1
                if action == "hold":
                    totals["members"] += pool.before
                    continue
                totals["members"] += pool.after
                totals["members_added"] += len(pool.added)
                totals["members_removed"] += len(pool.removed)
    return totals


def summary(outcomes: Sequence[TenantOutcome], check_mode: bool) -> list[str]:
    """A line for each tenant that changed or failed, and one for the number of the others."""
    lines, unchanged = [], 0
    for plan, action, code in outcomes:
        if code is not None:
            lines.append(f"{plan.tenant}: {'held' if action == 'hold' else 'failed'} ({code})")
        elif action in _PAST:
            would = "would be " if check_mode else ""
            lines.append(f"{plan.tenant}: {would}{_PAST[action]}, {_extent(plan, action)}")
        elif action == "hold":
            lines.append(f"{plan.tenant}: held")
        else:
            unchanged += 1
    return lines + ([f"{count(unchanged, 'tenant')} unchanged"] if unchanged else [])


def _extent(plan: TenantPlan, action: str) -> str:
    pools = [pool for change in plan.changes.values() for pool in change.pools.values()]
    if not pools:
        return count(len(plan.changes), "application")
    where = f"in {count(len(pools), 'pool')}"
    if action == "delete":
        return f"{count(sum(pool.before for pool in pools), 'member')} {where}"
    added, removed = (sum(len(_keys(pool, which)) for pool in pools) for which in ("added", "removed"))
    return f"{count(sum(pool.after for pool in pools), 'member')} (+{added} -{removed}) {where}"


def count(number: int, thing: str) -> str:
    """The number of things in words: 1 member, 2 members."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def declaration(plans: Iterable[TenantPlan]) -> Object:
    """The tenants as they are after this run, masked. Applications of other owners are left out."""
    adc: Object = {"class": "ADC"}
    for plan in sorted(plans, key=lambda item: item.tenant):
        removed = frozenset(plan.to_remove)
        stored = mark.applications(plan.stored)
        applications = {
            name: value for name, value in stored.items() if name in plan.changes and name not in removed
        }
        if plan.action != "hold":
            applications.update(plan.wanted)
        if applications:
            shown = {
                name: origin.masked(value, origins(plan, name))
                for name, value in sorted(applications.items())
            }
            adc[plan.tenant] = {"class": "Tenant", **plan.properties, **shown}
    return adc


def origins(plan: TenantPlan, name: str) -> set[str]:
    """The places of values from Secrets, by this run and by the mark, whose value may be an older one."""
    return {*mark.from_secret((plan.stored or {}).get(name)), *mark.from_secret(plan.wanted.get(name))}
