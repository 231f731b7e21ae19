# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Annotations of several Pods that name the same port of a node.

Antrea gives a port of a node to one Pod and Pod port, so at most one of these annotations is true. A stale
one would send requests to the Pods of another Service. Each claim has a rank:

* confirmed: managedFields name Antrea's agent as the writer, and an EndpointSlice has the Pod on a node with
  that address. If Nodes were not read, any node confirms it.
* unknown: nothing contradicts it, but managedFields name no writer, or the Pod's EndpointSlices were not
  read.
* refuted: managedFields name another writer; or no EndpointSlice has the Pod on such a node; or the Pod is
  terminating and does not serve any more; or Antrea cannot read the annotation, so it never wrote that text.

The claims of the highest rank count. A single one is believed. If several are unknown, or all are refuted,
none is believed.

A user who may edit the Pods of one namespace can forge an annotation and its managedFields. So if several
claims are confirmed, only those of the same namespace contest each other. Across namespaces each stays a
member, with a warning: otherwise an editor of one namespace could remove another team's members. The forged
member harms only its own pool.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import AbstractSet, Collection, Mapping, NamedTuple, Union

from .._errors import some
from . import mapping
from .model import PodMeta, Snapshot
from .nodes import has_address

AGENT = ("antrea-agent", "status")  # manager and subresource: the agent patches a Pod through its status

SHOWN = 10  # claims in a sentence

FORGED = (
    "Find out from the API server's audit log who wrote which annotation, and delete the wrong one; "
    "Antrea writes it anew."
)

# A runtime expression, so without the operator | (Python 3.10 has it for types only).
Homes = Mapping[str, AbstractSet[Union[str, None]]]  # noqa: UP007
"""UID of a Pod to the nodes of its endpoints."""


class Place(NamedTuple):
    """A port of a node."""

    address: str
    protocol: str
    port: int

    def __str__(self) -> str:
        return f"{self.address} port {self.port}/{self.protocol}"


class PortClaim(NamedTuple):
    """A port of a Pod, as an annotation maps it to a place."""

    namespace: str
    pod: str
    uid: str
    pod_port: int

    def __str__(self) -> str:
        return f"Pod {self.namespace}/{self.pod} (port {self.pod_port})"


class Rank(IntEnum):
    """How far the facts support a claim: the last one most."""

    REFUTED = auto()
    UNKNOWN = auto()
    CONFIRMED = auto()


class Dispute(NamedTuple):
    """A place that several claims name.

    claims  sorted
    likely  the claims of the highest rank, empty if all are refuted
    """

    place: Place
    claims: tuple[PortClaim, ...]
    likely: tuple[PortClaim, ...]
    confirmed: bool

    @property
    def forged(self) -> bool:
        """True if managedFields name Antrea's agent for Pods of several namespaces: one is forged."""
        return self.confirmed and len({claim.namespace for claim in self.likely}) > 1

    def rivals(self, own: PortClaim) -> tuple[PortClaim, ...]:
        """The likely claims that count against one of them, with itself."""
        return (
            tuple(claim for claim in self.likely if claim.namespace == own.namespace)
            if self.confirmed
            else self.likely
        )


def names(claims: Collection[PortClaim], own: PortClaim | None = None) -> str:
    """The claims in a sentence, with `own` among them however many there are."""
    many = len(claims) > SHOWN
    return some(sorted(claims, key=lambda claim: (many and claim != own, claim)), " and ", SHOWN)


class Annotations(NamedTuple):
    """The annotations of all Pods that were read, by namespace and name, and their contradictions."""

    mappings: dict[tuple[str, str], mapping.Mappings]
    disputes: dict[Place, Dispute]


def read(snapshot: Snapshot) -> Annotations:
    """The content of the Pods' annotations, computed once until `snapshot.annotations` is None again.

    A dispute counts only if an EndpointSlice that was read has one of its Pods. No pool lists the others.
    """
    if snapshot.annotations is None:
        mappings, rivals = _compare(snapshot)
        homes = _homes(snapshot) if rivals else {}
        snapshot.annotations = Annotations(
            mappings,
            {
                place: _dispute(snapshot, place, sorted(claims), homes)
                for place, claims in sorted(rivals.items())
                if any(homes.get(claim.uid) for claim in claims)
            },
        )
    return snapshot.annotations  # type: ignore[no-any-return]


def unplaced(snapshot: Snapshot) -> set[tuple[str, str]]:
    """(namespace, UID) of the Pods of disputes whose endpoints were not looked up yet."""
    disputes = read(snapshot).disputes.values()
    homes = _homes(snapshot) if disputes else {}
    return {
        (claim.namespace, claim.uid)
        for dispute in disputes
        for claim in dispute.claims
        if claim.uid not in homes
    }


def against(
    snapshot: Snapshot, item: mapping.Mapping, own: PortClaim, pool: Collection[tuple[str | None, int]]
) -> tuple[str | None, str] | None:
    """Why a Pod's mapping cannot be used: (reason, sentence); None if it can.

    Without a reason, it can be used, with the sentence as a warning.

    `pool`: (UID, port) of each endpoint of the Pod's own pool. Which of these the port leads to makes no
    difference to its clients.
    """
    dispute = read(snapshot).disputes.get(Place(item.address, item.protocol, item.port))
    if dispute is None:
        return None
    if len(dispute.likely) == 1 and own not in dispute.likely:
        return "mapping_taken", f"{own} is mapped to {dispute.place}, which belongs to {dispute.likely[0]}."
    rivals = dispute.rivals(own) if own in dispute.likely else dispute.claims
    same_pool = all((claim.uid, claim.pod_port) in pool for claim in rivals)
    if not same_pool or dispute.likely and own not in dispute.likely:
        parties = names(dispute.claims, own)
        return (
            "mapping_contested",
            f"The annotations of {parties} name the same {dispute.place}, "
            "and nothing shows which of them is true.",
        )
    if dispute.forged:
        return None, (
            f"The annotations of {names(dispute.likely, own)} name the same {dispute.place}, "
            "and managedFields name antrea-agent as the writer of each. "
            "Antrea gives a port to one Pod, so one annotation is stale or forged. "
            f"Each stays a member of its own pool. {FORGED}"
        )
    return None


def _compare(
    snapshot: Snapshot,
) -> tuple[dict[tuple[str, str], mapping.Mappings], dict[Place, set[PortClaim]]]:
    """All mappings, and the places that more than one claim names."""
    mappings: dict[tuple[str, str], mapping.Mappings] = {}
    first: dict[Place, PortClaim] = {}
    rivals: dict[Place, set[PortClaim]] = {}
    for key, pod in (snapshot.pods or {}).items():
        mappings[key] = mapping.parse(pod.mappings)
        for item in mappings[key].entries:
            place, claim = (
                Place(item.address, item.protocol, item.port),
                PortClaim(*key, pod.uid, item.pod_port),
            )
            other = first.setdefault(place, claim)
            if other != claim:
                rivals.setdefault(place, {other}).add(claim)
    return mappings, rivals


def _homes(snapshot: Snapshot) -> Homes:
    """The nodes of each Pod whose endpoints were looked up.

    Empty if no EndpointSlice has the Pod, or if all its endpoints are finished.
    """
    homes: dict[str, set[str | None]] = {}
    for pieces in snapshot.slices.values():
        for piece in pieces:
            for endpoint in piece.endpoints:
                if endpoint.uid:
                    nodes = homes.setdefault(endpoint.uid, set())
                    if not endpoint.finished:
                        nodes.add(endpoint.node)
    return {**snapshot.homes, **homes}


def _dispute(snapshot: Snapshot, place: Place, claims: list[PortClaim], homes: Homes) -> Dispute:
    ranks = {claim: _rank(snapshot, place, claim, homes) for claim in claims}
    highest = max(ranks.values())
    likely = tuple(claim for claim in claims if ranks[claim] == highest != Rank.REFUTED)
    return Dispute(place, tuple(claims), likely, highest == Rank.CONFIRMED)


def _rank(snapshot: Snapshot, place: Place, claim: PortClaim, homes: Homes) -> Rank:
    pod = (snapshot.pods or {})[(claim.namespace, claim.pod)]
    if not_antreas(pod):
        return Rank.REFUTED
    nodes = homes.get(claim.uid)
    if nodes is None:
        return Rank.UNKNOWN
    fitting = {node for node in nodes if _at(snapshot, node, place.address)}
    if not fitting:
        return Rank.REFUTED
    return Rank.CONFIRMED if pod.writers and fitting != {None} else Rank.UNKNOWN


def not_antreas(pod: PodMeta) -> bool:
    """True if another user wrote the annotation.

    Then managedFields name no agent, or an agent cannot have written such a text.
    """
    return bool(pod.writers and AGENT not in pod.writers or mapping.unreadable(pod.mappings))


def _at(snapshot: Snapshot, name: str | None, address: str) -> bool:
    """True if a node has an address, or if that is not known."""
    if name is None or snapshot.nodes is None:
        return True
    node = snapshot.nodes.get(name)
    return node is not None and has_address(node, address)
