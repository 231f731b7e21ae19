# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations of several Pods that name the same port of a node. This module util is PRIVATE to the collection.

Antrea gives a port of a node to one Pod and Pod port, so at most one of these annotations is true. A stale one would send
requests to the Pods of another Service. Two facts speak against an annotation:
* managedFields name another writer than Antrea's agent. If they name no writer, this fact is not known.
* No EndpointSlice has the Pod on a node with that address. If slices or Nodes were not read, this fact is not known.
An annotation is believed if it is the only one that nothing speaks against. Of several, none is believed.
"""

from __future__ import annotations

from typing import AbstractSet, Collection, Mapping, NamedTuple, Union

from . import mapping
from .endpoints import canonical
from .model import Snapshot

AGENT = "antrea-agent/status"  # the agent patches a Pod through its status, which an editor of a namespace may not do

Homes = Mapping[str, AbstractSet[Union[str, None]]]  # noqa: UP007 evaluated when it runs. UID of a Pod to the nodes of its endpoints


class Place(NamedTuple):
    """A port of a node."""

    address: str
    protocol: str
    port: int

    def __str__(self) -> str:
        return f"{self.address} port {self.port}/{self.protocol}"


class Claim(NamedTuple):
    """A port of a Pod, as an annotation maps it to a place."""

    namespace: str
    pod: str
    uid: str
    pod_port: int

    def __str__(self) -> str:
        return f"Pod {self.namespace}/{self.pod} (port {self.pod_port})"


class Dispute(NamedTuple):
    """A place that several claims name, sorted. `likely`: those that nothing speaks against."""

    place: Place
    claims: tuple[Claim, ...]
    likely: tuple[Claim, ...]

    @property
    def parties(self) -> str:
        return " and ".join(map(str, self.claims))


class Annotations(NamedTuple):
    """The annotations of all Pods that were read, by namespace and name; and where they contradict each other."""

    mappings: dict[tuple[str, str], mapping.Mappings]
    disputes: dict[Place, Dispute]


def read(snapshot: Snapshot) -> Annotations:
    """What the Pods' annotations say, worked out once until `snapshot.annotations` is set to None again.

    A dispute counts only if an EndpointSlice that was read has one of its Pods. No pool lists the others.
    """
    if snapshot.annotations is None:
        mappings, rivals = _compare(snapshot)
        homes = _homes(snapshot) if rivals else {}
        snapshot.annotations = Annotations(
            mappings,
            {
                place: Dispute(place, tuple(sorted(claims)), tuple(claim for claim in sorted(claims) if _likely(snapshot, place, claim, homes)))
                for place, claims in sorted(rivals.items())
                if any(homes.get(claim.uid) for claim in claims)
            },
        )
    return snapshot.annotations  # type: ignore[no-any-return]


def unplaced(snapshot: Snapshot) -> set[tuple[str, str]]:
    """(namespace, UID) of the Pods of disputes whose endpoints were not looked up yet."""
    disputes = read(snapshot).disputes.values()
    homes = _homes(snapshot) if disputes else {}
    return {(claim.namespace, claim.uid) for dispute in disputes for claim in dispute.claims if claim.uid not in homes}


def against(snapshot: Snapshot, item: mapping.Mapping, own: Claim, pool: Collection[tuple[str | None, int]]) -> tuple[str, str] | None:
    """Why a Pod's mapping cannot be used: (reason, sentence). None if it can.

    `pool`: (UID, port) of each endpoint of the Pod's own pool. Which of these the port leads to makes no difference to its clients.
    """
    dispute = read(snapshot).disputes.get(Place(item.address, item.protocol, item.port))
    if dispute is None:
        return None
    same_pool = all((claim.uid, claim.pod_port) in pool for claim in dispute.likely or dispute.claims)
    if same_pool and (own in dispute.likely or not dispute.likely):
        return None
    if len(dispute.likely) != 1:
        return "mapping_contested", f"The annotations of {dispute.parties} name the same {dispute.place}, and nothing shows which of them is true."
    if own in dispute.likely:
        return None
    return "mapping_taken", f"{own} is mapped to {dispute.place}, which belongs to {dispute.likely[0]}."


def _compare(snapshot: Snapshot) -> tuple[dict[tuple[str, str], mapping.Mappings], dict[Place, set[Claim]]]:
    """All mappings, and the places that more than one claim names."""
    mappings: dict[tuple[str, str], mapping.Mappings] = {}
    first: dict[Place, Claim] = {}
    rivals: dict[Place, set[Claim]] = {}
    for key, pod in (snapshot.pods or {}).items():
        if pod.mappings is None:
            continue
        mappings[key] = mapping.parse(pod.mappings)
        for item in mappings[key].entries:
            place, claim = Place(item.address, item.protocol, item.port), Claim(*key, pod.uid, item.pod_port)
            other = first.setdefault(place, claim)
            if other != claim:
                rivals.setdefault(place, {other}).add(claim)
    return mappings, rivals


def _homes(snapshot: Snapshot) -> Homes:
    """The nodes of each Pod whose endpoints were looked up: none if no EndpointSlice has the Pod."""
    homes: dict[str, set[str | None]] = {}
    for pieces in snapshot.slices.values():
        for piece in pieces:
            for endpoint in piece.endpoints:
                if endpoint.uid:
                    homes.setdefault(endpoint.uid, set()).add(endpoint.node)
    return {**snapshot.homes, **homes}


def _likely(snapshot: Snapshot, place: Place, claim: Claim, homes: Homes) -> bool:
    pod = (snapshot.pods or {})[(claim.namespace, claim.pod)]
    if pod.writers and AGENT not in pod.writers:
        return False
    nodes = homes.get(claim.uid)
    return nodes is None or any(_at(snapshot, node, place.address) for node in nodes)


def _at(snapshot: Snapshot, name: str | None, address: str) -> bool:
    """Whether a node has an address, as far as that is known."""
    if name is None or snapshot.nodes is None:
        return True
    node = snapshot.nodes.get(name)
    return node is not None and any(canonical(text) == address for _kind, text in node.addresses)
