# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Explains why a ready Pod has no mapping.

The first of these explains it:
* a state that no agent will change;
* the state of Antrea (`snapshot.npl`, read only if something is missing), even if the Pod has other mappings;
* the Pod's annotation;
* the Pod's age.
"""

from __future__ import annotations

from typing import Iterator

from .._errors import some
from . import mapping
from .addresses import IPV6, canonical, family_of
from .endpoints import Backend
from .mapping import Mappings
from .model import LeftOut, NplState, PodMeta, ServicePort, Snapshot
from .reasons import left_out

JUST_CREATED = 30.0  # seconds; Antrea needs one or two, and retries after 2 s and more

# Gaps that only the extra reads can explain.
UNEXPLAINED = frozenset(
    "mapping_missing mapping_pending mapping_other_port mapping_other_protocol mapping_other_family "
    "mapping_malformed".split()
)
# Gaps that time may close, because Antrea may still be working.
WAITABLE = UNEXPLAINED | frozenset(
    "mapping_stale pod_gone pod_recreated agent_missing agent_not_ready agent_outdated ports_used_up "
    "mapping_taken mapping_contested mapping_outside_range".split()
)


def missing(
    snapshot: Snapshot, port: ServicePort, backend: Backend, pod: PodMeta, parsed: Mappings
) -> LeftOut:
    """Why a Pod has no mapping for this port. parsed: the mappings in its annotation."""
    state = snapshot.npl or NplState()
    lasting = next(_lasting(snapshot, port, backend, pod.mappings, parsed), None)
    known = lasting or next(_by_antrea(state, snapshot, port, backend, pod.uid), None)
    if known:
        return left_out("Pod", backend.name, *known, backend.node, lasting is not None)
    by_annotation = next(_by_annotation(snapshot, port, backend, pod.mappings, parsed), None)
    reason, what = by_annotation or _by_age(snapshot, port, backend, pod)
    if state.unread and reason != "mapping_pending":
        what += f" Not known, because it could not be read: {'; '.join(state.unread)}."
    return left_out("Pod", backend.name, reason, what, backend.node)


def _lasting(
    snapshot: Snapshot, port: ServicePort, backend: Backend, annotation: str | None, parsed: Mappings
) -> Iterator[tuple[str, str]]:
    """Reasons that remain while the agents do their work."""
    what = unreadable(backend.name, annotation)
    if what:
        yield "mapping_malformed", what
    mapped = _other_family(port, backend, parsed)
    if mapped and backend.family == IPV6 and not mapping.by_family(annotation):
        yield (
            "mapping_other_family",
            f"{mapped} The Antrea of this cluster is 2.5 or older, which maps IPv4 only.",
        )
    elif mapped and (lack := _node_lacks(snapshot, backend)):
        yield "mapping_other_family", f"{mapped} Its {lack}."


def unreadable(pod: str, annotation: str | None) -> str:
    """A sentence if Antrea cannot read the annotation of a Pod."""
    why = mapping.unreadable(annotation)
    return (
        f"Antrea cannot read the annotation nodeportlocal.antrea.io of Pod {pod} "
        f"and leaves it as it is: {why}."
        if why
        else ""
    )


def _by_annotation(
    snapshot: Snapshot, port: ServicePort, backend: Backend, annotation: str | None, parsed: Mappings
) -> Iterator[tuple[str, str]]:
    pod = f"Pod {backend.name}"
    if parsed.faults:
        yield (
            "mapping_malformed",
            f"The annotation nodeportlocal.antrea.io of {pod} cannot be used: {some(parsed.faults, '; ')}.",
        )
    mapped = _other_family(port, backend, parsed)
    if mapped:
        cause = (
            "If only ipFamilies of the Service changed, Antrea does not look at the Pod again: "
            "recreate or touch it (a label suffices)."
        )
        if backend.node not in (snapshot.nodes or {}):
            cause += " If its node has an ExternalIP, Antrea uses no InternalIP of it."
        if not mapping.by_family(annotation):
            cause = "No release of Antrea writes an IPv6 address without ipFamily, so another user wrote it. "
            cause += "Delete the annotation; Antrea writes it anew."
        yield "mapping_other_family", f"{mapped} {cause}"
    same_port = [item for item in parsed.entries if item.pod_port == backend.port]
    if same_port:
        has = some(sorted({item.protocol for item in same_port}))
        yield (
            "mapping_other_protocol",
            f"{pod} is mapped for port {backend.port} with {has} only, not with {port.protocol}.",
        )
    if parsed.entries:
        has = some(sorted({f"{item.pod_port}/{item.protocol}" for item in parsed.entries}))
        yield "mapping_other_port", f"{pod} is mapped for {has}, not for {backend.port}/{port.protocol}."


def _other_family(port: ServicePort, backend: Backend, parsed: Mappings) -> str:
    """A sentence if this port is mapped in the other family; empty if not."""
    wanted = (backend.port, port.protocol)
    family = next((item.family for item in parsed.entries if (item.pod_port, item.protocol) == wanted), None)
    if family is None:
        return ""
    return (
        f"Pod {backend.name} is mapped for port {backend.port}/{port.protocol} "
        f"with {family} only, not with {backend.family}."
    )


def _node_lacks(snapshot: Snapshot, backend: Backend) -> str:
    """Why Antrea 2.6 and later find no address of the family at the node; empty if they do.

    If it has any ExternalIP, they use no InternalIP.
    """
    node = (snapshot.nodes or {}).get(backend.node or "")
    if node is None:
        return ""
    external = [text for kind, text in node.addresses if kind == "ExternalIP"]
    used = external or [text for kind, text in node.addresses if kind == "InternalIP"]
    if any(family_of(text) == backend.family for text in used):
        return ""
    if external:
        return (
            f"node {node.name} has ExternalIP {', '.join(external)}, so Antrea uses no InternalIP of it, "
            f"and no {backend.family} address is left"
        )
    return f"node {node.name} has no {backend.family} address"


def _by_age(snapshot: Snapshot, port: ServicePort, backend: Backend, pod: PodMeta) -> tuple[str, str]:
    if snapshot.now and snapshot.now - pod.created < JUST_CREATED:
        return (
            "mapping_pending",
            f"Pod {backend.name} was created less than {JUST_CREATED:g} seconds ago and has no mapping yet.",
        )
    return (
        "mapping_missing",
        f"Pod {backend.name} on node {backend.node} is ready "
        f"and has no mapping for {backend.port}/{port.protocol}.",
    )


def _by_antrea(
    state: NplState, snapshot: Snapshot, port: ServicePort, backend: Backend, uid: str
) -> Iterator[tuple[str, str]]:
    pod = f"Pod {backend.name} has no mapping for {backend.port}/{port.protocol}"
    if state.antrea is False:
        yield "antrea_missing", f"{pod}: no DaemonSet antrea-agent was found."
    if state.enabled is False:
        yield "npl_off", f"{pod}: {state.setting}."
    named = (state.named_ports or {}).get(uid)
    if isinstance(port.target_port, str) and named is not None:
        if (port.target_port, port.protocol) not in named:
            yield (
                "named_port_sidecar",
                f"{pod}: no ordinary container of it has a {port.protocol} port named {port.target_port}.",
            )
    if state.agents is not None and backend.node:
        agent = state.agents.get(backend.node)
        if agent is None:
            yield "agent_missing", f"{pod}: no antrea-agent runs on its node {backend.node}."
        elif not agent.ready:
            yield "agent_not_ready", f"{pod}: antrea-agent on its node {backend.node} is not ready."
        elif agent.started is not None and state.configured is not None and agent.started < state.configured:
            yield (
                "agent_outdated",
                f"{pod}: antrea-agent on its node {backend.node} started "
                "before its configuration was changed.",
            )
    if state.port_range and state.ports_used and snapshot.nodes and backend.node in snapshot.nodes:
        size = state.port_range[1] - state.port_range[0] + 1
        for _kind, text in snapshot.nodes[backend.node].addresses:
            address = canonical(text)
            if (
                address
                and family_of(address) == backend.family
                and state.ports_used.get((address, port.protocol), 0) >= size
            ):
                yield (
                    "ports_used_up",
                    f"{pod}: all {size} ports of {state.port_range[0]}-{state.port_range[1]} "
                    f"are used on its node {backend.node}.",
                )
