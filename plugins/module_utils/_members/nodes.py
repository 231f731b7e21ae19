# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Selects the nodes that may get traffic under their own addresses, whatever the Service."""

from __future__ import annotations

from typing import NamedTuple

from .addresses import IPV4, IPV6, canonical, family_of, order, special
from .model import LeftOut, Node, Snapshot
from .reasons import left_out
from .selector import parse
from .source import Source

EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers"
DELETION_TAINT = "ToBeDeletedByClusterAutoscaler"


class Addresses(NamedTuple):
    """The nodes' addresses of one family.

    places  (address, name of the node), sorted by address and name
    shared  two nodes claim the same address
    """

    places: list[tuple[str, str]]
    missing: list[LeftOut]
    shared: bool


class Eligibility(NamedTuple):
    """`names`: the nodes that may get traffic. `unfit`: the others."""

    names: frozenset[str]
    unfit: list[LeftOut]
    addresses: dict[str, Addresses]  # by family


def eligibility(snapshot: Snapshot, source: Source) -> Eligibility:
    """The nodes that may get traffic and the others.

    Computed once for all sources with the same options: it is the same for every Service.
    """
    question = (
        source.node_label_selector,
        source.exclude_nodes,
        source.include_unschedulable,
        source.node_address_type,
    )
    if question not in snapshot.eligibility:
        selected = parse(source.node_label_selector, source.path)
        fit, unfit = [], []
        for node in (snapshot.nodes or {}).values():
            reason = _unfit(node, source, selected(node.labels))
            if reason:
                unfit.append(reason)
            else:
                fit.append(node)
        names = frozenset(node.name for node in fit)
        snapshot.eligibility[question] = Eligibility(
            names,
            unfit,
            {family: _addresses(fit, family, source.node_address_type) for family in (IPV4, IPV6)},
        )
    cached: Eligibility = snapshot.eligibility[question]
    return cached


def has_address(node: Node, address: str) -> bool:
    """True if BIG-IP may reach the node under this address, in its canonical form.

    A name that looks like an address does not count.
    """
    return any(
        kind in ("InternalIP", "ExternalIP") and canonical(text) == address for kind, text in node.addresses
    )


def _addresses(nodes: list[Node], family: str, kind: str) -> Addresses:
    places, missing = [], []
    for node in nodes:
        known = (canonical(text) for of_kind, text in node.addresses if of_kind == kind)
        address = next(
            (item for item in known if item and family_of(item) == family and not special(item)), None
        )
        if address:
            places.append((address, node.name))
            continue
        has = ", ".join(f"{of_kind} {item}" for of_kind, item in node.addresses) or "no address"
        missing.append(
            left_out(
                "Node",
                node.name,
                "node_without_address",
                f"Node {node.name} has no {family} {kind}; it has {has}.",
                node.name,
            )
        )
    places.sort(key=lambda place: (order(place[0]), place[1]))
    return Addresses(places, missing, shared=len({address for address, _name in places}) < len(places))


def _unfit(node: Node, source: Source, selected: bool) -> LeftOut | None:
    """Why this node should get no traffic, whatever the Service."""

    def out(reason: str, what: str) -> LeftOut:
        return left_out("Node", node.name, reason, f"Node {node.name} {what}.", node.name)

    if node.name in source.exclude_nodes:
        return out("node_excluded", "is excluded by name")
    if not selected:
        return out("node_not_selected", f"does not match {source.node_label_selector}")
    if EXCLUDE_LABEL in node.labels:
        return out("node_label_excluded", f"has the label {EXCLUDE_LABEL}")
    if DELETION_TAINT in node.taints:
        return out("node_being_deleted", f"has the taint {DELETION_TAINT}")
    if not node.ready:
        return out("node_not_ready", "is not Ready")
    if node.unschedulable and not source.include_unschedulable:
        return out("node_unschedulable", "is cordoned")
    return None
