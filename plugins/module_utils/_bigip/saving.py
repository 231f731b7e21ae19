# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Saves the running configuration of BIG-IP, which a restart would lose otherwise."""

from __future__ import annotations

from .._errors import Failure
from .contact import NoAnswer
from .session import Session

_ATTEMPTS = 2


def save(session: Session) -> None:
    """Save the configuration. A save whose answer was lost is sent once more: it stores the same again."""
    doing = "Saving the configuration of BIG-IP"
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            response = session.request("POST", "/mgmt/tm/sys/config", json={"command": "save"}, doing=doing)
        except NoAnswer as lost:
            if attempt < _ATTEMPTS:
                continue
            said = lost.said
        else:
            if response.ok:
                return
            said = response.said
        remedy = (
            "Save it on BIG-IP: tmsh save sys config. Until then, a restart loses the changes. A run without changes "
            "does not save."
        )
        raise Failure("save_failed", doing, said=said, remedy=remedy)
