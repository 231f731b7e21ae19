# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The restart of Antrea's agents, one after the other or by a rollout."""

from __future__ import annotations

import datetime
from typing import Callable, Sequence

from .._errors import Failure, some
from .._facts.cluster import AgentPod
from .._kube import agents, lists
from .._npl.restart import Restarts
from .antrea import Antrea

AGENT_SECONDS = 300.0  # for an agent to be ready again
Settle = Callable[[str], None]


def let_a_second_pass(antrea: Antrea) -> None:
    """Wait until a restart is later than the change: the API writes times in whole seconds."""
    changed, client = antrea.config.changed, antrea.client
    if changed is not None and client.server_time < changed + 1:
        client.deadline.pause(min(changed + 1 - client.server_time, 2.0))


def restart(antrea: Antrea, restarts: Restarts, settle: Settle) -> None:
    """Restart these agents. `settle` waits until the agent of a node has done its work.

    Raises Failure at the first agent that does not become ready, and restarts no further one.
    """
    if restarts.rollout:
        _roll_out(antrea, restarts)
        for node in restarts.nodes:
            settle(node)
        return
    restarted: list[str] = []
    for pod in antrea.pods:
        node = pod.agent.node
        if node in restarts.nodes:
            agents.delete(antrea.client, pod)
            _wait(antrea, {node: pod.uid}, restarted)
            settle(node)
            restarted.append(node)


def _roll_out(antrea: Antrea, restarts: Restarts) -> None:
    before = {pod.agent.node: pod.uid for pod in antrea.pods}
    moment = f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    agents.roll(antrea.client, antrea.daemon_set, moment)
    name = antrea.daemon_set["metadata"]["name"]

    def complete() -> bool:
        return agents.rolled_out(lists.one(antrea.client, lists.DAEMON_SETS, antrea.namespace, name))

    if not antrea.until(AGENT_SECONDS * len(restarts.nodes), complete, first=1.0):
        pods = agents.agent_pods(antrea.client, antrea.namespace)
        _raise_not_ready(
            [pod for pod in pods if not pod.agent.ready or pod.uid in before.values()], restarts.nodes, []
        )
    _wait(antrea, {node: before[node] for node in restarts.nodes}, [])


def _wait(antrea: Antrea, before: dict[str, str], restarted: list[str]) -> None:
    """Wait until other agents than these are ready on their nodes."""

    def replaced() -> bool:
        antrea.read_agents()
        ready = {
            pod.agent.node
            for pod in antrea.pods
            if pod.agent.ready and not pod.terminating and pod.uid != before.get(pod.agent.node)
        }
        return set(before) <= ready

    if not antrea.until(AGENT_SECONDS, replaced):
        pods = [pod for pod in antrea.pods if pod.agent.node in before]
        _raise_not_ready(pods, sorted(before), restarted)


def _raise_not_ready(pods: Sequence[AgentPod], nodes: Sequence[str], restarted: list[str]) -> None:
    named = [pod.agent.node for pod in pods] or list(nodes)
    said = "; ".join(f"Pod {pod.agent.pod}: {pod.trouble or 'it is not ready'}" for pod in pods)
    before = f" (restarted: {', '.join(restarted)})" if restarted else ""
    raise Failure(
        "npl_agent_not_ready",
        f"waiting for antrea-agent on {some(named, most=5)} to be ready again",
        said=said or "the node has no new Pod",
        remedy=f"No further agent was restarted{before}. Check its log and events; then run the task again.",
        nodes=named,
        done=restarted,
    )
