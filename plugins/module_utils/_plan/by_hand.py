# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Members that an operator disabled, or forced offline, on BIG-IP.

AS3 compares what it is sent with the device, so a POST enables such a member unless its adminState is that of the device.
Every POST therefore repeats the operator's state. AS3 then stores it too, and the mark names these members: their stored
adminState is not the user's, and it ends when the operator enables them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Collection, Iterable, Mapping

from .._as3 import difference, members
from .._as3.members import Key, Settings
from .._ownership import mark
from .model import Device, Hands, TenantPlan, pool_path

_STRENGTH = ("enable", "disable", "offline")


def tenant_on_device(plan: TenantPlan, device: Device | None, named: Collection[str], owner: str) -> TenantPlan:
    """The plan with what operators did to members of the applications that are ours or named: a POST may hold all of them."""
    stored = dict(plan.stored or {})
    hands: dict[str, Hands] = {}
    for name, value in mark.applications(plan.stored).items():
        if name in named or mark.owner(value) == owner:
            stored[name], hands[name] = on_device(value, plan.tenant, name, device, plan.route_domain)
    return replace(plan, stored=None if plan.stored is None else stored, hands=hands)


def on_device(
    application: dict[str, Any],
    tenant: str,
    name: str,
    device: Device | None,
    route_domain: int,
) -> tuple[dict[str, Any], Hands]:
    """A stored application with the adminState that operators gave its members, and these members.

    A member is disabled by hand if the device restricts it more than the store, or if the mark names it. An application
    without a mark does not say who disabled a member, so each that is disabled counts. Without the device, and for a
    member that the device lost, the store has the operator's state.
    """
    own = mark.of(application)
    hands: Hands = {}
    marked: Hands = {}
    changed: dict[str, Any] = {}
    for pool, value in difference.pools_of(application).items():
        states = {
            key: state.admin_state
            for key, state in (device or {}).get(pool_path(tenant, name, pool), {}).items()
        }
        named = mark.by_hand(application, pool)
        if own is not None and not named and all(state == "enable" for state in states.values()):
            continue
        stored = members.flatten(value.get("members"), route_domain)
        declared = {key: admin_state(settings) for key, settings in stored.static.items()}
        set_by_hand = {
            key: states.get(key, state)
            for key, state in declared.items()
            if own is None or members.text(key) in named or _restricts_more(states.get(key, state), state)
        }
        differing = {
            key: with_state(stored.static[key], state)
            for key, state in set_by_hand.items()
            if state != declared[key]
        }
        if differing:
            stored.static.update(differing)
            changed[pool] = {**value, "members": members.group(stored)}
        marked[pool] = {key: state for key, state in set_by_hand.items() if state != "enable"}
        # A member that was added by hand may become one of the Service.
        hands[pool] = {
            **{key: state for key, state in states.items() if state != "enable" and key not in declared},
            **marked[pool],
        }
    if not changed:
        return application, hands
    done = {**application, **changed}
    return (done if own is None else mark.put(done, mark.with_by_hand(own, texts(marked)))), hands


def strictest(found: Iterable[Mapping[Key, str]]) -> dict[Key, str]:
    """One state of each member of several pools."""
    done: dict[Key, str] = {}
    for states in found:
        for key, state in states.items():
            done[key] = max(done.get(key, "enable"), state, key=_STRENGTH.index)
    return done


def respected(application: dict[str, Any], hands: Hands, route_domain: int) -> tuple[dict[str, Any], Hands]:
    """A wanted application in which these members keep the operator's state, and those that it changes."""
    done = dict(application)
    kept: Hands = {}
    for pool, value in difference.pools_of(application).items():
        wanted = members.flatten(value.get("members"), route_domain) if pool in hands else members.Members()
        found = {
            key: state
            for key, state in hands.get(pool, {}).items()
            if key in wanted.static and _restricts_more(state, admin_state(wanted.static[key]))
        }
        if found:
            kept[pool] = found
            wanted.static.update({key: with_state(wanted.static[key], state) for key, state in found.items()})
            done[pool] = {**value, "members": members.group(wanted)}
    return done, kept


def enabled(entries: Any, keys: Collection[Key], route_domain: int) -> Any:
    """Stored members without the adminState that operators gave to some of them."""
    if not keys:
        return entries
    stored = members.flatten(entries, route_domain)
    stored.static.update(
        {key: with_state(stored.static[key], "enable") for key in keys if key in stored.static}
    )
    return members.group(stored)


def texts(hands: Hands) -> dict[str, list[str]]:
    """The members for the mark, in a stable order."""
    return {
        pool: [members.text(key) for key in sorted(found, key=members.order)] for pool, found in hands.items()
    }


def admin_state(settings: Settings) -> str:
    """The adminState of a member in a declaration."""
    return str(settings.get("adminState") or "enable")


def with_state(settings: Settings, state: str) -> Settings:
    """Settings with this adminState; enable is AS3's default."""
    done = {name: value for name, value in settings.items() if name != "adminState"}
    return done if state == "enable" else {**done, "adminState": state}


def _restricts_more(state: str, declared: str) -> bool:
    return declared in _STRENGTH and _STRENGTH.index(state) > _STRENGTH.index(declared)
