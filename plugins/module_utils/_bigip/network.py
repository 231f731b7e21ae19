# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Port Lockdown and routing protocols, which ltm.Ltm does not tell. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

from .._errors import Failure
from .response import items, mappings, whole
from .session import Session


def port_lockdown(session: Session) -> dict[str, tuple[str, ...]]:
    """What each self IP lets in, by its full path: ("all",), ("default",), ("tcp:179",), or () for nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for item in _items(session, "/mgmt/tm/net/self", "Reading the Port Lockdown of BIG-IP's self IPs"):
        allowed = item.get("allowService")
        texts = [allowed] if isinstance(allowed, str) else items(item, "allowService")
        found[str(item.get("fullPath") or item.get("name"))] = tuple(str(text) for text in texts if text != "none")
    return found


def bgp_domains(session: Session) -> frozenset[int]:
    """The route domains that speak BGP."""
    found = _items(session, "/mgmt/tm/net/route-domain", "Reading the route domains of BIG-IP")
    return frozenset(whole(item.get("id")) for item in found if "BGP" in items(item, "routingProtocol"))


def _items(session: Session, path: str, doing: str) -> list[dict[str, Any]]:
    response = session.request("GET", path, doing=doing)
    if not response.ok or not isinstance(response.json, dict):
        raise Failure("bigip_refused", doing, said=response.said)
    return mappings(response.json)
