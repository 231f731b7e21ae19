# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes' side of BGP: the peers of each node with Calico or Antrea, and the networks that it reports.

Of Calico's BGPPeers it evaluates peerIP, asNumber, node, nodeSelector and password; of IPPools nothing, so
disableBGPExport has no effect. Antrea has one effective policy a node: the oldest one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..net.objects import family_of
from .records import (
    ANTREA_NAMESPACE,
    ANTREA_PASSWORDS,
    DEFAULT_AS,
    Configuration,
    Networks,
    Node,
    Peer,
    Policy,
    SecretKey,
    Status,
)
from .sessions import Peering

#: The text of a key of a Secret; None if it does not exist.
Secrets = Callable[[SecretKey], str | None]


@dataclass
class Objects:
    """The objects of the cluster at present, by name."""

    nodes: dict[str, Node] = field(default_factory=dict)
    peers: dict[str, Peer] = field(default_factory=dict)
    configurations: dict[str, Configuration] = field(default_factory=dict)
    affinities: dict[str, Networks] = field(default_factory=dict)
    blocks: dict[str, Networks] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    antrea_gate: bool = False

    @property
    def mesh(self) -> bool:
        found = self.configurations.get("default")
        return found.mesh if found else True


def peerings(objects: Objects, secrets: Secrets) -> Iterator[Peering]:
    networks = _networks(objects)
    for node in objects.nodes.values():
        for peer in sorted(objects.peers.values(), key=lambda one: one.name):
            if _applies(peer, node):
                yield from _of_calico(objects, node, peer, networks.get(node.name, ()), secrets)
        if objects.antrea_gate:
            yield from _of_antrea(objects, node, secrets)


def secret_keys(objects: Objects) -> set[SecretKey]:
    """The Secrets that hold passwords."""
    found = {peer.password for peer in objects.peers.values() if peer.password}
    if objects.antrea_gate:
        found |= {
            (ANTREA_NAMESPACE, ANTREA_PASSWORDS, f"{address}-{number}")
            for policy in objects.policies.values()
            for address, number in policy.peers
        }
    return found


def _of_calico(
    objects: Objects, node: Node, peer: Peer, networks: Iterable[str], secrets: Secrets
) -> Iterator[Peering]:
    default = objects.configurations.get("default")
    own_as = node.as_number or (default.as_number if default else DEFAULT_AS)
    password = secrets(peer.password) if peer.password else ""
    for address in _same_family(node, peer.address):
        yield Peering(
            node=node.name,
            address=address,
            peer=peer.address,
            own_as=own_as,
            peer_as=peer.as_number,
            # Calico waits for a missing Secret, so the session does not come up.
            password="\0missing" if password is None else password,
            kind="NodePeer" if peer.node or peer.selector else "GlobalPeer",
            alive=node.alive,
            networks=tuple(networks),
        )


def _of_antrea(objects: Objects, node: Node, secrets: Secrets) -> Iterator[Peering]:
    matching = [one for one in objects.policies.values() if one.selects(node.labels)]
    for policy in sorted(matching, key=lambda one: (one.created, one.name))[:1]:
        for peer, number in policy.peers:
            for address in _same_family(node, peer):
                yield Peering(
                    node=node.name,
                    address=address,
                    peer=peer,
                    own_as=policy.as_number,
                    peer_as=number,
                    password=secrets((ANTREA_NAMESPACE, ANTREA_PASSWORDS, f"{peer}-{number}")) or "",
                    kind="NodePeer",
                    alive=node.alive,
                    networks=node.cidrs if policy.pods else (),
                )


def _same_family(node: Node, peer: str) -> list[str]:
    """The first address of the node that can talk to the peer."""
    return [address for address in node.addresses if family_of(address) == family_of(peer)][:1]


def _networks(objects: Objects) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in (*objects.affinities.values(), *objects.blocks.values()):
        for node, network in each.of_nodes:
            found.setdefault(node, []).append(network)
    return found


def _applies(peer: Peer, node: Node) -> bool:
    if peer.node:
        return peer.node == node.name
    return not peer.selector or selects(peer.selector, node.labels)


_TERM = re.compile(
    r"""\s*(?:(?P<all>all\(\))|(?P<no>!)?has\((?P<has>[\w./-]+)\)
    |(?P<key>[\w./-]+)\s*(?P<sign>==|!=)\s*(?P<quote>['"])(?P<value>.*?)(?P=quote))\s*""",
    re.VERBOSE,
)


def selects(selector: str, labels: Mapping[str, str]) -> bool:
    """Calico's selectors, as far as the tests write them: terms joined by &&; no other operators match."""
    return all(_holds(term, labels) for term in selector.split("&&"))


def _holds(term: str, labels: Mapping[str, str]) -> bool:
    found = _TERM.fullmatch(term)
    if found is None:
        return False
    if found["all"]:
        return True
    if found["has"]:
        return (found["has"] in labels) != bool(found["no"])
    return (labels.get(found["key"]) == found["value"]) == (found["sign"] == "==")
