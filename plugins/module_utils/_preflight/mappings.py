# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The mappings of NodePortLocal that Pods carry as annotations: free ports, nodes, protocols, disputes."""

from __future__ import annotations

import ipaddress
from collections import Counter

from .._facts.facts import Facts
from .._facts.unknown import need
from .._members import believed, contested, mapping
from .._npl import port_range
from .judgement import Judgement, bad, good, not_concerned, open_question, shown

NEARLY_FULL = 0.9  # of the ports of a node


def capacity(facts: Facts) -> Judgement:
    """Check P07."""
    config = need(facts.npl)
    ports = (
        believed.ports(config.port_range or port_range.DEFAULT)
        if config is not None and config.enabled
        else None
    )
    if ports is None or ports[1] <= ports[0]:
        return not_concerned("NodePortLocal is not on, or its range is not valid (P06).")
    pods = need(facts.applications).pods or {}
    if not facts.all_pods:
        return open_question(
            "It is not known how many ports are taken: this user may not list the Pods of all namespaces.",
            "Allow list on pods in the whole cluster.",
        )
    taken = {
        (item.address, item.protocol, item.port)
        for pod in pods.values()
        for item in mapping.parse(pod.mappings).entries
    }
    counts = Counter((address, protocol) for address, protocol, port in taken if ports[0] <= port <= ports[1])
    size = ports[1] - ports[0] + 1
    full = [(place, used) for place, used in sorted(counts.items()) if used >= NEARLY_FULL * size]
    if full:
        said = "; ".join(
            f"node address {address} uses {used} of {size} {protocol} ports"
            for (address, protocol), used in full
        )
        return bad(
            f"NodePortLocal's ports run out: {said}.",
            "Widen portRange or spread the Pods over more nodes. A Pod without a free port gets no mapping.",
        )
    most = max(counts.values(), default=0)
    return good(f"At most {most} of {size} ports are taken at a node address.")


def node_addresses(facts: Facts) -> Judgement:
    """Check P10."""
    snapshot = need(facts.applications)
    nodes = need(facts.nodes)
    known = {
        ipaddress.ip_address(text): machine.node.name
        for machine in nodes
        for kind, text in machine.node.addresses
        if kind.endswith("IP")
    }
    at = {
        (key[0], item.pod): item.node
        for key, pieces in snapshot.slices.items()
        for piece in pieces
        for item in piece.endpoints
        if item.node
    }
    stale = []
    for (namespace, name), pod in sorted((snapshot.pods or {}).items()):
        node = at.get((namespace, name))
        for address in sorted({item.address for item in mapping.parse(pod.mappings).entries}):
            owner = known.get(ipaddress.ip_address(address))
            if owner is None or (node is not None and owner != node):
                stale.append(
                    f"nodeIP {address} of Pod {namespace}/{name} is not an address of "
                    + (f"node {node}" if node else "any node")
                )
    if stale:
        return bad(
            f"Stale annotations: {shown(stale, '; ')}.",
            "Check that the agent of each node runs. Then delete these Pods: Antrea maps the new ones.",
        )
    return good("Every mapping leads to an address of its node.")


def two_protocols(facts: Facts) -> Judgement:
    """Check P28."""
    pods = need(facts.applications).pods or {}
    doubled = []
    for (namespace, name), pod in sorted(pods.items()):
        protocols: dict[int, set[str]] = {}
        for item in mapping.parse(pod.mappings).entries:
            protocols.setdefault(item.pod_port, set()).add(item.protocol)
        doubled += [f"{namespace}/{name} port {port}" for port, seen in protocols.items() if len(seen) > 1]
    if doubled:
        return bad(
            f"CIS ignores the protocol and adds both node ports of: {shown(doubled)}.",
            "Use vks.bigip.publish for them, which distinguishes TCP from UDP, or use two Pod ports.",
        )
    return good("No Pod port is mapped for two protocols.")


def one_pod_a_port(facts: Facts) -> Judgement:
    """Check P29."""
    disputes = contested.read(need(facts.applications)).disputes.values()
    if not disputes:
        return good("Each port of a node is mapped for one Pod.")
    said = []
    for dispute in disputes:
        owner = (
            f"it belongs to {dispute.likely[0]}"
            if len(dispute.likely) == 1
            else "nothing shows which of them is true"
        )
        if dispute.forged:
            owner = (
                f"managedFields name antrea-agent as the writer of {contested.names(dispute.likely)}, so "
                "one is stale or forged"
            )
        said.append(
            f"{dispute.place} is named by the annotations of {contested.names(dispute.claims)}: {owner}"
        )
    remedy = (
        "Restart antrea-agent on the node, which corrects stale annotations. If this stays, recreate these "
        "Pods."
    )
    if any(dispute.forged for dispute in disputes):
        remedy += f" {contested.FORGED}"
    return bad(f"Several Pods name the same port of a node. {shown(said, '; ')}.", remedy)
