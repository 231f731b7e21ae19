# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Mode nodeport: every node that forwards, under the Service's node port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from .addresses import family_of
from .endpoints import Backend, backends, resting
from .model import LeftOut, Member, Service, ServicePort, Snapshot
from .nodes import Addresses, eligibility
from .reasons import failure, left_out
from .result import PoolResult
from .source import Source

if TYPE_CHECKING:
    from .._codes import Code

RATIO_MAX = 100  # AS3's Pool_Member.ratio


def refusals(service: Service, port: ServicePort) -> list[tuple[Code, str]]:
    """Why the Service cannot be published in this mode: (code, sentence). Empty if it can."""
    if service.headless:
        return [("nodeport_headless", "it is headless (clusterIP: None) and cannot have node ports")]
    if service.type not in ("NodePort", "LoadBalancer"):
        return [("nodeport_service_type", f"its type is {service.type}, which has no node ports")]
    if not port.node_port:
        return [("nodeport_not_allocated", f"port {port} of this {service.type} Service has no node port")]
    return []


def members(
    snapshot: Snapshot, source: Source, service: Service, port: ServicePort, families: tuple[str, ...]
) -> PoolResult:
    """One member for each node that forwards to the Service port, and the reason for each other node.

    Raises Failure if the Service port has no node port.
    """
    for code, sentence in refusals(service, port):
        what = f"{source.path}: Service {service} cannot be published by node ports"
        raise failure(code, what, said=sentence, service=str(service))
    endpoints = backends(
        service,
        port,
        snapshot.slices.get((service.namespace, service.name), []),
        families,
        source,
        excluded=False,
    )
    result = PoolResult(
        warnings=list(endpoints.warnings),
        health_check_node_port=service.health_check_node_port if service.local else None,
    )
    if source.node_weight == "endpoints" and not service.local:
        result.warnings.append(
            "node_weight: endpoints has no effect, because externalTrafficPolicy is not Local: "
            "every node forwards to all endpoints."
        )
    nodes = eligibility(snapshot, source)
    result.left_out.extend(nodes.unfit)
    if not endpoints.taking:
        result.left_out.extend(endpoints.left_out)
        result.left_out.extend(resting(item) for item in endpoints.draining)
        result.left_out.extend(
            _idle(name, "no_endpoints", f"Service {service} has no endpoint that takes traffic.")
            for name in nodes.names
        )
        return result
    idle = nodes.names - {item.node for item in endpoints.taking} if service.local else frozenset()
    result.left_out.extend(
        _idle(name, "no_local_endpoint", f"No endpoint of Service {service} on node {name} takes traffic.")
        for name in idle
    )
    for family in families:
        taking = {item.node for item in endpoints.taking if item.family == family}
        unused = nodes.names - idle - taking if service.local or not taking else frozenset()
        for name in unused:
            where = f"on node {name}" if service.local else "of the Service"
            result.left_out.append(
                _idle(
                    name,
                    "no_local_endpoint" if taking else "no_endpoints",
                    f"No {family} endpoint {where} takes traffic.",
                )
            )
        _add(result, nodes.addresses[family], idle | unused, port.node_port or 0)
    result.in_order = len(families) == 1
    if service.local and source.node_weight == "endpoints":
        result.members = _weighted(result.members, endpoints.taking)
    return result


def _add(result: PoolResult, addresses: Addresses, without: frozenset[str], node_port: int) -> None:
    """The nodes' addresses of one family, without some nodes."""
    result.left_out.extend(item for item in addresses.missing if item.name not in without)
    places = [(address, name) for address, name in addresses.places if name not in without]
    if not addresses.shared:
        result.members.extend(Member(address, node_port, name) for address, name in places)
        return
    for address, name in places:
        result.add(Member(address, node_port, name), "Node", name)


def _idle(name: str, reason: str, what: str) -> LeftOut:
    return left_out("Node", name, reason, what, name)


def _weighted(pool_members: list[Member], taking: list[Backend]) -> list[Member]:
    """AS3 ratios by the number of local endpoints, scaled down if they exceed the most that AS3 takes."""
    counts: dict[tuple[str | None, str], int] = {}
    for item in taking:
        counts[(item.node, item.family)] = counts.get((item.node, item.family), 0) + 1
    largest = max(counts.values())
    return [_with_ratio(member, counts, largest) for member in pool_members]


def _with_ratio(member: Member, counts: Mapping[tuple[str | None, str], int], largest: int) -> Member:
    count = counts[(member.node, family_of(member.address))]
    return member._replace(ratio=max(1, round(count * RATIO_MAX / max(largest, RATIO_MAX))))
