# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the network objects: running, saved, and what a config-sync copies of them.

REST changes the running ones. Only a save writes them, so a restart loses what was not saved. A config-sync
copies routes and floating self IPs. VLANs, tunnels, route domains, self IPs of one unit and all objects in
``/LOCAL_ONLY`` belong to their unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..device import Device, DeviceError, partition_of
from . import bgp, rules
from .factory import LOCAL_GROUP, NetworkObject, Tables, factory
from .routing import Entry, Hop, RouteTable
from .spelling import Destination, place

LOCAL_PARTITION = "LOCAL_ONLY"


class Network:
    """The network objects of one unit, as a part of its device's transactions."""

    def __init__(self, device: Device, unit: int = 0) -> None:
        self._device, self._unit = device, unit
        self.tables: Tables = factory(unit)
        self._saved = _copy(self.tables)
        self.learnt: dict[Destination, str] = {}
        """The gateway of each network that a routing protocol reported"""
        self.pool_addresses: Callable[[str], list[str]] = lambda pool: []
        """The addresses of the usable members of a pool, for routes to a pool"""
        self._table: RouteTable | None = None
        device.elsewhere.append(self._paths)
        device.parts.append(self)
        device.on_save(self.save)

    def _paths(self) -> Iterator[str]:
        for table in self.tables.values():
            yield from table

    # -- changes

    def put(self, component: str, one: NetworkObject) -> None:
        rules.check_unique(self.tables, component, one)
        former = self.tables[component].get(one.path)
        self.tables[component] = {**self.tables[component], one.path: one}
        self._changed(component, one, former)

    def remove(self, component: str, path: str) -> None:
        if component == "net/route-domain":
            self._check_unused(path)
        table = dict(self.tables[component])
        former = table.pop(path)
        self.tables[component] = table
        self._changed(component, former)

    def _check_unused(self, path: str) -> None:
        domain = int(self.tables["net/route-domain"][path].properties["id"])
        users = [
            *(["the system"] if domain == 0 else []),
            *rules.users_of_domain(self.tables, path),
            *bgp.users_of_domain(self.tables, path),
            *(
                f"partition ({name[1:]})"
                for name, folder in self._device.folders.items()
                if folder.route_domain == domain
            ),
        ]
        if users:
            raise DeviceError(
                f"01070265:3: The Route Domain ({path}) cannot be deleted because it is in use by a "
                f"{users[0]}."
            )

    def _changed(self, component: str, *objects: NetworkObject | None) -> None:
        self._table = None
        if any(one is not None and _is_synced(component, one) for one in objects):
            self._device.touch(objects[0].path if objects[0] else None)

    # -- a part of the device's transactions

    def snapshot(self) -> Tables:
        return dict(self.tables)  # a changed table is replaced

    def restore(self, snapshot: Tables) -> None:
        self.tables = snapshot
        self._table = None

    def check(self) -> None:
        rules.check(self.tables)
        bgp.check(self.tables)

    # -- saved, synced, factory

    def save(self) -> None:
        self._saved = _copy(self.tables)

    def load(self) -> None:
        """As last saved, after a restart."""
        self.restore(_copy(self._saved))

    def reset(self) -> None:
        self.restore(factory(self._unit))
        self.learnt = {}
        self.save()

    def take_over(self, peer: Network) -> None:
        """Load the peer's objects that a config-sync copies.

        Without the self IP of a gateway this fails, and nothing changes.
        """
        merged = {
            component: {
                **{path: one for path, one in table.items() if not _is_synced(component, one)},
                **{path: one for path, one in peer.tables[component].items() if _is_synced(component, one)},
            }
            for component, table in self.tables.items()
        }
        rules.check(merged)
        self.restore(merged)

    # -- the way of a packet

    def hop(self, address: str, domain: int) -> Hop | None:
        table = self._table or self._route_table()
        return table.hop(address, domain)

    def may_enter(self, domain: int, source: int) -> bool:
        """True if traffic of the route domain ``source`` may enter this one.

        F5's manual ("About strict isolation"): it enters its parent, and others only if both are not strict.
        """
        parents = self._parents()
        ancestor: int | None = source
        searched: set[int] = set()
        while ancestor is not None and ancestor not in searched:
            if ancestor == domain:
                return True
            searched.add(ancestor)
            ancestor = parents.get(ancestor)
        both = [
            one
            for one in self.tables["net/route-domain"].values()
            if int(one.properties["id"]) in (source, domain)
        ]
        return len(both) == 2 and all(one.properties["strict"] == "disabled" for one in both)

    def _parents(self) -> dict[int, int | None]:
        """Each route domain with its parent."""
        return {
            int(one.properties["id"]): self._domain_at(one.properties.get("parent"))
            for one in self.tables["net/route-domain"].values()
        }

    def _route_table(self) -> RouteTable:
        table = RouteTable(self._entries(), self._parents())
        # with a route to a pool it is made anew for each packet, because the pool's members may change
        if not any(route.properties.get("pool") for route in self.tables["net/route"].values()):
            self._table = table
        return table

    def learn(self, networks: dict[Destination, str]) -> None:
        """The networks that a routing protocol reports, with their gateways, instead of the former ones."""
        self.learnt = networks
        self._table = None

    def _domain_at(self, path: str | None) -> int | None:
        parent = self.tables["net/route-domain"].get(path or "")
        return int(parent.properties["id"]) if parent else None

    def _entries(self) -> Iterator[Entry]:
        for self_ip in self.tables["net/self"].values():
            own = rules.own(self_ip)
            yield Destination(own.interface.network, own.domain), Hop()
        for route in self.tables["net/route"].values():
            yield rules.target(route), self._static(route)
        for destination, gateway in self.learnt.items():
            yield destination, Hop(gateway)

    def _static(self, route: NetworkObject) -> Hop | None:
        properties = route.properties
        if properties.get("gw"):
            return Hop(str(place(str(properties["gw"])).address))
        if properties.get("pool"):
            members = self.pool_addresses(str(properties["pool"]))
            return Hop(members[0]) if members else None
        return Hop() if properties.get("tmInterface") else None


def _is_synced(component: str, one: NetworkObject) -> bool:
    if component == "net/self":
        shared = one.properties.get("trafficGroup", LOCAL_GROUP) != LOCAL_GROUP
    else:
        shared = component == "net/route"
    return shared and partition_of(one.path) != LOCAL_PARTITION


def _copy(tables: Tables) -> Tables:
    return {component: dict(table) for component, table in tables.items()}
