# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Calico's API group, and its BGP sessions with BIG-IP."""

from __future__ import annotations

from typing import Sequence

from .._facts.facts import Facts
from .._facts.pod_network import NodeBgp
from .._facts.unknown import Unknown, need
from . import paths
from .judgement import Judgement, bad, good, not_concerned, open_question, shown

OLD_GROUP = "crd.projectcalico.org/v1"  # CIS reads no other one
_ESTABLISHED = "Established"
_FIREWALL = (
    "Check the AS numbers, the passwords, and TCP 179: in Port Lockdown (P21) and in the firewall of the nodes. Of "
    "Broadcom's ClusterClasses, only that of the lab for Calico opens it on the nodes."
)


def api_group(facts: Facts) -> Judgement:
    """Check P36."""
    if facts.cni.kind != "calico":
        return not_concerned(f"It concerns Calico; the CNI is {facts.cni.kind}.")
    calico = need(facts.calico)
    if calico is None:
        return good("The cluster has no blocks of Calico's IPAM.")
    if calico.group == OLD_GROUP:
        return good(f"Calico has its objects in {calico.group}, which CIS and pod_routes read.")
    only = f"Calico has its objects in {calico.group} only"
    running = () if isinstance(facts.cis, Unknown) else facts.cis
    routing = [item.name for item in running if _writes_routes(item.values("--static-routing-mode"))]
    if routing:
        return bad(
            f"{only}. {shown(routing)} has --static-routing-mode, reads {OLD_GROUP} only, and writes no route.",
            "Create the routes with vks.bigip.pod_routes, which reads both, and disable static routing of CIS.",
        )
    return good(f"{only}, which pod_routes reads. The static routing of CIS would write no route.")


def _writes_routes(values: Sequence[str]) -> bool:
    return any(value != "false" for value in values)


def sessions(facts: Facts) -> Judgement:
    """Check P38."""
    if facts.cni.kind != "calico":
        return not_concerned(f"It concerns Calico; the CNI is {facts.cni.kind}.")
    speaks = facts.bigip is not None and not isinstance(facts.bigip.bgp, Unknown)
    in_domain = speaks and facts.wishes.route_domain in need(paths.bigip(facts).bgp)
    if not need(facts.bgp_peers):
        if in_domain:
            return bad(
                f"Route domain {facts.wishes.route_domain} speaks BGP, but Calico has no BGPPeer.",
                "Create a BGPPeer for each BIG-IP.",
            )
        return not_concerned("Calico has no BGPPeer, so BGP is not in use.")
    if speaks and not in_domain:
        return not_concerned(f"Route domain {facts.wishes.route_domain} does not speak BGP.")
    reported = need(facts.bgp_status)
    nodes = [item.node.name for item in need(facts.nodes)]
    states = {one.node: _of_bigip(one, facts) for one in reported if one.node in nodes}
    failed = [
        f"{node} with {peer}: {state}"
        for node, found in sorted(states.items())
        for peer, state in found
        if state != _ESTABLISHED
    ]
    if failed:
        return bad(f"BGP sessions are not established: {shown(failed, '; ')}.", _FIREWALL)
    silent = [node for node in nodes if not states.get(node)]
    if silent and not paths.routed(facts):
        return _silent(silent, states)
    return good("The BGP sessions of the nodes with BIG-IP are established.")


def _of_bigip(reported: NodeBgp, facts: Facts) -> list[tuple[str, str]]:
    """The sessions of a node with a self IP of BIG-IP; all of them, if no self IP is known."""
    self_ips = facts.bigip.self_ips if facts.bigip else None
    own = {item.address for item in self_ips} if isinstance(self_ips, tuple) else None
    return [(peer, state) for peer, state in reported.sessions if own is None or peer in own]


def _silent(silent: Sequence[str], states: dict[str, list[tuple[str, str]]]) -> Judgement:
    without = [node for node in silent if node in states]
    if without:
        return bad(
            f"{shown(without)} has no BGP session with BIG-IP.",
            "Create a BGPPeer whose peerIP is a self IP of BIG-IP, for these nodes.",
        )
    return open_question(
        f"The BGP sessions of {shown(silent)} are not known: no CalicoNodeStatus reports them.",
        f"Create a CalicoNodeStatus with the class BGP for each node. {_FIREWALL}",
    )
