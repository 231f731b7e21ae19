# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Port Lockdown and routing protocols, which ltm.Ltm does not tell. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

from .._errors import Failure
from .session import Session


def port_lockdown(session: Session) -> dict[str, tuple[str, ...]]:
    """What each self IP lets in, by its full path: ("all",), ("default",), ("tcp:179",), or () for nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for item in _items(session, "/mgmt/tm/net/self", "Reading the Port Lockdown of BIG-IP's self IPs"):
        allowed = item.get("allowService") or ()
        found[str(item.get("fullPath") or item.get("name"))] = tuple(text for text in ([allowed] if isinstance(allowed, str) else allowed) if text != "none")
    return found


def bgp_domains(session: Session) -> frozenset[int]:
    """The route domains that speak BGP."""
    items = _items(session, "/mgmt/tm/net/route-domain", "Reading the route domains of BIG-IP")
    return frozenset(int(item.get("id") or 0) for item in items if "BGP" in (item.get("routingProtocol") or ()))


def _items(session: Session, path: str, doing: str) -> list[dict[str, Any]]:
    response = session.request("GET", path, doing=doing)
    if not response.ok or not isinstance(response.json, dict):
        raise Failure("bigip_refused", doing, said=response.said)
    return [item for item in response.json.get("items") or [] if isinstance(item, dict)]
