# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The gateway of a node's routes, and where BIG-IP is connected to it."""

from __future__ import annotations

from typing import Iterable, Sequence

from .._errors import Failure, some
from .model import Address, Network, Node, SelfIp, UnitSelfIps, Wanted


def gateway(node: Node, version: int, node_networks: Iterable[Network]) -> Address | None:
    """The InternalIP of this family; None if the node has none.

    Of several addresses, the one in a network of node_network. Raises Failure if that is not exactly one.
    """
    addresses = [address for address in node.internal_ips if address.version == version]
    if len(addresses) < 2:
        return addresses[0] if addresses else None
    networks = [network for network in node_networks if network.version == version]
    chosen = [address for address in addresses if any(address in network for network in networks)]
    if len(chosen) == 1:
        return chosen[0]
    which = f"{len(chosen) or 'none'} of them in node_network" if networks else "and node_network is not set"
    raise Failure(
        "options",
        f"Node {node.name} has several InternalIPs of IPv{version} ({some(addresses)}), {which}",
        remedy="Set node_network to the network in which BIG-IP has its self IPs.",
        node=node.name,
        addresses=[str(address) for address in addresses],
    )


def check(units: Sequence[UnitSelfIps], routes: Sequence[Wanted], route_domain: int) -> None:
    """Raise Failure if a unit is not connected to the gateway of one of these routes."""
    for unit in units:
        usable = {version: unit.within(route_domain, version) for version in (4, 6)}
        missing = [route for route in routes if not _connected(route.gateway, usable[route.gateway.version])]
        if missing:
            raise _failure(unit.unit, missing, usable[missing[0].gateway.version], route_domain)


def _connected(address: Address, self_ips: Iterable[SelfIp]) -> bool:
    return any(address in one.network and address != one.address for one in self_ips)


def _failure(unit: str, missing: Sequence[Wanted], self_ips: Sequence[SelfIp], route_domain: int) -> Failure:
    texts = [f"{one.address}/{one.network.prefixlen}" for one in self_ips]
    nodes = {route.node: route.gateway for route in missing}
    gateways = some(f"{address} of node {name}" for name, address in sorted(nodes.items()))
    have = some(texts) if texts else "none"
    return Failure(
        "gateway_not_connected",
        f"BIG-IP {unit} has no self IP in the network of gateway {gateways}",
        said=f"its self IPs of IPv{missing[0].gateway.version} in route domain {route_domain}: {have}",
        remedy=(
            "Create a self IP in the network of the nodes on this unit, not a floating one, "
            "or choose another address of the nodes with node_network. Nothing was changed."
        ),
        unit=unit,
        nodes=sorted(nodes),
        self_ips=texts,
    )
