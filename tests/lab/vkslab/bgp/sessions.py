# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which BGP sessions are established: those that both sides configure, with equal AS numbers and passwords."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..bigip.network import Destination, destination
from ..bigip.network.bgp import Neighbor
from ..net.objects import family_of

ESTABLISHED, ACTIVE, IDLE = "Established", "Active", "Idle"


@dataclass(frozen=True)
class Peering:
    """One peer of one node, as the node's side configures it."""

    node: str
    address: str
    """The node's own."""
    peer: str
    own_as: int
    peer_as: int
    password: str
    kind: str
    """NodePeer or GlobalPeer, as Calico names it."""
    alive: bool
    networks: tuple[str, ...]
    """The networks of the node's Pods that it reports."""


@dataclass(frozen=True)
class Session:
    peering: Peering
    state: str
    reason: str
    unit: int | None
    """The BIG-IP's unit that has the peer's address."""
    domain: int


Speakers = dict[int, list[Neighbor]]  # the neighbors of each unit


def session(peering: Peering, speakers: Speakers) -> Session:
    """The state of one peering, as the node reports it. A refused AS number is Idle, no answer is Active."""
    for unit, neighbors in speakers.items():
        for one in neighbors:
            if one.own_address == peering.peer and one.address == peering.address:
                state, reason = _judge(peering, one)
                return Session(peering, state, reason, unit, one.domain)
    return Session(peering, ACTIVE, "BIG-IP has no neighbor with this address at its own self IP", None, 0)


def _judge(peering: Peering, neighbor: Neighbor) -> tuple[str, str]:
    if not peering.alive:
        return ACTIVE, "the node is lost"
    if not neighbor.enabled:
        return ACTIVE, "the neighbor is not enabled"
    if not neighbor.open:
        return ACTIVE, "the self IP does not allow TCP 179"
    if neighbor.password != peering.password:
        return ACTIVE, "the passwords differ"
    if neighbor.local_as != peering.peer_as:
        return IDLE, f"BIG-IP has AS {neighbor.local_as}, the node expects {peering.peer_as}"
    if neighbor.remote_as != peering.own_as:
        return IDLE, f"the node has AS {peering.own_as}, BIG-IP expects {neighbor.remote_as}"
    return ESTABLISHED, ""


def learnt(sessions: Iterable[Session]) -> dict[int, dict[Destination, str]]:
    """For each unit, the gateway of each network that an established session reports."""
    found: dict[int, dict[Destination, str]] = {}
    for one in sessions:
        if one.state == ESTABLISHED and one.unit is not None:
            networks = found.setdefault(one.unit, {})
            for network in one.peering.networks:
                if family_of(network) == family_of(one.peering.address):
                    networks[destination(network, one.domain)] = one.peering.address
    return found
