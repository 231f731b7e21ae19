# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The static and learnt routes of BIG-IP to the Pods, and the self IPs that they need."""

from __future__ import annotations

import ipaddress
from typing import Iterable, Sequence

from .._facts.bigip import Route, Unit
from .._facts.facts import Facts
from .._facts.pod_network import Network
from .._facts.unknown import need
from .._routes import marks
from .._routes.model import Block
from .._routes.ways import DEFAULT
from .judgement import Judgement, bad, doubtful, good, not_concerned, open_question, shown
from .paths import Lack, astray, bigip, blocks, lacking, node_addresses

_CREATE = "Create the routes with vks.bigip.pod_routes, or connect BIG-IP to the nodes by BGP."


def routes(facts: Facts) -> Judgement:
    """Check P30."""
    if facts.wishes.pod_network_routable:
        return good("pod_network_routable states that BIG-IP reaches the Pods.")
    networks = blocks(facts)
    if not networks:
        return open_question(
            "The Pod network is not known: no node has spec.podCIDRs, and Calico has no confirmed block.",
            "Create routes for your CNI yourself, and set pod_network_routable: true.",
        )
    domain = facts.wishes.route_domain
    missing = lacking(facts)
    if missing:
        return _no_route(missing, domain, bigip(facts).not_learnt)
    wrong = [
        f"route {one.route.name} leads to {one.node}, but {one.block.network} is of {one.block.node}"
        for one in astray(facts)
    ]
    if wrong:
        return doubtful(
            f"BIG-IP sends packets for Pods to another node: {shown(wrong, '; ')}.",
            "Run vks.bigip.pod_routes again. Not every CNI forwards such a packet.",
        )
    return good(f"BIG-IP has routes in route domain {domain} to all Pod networks ({len(networks)}).")


def _no_route(missing: Sequence[Lack], domain: int, not_learnt: str | None) -> Judgement:
    named = shown(f"{one.block.network} of node {one.block.node}" for one in missing)
    default = " Only the default route leads there." if any(one.way == DEFAULT for one in missing) else ""
    what = f"BIG-IP has no route in route domain {domain} to the Pod networks {named}.{default}"
    if not_learnt:
        return open_question(
            f"{what} The routes that it learnt, for example by BGP, could not be read. {not_learnt}",
            f"{_CREATE} If BIG-IP learnt these routes, set pod_network_routable: true.",
        )
    return bad(
        what, f"{_CREATE} If the router of the default route knows the Pods, set pod_network_routable: true."
    )


def own_self_ips(facts: Facts) -> Judgement:
    """Check P31."""
    units = need(bigip(facts).units)
    near = {
        name: ipaddress.ip_address(address)
        for name, address in node_addresses(facts)
        if any(_inside(address, (*unit.networks, *unit.floating)) for unit in units)
    }
    if not near:
        return not_concerned("No self IP is in the network of a node, see P20.")
    for unit in units:
        missing = [name for name, address in near.items() if not _inside(str(address), unit.networks)]
        if missing:
            return bad(
                f"BIG-IP {unit.name} has no self IP of its own in the network of {shown(missing)}"
                f"{_floats(unit, [str(near[name]) for name in missing])}.",
                "Create a self IP that does not float in this network on each unit. Without it, a config-sync of "
                "the routes fails, and the unit reaches no Pod.",
            )
    unasked = bigip(facts).unasked
    if unasked:
        return open_question(unasked[0], "Name all units in provider.server.")
    return good("Each unit has a self IP of its own in the network of the nodes.")


def _floats(unit: Unit, addresses: Iterable[str]) -> str:
    if any(_inside(address, unit.floating) for address in addresses):
        return ", only a floating one, which is on one unit at a time"
    return ""


def _inside(address: str, networks: Iterable[Network]) -> bool:
    return any(ipaddress.ip_address(address) in network for network in networks)


def overlaps(facts: Facts) -> Judgement:
    """Check P37."""
    ours = blocks(facts)
    nodes = {address for _name, address in node_addresses(facts)}
    foreign = [route for route in need(bigip(facts).routes) if route.gateway and route.gateway not in nodes]
    others = [
        f"{block.network} of node {block.node} overlaps with {route.network} of owner {mark.owner}"
        f"{f', cluster {mark.cluster}' if mark.cluster else ''} (route {route.name})"
        for route in foreign
        if (mark := marks.read(route.description))
        for block in _overlapping(ours, route)
    ]
    if others:
        return bad(
            f"Two clusters have the same Pod network: {shown(others, '; ')}.",
            "Give each cluster its own Pod network, or its own route domain on BIG-IP. If that route is obsolete, "
            "its owner removes it with vks.bigip.pod_routes.",
        )
    elsewhere = [
        f"{route.name} leads {route.network} to {route.gateway}"
        for route in foreign
        if any(block.network.prefixlen <= route.network.prefixlen for block in _overlapping(ours, route))
    ]
    if elsewhere:
        return doubtful(
            f"Routes within the Pod network lead to no node of this cluster: {shown(elsewhere, '; ')}.",
            "Check that they are not of another cluster with the same Pod network.",
        )
    return good("No route of another cluster overlaps with the Pod networks.")


def _overlapping(ours: Sequence[Block], route: Route) -> list[Block]:
    network = route.network
    return [
        block
        for block in ours
        if block.network.version == network.version and network.prefixlen and block.network.overlaps(network)
    ]
