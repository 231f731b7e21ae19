# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/route``.

No source confirms the words for a missing or a second gateway, and for a change of the network. A PATCH that
repeats the network is accepted.

``net/route/stats`` is ``tmsh show net route``: the route table with connected and learnt networks, whose name is
their network. Two sources confirm this: the key of a static route in ``entries``, and the columns of tmsh with
the origin ``dynamic`` of a learnt route. None confirms the names of the columns in iControl REST.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...http import Reply, Request, TmError, uri_name
from ...network import Destination, NetworkObject, destination, place
from ..base import Endpoints
from ..shapes import INVALID, Item, stat, stats
from .base import NetworkCollection, full, unchanged

_WAYS = ("gw", "pool", "tmInterface", "blackhole")
_TYPES = {"tmInterface": "interface"}  # as tmsh shows them


class Routes(NetworkCollection):
    component, title = "net/route", "Route Entry"
    defaults = {"mtu": 0}
    references = {"pool": "ltm/pool", "tmInterface": "net/vlan"}

    @classmethod
    def endpoints(cls) -> Endpoints:
        return {"/stats": {"GET": cls.get_table}, **super().endpoints()}

    def get_table(self, request: Request) -> Reply:
        entries = {f"{self.uri}/{uri_name(row['tmName'])}/stats": stat(row) for row in self._rows()}
        return Reply(body=stats(f"{self.kind}collectionstats", f"{self.uri}/stats", entries))

    def _rows(self) -> Iterator[dict[str, str]]:
        network = self.backend.network
        for route in self.table.values():
            kind = next(way for way in _WAYS if route.properties.get(way))
            hop = "" if kind == "blackhole" else str(route.properties[kind])
            yield _row(route.path, str(route.properties["network"]), _TYPES.get(kind, kind), hop, "static")
        for self_ip in network.tables["net/self"].values():
            own = place(str(self_ip.properties["address"]))
            spelled = Destination(own.interface.network, own.domain).spelled
            yield _row(spelled, spelled, "interface", str(self_ip.properties["vlan"]), "connected")
        for learnt, gateway in network.learnt.items():
            yield _row(learnt.spelled, learnt.spelled, "gw", gateway, "dynamic")

    def completed(self, path: str, properties: Item) -> Item:
        if not properties.get("network"):
            raise TmError(400, 'one or more properties must be specified: "network"', INVALID)
        network = self._destination(path, str(properties["network"]))
        return {**self._way(path, properties, network), "network": network.spelled}

    def changed(self, one: NetworkObject, body: Item) -> Item:
        network = self._destination(one.path, str(one.properties["network"]))
        if "network" in body:
            given = self._destination(one.path, str(body["network"]))
            unchanged(one, "network", given.spelled)
        former = {
            key: value
            for key, value in one.properties.items()
            # another kind of way replaces the former one
            if key not in _WAYS or not any(body.get(way) for way in _WAYS)
        }
        properties = {**former, **body, "network": network.spelled}
        return self._way(one.path, properties, network)

    def _destination(self, path: str, text: str) -> Destination:
        try:
            return destination(text, self.default_domain(path))
        except ValueError:
            raise TmError(400, f"invalid IP network: {text}", INVALID) from None

    def _way(self, path: str, properties: Item, network: Destination) -> Item:
        """The properties with the one way that they name, as it is stored."""
        ways = [way for way in _WAYS if properties.get(way)]
        found = {key: value for key, value in properties.items() if key not in _WAYS}
        gateway = self.place(path, str(properties["gw"])) if "gw" in ways else None
        link_local = gateway is not None and gateway.address.is_link_local
        if len(ways) != 1 and not (link_local and ways == ["gw", "tmInterface"]):
            raise TmError(
                400, f"exactly one of these properties must be specified: {', '.join(_WAYS)}", INVALID
            )
        if gateway is not None:
            if gateway.address.version != network.network.version:
                raise TmError(
                    400, f"invalid IP address: {properties['gw']} has not the family of the network", INVALID
                )
            found["gw"] = gateway.host
        for way in ("pool", "tmInterface"):
            if way in ways:
                found[way] = full(str(properties[way]))
        if "blackhole" in ways:
            found["blackhole"] = True
        return found


def _row(name: str, network: str, kind: str, hop: str, origin: str) -> dict[str, str]:
    return {"destination": network, "nextHop": hop, "origin": origin, "tmName": name, "type": kind}
