# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The addresses of the nodes that BIG-IP opens sessions with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Collection, Iterable

from .._routes import gateways
from .._routes import model as routes
from .._routes.model import Address, Network
from .model import CALICO, Node, Wanted


@dataclass(frozen=True)
class WantedNeighbors:
    """neighbors by address.

    held: nodes that exist without an address of a family. Their neighbors stay as they are.
    """

    neighbors: tuple[Wanted, ...]
    held: frozenset[tuple[str, int]] = frozenset()

    def of(self, versions: Collection[int]) -> WantedNeighbors:
        """Those of these address families."""
        return WantedNeighbors(
            tuple(one for one in self.neighbors if one.address.version in versions),
            frozenset((node, version) for node, version in self.held if version in versions),
        )

    @property
    def gateways(self) -> list[routes.Wanted]:
        """The same as routes: BIG-IP must be connected to each node."""
        return [
            routes.Wanted(ipaddress.ip_network(str(one.address)), one.address, one.node)
            for one in self.neighbors
        ]


def wanted(
    nodes: Iterable[Node],
    cni: str,
    as_number: int,
    node_networks: Iterable[Network],
    excluded: Collection[str],
) -> WantedNeighbors:
    """The neighbors for these nodes, of both families. Raises Failure if an address leaves a choice.

    Calico's own annotation precedes: its sessions begin at this address. Its AS number precedes, too.
    """
    networks = tuple(node_networks)
    neighbors, held = [], set()
    for node in nodes:
        if node.name in excluded:
            continue
        for version in (4, 6):
            address = _address(node, cni, version, networks)
            if address is None:
                held.add((node.name, version))
            else:
                number = node.as_number if cni == CALICO and node.as_number else as_number
                neighbors.append(Wanted(address, node.name, number))
    return WantedNeighbors(tuple(sorted(neighbors, key=lambda one: order(one.address))), frozenset(held))


def order(address: Address) -> tuple[int, int]:
    """The key to sort addresses of both families by."""
    return address.version, int(address)


def _address(node: Node, cni: str, version: int, networks: tuple[Network, ...]) -> Address | None:
    of_calico = [address for address in node.calico if address.version == version]
    if cni == CALICO and of_calico:
        return of_calico[0]
    return gateways.gateway(routes.Node(node.name, node.ready, node.addresses), version, networks)
