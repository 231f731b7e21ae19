# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The peers of the nodes: for each unit of BIG-IP, its own self IP in the network of the nodes."""

from __future__ import annotations

from typing import Iterable, Sequence

from .._errors import Failure, some
from .._routes import gateways
from .._routes.model import Address, Network, SelfIp, UnitSelfIps
from .model import Peer
from .neighbors import WantedNeighbors, order


def found(
    units: Sequence[UnitSelfIps], wanted: WantedNeighbors, route_domain: int, node_networks: Iterable[Network]
) -> tuple[Peer, ...]:
    """The self IP of each unit that does not float, for each address family that both sides have.

    Raises Failure if a unit has none or several, or is not connected to a node.
    """
    networks = tuple(node_networks)
    peers = []
    for unit in units:
        for version in (4, 6):
            near = [one for one in unit.within(route_domain, version) if _reaches(one, wanted)]
            address = _only(unit.unit, version, near, networks)
            if address is not None:
                peers.append(Peer(address, unit.unit))
    families = {peer.address.version for peer in peers} or {4, 6}
    check_connected(units, wanted.of(families), route_domain)
    return _sorted(peers)


def given(
    addresses: Iterable[Address], units: Sequence[UnitSelfIps], route_domain: int, complete: bool
) -> tuple[Peer, ...]:
    """The peers that the option names.

    complete: all units of BIG-IP are known, so each address must be a self IP of one. Raises Failure if not,
    or for an address that floats, or if a unit has none.
    """
    owners: dict[Address, tuple[str, SelfIp]] = {}
    for unit in units:
        owners.update(
            {one.address: (unit.unit, one) for one in unit.self_ips if one.route_domain == route_domain}
        )
    peers = []
    for address in dict.fromkeys(addresses):
        unit_name, self_ip = owners.get(address, (None, None))
        if self_ip is not None and self_ip.floating:
            raise _refused(f"peers: {address} is the floating self IP {self_ip.name}", address, units)
        if self_ip is None and complete and units:
            what = f"peers: {address} is not a self IP of BIG-IP in route domain {route_domain}"
            raise _refused(what, address, units)
        peers.append(Peer(address, unit_name))
    without = [unit.unit for unit in units if unit.unit not in {peer.unit for peer in peers}]
    if without:
        remedy = (
            "Name one self IP of each unit. After a failover, the Pods need the sessions of the other unit."
        )
        raise Failure("options", f"peers: names no self IP of BIG-IP {some(without)}", remedy=remedy)
    return _sorted(peers)


def check_connected(units: Sequence[UnitSelfIps], wanted: WantedNeighbors, route_domain: int) -> None:
    """Raise Failure if a unit has no self IP in the network of a node: Pods have this node as their next hop."""
    gateways.check(units, wanted.gateways, route_domain)


def _reaches(one: SelfIp, wanted: WantedNeighbors) -> bool:
    return any(neighbor.address in one.network for neighbor in wanted.neighbors)


def _only(unit: str, version: int, near: Sequence[SelfIp], networks: Sequence[Network]) -> Address | None:
    """The address of the self IP; None if there is none."""
    if len(near) < 2:
        return near[0].address if near else None
    chosen = [one for one in near if any(one.address in network for network in networks)]
    if len(chosen) == 1:
        return chosen[0].address
    raise Failure(
        "options",
        f"BIG-IP {unit} has several self IPs of IPv{version} in the networks of the nodes",
        said=some(f"{one.name} ({one.address})" for one in near),
        remedy="Set peers to one self IP of each unit, or node_network to the network of the sessions.",
    )


def _refused(what: str, address: Address, units: Sequence[UnitSelfIps]) -> Failure:
    have = [
        f"{one.address} of {unit.unit}"
        for unit in units
        for one in unit.self_ips
        if not one.floating and one.address.version == address.version
    ]
    remedy = (
        "Name the own self IP of each unit. A floating one moves to the other unit, and its session ends."
    )
    return Failure("options", what, said=f"self IPs that do not float: {some(have) or 'none'}", remedy=remedy)


def _sorted(peers: Iterable[Peer]) -> tuple[Peer, ...]:
    return tuple(sorted(peers, key=lambda peer: order(peer.address)))
