# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Copies the configuration of BIG-IP to its device group."""

from __future__ import annotations

from .._errors import Failure
from .session import Session


def synchronise(session: Session, group: str) -> None:
    """Run one config-sync to this device group."""
    doing = f"Synchronising the device group {group}"
    body = {"command": "run", "utilCmdArgs": f"config-sync to-group {group}"}
    response = session.request("POST", "/mgmt/tm/cm/config-sync", json=body, doing=doing)
    if not response.ok:
        raise Failure("bigip_refused", doing, said=response.said, remedy="Synchronise it by hand.")
