# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The routes that a cluster needs, by the Pod networks of its nodes or by Calico's blocks."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Iterable, Iterator

from .._errors import Failure
from .gateways import gateway
from .model import CALICO, Address, Block, Calico, Endpoint, Network, Node, PodNetwork, Wanted, order
from .options import PodRoutesOptions


@dataclass(frozen=True)
class WantedRoutes:
    """routes       by network
    held         networks without a gateway: a route that BIG-IP has for one of them stays as it is
    unreachable  the nodes of these networks
    not_routed   Pods with an address in none of the networks, such as those of AntreaIPAM
    """

    routes: tuple[Wanted, ...]
    held: frozenset[Network] = frozenset()
    unreachable: tuple[str, ...] = ()
    not_routed: tuple[Endpoint, ...] = ()


def wanted(cluster: PodNetwork, source: str, options: PodRoutesOptions) -> WantedRoutes:
    """The routes for the cluster. Raises Failure if it cannot be in this state, or leaves a choice."""
    nodes = {node.name: node for node in cluster.nodes}
    blocks = _calico(cluster.calico, nodes) if source == CALICO else _of_nodes(nodes.values())
    unique = _by_network(blocks)
    used = {network: name for network, name in unique.items() if name not in options.excluded}
    gateways = _gateways(nodes, used.items(), options)
    routes, held = [], {}
    for network, name in used.items():
        address = gateways[name, network.version]
        if address is None:
            held[network] = name
        else:
            routes.append(Wanted(network, address, name))
    return WantedRoutes(
        tuple(sorted(routes, key=lambda route: order(route.network))),
        frozenset(held),
        tuple(sorted(set(held.values()))),
        tuple(_outside(cluster, unique)),
    )


def _of_nodes(nodes: Iterable[Node]) -> Iterator[Block]:
    for node in nodes:
        yield from (Block(network, node.name) for network in node.pod_cidrs)


def _calico(calico: Calico | None, nodes: dict[str, Node]) -> list[Block]:
    """The blocks, and the borrowed addresses, of nodes that exist."""
    if calico is None:
        remedy = "Set source to node_cidr, or to auto."
        raise Failure("options", "source: the cluster has no block affinities of Calico", remedy=remedy)
    blocks = [block for block in calico.blocks if block.node in nodes]
    if calico.blocks and not blocks:
        said = f"such as {calico.blocks[0].node!r} of block {calico.blocks[0].network}"
        what = "No block affinity of Calico names a node of this cluster"
        raise _incomplete(what, "Compare the names of the nodes in Calico and in Kubernetes.", said)
    others = [pool.network for pool in calico.pools if not pool.workload]
    borrowed = [block for block in calico.borrowed if block.node in nodes]
    return [
        *(block for block in blocks if not any(_within(block.network, pool) for pool in others)),
        *borrowed,
    ]


def _within(network: Network, outer: Network) -> bool:
    return network.version == outer.version and network.network_address in outer


def _by_network(blocks: Iterable[Block]) -> dict[Network, str]:
    """Network -> node. A block that just moves to another node may have two for a moment."""
    found: dict[Network, str] = {}
    for network, node in blocks:
        other = found.setdefault(network, node)
        if other != node:
            names = " and ".join(sorted((other, node)))
            what = f"Two nodes have the Pod network {network}: {names}"
            raise _incomplete(what, "The cluster may be changing: run again.")
    return found


def _gateways(
    nodes: dict[str, Node], blocks: Iterable[tuple[Network, str]], options: PodRoutesOptions
) -> dict[tuple[str, int], Address | None]:
    keys = {(name, network.version) for network, name in blocks}
    networks = options.node_networks
    return {(name, version): gateway(nodes[name], version, networks) for name, version in sorted(keys)}


def _outside(cluster: PodNetwork, networks: Iterable[Network]) -> list[Endpoint]:
    """The Pods with an address of their own, in none of these networks."""
    lengths: dict[tuple[int, int], set[Network]] = {}
    for network in networks:
        lengths.setdefault((network.version, network.prefixlen), set()).add(network)
    hosts = {address for node in cluster.nodes for address in node.internal_ips}

    def is_routed(address: Address) -> bool:
        return any(
            ipaddress.ip_network((address, length), strict=False) in known
            for (version, length), known in lengths.items()
            if version == address.version
        )

    found = {
        one.address: one
        for one in cluster.endpoints
        if one.address not in hosts and not is_routed(one.address)
    }
    return [found[address] for address in sorted(found, key=lambda one: (one.version, int(one)))]


def _incomplete(what: str, remedy: str, said: str | None = None) -> Failure:
    return Failure("read_incomplete", what, said=said, remedy=f"Nothing was changed. {remedy}")
