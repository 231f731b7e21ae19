# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Services that are annotated for NodePortLocal, and their Pods."""

from __future__ import annotations

from typing import Iterator

from .._errors import Failure
from .._facts.cluster import NplConfig
from .._facts.facts import Facts
from .._facts.unknown import Unknown, need
from .._members import nodeportlocal
from .._members.model import Service, Snapshot
from .._members.resolve import resolve
from .._members.source import Source
from .judgement import Judgement, bad, doubtful, good, not_concerned, shown

# The reasons in left_out for a ready Pod without a usable mapping. Others need the state of the agents, which
# is not read here.
_UNMAPPED = ("mapping_", "named_port_")


def _fault(facts: Facts, message: str, remedy: str) -> Judgement:
    """A warning unless the user named the namespaces: an editor of any namespace can cause the fault."""
    return bad(message, remedy) if facts.wishes.namespaces else doubtful(message, remedy)


def _annotated(snapshot: Snapshot) -> list[Service]:
    return [
        service for _key, service in sorted(snapshot.services.items()) if service.npl_annotation is not None
    ]


def eligible(facts: Facts) -> Judgement:
    """Check P08."""
    services = _annotated(need(facts.applications))
    if not services:
        return not_concerned(f"No Service has the annotation {nodeportlocal.ANNOTATION}.")
    refused = []
    for service in services:
        said = dict.fromkeys(
            sentence for port in service.ports for _code, sentence in nodeportlocal.refusals(service, port)
        )
        if said:
            refused.append(f"Service {service}: {' and '.join(said)}")
    if refused:
        return _fault(
            facts,
            f"Antrea maps no Pod for these annotated Services: {shown(refused, '; ')}.",
            'Use type ClusterIP or LoadBalancer with a selector, TCP or UDP ports, and exactly "true" (CIS '
            "accepts any value, Antrea does not).",
        )
    return good(f"All {len(services)} annotated Services can be mapped.")


def _gaps(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    """(Service and port, Pod, node) of each ready Pod without a usable mapping."""
    for service in _annotated(snapshot):
        for port in service.ports:
            name = f"{port.port}/{port.protocol}"
            # Trusted: each mapping counts here, also that of a hostPort.
            source = Source(
                service.namespace,
                service.name,
                name,
                mode="nodeportlocal",
                trust_npl_annotations=True,
            )
            try:
                pool = resolve(snapshot, source)
            except Failure:
                continue  # P08 reports a Service that cannot be mapped
            usable = {member.pod for member in pool.members}  # a Pod may have one beside those left out
            for item in pool.left_out:
                if item.kind == "Pod" and item.reason.startswith(_UNMAPPED) and item.name not in usable:
                    yield f"{service} port {port.port}/{port.protocol}", item.name, item.node or "?"


def mapped(facts: Facts) -> Judgement:
    """Check P09."""
    snapshot = need(facts.applications)
    if not _annotated(snapshot):
        return not_concerned(f"No Service has the annotation {nodeportlocal.ANNOTATION}.")
    gaps: dict[str, dict[str, str]] = {}
    for service, pod, node in _gaps(snapshot):
        gaps.setdefault(service, {})[pod] = node
    if not gaps:
        return good("Every ready Pod behind the annotated Services has its mappings.")
    said = [
        f"{service}: {shown(nodes)} (nodes {shown(sorted(set(nodes.values())))})"
        for service, nodes in sorted(gaps.items())
    ]
    message = f"Ready Pods without a NodePortLocal mapping: {shown(said, '; ')}.{_agents(facts, gaps)}"
    return _fault(facts, message, "vks.bigip.pool_members_info returns the reason for each.")


def _agents(facts: Facts, gaps: dict[str, dict[str, str]]) -> str:
    """The state of the agents on these nodes, as a sentence."""
    if isinstance(facts.agents, Unknown) or not isinstance(facts.npl, NplConfig):
        return ""
    state = {item.node: "ready" if item.ready else "not ready" for item in facts.agents}
    nodes = sorted({node for each in gaps.values() for node in each.values()})
    return " Agents: " + shown([f"{node} {state.get(node, 'missing')}" for node in nodes]) + "."
