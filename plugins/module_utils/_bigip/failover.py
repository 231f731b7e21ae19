# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Which unit of a pair is active: each unit is asked about itself.

A unit's view of its peer can be minutes old, its own failoverState cannot.
"""

from __future__ import annotations

from typing import Any

from .response import mappings

DEVICES = "/mgmt/tm/cm/device"
SELECT = {"$select": "name,hostname,selfDevice,failoverState,configsyncIp"}


def own_state(devices: Any) -> str | None:
    """The failoverState of the unit that answered GET /mgmt/tm/cm/device; None if it has none."""
    for device in mappings(devices):
        if str(device.get("selfDevice")).lower() == "true":
            state = device.get("failoverState")
            return str(state) if state else None
    return None
