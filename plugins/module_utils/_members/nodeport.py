# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode nodeport: every node that forwards, under the Service's node port. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Mapping

from .endpoints import Backend, backends, canonical, family_of
from .model import LeftOut, Member, Node, Service, ServicePort, Snapshot, Source
from .reasons import failure, left_out
from .result import Result
from .selector import parse

EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers"
DELETION_TAINT = "ToBeDeletedByClusterAutoscaler"
RATIO_MAX = 100  # AS3's Pool_Member.ratio


def refusals(service: Service, port: ServicePort) -> list[tuple[str, str]]:
    """Why the Service cannot be published in this mode: (code, sentence). Empty if it can."""
    if service.type not in ("NodePort", "LoadBalancer"):
        return [("nodeport_service_type", f"its type is {service.type}, which has no node ports")]
    if not port.node_port:
        return [("nodeport_not_allocated", f"port {port} of this {service.type} Service has no node port")]
    return []


def members(snapshot: Snapshot, source: Source, service: Service, port: ServicePort, families: tuple[str, ...]) -> Result:
    for code, sentence in refusals(service, port):
        raise failure(code, f"{source.path}: Service {service}", said=sentence, service=str(service))
    node_port = port.node_port or 0
    found = backends(service, port, snapshot.slices.get((service.namespace, service.name), []), families, source, excluded=False)
    result = Result(warnings=list(found.warnings), health_check_node_port=service.health_check_node_port if service.local else None)
    if source.node_weight == "endpoints" and not service.local:
        result.warnings.append("node_weight: endpoints has no effect, because externalTrafficPolicy is not Local: every node forwards to all endpoints.")
    if not found.taking:
        result.left_out.extend(found.left_out)
    nodes_of = {family: {item.node for item in found.taking if item.family == family} for family in families}
    local = {item.node for item in found.taking} if service.local else None
    fit, unfit = _standing(snapshot, source)
    result.left_out.extend(unfit)
    for node, addresses in fit:
        reason = _idle(node, found.taking, local, service)
        if reason:
            result.left_out.append(reason)
            continue
        for family in families:
            _add(result, node, addresses.get(family), family, node_port, source, service, nodes_of[family])
    if service.local and source.node_weight == "endpoints":
        result.members = _weighted(result.members, found.taking)
    return result


def _standing(snapshot: Snapshot, source: Source) -> tuple[list[tuple[Node, dict[str, str]]], list[LeftOut]]:
    """The nodes that may get traffic, each with its address of each family; and the others. Worked out once for all sources that ask alike."""
    question = (source.node_label_selector, source.exclude_nodes, source.include_unschedulable, source.node_address_type)
    if question not in snapshot.standing:
        selected = parse(source.node_label_selector, source.path)
        fit, unfit = [], []
        for _name, node in sorted((snapshot.nodes or {}).items()):
            reason = _unfit(node, source, selected(node.labels))
            if reason:
                unfit.append(reason)
                continue
            addresses: dict[str, str] = {}
            for kind, text in node.addresses:
                address = canonical(text) if kind == source.node_address_type else None
                if address:
                    addresses.setdefault(family_of(address), address)
            fit.append((node, addresses))
        snapshot.standing[question] = fit, unfit
    return snapshot.standing[question]


def _add(
    result: Result, node: Node, address: str | None, family: str, node_port: int, source: Source, service: Service, taking: set[str | None]
) -> None:
    """The node's address of one family, if that family forwards there. `taking`: the nodes of its endpoints that take traffic."""
    if not taking or (service.local and node.name not in taking):
        what = f"No {family} endpoint {'on node ' + node.name if service.local else 'of the Service'} takes traffic."
        result.left_out.append(left_out("Node", node.name, "no_local_endpoint" if taking else "no_endpoints", what, node.name))
        return
    if address is None:
        has = ", ".join(f"{kind} {item}" for kind, item in node.addresses) or "no address"
        what = f"Node {node.name} has no {family} {source.node_address_type}; it has {has}."
        result.left_out.append(left_out("Node", node.name, "node_without_address", what, node.name))
        return
    result.add(Member(address, node_port, node=node.name), "Node", node.name)


def _unfit(node: Node, source: Source, selected: bool) -> LeftOut | None:
    """Why this node should get no traffic, whatever the Service."""

    def out(reason: str, what: str) -> LeftOut:
        return left_out("Node", node.name, reason, f"Node {node.name} {what}.", node.name)

    if node.name in source.exclude_nodes:
        return out("node_excluded", "is excluded by name")
    if not selected:
        return out("node_not_selected", f"does not match {source.node_label_selector}")
    if EXCLUDE_LABEL in node.labels:
        return out("node_label_excluded", f"carries the label {EXCLUDE_LABEL}")
    if DELETION_TAINT in node.taints:
        return out("node_being_deleted", f"carries the taint {DELETION_TAINT}")
    if not node.ready:
        return out("node_not_ready", "is not Ready")
    if node.unschedulable and not source.include_unschedulable:
        return out("node_unschedulable", "is cordoned")
    return None


def _idle(node: Node, taking: list[Backend], local: set[str | None] | None, service: Service) -> LeftOut | None:
    """Why this node forwards nothing for this Service."""
    if not taking:
        return left_out("Node", node.name, "no_endpoints", f"Service {service} has no endpoint that takes traffic.", node.name)
    if local is not None and node.name not in local:
        return left_out("Node", node.name, "no_local_endpoint", f"No endpoint of Service {service} on node {node.name} takes traffic.", node.name)
    return None


def _weighted(found: list[Member], taking: list[Backend]) -> list[Member]:
    """AS3 ratios by the number of local endpoints, scaled down if they exceed what AS3 takes."""
    counts: dict[tuple[str | None, str], int] = {}
    for item in taking:
        counts[(item.node, item.family)] = counts.get((item.node, item.family), 0) + 1
    largest = max(counts.values(), default=1)
    return [_with_ratio(member, counts, largest) for member in found]


def _with_ratio(member: Member, counts: Mapping[tuple[str | None, str], int], largest: int) -> Member:
    count = counts[(member.node, family_of(member.address))]
    ratio = count if largest <= RATIO_MAX else max(1, round(count * RATIO_MAX / largest))
    return Member(member.address, member.port, node=member.node, ratio=ratio)
