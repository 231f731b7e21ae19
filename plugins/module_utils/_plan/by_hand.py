# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Members that an operator disabled, or forced offline, on BIG-IP.

AS3 compares a declaration with the device. So a POST enables such a member unless it repeats the operator's
state. Every POST therefore repeats it, and AS3 stores it too. The mark names these members: their stored
adminState is not the user's, and it ends when the operator enables them.

A member that drains is disabled too, but by publish. The mark names it elsewhere, and no operator set it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Collection, Iterable, Mapping

from .._as3 import difference, members
from .._as3.members import Key, Settings
from .._ownership import mark
from .._ownership.mark import Application
from .model import Device, SetByHand, States, TenantPlan, pool_path

_STRENGTH = ("enable", "disable", "offline")


def tenant_on_device(
    plan: TenantPlan, device: Device | None, named: Collection[str], owner: str
) -> TenantPlan:
    """The plan with what operators did to members of the applications that are named or this owner's.

    A POST may hold all of these.
    """
    if plan.stored is None:
        return plan
    seen = {
        name: on_device(value, plan.tenant, name, device, plan.route_domain)
        for name, value in mark.applications(plan.stored).items()
        if name in named or mark.owner(value) == owner
    }
    stored = {**plan.stored, **{name: application for name, (application, _states) in seen.items()}}
    return replace(
        plan,
        stored=stored,
        set_by_hand={name: set_by_hand for name, (_application, set_by_hand) in seen.items()},
    )


def on_device(
    application: Application, tenant: str, name: str, device: Device | None, route_domain: int
) -> tuple[Application, SetByHand]:
    """A stored application with the adminState that operators gave its members, and these members.

    A member is disabled by hand if the device restricts it more than the store, or if the mark names it.
    Without a mark nothing shows who disabled a member, so each disabled member counts. Without the device,
    and for a member that the device lost, the store has the operator's state.
    """
    own = mark.of(application)
    set_by_hand: SetByHand = {}
    marked: SetByHand = {}
    changed: dict[str, object] = {}
    for pool, value in difference.pools_of(application).items():
        states = (device or {}).get(pool_path(tenant, name, pool), {})
        named, ending = mark.by_hand(application, pool), mark.draining(application, pool)
        is_enabled = all(state.admin_state == "enable" for state in states.values())
        if own is not None and is_enabled and not named and not ending:
            continue
        stored = members.flatten(value.get("members"), route_domain)
        of_pool = _differing(stored.static, states, None if own is None else named | ending)
        differing = {
            key: with_state(stored.static[key], state)
            for key, state in of_pool.items()
            if state != admin_state(stored.static[key])
        }
        if differing:
            changed[pool] = {**value, "members": _with_settings(stored, differing)}
        marked[pool] = {
            key: state
            for key, state in of_pool.items()
            if state != "enable" and (members.text(key) not in ending or state == "offline")
        }
        # A member that was added by hand may become one of the Service.
        added = {key: state.admin_state for key, state in states.items() if key not in stored.static}
        set_by_hand[pool] = {
            **{key: state for key, state in added.items() if state != "enable"},
            **marked[pool],
        }
    if not changed:
        return application, set_by_hand
    as_operators_set = {**application, **changed}
    if own is not None:
        as_operators_set = mark.put(as_operators_set, mark.with_by_hand(own, texts(marked)))
    return as_operators_set, set_by_hand


def _differing(
    stored: Mapping[Key, Settings], states: States, named: Collection[str] | None
) -> dict[Key, str]:
    """The stored members whose adminState is not the user's, with the device's. named: by the mark."""
    of_pool = {}
    for key, settings in stored.items():
        declared = admin_state(settings)
        state = states[key].admin_state if key in states else declared
        if named is None or members.text(key) in named or _restricts_more(state, declared):
            of_pool[key] = state
    return of_pool


def strictest(pools: Iterable[Mapping[Key, str]]) -> dict[Key, str]:
    """One state of each member of several pools."""
    strict: dict[Key, str] = {}
    for states in pools:
        for key, state in states.items():
            strict[key] = max(strict.get(key, "enable"), state, key=_STRENGTH.index)
    return strict


def respected(
    application: Application, set_by_hand: SetByHand, route_domain: int
) -> tuple[Application, SetByHand]:
    """A wanted application in which these members keep the operator's state, and those that this changes."""
    kept: SetByHand = {}
    changed: dict[str, object] = {}
    for pool, value in difference.pools_of(application).items():
        if not set_by_hand.get(pool):
            continue
        wanted = members.flatten(value.get("members"), route_domain)
        stricter = {
            key: state
            for key, state in set_by_hand[pool].items()
            if key in wanted.static and _restricts_more(state, admin_state(wanted.static[key]))
        }
        if stricter:
            kept[pool] = stricter
            settings = {key: with_state(wanted.static[key], state) for key, state in stricter.items()}
            changed[pool] = {**value, "members": _with_settings(wanted, settings)}
    return {**application, **changed}, kept


def enabled(entries: object, keys: Collection[Key], route_domain: int) -> object:
    """Stored members without the adminState that operators gave to some of them."""
    if not keys:
        return entries
    stored = members.flatten(entries, route_domain)
    return _with_settings(
        stored,
        {key: with_state(settings, "enable") for key, settings in stored.static.items() if key in keys},
    )


def texts(set_by_hand: SetByHand) -> dict[str, list[str]]:
    """The members for the mark, in a stable order."""
    return {
        pool: [members.text(key) for key in sorted(states, key=members.order)]
        for pool, states in set_by_hand.items()
    }


def admin_state(settings: Settings) -> str:
    """The adminState of a member in a declaration."""
    return str(settings.get("adminState") or "enable")


def with_state(settings: Settings, state: str) -> Settings:
    """Settings with this adminState; enable is AS3's default."""
    others = {name: value for name, value in settings.items() if name != "adminState"}
    return others if state == "enable" else {**others, "adminState": state}


def _with_settings(pool: members.Members, settings: Mapping[Key, Settings]) -> list[dict[str, object]]:
    """Pool.members with other settings of some members."""
    return members.group(members.Members({**pool.static, **settings}, pool.other))


def _restricts_more(state: str, declared: str) -> bool:
    return declared in _STRENGTH and _STRENGTH.index(state) > _STRENGTH.index(declared)
