# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Antrea's agents: reads of their Pods and logs, and changes of their DaemonSet, configuration and Pods."""

from __future__ import annotations

from typing import Any, Mapping

from .._deadline import Deadline
from .._facts.cluster import AgentPod
from .._members import contested, mapping
from . import lists, objects, snapshot
from .client import Client
from .daemon_sets import AGENT_LABELS

LOG_BYTES = 262144  # from the beginning: an agent logs its start in far less
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"  # as kubectl rollout restart writes it


def agent_pods(client: Client, namespace: str) -> list[AgentPod]:
    """Return the agents in the order of their nodes.

    Of two Pods on a node, the one that does not terminate counts.
    """
    by_node: dict[str, AgentPod] = {}
    for pod in lists.each(client, lists.PODS, namespace, _agent_pod, AGENT_LABELS):
        if pod.agent.node not in by_node or by_node[pod.agent.node].terminating:
            by_node[pod.agent.node] = pod
    return [by_node[node] for node in sorted(by_node)]


def _agent_pod(raw: dict[str, Any]) -> AgentPod | None:
    agent, metadata = objects.agent(raw), raw.get("metadata") or {}
    if agent is None:
        return None
    said = []
    for item in (raw.get("status") or {}).get("containerStatuses") or []:
        for which in (item.get("state") or {}, item.get("lastState") or {}):
            for state in ("waiting", "terminated"):
                stopped = which.get(state) or {}
                said += [str(stopped[key]) for key in ("reason", "message") if stopped.get(key)]
    return AgentPod(
        agent, str(metadata.get("uid") or ""), bool(metadata.get("deletionTimestamp")), ": ".join(said)
    )


def delete(client: Client, pod: AgentPod) -> None:
    """Delete this Pod, and not one that has replaced it."""
    namespace, name = pod.agent.pod.split("/")
    right = {"verb": "delete", "resource": "pods", "group": "", "namespace": namespace}
    client.delete(
        lists.address(lists.PODS, namespace, name),
        pod.uid,
        doing=f"deleting Pod {pod.agent.pod} on node {pod.agent.node}",
        right=right,
    )


def log(client: Client, pod: AgentPod, deadline: Deadline) -> str:
    """Return the beginning of the agent's log."""
    namespace, name = pod.agent.pod.split("/")
    query = {"container": objects.AGENT_CONTAINER, "limitBytes": str(LOG_BYTES)}
    right = {"verb": "get", "resource": "pods/log", "group": "", "namespace": namespace}
    path = f"{lists.address(lists.PODS, namespace, name)}/log"
    return client.text(
        path, query, doing=f"reading the log of Pod {pod.agent.pod}", right=right, deadline=deadline
    )


def roll(client: Client, daemon_set: Mapping[str, Any], moment: str) -> None:
    """Restart the agents as kubectl rollout restart does."""
    metadata = daemon_set["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: moment}}}}}
    right = {"verb": "patch", "resource": "daemonsets", "group": "apps", "namespace": namespace}
    client.patch(
        lists.address(lists.DAEMON_SETS, namespace, name),
        body,
        doing=f"restarting DaemonSet {namespace}/{name} by a rollout",
        right=right,
    )


def set_text(client: Client, config_map: Mapping[str, Any], text: str) -> None:
    """Write antrea-agent.conf. Raises Conflict if the ConfigMap has changed since it was read."""
    metadata = config_map["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    body = {
        "metadata": {"resourceVersion": metadata.get("resourceVersion")},
        "data": {objects.CONFIG_KEY: text},
    }
    right = {"verb": "patch", "resource": "configmaps", "group": "", "namespace": namespace}
    client.patch(
        lists.address(lists.CONFIG_MAPS, namespace, name),
        body,
        doing=f"changing ConfigMap {namespace}/{name}",
        right=right,
    )


def outside(client: Client, node: str, ports: tuple[int, int]) -> list[str]:
    """Return the Pods of a node with a mapping outside of the range: the agent has not mapped them anew yet.

    A hostPort may be outside of the range. An annotation that another user wrote, or that the agent cannot
    read, does not count: it would stop the restart of all agents.
    """

    def keep(raw: dict[str, Any]) -> str | None:
        if (raw.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
            return None
        containers = (raw.get("spec") or {}).get("containers") or []
        host_ports = {
            port.get("hostPort") for container in containers for port in container.get("ports") or []
        }
        pod = snapshot.pod(raw)[1]
        if contested.not_antreas(pod):
            return None
        entries = mapping.parse(pod.mappings).entries
        strange = [
            item for item in entries if not ports[0] <= item.port <= ports[1] and item.port not in host_ports
        ]
        return objects.name_of(raw) if strange else None

    return sorted(lists.each(client, lists.PODS, None, keep, field_selector=f"spec.nodeName={node}"))


def rolled_out(daemon_set: Mapping[str, Any]) -> bool:
    """Return whether a rollout is complete, by the rules of kubectl rollout status."""
    status, wanted = daemon_set.get("status") or {}, (daemon_set.get("metadata") or {}).get("generation") or 0
    count = status.get("desiredNumberScheduled") or 0
    return (
        (status.get("observedGeneration") or 0) >= wanted
        and (status.get("updatedNumberScheduled") or 0) >= count
        and (status.get("numberAvailable") or 0) >= count
    )
