# Copyright: Contributors to the objects.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Antrea in a cluster: read, restarted agent by agent, and NodePortLocal proven on."""

from __future__ import annotations

import datetime
from typing import Any, Callable, Mapping

from .._deadline import Deadline, backoff
from .._errors import Failure, some
from .._facts.cluster import AgentPod, Cni, NplConfig
from .._kube import agents, daemon_sets, lists, objects
from .._kube.client import Client, Forbidden, NotFound
from .._members import believed
from .._npl import port_range, restart
from .._npl.owner import manager
from .._npl.restart import Plan

AGENT_SECONDS = 300.0  # for an agent to be ready again
TOLD_SECONDS = 120.0  # for a ready agent to tell that NodePortLocal runs, and to come to all Pods
TO_TELL = 2.0  # of the task's time, kept for telling what did not come
LOG_SECONDS = 15.0  # for a kubelet to hand out a log


class Antrea:
    """`told`: what the log of each node's agent says about NodePortLocal, as far as it was asked."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.told: dict[str, bool | None] = {}
        self._not_awaited: set[str] = set()  # namespaces whose mappings stayed outside of the range
        self._why_untold: dict[str, str] = {}
        self.daemon_set, found, self.warnings = _antrea(client)
        self.strategy = found.update_strategy
        version = found.version
        self.legacy = None if version is None else tuple(map(int, version.split(".")[:2])) < (1, 4)
        self._namespace = str(self.daemon_set["metadata"]["namespace"])
        name = objects.mounted_config(self.daemon_set)
        if not name:
            said = f"DaemonSet {found.daemon_set} mounts no ConfigMap as volume {objects.CONFIG_VOLUME}"
            raise Failure("npl_text", "looking for Antrea's configuration", said=said, remedy="Nothing was written. Set NodePortLocal by hand.")
        self._config_name = name
        self.unready = self._unready_nodes()
        self.read()

    @property
    def managed(self) -> bool:
        return manager(self.daemon_set) is not None

    def read(self) -> None:
        self.read_config()
        self.pods = agents.agent_pods(self.client, self._namespace)

    def read_config(self) -> None:
        self.config_map: Mapping[str, Any] = lists.one(self.client, lists.CONFIG_MAPS, self._namespace, self._config_name)
        self.config: NplConfig = objects.npl_config(self.config_map)

    def _unready_nodes(self) -> set[str]:
        try:
            machines = lists.each(self.client, lists.NODES, None, objects.machine)
        except Forbidden:
            return set()
        return {machine.node.name for machine in machines if not machine.node.ready}

    # -- restarts ------------------------------------------------------------------------------------------------

    def let_a_second_pass(self) -> None:
        """The API writes times in whole seconds: an agent that starts later than the change should be seen to."""
        changed = self.config.changed
        if changed is not None and self.client.server_time < changed + 1:
            self.client.deadline.pause(min(changed + 1 - self.client.server_time, 2.0))

    def restart(self, plan: Plan, enabled: bool) -> None:
        if plan.rollout:
            self._roll_out(plan)
            for node in plan.nodes:
                self._settle(node, enabled)
            return
        done: list[str] = []
        for pod in self.pods:
            node = pod.agent.node
            if node in plan.nodes:
                agents.delete(self.client, pod)
                self._replaced({node: pod.uid}, done)
                self._settle(node, enabled)
                done.append(node)

    def _roll_out(self, plan: Plan) -> None:
        old = {pod.agent.node: pod.uid for pod in self.pods}
        agents.roll(self.client, self.daemon_set, f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}")
        name = self.daemon_set["metadata"]["name"]

        def there() -> bool:
            return agents.rolled_out(lists.one(self.client, lists.DAEMON_SETS, self._namespace, name))

        if not self._until(AGENT_SECONDS * len(plan.nodes), there, first=1.0):
            self._not_ready([pod for pod in agents.agent_pods(self.client, self._namespace) if not pod.agent.ready or pod.uid in old.values()], [])
        self._replaced({node: old[node] for node in plan.nodes}, [])

    def _replaced(self, old: dict[str, str], done: list[str]) -> None:
        """Wait until other agents than these are ready on their nodes."""

        def there() -> bool:
            self.pods = agents.agent_pods(self.client, self._namespace)
            new = {pod.agent.node for pod in self.pods if pod.agent.ready and not pod.terminating and pod.uid != old.get(pod.agent.node)}
            return set(old) <= new

        if not self._until(AGENT_SECONDS, there):
            self._not_ready([pod for pod in self.pods if pod.agent.node in old], done, missing=sorted(old))

    def _not_ready(self, pods: list[AgentPod], done: list[str], missing: list[str] | None = None) -> None:
        nodes = [pod.agent.node for pod in pods] or missing or []
        said = "; ".join(f"Pod {pod.agent.pod}: {pod.trouble or 'it is not ready'}" for pod in pods) or "no new Pod came"
        raise Failure(
            "npl_agent_not_ready",
            f"waiting for antrea-agent on {some(nodes, most=5)} to be ready again",
            said=said,
            remedy=f"No further agent was restarted{' (done: ' + ', '.join(done) + ')' if done else ''}. Look at its log and events; then run the task again.",
            nodes=nodes,
            done=done,
        )

    # -- the proof -----------------------------------------------------------------------------------------------

    def _settle(self, node: str, enabled: bool) -> None:
        """A restarted agent says that NodePortLocal runs, and has brought each mapping into its range."""
        if not enabled:
            return
        pod = next(pod for pod in self.pods if pod.agent.node == node)
        self._until(TOLD_SECONDS, lambda: self._ask(pod) is not False)
        if self.told[node] is False:
            self._silent(pod)
        ports = believed.ports(self.config.port_range or port_range.DEFAULT)
        if ports is None or (self.legacy and not self.config.port_range):
            return
        try:
            if not self._until(TOLD_SECONDS, lambda: not self._outside(node, ports)):
                self._give_up(node, ports)
        except Forbidden as denied:
            self._why_untold[node] = denied.message

    def _outside(self, node: str, ports: tuple[int, int]) -> list[str]:
        return [name for name in agents.outside(self.client, node, ports) if name.partition("/")[0] not in self._not_awaited]

    def _give_up(self, node: str, ports: tuple[int, int]) -> None:
        """The owner of a Pod can write its annotation too, in a loop. So it costs a warning, and one wait for each namespace."""
        left = self._outside(node, ports)
        self._not_awaited.update(name.partition("/")[0] for name in left)
        if left:
            self.warnings.append(
                f"Mappings of Pods on node {node} are still outside of the range {ports[0]}-{ports[1]}: {some(left, most=5)}. Look at the log of its agent. "
                "Then recreate these Pods."
            )

    def prove(self, restarted: set[str], later: set[str]) -> list[str]:
        """What is missing of the proof, in the order configuration, agents, logs; a log that contradicts it is a Failure."""
        missing = [] if self.config.enabled or (self.legacy and self.config.gate) else [self.config.setting]
        for pod in self.pods:
            node = pod.agent.node
            if node in later:
                continue
            if not pod.agent.ready:
                missing.append(f"the agent on {node} is not ready" + (f" ({pod.trouble})" if pod.trouble else ""))
                continue
            if node not in restarted:
                self._until(LOG_SECONDS, lambda pod=pod: self._ask(pod) is not False)  # type: ignore[misc]
                if self.told[node] is False:
                    self._silent(pod)
            if self.told.get(node) is None:
                missing.append(f"the agent on {node} does not tell: {self._why_untold.get(node, 'the beginning of its log is gone')}")
        return missing

    def _ask(self, pod: AgentPod) -> bool | None:
        node = pod.agent.node
        try:
            self.told[node] = restart.started(agents.log(self.client, pod, self.client.deadline.sooner(LOG_SECONDS)))
        except (Forbidden, NotFound) as failed:
            self.told[node], self._why_untold[node] = None, failed.message
        except Failure as failed:
            if failed.code not in ("kubernetes_timeout", "kubernetes_error"):
                raise
            self.told[node], self._why_untold[node] = None, failed.message
        return self.told[node]

    def _silent(self, pod: AgentPod) -> None:
        lines = agents.log(self.client, pod, self.client.deadline.sooner(LOG_SECONDS)).strip().splitlines()
        raise Failure(
            "npl_not_proven",
            f"looking for the start of NodePortLocal in the log of Pod {pod.agent.pod} on node {pod.agent.node}",
            said=f"it tells of the agent's start, but not of NodePortLocal's; its last line is: {lines[-1] if lines else ''}",
            remedy="Restart it once more (restart_agents: always); if that does not help, look at its log.",
        )

    def _until(self, seconds: float, done: Callable[[], bool], first: float = 0.3) -> bool:
        """Look again and again, for so many seconds of the task's time."""
        limit: Deadline = self.client.deadline.sooner(min(seconds, max(0.0, self.client.deadline.remaining - TO_TELL)))
        for pause in backoff(first, 3.0):
            if done():
                return True
            if not limit.pause(pause):
                return False
        return False


def _antrea(client: Client) -> tuple[dict[str, Any], Cni, list[str]]:
    """The one DaemonSet of Antrea's agents, and what else looks like one."""
    everywhere = daemon_sets.cnis(client)
    found = [(raw, cni) for raw, cni in everywhere if objects.is_system(raw)]
    others = objects.strangers(raw for raw, _cni in everywhere)
    warnings = [objects.elsewhere(others)] if others else []
    kinds = [cni.kind for _raw, cni in found]
    if kinds != ["antrea"]:
        said = ". ".join([f"the cluster has {len(kinds)} known CNIs ({', '.join(kinds) or 'none'})", *warnings])
        other = "NodePortLocal is a feature of Antrea; use pool_member_type nodeport or cluster."
        remedy = "Remove the one that is not in use." if "antrea" in kinds else other
        raise Failure("npl_no_antrea", "looking for Antrea", said=said, remedy=remedy)
    return (*found[0], warnings)
