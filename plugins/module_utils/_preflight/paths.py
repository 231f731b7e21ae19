# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Pod networks of the cluster, and BIG-IP's paths to them."""

from __future__ import annotations

import ipaddress
from typing import Callable, NamedTuple

from .._facts.bigip import BigIp, Route
from .._facts.facts import Facts
from .._facts.pod_network import Network
from .._facts.unknown import NotKnown, need
from .._routes.model import Block, order
from .._routes.ways import DEFAULT, NONE, PROVED


class Lack(NamedTuple):
    """A Pod network without a path. way: DEFAULT if the default route leads to it, else NONE."""

    block: Block
    way: str


class Astray(NamedTuple):
    """A route that leads to a Pod network by another node than that of the network."""

    block: Block
    route: Route
    node: str


def bigip(facts: Facts) -> BigIp:
    if facts.bigip is None:
        raise NotKnown("no provider is given")
    return facts.bigip


def node_addresses(facts: Facts) -> list[tuple[str, str]]:
    """(node, InternalIP) of every node."""
    return [
        (item.node.name, address)
        for item in need(facts.nodes)
        for kind, address in item.node.addresses
        if kind == "InternalIP"
    ]


def blocks(facts: Facts) -> list[Block]:
    """The networks of the Pods with their nodes: Calico's blocks if it has some, else the nodes' podCIDRs.

    Only those of BIG-IP's families, if its self IPs are known: a cluster with both may be published by IPv4 alone.
    """
    nodes = need(facts.nodes)
    names = {item.node.name for item in nodes}
    calico = need(facts.calico) if facts.cni.kind == "calico" else None
    found = [Block(network, node) for network, node in (calico.blocks if calico else ()) if node in names]
    if not found:
        found = [Block(network, item.node.name) for item in nodes for network in item.pod_cidrs]
    versions = _versions(facts)
    spoken = [block for block in found if block.network.version in versions] or found
    return sorted(spoken, key=lambda block: (*order(block.network), block.node))


def _versions(facts: Facts) -> set[int]:
    """The families of BIG-IP's self IPs in the route domain; empty if they are not known."""
    self_ips = facts.bigip.self_ips if facts.bigip else ()
    known = self_ips if isinstance(self_ips, tuple) else ()
    return {item.network.version for item in known if item.route_domain == facts.wishes.route_domain}


def lacking(facts: Facts) -> list[Lack]:
    """The Pod networks to which BIG-IP has no path. Raises NotKnown if a fact for this is missing."""
    to = need(bigip(facts).way)
    ways = ((block, _way(to, block.network)) for block in blocks(facts))
    return [Lack(block, way) for block, way in ways if way not in PROVED]


def _way(to: Callable[[str], str | None], network: Network) -> str:
    """The worse way of those to the first and to the last address of a network."""
    ways = {to(str(network[0])) or NONE, to(str(network[-1])) or NONE}
    return next((way for way in (NONE, DEFAULT) if way in ways), ways.pop())


def leads(facts: Facts) -> bool:
    """True if these routes lead to all Pod networks, or if these are not known: no further route matters."""
    try:
        return not lacking(facts)
    except NotKnown:
        return True


def routed(facts: Facts) -> bool | None:
    """True if BIG-IP has paths to all Pod networks, or the user states it; None if that is not known."""
    if facts.wishes.pod_network_routable is not None:
        return facts.wishes.pod_network_routable
    try:
        missing = lacking(facts)
        known = bool(blocks(facts))
    except NotKnown:
        return None
    if missing and bigip(facts).not_learnt:
        return None
    return not missing if known else None


def astray(facts: Facts) -> list[Astray]:
    """The routes that lead to a Pod network by another node. Another gateway than a node may be a router."""
    nodes = {ipaddress.ip_address(address): name for name, address in node_addresses(facts)}
    routes = sorted(need(bigip(facts).routes), key=lambda route: -route.network.prefixlen)
    found = []
    for block in blocks(facts):
        route = next((one for one in routes if _contains(one.network, block.network)), None)
        gateway = nodes.get(ipaddress.ip_address(route.gateway)) if route and route.gateway else None
        if route and gateway not in (None, block.node):
            found.append(Astray(block, route, str(gateway)))
    return found


def _contains(outer: Network, inner: Network) -> bool:
    return (
        outer.version == inner.version
        and 0 < outer.prefixlen <= inner.prefixlen
        and inner.network_address in outer
    )
