# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Where the device differs from AS3's store: members that are missing, were added, or were changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping

from .._as3 import difference, members
from .._as3.members import Key, Settings
from .._ownership import mark, owners
from .._ownership.mark import Application
from . import by_hand
from .model import Device, MemberState, TenantPlan, pool_path, unplanned


def drifted(
    application: Application, name: str, tenant: str, device: Device | None, route_domain: int
) -> list[str]:
    """The pools of a stored application whose members on the device are not the stored ones."""
    if device is None:
        return []
    stored = _stored_members(application, name, tenant, route_domain)
    return [path for path, expected in stored.items() if _differs(expected, device.get(path))]


def lacking(application: Application, name: str, tenant: str, device: Device, route_domain: int) -> list[str]:
    """The pools of a stored application that lack stored members on the device."""
    stored = _stored_members(application, name, tenant, route_domain)
    return [path for path, expected in stored.items() if set(expected) - set(device.get(path, ()))]


def _stored_members(
    application: Application, name: str, tenant: str, route_domain: int
) -> dict[str, dict[Key, Settings]]:
    """Pool path -> the members that the device must have. Pools that BIG-IP fills itself are left out."""
    if application.get("enable") is False:
        return {}
    stored = {}
    for pool, value in difference.pools_of(application).items():
        entries = members.flatten(value.get("members"), route_domain)
        if not entries.other:
            stored[pool_path(tenant, name, pool)] = {
                key: settings
                for key, settings in entries.static.items()
                if settings.get("enable") is not False
            }
    return stored


def _differs(stored: Mapping[Key, Settings], states: Mapping[Key, MemberState] | None) -> bool:
    if states is None or set(states) != set(stored):
        return True
    return any(as_on_device(states[key], settings) != settings for key, settings in stored.items())


def as_on_device(state: MemberState, settings: Settings) -> Settings:
    """The settings of a stored member, with those in their place that another user changed on the device."""
    changed: Settings = {}
    for name, value, default in (
        ("ratio", state.ratio, 1),
        ("priorityGroup", state.priority_group, 0),
        ("connectionLimit", state.connection_limit, 0),
    ):
        # AS3 accepts ratio 0. The device stores another number for it.
        if value != settings.get(name, default) and (name != "ratio" or settings.get(name, default)):
            changed[name] = value
    if state.admin_state != by_hand.admin_state(settings):
        changed["adminState"] = state.admin_state
    return {**settings, **changed}


def restoring(
    failed: TenantPlan, stored: Mapping[str, object] | None, device: Device, owner: str
) -> TenantPlan | None:
    """The plan that puts back the stored members that the device lacks since a POST of this plan failed.

    None if the device has them all.
    """
    # How operators had set the lost members is known from before the POST.
    before = failed.device or {}
    known = {path: {**before.get(path, {}), **device.get(path, {})} for path in {*before, *device}}
    current = by_hand.tenant_on_device(unplanned(failed.tenant, stored), known, list(failed.changes), owner)
    applications = mark.applications(current.stored)
    lost = {
        name: lacking(applications[name], name, current.tenant, device, current.route_domain)
        for name in sorted(failed.changes)
        if name in applications
    }
    if not any(lost.values()):
        return None
    return replace(
        current,
        action="restore",
        whole=not owners.others(stored, (), owner),
        wanted={name: applications[name] for name, paths in lost.items() if paths},
        drifted=[path for paths in lost.values() for path in paths],
    )
