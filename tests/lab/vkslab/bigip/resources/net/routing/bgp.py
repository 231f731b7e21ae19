# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/routing/bgp``: the instances of BGP in TMOS mode.

No source confirms the words of the refusals, except those of ``network.bgp``.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from ....http import Request, Router, TmError, uri_name
from ....network import NetworkObject
from ...base import Subcollection
from ...shapes import INVALID, Item, self_link
from ..base import NetworkCollection, full, unchanged
from .neighbor import Neighbors, completed_neighbor

_AS_NUMBERS = range(1, 2**32)


class BgpInstances(NetworkCollection):
    component, title = "net/routing/bgp", "BGP instance"
    defaults = {"enabled": "true", "holdTime": 90, "keepAlive": 30, "routeDomain": "/Common/0"}
    references = {"routeDomain": "net/route-domain"}

    def item(self, one: NetworkObject, request: Request) -> Item:
        item = super().item(one, request)
        below = Neighbors(self.backend, one.path)
        shown = [below.item(neighbor, request) for neighbor in below.stored()]
        expanded = {"items": shown} if request.query.get("expandSubcollections") == "true" else {}
        where = f"{self.component}/{uri_name(one.path)}/neighbor"
        item["neighborReference"] = {"link": self_link(where), "isSubcollection": True, **expanded}
        del item["neighbor"]
        return item

    def completed(self, path: str, properties: Item) -> Item:
        if "localAs" not in properties:
            raise TmError(400, 'one or more properties must be specified: "localAs"', INVALID)
        return self._checked(properties)

    def changed(self, one: NetworkObject, body: Item) -> Item:
        if "localAs" in body:
            unchanged(one, "localAs", _as_number("localAs", body["localAs"]))
        if "peerGroup" in body:
            self._check_groups(one)
        return self._checked({**one.properties, **body})

    def _check_groups(self, one: NetworkObject) -> None:
        """A peer group with members can be neither removed nor replaced (F5's bug, as DO describes it)."""
        for neighbor in one.properties["neighbor"].values():
            if neighbor.get("peerGroup"):
                raise TmError(
                    400,
                    f"01071a1a:3: Peer group ({neighbor['peerGroup']}) of {one.path} is in use by neighbor "
                    f"({neighbor['name']}).",
                )

    def _checked(self, properties: Item) -> Item:
        found = {**properties, "localAs": _as_number("localAs", properties["localAs"])}
        found["routeDomain"] = full(str(properties["routeDomain"]))
        if found["routeDomain"] not in self.backend.network.tables["net/route-domain"]:
            raise TmError(
                404, f"01020036:3: The requested Route Domain ({found['routeDomain']}) was not found."
            )
        hold, keep = int(properties["holdTime"]), int(properties["keepAlive"])
        if hold and hold < 3 * keep:
            raise TmError(
                400, f"01071a1b:3: holdTime {hold} must be 0, or at least 3 times keepAlive {keep}."
            )
        if properties.get("routerId"):
            _check_address("routerId", properties["routerId"])
        found["enabled"] = str(properties["enabled"]).lower()
        found["peerGroup"] = _groups(properties.get("peerGroup") or [])
        given = properties.get("neighbor") or {}
        listed: list[Item] = list(given.values()) if isinstance(given, dict) else given
        made = [completed_neighbor(neighbor, found["peerGroup"]) for neighbor in listed]
        found["neighbor"] = {neighbor["name"]: neighbor for neighbor in made}
        return found

    def routes(self, router: Router) -> None:
        super().routes(router)
        Subcollection(
            f"{self.component}/{{parent}}/neighbor",
            lambda name: self.wanted(name).path,
            Neighbors,
            lambda path: Neighbors(self.backend, path),
        ).routes(router)


def _groups(given: list[Item]) -> list[Item]:
    return [{**group, "remoteAs": _as_number("remoteAs", group.get("remoteAs"))} for group in given]


def _as_number(name: str, value: Any) -> int:
    if not str(value).isdigit() or int(value) not in _AS_NUMBERS:
        raise TmError(400, f'invalid property value "{name}":"{value}"', INVALID)
    return int(value)


def _check_address(name: str, value: Any) -> None:
    try:
        ip_address(str(value))
    except ValueError:
        raise TmError(400, f'invalid property value "{name}":"{value}"', INVALID) from None
