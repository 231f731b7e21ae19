# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status that Calico writes into a CalicoNodeStatus: the BGP sessions of one node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..net.objects import family_of
from .nodes import Objects
from .sessions import ESTABLISHED, Session

#: When each session of a node came into its state: (node, peer, state) to a time of day.
Since = dict[tuple[str, str, str], str]
_VERSION = "v0.3.3+birdv1.6.8"


def content(
    objects: Objects, node: str, classes: Iterable[str], peers: list[dict[str, str]]
) -> dict[str, Any]:
    """The parts of the classes BGP and Agent. The lab does not report Routes."""
    found: dict[str, Any] = {}
    if "BGP" in classes:
        by_family = {
            version: [one for one in peers if family_of(one["peerIP"]) == family]
            for version, family in (("V4", "IPv4"), ("V6", "IPv6"))
        }
        counts = {
            f"number{word}{version}": sum((one["state"] == ESTABLISHED) == up for one in listed)
            for version, listed in by_family.items()
            for word, up in (("Established", True), ("NotEstablished", False))
        }
        found["bgp"] = {
            **counts,
            **{f"peers{version}": listed for version, listed in by_family.items() if listed},
        }
    if "Agent" in classes:
        there = objects.nodes.get(node)
        bird = {"state": "Ready" if there and there.alive else "NotReady", "version": _VERSION}
        found["agent"] = {"birdV4": bird, "birdV6": bird}
    return found


def peers_of(
    objects: Objects, node: str, sessions: Iterable[Session], since: Since, now: str
) -> list[dict[str, str]]:
    """The sessions of a node: with the other nodes, if the mesh is on, and with its BGPPeers."""
    listed = [
        (address, "NodeMesh", ESTABLISHED if other.alive else "Connect")
        for other in objects.nodes.values()
        if objects.mesh and other.name != node
        for address in other.addresses[:1]
    ]
    listed += [
        (one.peering.peer, one.peering.kind, one.state) for one in sessions if one.peering.node == node
    ]
    return [
        {"peerIP": peer, "type": kind, "state": state, "since": since.setdefault((node, peer, state), now)}
        for peer, kind, state in listed
    ]


def forget(since: Since, present: Iterable[tuple[str, str, str]]) -> None:
    """A session that left a state begins anew when it returns to it."""
    kept = set(present)
    for key in since.keys() - kept:
        del since[key]
