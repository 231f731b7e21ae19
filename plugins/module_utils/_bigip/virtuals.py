# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The virtual servers of BIG-IP that send the client's address to the members."""

from __future__ import annotations

from .reads import collection
from .session import Session

_VIRTUALS = "/mgmt/tm/ltm/virtual"


def without_snat(session: Session) -> dict[str, str]:
    """The pool of each virtual server without SNAT, by the full paths of both."""
    params = {"$select": "fullPath,pool,sourceAddressTranslation"}
    items = collection(session, _VIRTUALS, "Reading the virtual servers of BIG-IP", params)
    return {
        str(item.get("fullPath")): str(item["pool"])
        for item in items
        if item.get("pool") and (item.get("sourceAddressTranslation") or {}).get("type") == "none"
    }
