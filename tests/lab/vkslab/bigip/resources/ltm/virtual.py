# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/virtual``. The lab's AS3 creates virtual servers; REST changes and deletes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...balance import Counters
from ...device import Virtual, partition_of
from ...http import Request, full_path, uri_name
from ..shapes import Item, kind_of, named, self_link
from ..statistics import Figures, Measured, status, traffic
from .base import LtmCollection
from .pool import pool_counters, pool_status


class Virtuals(LtmCollection[Virtual], Measured[Virtual]):
    component, title = "ltm/virtual", "Virtual Server"
    methods = frozenset({"PATCH", "DELETE"})

    def stored(self) -> Iterable[Virtual]:
        return self.backend.device.virtuals.values()

    def find(self, path: str) -> Virtual | None:
        return self.backend.device.virtuals.get(path)

    def item(self, one: Virtual, request: Request) -> Item:
        item = {
            **self.head(one),
            "addressStatus": "yes",
            "connectionLimit": one.connection_limit,
            "destination": _destination(one),
            "enabled" if one.enabled else "disabled": True,
            "ipProtocol": one.ip_protocol,
            "mask": one.mask,
            "source": one.source,
            "sourceAddressTranslation": {"type": one.snat}
            if one.snat in ("automap", "none")
            else {"pool": one.snat, "type": "snat"},
            "translateAddress": "enabled",
            "translatePort": "enabled",
            "vlansDisabled": True,
        }
        if one.description:
            item["description"] = one.description
        if one.pool:
            item |= {"pool": one.pool, "poolReference": {"link": self_link(f"ltm/pool/{uri_name(one.pool)}")}}
        if one.rules:
            item["rules"] = list(one.rules)
        if one.persistence:
            item["persist"] = [
                {"name": path.rpartition("/")[2], "partition": partition_of(path), "tmDefault": "yes"}
                for path in one.persistence
            ]
        item["profilesReference"] = _profiles(
            one, expanded=request.query.get("expandSubcollections") == "true"
        )
        return item

    def update(self, one: Virtual, body: Item) -> None:
        changes: Item = {}
        if "enabled" in body or "disabled" in body:
            changes["enabled"] = bool(body["enabled"] if "enabled" in body else not body["disabled"])
        if "pool" in body:
            changes["pool"] = full_path(str(body["pool"]).replace("/", "~")) if body["pool"] else None
        if "description" in body:
            changes["description"] = str(body["description"])
        self.backend.device.put_virtual(replace(one, **changes))

    def remove(self, one: Virtual) -> None:
        self.backend.device.remove_virtual(one.path)

    def figures(self, one: Virtual) -> Figures:
        pool = self.backend.device.pools.get(one.pool or "")
        if pool:
            count, state = pool_counters(self.backend, pool), pool_status(self.backend, pool)
        else:
            count, state = (
                Counters(),
                status(
                    "unknown", True, "The children pool member(s) either don't have service checking enabled"
                ),
            )
        if state["status.availabilityState"] == "available":
            state = status("available", True, "The virtual server is available")
        if not one.enabled:
            state["status.enabledState"] = "disabled"
        return {
            **traffic(count, "clientside"),
            "destination": _destination(one),
            **state,
            "tmName": one.path,
            "totRequests": 0,
        }


def _destination(virtual: Virtual) -> str:
    """Its address is in the partition, above the application, or in Common if several partitions share it."""
    partition = partition_of(virtual.virtual_address or virtual.path)
    return f"/{partition}/{virtual.destination}{'.' if ':' in virtual.destination else ':'}{virtual.port}"


def _profiles(virtual: Virtual, *, expanded: bool) -> Item:
    where = f"ltm/virtual/{uri_name(virtual.path)}/profiles"
    reference: Item = {"link": self_link(where), "isSubcollection": True}
    if expanded and virtual.profiles:
        kind = f"{kind_of('ltm/virtual/profiles')}state"
        reference["items"] = [{**named(kind, where, path), "context": "all"} for path in virtual.profiles]
    return reference
