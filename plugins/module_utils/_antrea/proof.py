# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The proof that NodePortLocal runs: the logs of the agents, and the mappings in their range."""

from __future__ import annotations

from .._errors import Failure, some
from .._facts.cluster import AgentPod
from .._kube import agents
from .._kube.client import Forbidden, NotFound
from .._members import believed
from .._npl import port_range, restart
from .antrea import Antrea

SETTLE_SECONDS = 120.0  # for a ready agent to log that NodePortLocal runs, and to map all Pods
LOG_SECONDS = 15.0  # for a kubelet to return a log


class Proof:
    """`npl_started`: what the log of each node's agent shows about NodePortLocal, as far as it was read."""

    def __init__(self, antrea: Antrea) -> None:
        self._antrea = antrea
        self.npl_started: dict[str, bool | None] = {}
        self._unread: dict[str, str] = {}  # by node, why its agent proves nothing
        self._not_awaited: set[str] = set()  # namespaces whose mappings stayed outside of the range

    def settle(self, node: str) -> None:
        """Wait until a restarted agent logs that NodePortLocal runs, and has each mapping in its range."""
        antrea = self._antrea
        pod = next(pod for pod in antrea.pods if pod.agent.node == node)
        antrea.until(SETTLE_SECONDS, lambda: self._read_log(pod) is not False)
        if self.npl_started[node] is False:
            self._raise_not_proven(pod)
        ports = believed.ports(antrea.config.port_range or port_range.DEFAULT)
        if ports is None or (antrea.legacy and not antrea.config.port_range):
            return
        try:
            if not antrea.until(SETTLE_SECONDS, lambda: not self._outside(node, ports)):
                self._stop_waiting(node, ports)
        except Forbidden:
            pass  # the log is the proof: mappings that may not be read are not awaited

    def _outside(self, node: str, ports: tuple[int, int]) -> list[str]:
        names = agents.outside(self._antrea.client, node, ports)
        return [name for name in names if name.partition("/")[0] not in self._not_awaited]

    def _stop_waiting(self, node: str, ports: tuple[int, int]) -> None:
        """Warn of the mappings outside of the range, and wait no more for those of their namespaces.

        The owner of a Pod can write its annotation too, in a loop.
        """
        left = self._outside(node, ports)
        self._not_awaited.update(name.partition("/")[0] for name in left)
        if left:
            self._antrea.warnings.append(
                f"Mappings of Pods on node {node} are still outside of the range {ports[0]}-{ports[1]}: "
                f"{some(left, most=5)}. Check the log of its agent. Then recreate these Pods."
            )

    def missing(self, restarted: set[str], without: set[str]) -> list[str]:
        """Return what is missing of the proof: in the configuration, the agents, and their logs.

        Raises Failure if a log shows that NodePortLocal does not run.

        restarted  the nodes whose agents have settled
        without    the nodes that do not count
        """
        config = self._antrea.config
        missing = [] if config.enabled or (self._antrea.legacy and config.gate) else [config.setting]
        for pod in self._antrea.pods:
            if pod.agent.node not in without:
                missing += self._missing_of(pod, pod.agent.node in restarted)
        return missing

    def _missing_of(self, pod: AgentPod, settled: bool) -> list[str]:
        node = pod.agent.node
        if not pod.agent.ready:
            return [f"the agent on {node} is not ready" + (f" ({pod.trouble})" if pod.trouble else "")]
        if not settled:
            self._antrea.until(LOG_SECONDS, lambda: self._read_log(pod) is not False)
            if self.npl_started[node] is False:
                self._raise_not_proven(pod)
        if self.npl_started[node] is None:
            why = self._unread.get(node, "the beginning of its log is missing")
            return [f"the agent on {node} does not show whether NodePortLocal runs: {why}"]
        return []

    def _read_log(self, pod: AgentPod) -> bool | None:
        node = pod.agent.node
        self.npl_started[node] = None
        try:
            self.npl_started[node] = restart.started(self._log(pod))
        except (Forbidden, NotFound) as failed:
            self._unread[node] = failed.message
        except Failure as failed:
            if failed.code not in ("kubernetes_timeout", "kubernetes_error"):
                raise
            self._unread[node] = failed.message
        return self.npl_started[node]

    def _log(self, pod: AgentPod) -> str:
        client = self._antrea.client
        return agents.log(client, pod, client.deadline.sooner(LOG_SECONDS))

    def _raise_not_proven(self, pod: AgentPod) -> None:
        lines = self._log(pod).strip().splitlines()
        last = lines[-1] if lines else ""
        where = f"the log of Pod {pod.agent.pod} on node {pod.agent.node}"
        raise Failure(
            "npl_not_proven",
            f"looking for the start of NodePortLocal in {where}",
            said=(
                f"it contains the start of the agent, but not that of NodePortLocal; its last line is: {last}"
            ),
            remedy=(
                "Restart the agent once more (restart_agents: always). If that does not help, read its log."
            ),
        )
