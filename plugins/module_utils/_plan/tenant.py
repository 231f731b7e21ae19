# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The plan of one tenant, from its goal, from AS3's store, and from the device.

It is planned again before each POST, with fresh reads. So a conflict, a lost answer and the next step of a
replacement are all the same case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping

from . import by_hand, present, removal
from .model import Device, Rules, TenantGoal, TenantPlan, unplanned


def plan(
    goal: TenantGoal, stored: Mapping[str, object] | None, device: Device | None, rules: Rules
) -> TenantPlan:
    """The plan of one tenant. stored: with the lock's key. device: None if it was not read."""
    current = unplanned(goal.tenant, stored, {**(stored or {}), **goal.properties})
    current = by_hand.tenant_on_device(current, device, goal.applications or (), rules.owner)
    current = replace(current, facts=goal.facts, device=device)
    if rules.state == "present":
        return present.planned(current, goal, rules)
    return removal.planned(current, goal, rules)
