# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The network between BIG-IP and the cluster."""

from __future__ import annotations

import ipaddress
from typing import Iterator

from .._bgp.model import LETS_IN
from .._facts.bigip import BigIp, SelfIp
from .._facts.cluster import NplConfig, Provider
from .._facts.facts import Facts
from .._facts.supervisor import SubnetSet
from .._facts.unknown import Unknown, need
from .._npl import port_range
from .._routes.ways import NONE
from .f5_support import LEG_IN_SEGMENT
from .judgement import Judgement, bad, good, not_concerned, open_question, shown
from .paths import node_addresses, routed

BGP = 179


def _bigip(facts: Facts) -> BigIp:
    if facts.bigip is None:
        raise AssertionError("the runner skips these checks without it")
    return facts.bigip


def _self_ips(facts: Facts) -> list[SelfIp]:
    return [item for item in need(_bigip(facts).self_ips) if item.route_domain == facts.wishes.route_domain]


def _spoken(facts: Facts) -> list[tuple[str, str]]:
    """The nodes' addresses in the families of BIG-IP's self IPs.

    A cluster with both families may be published by IPv4 alone.
    """
    versions = {item.network.version for item in _self_ips(facts)}
    addresses = node_addresses(facts)
    return [
        (name, address) for name, address in addresses if ipaddress.ip_address(address).version in versions
    ] or addresses


def provider_known(facts: Facts) -> Judgement:
    """Check P13."""
    provider = facts.provider
    if isinstance(provider, Unknown):
        return open_question(
            f"The network provider is not known: {provider.why}. Checks for NSX cannot be made.",
            "Set network_provider.",
        )
    if provider.name == "nsx":
        return bad(
            f"The network is NSX ({provider.sign}), but it is not known whether tier-1 or VPC.",
            "Set network_provider to nsx_t1 or nsx_vpc.",
        )
    return good(f"The network provider is {provider.name} ({provider.sign}).")


def _nsx(facts: Facts) -> Provider | None:
    """The provider if it is NSX. Raises NotKnown if it is not known."""
    provider = need(facts.provider)
    return provider if provider.nsx else None


def _cluster_subnets(facts: Facts) -> tuple[SubnetSet, ...] | Unknown:
    """The cluster's own SubnetSet, if the namespace has one of its name; else all of the namespace."""
    if facts.supervisor is None:
        return Unknown("no Supervisor access is given")
    every = facts.supervisor.subnet_sets
    if isinstance(every, Unknown):
        return every
    return tuple(item for item in every if item.name.endswith(f"/{facts.supervisor.cluster}")) or every


def leg_in_segment(facts: Facts) -> Judgement:
    """Check P15."""
    if _nsx(facts) is None:
        return not_concerned("It concerns NSX only.")
    own = _cluster_subnets(facts)
    subnets = (
        []
        if isinstance(own, Unknown)
        else [(cidr, f"SubnetSet {item.name}") for item in own for cidr in item.networks]
    )
    nodes = node_addresses(facts)
    for item in need(_bigip(facts).self_ips):
        for cidr, where in subnets:
            if ipaddress.ip_address(item.address) in ipaddress.ip_network(cidr, strict=False):
                return _leg(item, f"is in {cidr} of {where}")
        for name, address in nodes:
            if ipaddress.ip_address(address) in item.network:
                return _leg(item, f"has the address {address} of node {name} in its network {item.network}")
    return good("No self IP is in a segment of the cluster.")


def _leg(item: SelfIp, where: str) -> Judgement:
    return bad(
        f"Self IP {item.name} {item.address} {where}: {LEG_IN_SEGMENT}.", "Route to the nodes instead."
    )


def route_to_nodes(facts: Facts) -> Judgement:
    """Check P16."""
    domain = facts.wishes.route_domain
    way = need(_bigip(facts).way)
    missing = [f"{address} ({name})" for name, address in _spoken(facts) if way(address) in (None, NONE)]
    if missing:
        return bad(
            f"BIG-IP has no route in route domain {domain} to: {shown(missing)}.",
            "Add a route (or a self IP in their network), or set route_domain.",
        )
    return good(f"BIG-IP has a route in route domain {domain} to every node.")


def access_mode(facts: Facts) -> Judgement:
    """Check P17."""
    provider = need(facts.provider)
    if provider.name not in ("nsx", "nsx_vpc"):
        return not_concerned("It concerns NSX VPC only.")
    if facts.wishes.node_network_routable:
        return good("node_network_routable states that BIG-IP reaches the nodes.")
    subnet_sets = need(_cluster_subnets(facts))
    if not subnet_sets:
        return open_question(
            f"Namespace {facts.supervisor.namespace if facts.supervisor else ''} has no SubnetSet.",
            "Set node_network_routable.",
        )
    private = [item for item in subnet_sets if item.access_mode == "Private"]
    if private:
        cidrs = ", ".join(cidr for item in private for cidr in item.networks) or "of unknown range"
        return bad(
            f"SubnetSet {private[0].name} is Private: node addresses {cidrs} are not reachable from outside "
            "the VPC.",
            "Use a Public subnet for the nodes. If another network routes to them, set "
            "node_network_routable: true (or allow_unvalidated: true).",
        )
    inside = [item for item in subnet_sets if item.access_mode != "Public"]
    if inside:
        return open_question(
            f"SubnetSet {inside[0].name} is {inside[0].access_mode or 'without accessMode'}: it is not "
            "known whether BIG-IP reaches it.",
            "Set node_network_routable: true if BIG-IP reaches it.",
        )
    return good(f"SubnetSet {subnet_sets[0].name} is Public.")


def firewall(facts: Facts) -> Judgement:
    """Check P18: it never passes, because no API shows the effect of NSX's rules."""
    provider = _nsx(facts)
    if provider is None:
        return not_concerned("It concerns NSX only.")
    mode = facts.mode[0]
    config_range = facts.npl.port_range if isinstance(facts.npl, NplConfig) else None
    ports = {
        "nodeport": "-".join(map(str, port_range.NODE_PORTS)),
        "nodeportlocal": config_range or port_range.DEFAULT,
    }.get(mode, "the Pods' ports")
    return bad(
        "These checks cannot read the rules of NSX's distributed and gateway firewalls.",
        f"Allow BIG-IP's self IPs to the nodes on TCP {ports}; check P19 tests the path after an "
        "application is published.",
    )


def data_path(facts: Facts) -> Judgement:
    """Check P19."""
    if "P19" not in facts.wishes.asked:
        return not_concerned(
            "It runs only if checks names it, because it needs published pools with monitors."
        )
    members = need(_bigip(facts).members)
    nodes = {ipaddress.ip_address(address).compressed: name for name, address in node_addresses(facts)}
    on_nodes = {(place, state) for place, state in members.items() if place[0] in nodes}
    up = sorted({nodes[place[0]] for place, state in on_nodes if state == "up"})
    silent = sorted({nodes[place[0]] for place, state in on_nodes if state == "down"} - set(up))
    if silent:
        places = [
            f"{address}:{port}"
            for (address, port), state in sorted(on_nodes)
            if state == "down" and nodes[address] in silent
        ]
        return bad(
            f"No monitor of BIG-IP gets an answer from {shown(silent)} ({shown(places)}).",
            "Check firewalls and routes between BIG-IP and these nodes.",
        )
    if not up:
        return open_question(
            "No pool on BIG-IP has a monitored member on a node of this cluster.",
            "Publish an application with a monitor, then run it again.",
        )
    return good(f"BIG-IP's monitors get answers from {shown(up)}.")


def _distant(facts: Facts) -> Iterator[str]:
    """The nodes that share no network with a self IP."""
    networks = [item.network for item in _self_ips(facts)]
    for name, address in _spoken(facts):
        if not any(ipaddress.ip_address(address) in network for network in networks):
            yield name


def l2_or_bgp(facts: Facts) -> Judgement:
    """Check P20."""
    far = list(_distant(facts))
    if not far:
        return good("A self IP is in the network of every node.")
    reached = routed(facts)
    if reached:
        return good(f"{shown(far)} share no network with a self IP, but BIG-IP has routes to the Pod networks.")
    domain = facts.wishes.route_domain
    if domain not in need(_bigip(facts).bgp):
        return bad(
            f"{shown(far)} share no network with a self IP, and route domain {domain} does not speak BGP.",
            "Add a self IP in the nodes' network, or peer BIG-IP with Calico by BGP.",
        )
    if facts.bgp_peers is False and facts.has("calico"):
        return bad(
            f"Route domain {domain} speaks BGP, but Calico has no BGPPeer.",
            "Create a BGPPeer for each BIG-IP.",
        )
    if reached is False:
        return bad(
            f"Route domain {domain} speaks BGP, but BIG-IP learnt no route to some Pod networks (P30).",
            "Check the sessions: P38, or show ip bgp neighbors in imish.",
        )
    return open_question(
        f"Route domain {domain} speaks BGP, but it is not known if BIG-IP learnt the Pod networks (P30).",
        "Check the sessions: P38, or show ip bgp neighbors in imish.",
    )


def bgp_lockdown(facts: Facts) -> Judgement:
    """Check P21."""
    if facts.wishes.route_domain not in need(_bigip(facts).bgp):
        return not_concerned(f"Route domain {facts.wishes.route_domain} does not speak BGP.")
    addresses = [ipaddress.ip_address(address) for _name, address in node_addresses(facts)]
    near = [
        item for item in _self_ips(facts) if any(address in item.network for address in addresses)
    ] or _self_ips(facts)
    if not near:
        return open_question("The route domain has no self IP.", "Set route_domain.")
    if any(LETS_IN.intersection(need(item.services)) for item in near):
        return good(f"A self IP allows TCP {BGP}.")
    by_default = [item.name for item in near if "default" in need(item.services)]
    if by_default:
        return open_question(
            f"Port Lockdown of self IP {shown(by_default)} allows the default services, and not in every release is "
            f"TCP {BGP} one of them.",
            f"P38 shows if the sessions are established. If not, allow tcp:{BGP} there; "
            "tmsh list net self-allow lists the default services.",
        )
    return bad(
        f"Port Lockdown of self IP {shown([item.name for item in near])} blocks TCP {BGP}, so no BGP session is "
        "established.",
        f"Allow tcp:{BGP} there.",
    )
