# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The packets between BIG-IP and Pods: SNAT, Antrea's traffic mode, NSX, and AntreaIPAM."""

from __future__ import annotations

import ipaddress

from .._facts.cluster import NplConfig
from .._facts.facts import Facts
from .._facts.pod_network import Traffic
from .._facts.unknown import NotKnown, Unknown, need
from .judgement import Judgement, bad, doubtful, good, not_concerned, open_question, shown
from .paths import astray, bigip, blocks

_ENCAP, _POLICY_ONLY = "encap", "networkpolicyonly"
_PLAIN = ("noencap", "hybrid")


def snat(facts: Facts) -> Judgement:
    """Check P32."""
    without = need(bigip(facts).without_snat)
    networks = [block.network for block in blocks(facts)] if without else []
    of_pods = [
        path
        for path, addresses in without.items()
        if any(ipaddress.ip_address(address) in network for address in addresses for network in networks)
    ]
    if of_pods:
        return bad(
            f"Virtual servers without SNAT have Pods as members: {shown(of_pods)}. Such a Pod answers to the "
            "client's address, and the answer may miss BIG-IP.",
            "Set snat: auto, or make BIG-IP the way back: the nodes' route to the clients.",
        )
    return good("No virtual server without SNAT has Pods as members.")


def _traffic(facts: Facts) -> Traffic | None:
    """The traffic of Antrea; None with another CNI. Raises NotKnown if it cannot be read."""
    if facts.cni.kind != "antrea":
        return None
    config = need(facts.npl)
    if config is None:
        raise NotKnown("the cluster has no configuration of Antrea")
    if config.fault:
        raise NotKnown(config.setting)
    return config.traffic


def _config_map(facts: Facts) -> str:
    name = facts.npl.config_map if isinstance(facts.npl, NplConfig) else ""
    return f"in ConfigMap {name}"


def encapsulation(facts: Facts) -> Judgement:
    """Check P33."""
    traffic = _traffic(facts)
    if traffic is None:
        return not_concerned(f"It concerns Antrea; the CNI is {facts.cni.kind}.")
    mode = f"trafficEncapMode is {traffic.encap_mode} {_config_map(facts)}"
    if traffic.encap_mode.lower() == _POLICY_ONLY:
        return bad(
            f"{mode}: the Pods have no addresses of spec.podCIDRs, so no route by node leads to them.",
            "Create routes for the CNI that gives the Pods their addresses.",
        )
    if traffic.encap_mode.lower() != _ENCAP:
        return good(f"{mode}: nodes send the packets of Pods without encapsulation.")
    wrong = [] if _unread(facts) else [f"{one.block.network} by {one.node}" for one in astray(facts)]
    if wrong:
        return bad(
            f"{mode}, so only the own node of a Pod forwards BIG-IP's packets to it, but BIG-IP reaches "
            f"{shown(wrong)}.",
            "Run vks.bigip.pod_routes again.",
        )
    return good(f"{mode}: a node forwards BIG-IP's packets to its own Pods.")


def _unread(facts: Facts) -> bool:
    return facts.bigip is None or isinstance(facts.bigip.routes, Unknown) or isinstance(facts.nodes, Unknown)


def spoof_guard(facts: Facts) -> Judgement:
    """Check P34."""
    provider = facts.provider
    if not isinstance(provider, Unknown) and not provider.nsx:
        return good(f"The network provider is {provider.name}, not NSX ({provider.sign}).")
    traffic = _traffic(facts)
    if traffic is None:
        return not_concerned(f"It concerns Antrea; the CNI is {facts.cni.kind}. P14 is about Calico.")
    if isinstance(provider, Unknown):
        return open_question(
            f"It is not known whether NSX carries the replies of Pods: {provider.why}.",
            "Set network_provider.",
        )
    what = f"Pods answer BIG-IP with their own addresses, and NSX SpoofGuard drops these ({provider.sign})"
    remedy = "Use pool_member_type nodeportlocal or nodeport."
    if traffic.encap_mode.lower() in _PLAIN:
        return bad(f"{what}: trafficEncapMode is {traffic.encap_mode} {_config_map(facts)}.", remedy)
    return doubtful(f"Probably, {what[0].lower()}{what[1:]}.", remedy)


def antrea_ipam(facts: Facts) -> Judgement:
    """Check P35."""
    traffic = _traffic(facts)
    if traffic is None:
        return not_concerned(f"It concerns Antrea; the CNI is {facts.cni.kind}.")
    if not traffic.ipam:
        return good(f"The feature gate AntreaIPAM is off {_config_map(facts)}.")
    networks = [block.network for block in blocks(facts)]
    hosts = {address for item in need(facts.nodes) for kind, address in item.node.addresses}
    way = facts.bigip.way if facts.bigip else Unknown("no provider is given")
    outside = [
        f"{one.pod} ({one.address})"
        for one in need(facts.pod_addresses)
        if str(one.address) not in hosts
        and not any(one.address in network for network in networks)
        and (isinstance(way, Unknown) or way(str(one.address)) != "connected")
    ]
    if outside:
        return bad(
            f"Pods have addresses of AntreaIPAM, to which no route by node leads: {shown(outside)}.",
            "Create a self IP of BIG-IP in the network of these Pods, or remove their annotation "
            "ipam.antrea.io/ippools.",
        )
    return good("BIG-IP needs no further route to Pods with addresses of AntreaIPAM.")
