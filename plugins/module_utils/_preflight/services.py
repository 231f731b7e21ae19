# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that are to be published by NodePortLocal, and their Pods. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Iterator

from .._errors import Failure
from .._facts.model import Facts, NplConfig, Unknown, Verdict, bad, doubtful, good, need, not_concerned
from .._members import nodeportlocal
from .._members.model import Service, Snapshot
from .._members.resolve import resolve
from .._members.source import Source
from .npl import shown

# left_out reasons that say that a ready Pod has no usable mapping
_UNMAPPED = ("mapping_", "npl_", "agent_", "ports_used_up", "antrea_missing", "named_port_")


def _fault(facts: Facts, message: str, remedy: str) -> Verdict:
    """Of Services that the user did not select by namespaces, a fault is a warning: an editor of any namespace can cause it."""
    return bad(message, remedy) if facts.wishes.namespaces else doubtful(message, remedy)


def _annotated(snapshot: Snapshot) -> list[Service]:
    return [service for _key, service in sorted(snapshot.services.items()) if service.npl_annotation is not None]


def eligible(facts: Facts) -> Verdict:
    services = _annotated(need(facts.applications))
    if not services:
        return not_concerned(f"No Service has the annotation {nodeportlocal.ANNOTATION}.")
    hit = []
    for service in services:
        said = dict.fromkeys(sentence for port in service.ports for _code, sentence in nodeportlocal.refusals(service, port))
        if said:
            hit.append(f"Service {service}: {' and '.join(said)}")
    if hit:
        return _fault(
            facts,
            f"Antrea maps no Pod for these, though they are annotated: {shown(hit, '; ')}.",
            'Use type ClusterIP or LoadBalancer with a selector, TCP or UDP ports, and exactly "true" (CIS accepts any value, Antrea does not).',
        )
    return good(f"All {len(services)} annotated Services can be mapped.")


def _gaps(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    """(Service and port, Pod, node) of each ready Pod without a usable mapping."""
    for service in _annotated(snapshot):
        for port in service.ports:
            if nodeportlocal.refusals(service, port):
                continue
            name = f"{port.port}/{port.protocol}"
            # Trusted: the question is whether Antrea maps the Pod, a hostPort among them. publish judges whether it believes the mapping.
            source = Source(service.namespace, service.name, name, mode="nodeportlocal", trust_npl_annotations=True)
            try:
                pool = resolve(snapshot, source)
            except Failure:
                continue  # P08 tells of a Service that cannot be mapped
            for item in pool.left_out:
                if item.kind == "Pod" and item.reason.startswith(_UNMAPPED):
                    yield f"{service} port {port.port}/{port.protocol}", item.name, item.node or "?"


def mapped(facts: Facts) -> Verdict:
    snapshot = need(facts.applications)
    if not _annotated(snapshot):
        return not_concerned(f"No Service has the annotation {nodeportlocal.ANNOTATION}.")
    found: dict[str, list[tuple[str, str]]] = {}
    for service, pod, node in _gaps(snapshot):
        found.setdefault(service, []).append((pod, node))
    if not found:
        return good("Every ready Pod behind the annotated Services has its mappings.")
    said = [
        f"{service}: {shown([pod for pod, _node in pods])} (nodes {shown(sorted({node for _pod, node in pods}))})" for service, pods in sorted(found.items())
    ]
    message = f"Ready Pods without a NodePortLocal mapping: {shown(said, '; ')}.{_agents(facts, found)}"
    return _fault(facts, message, "vks.bigip.pool_members_info tells the reason for each.")


def _agents(facts: Facts, found: dict[str, list[tuple[str, str]]]) -> str:
    """The state of the agents on the nodes concerned."""
    if isinstance(facts.agents, Unknown) or not isinstance(facts.npl, NplConfig):
        return ""
    state = {item.node: "ready" if item.ready else "not ready" for item in facts.agents}
    nodes = sorted({node for pods in found.values() for _pod, node in pods})
    return " Agents: " + shown([f"{node} {state.get(node, 'missing')}" for node in nodes]) + "."
