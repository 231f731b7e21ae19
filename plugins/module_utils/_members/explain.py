# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a ready Pod has no mapping. This module util is PRIVATE to the collection.

First what the Pod's own annotation tells; then, if `snapshot.npl` was read (only when something is missing), what the
cluster tells about Antrea; then the Pod's age.
"""

from __future__ import annotations

from typing import Iterator

from .endpoints import Backend, canonical, family_of
from .mapping import Mappings
from .model import LeftOut, NplState, PodMeta, ServicePort, Snapshot
from .reasons import left_out

JUST_CREATED = 30.0  # seconds; Antrea needs one or two, and retries after 2 s and more

# A gap that time may close: Antrea has not caught up yet.
WAITABLE = frozenset(
    ["mapping_missing", "mapping_pending", "mapping_other_port", "mapping_other_protocol", "mapping_other_family", "mapping_malformed"]
    + ["mapping_stale", "pod_gone", "pod_recreated", "agent_missing", "agent_not_ready", "agent_outdated", "ports_used_up"]
)
# A gap that only the extra reads can explain.
UNEXPLAINED = frozenset(["mapping_missing", "mapping_pending"])


def missing(snapshot: Snapshot, port: ServicePort, backend: Backend, pod: PodMeta, parsed: Mappings) -> LeftOut:
    reason, what = next(_by_annotation(port, backend, parsed), None) or _by_cluster(snapshot, port, backend, pod)
    return left_out("Pod", backend.name, reason, what, backend.node)


def _by_annotation(port: ServicePort, backend: Backend, parsed: Mappings) -> Iterator[tuple[str, str]]:
    pod = f"Pod {backend.name}"
    if parsed.faults:
        yield "mapping_malformed", f"The annotation nodeportlocal.antrea.io of {pod} cannot be used: {'; '.join(parsed.faults)}."
    same_port = [item for item in parsed.entries if item.pod_port == backend.port]
    if any(item.protocol == port.protocol for item in same_port):
        has = ", ".join(sorted({item.family for item in same_port if item.protocol == port.protocol}))
        yield "mapping_other_family", f"{pod} is mapped for port {backend.port}/{port.protocol} with {has} only, not with {backend.family}."
    if same_port:
        has = ", ".join(sorted({item.protocol for item in same_port}))
        yield "mapping_other_protocol", f"{pod} is mapped for port {backend.port} with {has} only, not with {port.protocol}."
    if parsed.entries:
        has = ", ".join(sorted({f"{item.pod_port}/{item.protocol}" for item in parsed.entries}))
        yield "mapping_other_port", f"{pod} is mapped for {has}, not for {backend.port}/{port.protocol}."


def _by_cluster(snapshot: Snapshot, port: ServicePort, backend: Backend, pod: PodMeta) -> tuple[str, str]:
    state = snapshot.npl or NplState()
    known = next(_by_antrea(state, snapshot, port, backend), None)
    if known:
        return known
    age = max(0.0, snapshot.now - pod.created) if snapshot.now and pod.created else None
    if age is not None and age < JUST_CREATED:
        return "mapping_pending", f"Pod {backend.name} was created less than {JUST_CREATED:g} seconds ago and has no mapping yet."
    unread = f" Not known, because it could not be read: {'; '.join(state.unread)}." if state.unread else ""
    return "mapping_missing", f"Pod {backend.name} on node {backend.node} is ready and has no mapping for {backend.port}/{port.protocol}.{unread}"


def _by_antrea(state: NplState, snapshot: Snapshot, port: ServicePort, backend: Backend) -> Iterator[tuple[str, str]]:
    pod = f"Pod {backend.name} has no mapping"
    if state.antrea is False:
        yield "antrea_missing", f"{pod}: no DaemonSet antrea-agent was found."
    if state.enabled is False:
        yield "npl_off", f"{pod}: {state.setting}."
    if state.agents is not None and backend.node:
        agent = state.agents.get(backend.node)
        if agent is None:
            yield "agent_missing", f"{pod}: no antrea-agent runs on its node {backend.node}."
        elif not agent.ready:
            yield "agent_not_ready", f"{pod}: antrea-agent on its node {backend.node} is not ready."
        elif agent.started is not None and state.configured is not None and agent.started < state.configured:
            yield "agent_outdated", f"{pod}: antrea-agent on its node {backend.node} started before its configuration was changed."
    if state.port_range and state.ports_used and snapshot.nodes and backend.node in snapshot.nodes:
        size = state.port_range[1] - state.port_range[0] + 1
        for _kind, text in snapshot.nodes[backend.node].addresses:
            address = canonical(text)
            if address and family_of(address) == backend.family and state.ports_used.get((address, port.protocol), 0) >= size:
                yield "ports_used_up", f"{pod}: all {size} ports of {state.port_range[0]}-{state.port_range[1]} are used on its node {backend.node}."
    if isinstance(port.target_port, str) and state.named_ports is not None and backend.uid in state.named_ports:
        if (port.target_port, port.protocol) not in state.named_ports[backend.uid or ""]:
            yield "named_port_sidecar", f"{pod}: no ordinary container of it has a {port.protocol} port named {port.target_port}."
