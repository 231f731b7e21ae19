# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Antrea's agents: their DaemonSet, configuration, Pods and logs, read and changed. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any, Mapping

from .._deadline import Deadline
from .._facts.model import Cni
from .._members import contested, mapping
from .._npl.restart import AgentPod
from . import lists, snapshot, vks
from .antrea import AGENT_LABELS
from .client import Client, Forbidden

LOG_BYTES = 262144  # from the beginning: an agent tells how it starts in far less
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"  # as kubectl rollout restart writes it


def agent_pods(client: Client, namespace: str) -> list[AgentPod]:
    """The agents by node. Of two Pods on a node, one of them ending, the other one counts."""
    found: dict[str, AgentPod] = {}
    for pod in lists.each(client, lists.PODS, namespace, _agent_pod, AGENT_LABELS):
        if pod.agent.node not in found or found[pod.agent.node].terminating:
            found[pod.agent.node] = pod
    return [found[node] for node in sorted(found)]


def _agent_pod(raw: dict[str, Any]) -> AgentPod | None:
    agent, metadata = vks.agent(raw), raw.get("metadata") or {}
    if agent is None:
        return None
    said = []
    for item in (raw.get("status") or {}).get("containerStatuses") or []:
        for which in (item.get("state") or {}, item.get("lastState") or {}):
            for state in ("waiting", "terminated"):
                told = which.get(state) or {}
                said += [str(told[key]) for key in ("reason", "message") if told.get(key)]
    return AgentPod(agent, str(metadata.get("uid") or ""), bool(metadata.get("deletionTimestamp")), ": ".join(said))


def delete(client: Client, pod: AgentPod) -> None:
    namespace, name = pod.agent.pod.split("/")
    right = {"verb": "delete", "resource": "pods", "group": "", "namespace": namespace}
    client.delete(lists.address(lists.PODS, namespace, name), pod.uid, doing=f"deleting Pod {pod.agent.pod} on node {pod.agent.node}", right=right)


def log(client: Client, pod: AgentPod, deadline: Deadline) -> str:
    """The beginning of the agent's log."""
    namespace, name = pod.agent.pod.split("/")
    query = {"container": vks.AGENT_CONTAINER, "limitBytes": str(LOG_BYTES)}
    right = {"verb": "get", "resource": "pods/log", "group": "", "namespace": namespace}
    path = f"{lists.address(lists.PODS, namespace, name)}/log"
    return client.text(path, query, doing=f"reading the log of Pod {pod.agent.pod}", right=right, deadline=deadline)


def roll(client: Client, daemon_set: Mapping[str, Any], moment: str) -> None:
    """What kubectl rollout restart does."""
    metadata = daemon_set["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: moment}}}}}
    right = {"verb": "patch", "resource": "daemonsets", "group": "apps", "namespace": namespace}
    client.patch(lists.address(lists.DAEMON_SETS, namespace, name), body, doing=f"restarting DaemonSet {namespace}/{name} by a rollout", right=right)


def set_text(client: Client, config_map: Mapping[str, Any], text: str) -> None:
    """antrea-agent.conf, if the ConfigMap is still the one that was read."""
    metadata = config_map["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    body = {"metadata": {"resourceVersion": metadata.get("resourceVersion")}, "data": {vks.CONFIG_KEY: text}}
    right = {"verb": "patch", "resource": "configmaps", "group": "", "namespace": namespace}
    client.patch(lists.address(lists.CONFIG_MAPS, namespace, name), body, doing=f"changing ConfigMap {namespace}/{name}", right=right)


def outside(client: Client, node: str, ports: tuple[int, int]) -> list[str]:
    """Pods of a node with a mapping outside of the range: the agent has not come to them yet. A port of the host itself may be anywhere.

    An annotation that another user wrote, or that the agent cannot read, does not count: it would stop the restart of all agents.
    """

    def keep(raw: dict[str, Any]) -> str | None:
        if (raw.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
            return None
        containers = (raw.get("spec") or {}).get("containers") or []
        own = {port.get("hostPort") for container in containers for port in container.get("ports") or []}
        pod = snapshot.pod(raw)[1]
        if contested.not_antreas(pod):
            return None
        entries = mapping.parse(pod.mappings).entries
        strange = [item for item in entries if not ports[0] <= item.port <= ports[1] and item.port not in own]
        return vks.name_of(raw) if strange else None

    return sorted(lists.each(client, lists.PODS, None, keep, field_selector=f"spec.nodeName={node}"))


def rolled_out(daemon_set: Mapping[str, Any]) -> bool:
    """As kubectl rollout status sees it."""
    status, wanted = daemon_set.get("status") or {}, (daemon_set.get("metadata") or {}).get("generation") or 0
    count = status.get("desiredNumberScheduled") or 0
    return (
        (status.get("observedGeneration") or 0) >= wanted
        and (status.get("updatedNumberScheduled") or 0) >= count
        and (status.get("numberAvailable") or 0) >= count
    )


def daemon_sets(client: Client) -> list[tuple[dict[str, Any], Cni]]:
    """The DaemonSets that look like those of CNIs that we know; where a Role allows only kube-system, those of kube-system.

    They count only in a system namespace (vks.is_system).
    """

    def keep(raw: dict[str, Any]) -> tuple[dict[str, Any], Cni] | None:
        cni = vks.cni(raw)
        return None if cni is None else (raw, cni)

    try:
        return lists.each(client, lists.DAEMON_SETS, None, keep)
    except Forbidden as denied:
        found = lists.each(client, lists.DAEMON_SETS, "kube-system", keep)
        if not found:
            raise denied from None
        return found
