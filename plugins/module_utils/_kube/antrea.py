# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The state of Antrea's NodePortLocal, for pools with a Pod that has no mapping."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._errors import Failure
from .._members import believed, mapping
from .._members.model import AgentState, NplState
from . import daemon_sets, lists, objects, snapshot
from .client import Client, Forbidden


def read(client: Client, warn: Callable[[str], None]) -> NplState:
    """Return the agents, their configuration and the port range. `unread` names the forbidden reads."""
    try:
        labelled = daemon_sets.antrea(client)
    except Forbidden as denied:
        return NplState(unread=(denied.what,))
    strangers = objects.strangers(labelled)
    if strangers:
        warn(objects.elsewhere(strangers))
    daemon_set = next((raw for raw in labelled if objects.is_system(raw)), None)
    if daemon_set is None:
        return NplState(antrea=False)
    unread: list[str] = []
    agents = None
    try:
        namespace = daemon_sets.namespace_of(daemon_set)
        agents = dict(lists.each(client, lists.PODS, namespace, _agent, daemon_sets.AGENT_LABELS))
    except Forbidden as denied:
        unread.append(denied.what)
    config = None
    try:
        config = daemon_sets.config(client, daemon_set)
    except Failure as failed:
        if failed.code not in ("kubernetes_forbidden", "kubernetes_not_found"):
            raise
        unread.append(failed.what)
    if config is None:
        return NplState(True, agents=agents, unread=tuple(unread))
    known = config.enabled is not None
    return NplState(
        True,
        config.enabled,
        config.setting if known else "",
        (believed.ports(config.port_range) if config.port_range else believed.DEFAULT)
        if config.enabled
        else None,
        config.changed,
        agents,
        unread=tuple(unread),
    )


def ports_used(client: Client, port_range: tuple[int, int]) -> dict[tuple[str, str], int]:
    """Return how many ports of the range are mapped at each node address, by protocol.

    The Pods of all namespaces count, because the range belongs to the node.

    A hostPort outside of the range does not count.
    """
    taken: set[tuple[str, str, int]] = set()
    for annotation in lists.each(client, lists.POD_METADATA, None, lambda raw: snapshot.pod(raw)[1].mappings):
        entries = mapping.parse(annotation).entries
        taken.update(
            (item.address, item.protocol, item.port)
            for item in entries
            if port_range[0] <= item.port <= port_range[1]
        )
    counts: dict[tuple[str, str], int] = {}
    for address, protocol, _port in taken:
        counts[(address, protocol)] = counts.get((address, protocol), 0) + 1
    return counts


def named_ports(
    client: Client, namespace: str, selector: Mapping[str, str]
) -> dict[str, frozenset[tuple[str, str]]]:
    """Return for each selected Pod (by UID) its named ports that Antrea resolves.

    These are the ports of ordinary containers, not of init containers.
    """
    labels = ",".join(f"{name}={value}" for name, value in sorted(selector.items()))
    return dict(lists.each(client, lists.PODS, namespace, _ports_of, labels))


def _ports_of(raw: dict[str, Any]) -> tuple[str, frozenset[tuple[str, str]]]:
    containers = (raw.get("spec") or {}).get("containers") or []
    ports = [port for container in containers for port in container.get("ports") or []]
    names = frozenset((port.get("name") or "", port.get("protocol") or "TCP") for port in ports)
    return (raw.get("metadata") or {}).get("uid", ""), names


def _agent(raw: dict[str, Any]) -> tuple[str, AgentState] | None:
    agent = objects.agent(raw)
    return None if agent is None else (agent.node, AgentState(agent.ready, agent.started))
