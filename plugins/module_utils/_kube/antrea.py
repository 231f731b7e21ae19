# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster says about Antrea's NodePortLocal: read only when a mapping is missing. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from typing import Any, Callable, Mapping

from .. import _foreign, _yaml
from .._errors import Failure
from .._members import mapping
from .._members.believed import DEFAULT as DEFAULT_RANGE
from .._members.model import Agent, NplState
from . import lists, snapshot, vks
from .client import Client, Forbidden

AGENT_LABELS = "app=antrea,component=antrea-agent"
VOLUME = "antrea-config"
CONFIG_KEY = "antrea-agent.conf"


def read(client: Client, warn: Callable[[str], None]) -> NplState:
    """The agents, their configuration and the port range. What may not be read is named in `unread`."""
    unread: list[str] = []
    try:
        everywhere = _daemon_sets(client)
    except Forbidden as denied:
        return NplState(unread=(denied.what,))
    daemon_sets = [raw for raw in everywhere if vks.is_system(raw)]
    others = vks.strangers(everywhere)
    if others:
        warn(vks.elsewhere(others))
    if not daemon_sets:
        return NplState(antrea=False)
    daemon_set = daemon_sets[0]
    namespace = daemon_set["metadata"]["namespace"]
    agents = None
    try:
        agents = dict(lists.each(client, lists.PODS, namespace, _agent, AGENT_LABELS))
    except Forbidden as denied:
        unread.append(denied.what)
    enabled, setting, port_range, configured = None, "", None, None
    try:
        enabled, setting, port_range, configured = _configuration(client, daemon_set, namespace)
    except Failure as failed:
        if failed.code not in ("kubernetes_forbidden", "kubernetes_not_found"):
            raise
        unread.append(failed.what)
    return NplState(True, enabled, setting, port_range, configured, agents, unread=tuple(unread))


def ports_used(client: Client, port_range: tuple[int, int]) -> dict[tuple[str, str], int]:
    """How many ports of the range are mapped at each node address, by protocol; over the Pods of all namespaces. A hostPort may be outside."""
    taken: set[tuple[str, str, int]] = set()
    for annotation in lists.each(client, lists.POD_METADATA, None, lambda raw: snapshot.pod(raw)[1].mappings):
        entries = mapping.parse(annotation).entries
        taken.update((item.address, item.protocol, item.port) for item in entries if port_range[0] <= item.port <= port_range[1])
    counts: dict[tuple[str, str], int] = {}
    for address, protocol, _port in taken:
        counts[(address, protocol)] = counts.get((address, protocol), 0) + 1
    return counts


def named_ports(client: Client, namespace: str, selector: Mapping[str, str]) -> dict[str, frozenset[tuple[str, str]]]:
    """For each selected Pod (by UID) the named ports of its ordinary containers: those that Antrea resolves."""
    labels = ",".join(f"{name}={value}" for name, value in sorted(selector.items()))
    return dict(lists.each(client, lists.PODS, namespace, _ports_of, labels))


def _ports_of(raw: dict[str, Any]) -> tuple[str, frozenset[tuple[str, str]]]:
    containers = (raw.get("spec") or {}).get("containers") or []
    ports = [port for container in containers for port in container.get("ports") or []]
    return (raw.get("metadata") or {}).get("uid", ""), frozenset((port.get("name") or "", port.get("protocol") or "TCP") for port in ports)


def _daemon_sets(client: Client) -> list[dict[str, Any]]:
    """Antrea's agent, wherever this release keeps it; in kube-system if only that may be read."""
    try:
        return lists.each(client, lists.DAEMON_SETS, None, lambda raw: raw, AGENT_LABELS)
    except Forbidden:
        return lists.each(client, lists.DAEMON_SETS, "kube-system", lambda raw: raw, AGENT_LABELS)


def _agent(raw: dict[str, Any]) -> tuple[str, Agent] | None:
    status = raw.get("status") or {}
    node = (raw.get("spec") or {}).get("nodeName")
    if not node:
        return None
    ready = any(item.get("type") == "Ready" and item.get("status") == "True" for item in status.get("conditions") or [])
    starts = [
        snapshot.seconds(((item.get("state") or {}).get("running") or {}).get("startedAt"))
        for item in status.get("containerStatuses") or []
        if item.get("name") == "antrea-agent"
    ]
    started = next((item for item in starts if item is not None), None)
    return node, Agent(ready, snapshot.seconds(status.get("startTime")) if started is None else started)


def _configuration(client: Client, daemon_set: dict[str, Any], namespace: str) -> tuple[bool | None, str, tuple[int, int] | None, float | None]:
    """(on or off, the setting that decides it, the port range, when it was changed) from the ConfigMap that the agents mount."""
    volumes = daemon_set["spec"]["template"]["spec"].get("volumes") or []
    names = [(volume.get("configMap") or {}).get("name") for volume in volumes if volume.get("name") == VOLUME]
    if not names or not names[0]:
        return None, "", None, None
    config_map = lists.one(client, lists.CONFIG_MAPS, namespace, names[0])
    times = [snapshot.seconds(entry.get("time")) for entry in config_map["metadata"].get("managedFields") or []]
    configured = max((moment for moment in times if moment is not None), default=None)
    where = f"ConfigMap {namespace}/{names[0]}"
    try:
        conf = _yaml.foreign((config_map.get("data") or {}).get(CONFIG_KEY)) or {}
        gates, section = conf.get("featureGates") or {}, conf.get("nodePortLocal") or {}
        if gates.get("NodePortLocal") is False:
            return False, f"featureGates.NodePortLocal is false in {where}", None, configured
        if "nodePortLocal" not in conf and gates.get("NodePortLocal"):
            return None, "", None, configured  # before Antrea 1.4 the gate alone switched it on
        if section.get("enable") is not True:
            return False, f"nodePortLocal.enable is not true in {where}", None, configured
        return True, f"nodePortLocal.enable is true in {where}", _range(section.get("portRange")), configured
    except _foreign.SPOILED:
        return None, "", None, configured


def _range(text: Any) -> tuple[int, int] | None:
    if not text:
        return DEFAULT_RANGE
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*-\s*([0-9]{1,9})\s*", str(text))
    return (int(found[1]), int(found[2])) if found else None
