# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agents: one for each running antrea-agent Pod, from its start to its end."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp

from ..kube import Kube, KubeError
from ..net.objects import NPL, Node, Pod, Service
from ..net.selectors import PodIndex, SelectorIndex
from ..podlog import PodLog
from . import config, manifests
from .agent_api import AgentApi, now
from .link import Link
from .npl import NodePortLocal, Outcome, complaint, counts
from .version import Version

log = logging.getLogger(__name__)

#: Patches of Pods at the same time. The API server of a lab does about a thousand a second.
PATCHES = 24
RETRY_FIRST, RETRY_LAST = 2.0, 120.0
"""seconds, as the real controller's queue"""
CRASH_FIRST, CRASH_LAST = 1.0, 10.0
"""seconds between two starts of an agent that ends at once; a kubelet takes ten times as long"""


@dataclass
class Agent:
    """One antrea-agent process."""

    pod: Pod
    log: PodLog
    npl: NodePortLocal | None = None
    start: asyncio.Task[None] | None = None
    restarts: int = 0
    ipam: bool | None = None
    """whether it assigns addresses of IPPools; None until it has started"""


class Agents:
    """Follows the Pods, Services and Nodes of the cluster, and does what the agents of its nodes would do."""

    def __init__(
        self,
        kube: Kube,
        link: Link,
        version: Version,
        log_folder: Path,
        report: Callable[[dict[str, str]], None] = lambda started: None,
    ) -> None:
        """``report`` is called with the uid of each agent Pod whose agent has started, by node, when that
        changes."""
        self._kube = kube
        self._api = AgentApi(kube)
        self._link = link
        self._version = version
        self._log_folder = log_folder
        self._agents: dict[str, Agent] = {}
        self._started: dict[str, str] = {}
        self._report = report
        self._nodes: dict[str, Node] = {}
        self._pods: dict[str, Pod] = {}
        self._of_node: dict[str, dict[str, Pod]] = defaultdict(dict)
        self._pod_index = PodIndex()
        self._services = SelectorIndex()
        self._dirty: dict[str, Pod] = {}
        self._wake = asyncio.Event()
        self._busy: set[str] = set()
        self._failures: dict[str, int] = {}
        self._patches = asyncio.Semaphore(PATCHES)
        self._tasks: set[asyncio.Task[None]] = set()
        self.pods_known = asyncio.Event()
        """Set when the first list of Pods is complete: then agents restore their annotations."""

    # -- changes in the cluster

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        if new is None and old:
            self._nodes.pop(old.name, None)
            self._spawn(self._api.drop_info(old.name))
            return
        if new:
            self._nodes[new.name] = new
            if self._version.by_family and (old is None or old.addresses != new.addresses):
                self._mark(self._of_node[new.name].values())

    def service_changed(self, old: Service | None, new: Service | None) -> None:
        if (
            new
            and new.npl_enabled
            and (text := _remark(new))
            and not (old and old.npl_enabled and _remark(old) == text)
        ):
            self._log_everywhere(f'"{text}" service="{new.key}"', "npl_controller.go:227")
        before = old if old and counts(old) else None
        after = new if new and counts(new) else None
        if before == after:
            return
        self._services.change(before, after)
        if before and after and (before.selector, before.ports) == (after.selector, after.ports):
            return  # A change of only ipFamilies, for example, takes effect with the Pod's next update.
        for service in (before, after):
            self._mark(self._pod_index.of(service))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        self._pod_index.change(old, new)
        either = new or old
        if either is None:
            return
        if old:
            self._of_node[old.node].pop(old.uid, None)
        if new:
            self._pods[new.uid] = new
            self._of_node[new.node][new.uid] = new
        else:
            self._pods.pop(either.uid, None)
        self._mark([either])
        if _is_agent(either):
            self._agent_pod_changed(either, new is not None and _runs(new))

    def _agent_pod_changed(self, pod: Pod, runs: bool) -> None:
        agent = self._agents.get(pod.node)
        if agent and agent.pod.uid != pod.uid:
            if not runs:
                return
            self._end(agent)
            agent = None
        if runs and agent is None:
            self._begin(pod)
        elif not runs and agent:
            self._end(agent)
            # The former one may still be there, if a second one took its place only for a while.
            if other := next(
                (each for each in self._of_node[pod.node].values() if _is_agent(each) and _runs(each)), None
            ):
                self._begin(other)

    def _begin(self, pod: Pod) -> None:
        agent = Agent(pod, PodLog(self._log_folder / pod.namespace / pod.name / "antrea-agent.log"))
        self._agents[pod.node] = agent
        agent.start = self._spawn(self._run(agent))

    def _end(self, agent: Agent) -> None:
        """The process ends. Its mappings stay in the kernel until the next agent restores them."""
        if agent.start:
            agent.start.cancel()
        self._agents.pop(agent.pod.node, None)
        self._started.pop(agent.pod.node, None)
        self._report(self._started)

    # -- an agent's life

    async def _run(self, agent: Agent) -> None:
        await self.pods_known.wait()
        pause = 0.0
        while True:
            try:
                settings = await self._start(agent)
                break
            except config.Crash as crash:
                agent.log.line(str(crash), "main.go:54", "F")
                await self._api.show_crash(agent.pod, agent.restarts, str(crash))
                await asyncio.sleep(pause)
                pause = min(max(pause * 2, CRASH_FIRST), CRASH_LAST)
                agent.restarts += 1
        if agent.restarts:
            await self._api.show_running(agent.pod, agent.restarts)
        node = agent.pod.node
        subnets = self._nodes[node].pod_cidrs if node in self._nodes else ()
        info = manifests.agent_info(self._version, agent.pod.name, node, subnets, settings.shown, now())
        await self._api.put_info(node, info)
        agent.ipam = settings.ipam
        self._started[node] = agent.pod.uid
        self._report(self._started)

    async def _start(self, agent: Agent) -> config.AgentConfig:
        """From the process's first line to the NodePortLocal controller's start."""
        agent.log.line(f"Starting Antrea agent (version v{self._version})", "agent.go:96")
        text = await self._api.mounted_config(agent.pod)
        settings = config.read(text, self._version)
        for note in settings.notes:
            agent.log.line(f'"{note}"', "options.go:412")
        node = agent.pod.node
        if settings.ports is None:
            # No controller runs. Annotations stay as they are, and nothing answers on their ports any more.
            self._link.replace_node(node, {})
            await self._link.flush()
            return settings
        npl = NodePortLocal(self._version, node, settings.ports)
        agent.log.line("Starting NPLController", "npl_controller.go:149")
        agent.log.line(
            '"Will fetch Pods and generate NodePortLocal rules for these Pods"', "npl_controller.go:560"
        )
        for pod in npl.restore(self._of_node[node].values()):
            agent.log.line(
                (
                    '"Found invalid NodePortLocal annotation for Pod that cannot be parsed, cleaning it '
                    f'up" pod="{pod.key}"'
                ),
                "npl_controller.go:577",
            )
            await self._patch_annotation(pod, None)
        self._link.replace_node(node, npl.live)
        await self._link.flush()
        agent.log.line(
            '"Waiting for initialization of NodePortLocal rules to complete"', "npl_controller.go:606"
        )
        agent.log.line('"Initialization of NodePortLocal rules successful"', "npl_controller.go:608")
        agent.npl = npl
        self._mark(self._of_node[node].values())
        return settings

    def _log_everywhere(self, text: str, source: str) -> None:
        for agent in self._agents.values():
            if agent.npl:
                agent.log.line(text, source)

    def has_ipam(self, node: str) -> bool | None:
        """True if the node's agent assigns addresses of IPPools; None while none has started."""
        agent = self._agents.get(node)
        return agent.ipam if agent else None

    # -- Pods

    def _mark(self, pods: Iterable[Pod]) -> None:
        for pod in pods:
            self._dirty[pod.uid] = pod
        if self._dirty:
            self._wake.set()

    async def work(self) -> None:
        """Process every Pod that may have changed. A mapping works before the annotation shows it."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            due = {uid: pod for uid, pod in self._dirty.items() if uid not in self._busy}
            for uid in due:
                del self._dirty[uid]
            patches: list[tuple[Pod, str | None]] = []
            for uid, last in due.items():
                agent = self._agents.get(last.node)
                if agent is None or agent.npl is None:
                    continue
                outcome = self._look(agent, uid, agent.npl)
                self._link.change(outcome.drop, outcome.put)
                if outcome.patch:
                    patches.append((self._pods[uid], outcome.annotation))
            await self._link.flush()
            for pod, annotation in patches:
                self._busy.add(pod.uid)
                self._spawn(self._annotate(pod, annotation))

    def _look(self, agent: Agent, uid: str, npl: NodePortLocal) -> Outcome:
        pod = self._pods.get(uid)
        if pod is None:
            self._failures.pop(uid, None)
            return npl.forget(uid)

        def in_use() -> set[tuple[str, int]]:
            neighbours = self._of_node[pod.node].values()
            return {
                (port.protocol.lower(), port.number)
                for each in neighbours
                if each.host_network and each.running
                for port in each.ports
            }

        outcome = npl.sync(pod, self._services.of(pod), self._nodes.get(pod.node), in_use)
        if outcome.warning:
            agent.log.line(outcome.warning, "npl_controller.go:461", "W")
        if outcome.error:
            agent.log.line(
                f"Error syncing Pod {pod.key}, requeuing. Error: {outcome.error}",
                "npl_controller.go:402",
                "E",
            )
            self._retry(pod)
        else:
            self._failures.pop(uid, None)
        return outcome

    def _retry(self, pod: Pod) -> None:
        failed = self._failures.get(pod.uid, 0)
        self._failures[pod.uid] = failed + 1
        asyncio.get_running_loop().call_later(min(RETRY_FIRST * 2**failed, RETRY_LAST), self._mark, [pod])

    async def _annotate(self, pod: Pod, annotation: str | None) -> None:
        try:
            if not await self._patch_annotation(pod, annotation):
                self._retry(pod)
        finally:
            self._busy.discard(pod.uid)
            if pod.uid in self._dirty:
                self._wake.set()

    async def _patch_annotation(self, pod: Pod, annotation: str | None) -> bool:
        """False if it is worth another try."""
        path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/status"
        # With its uid: a new Pod with the same name is another Pod.
        body = {"metadata": {"uid": pod.uid, "annotations": {NPL: annotation}}}
        try:
            async with self._patches:
                await self._kube.merge_patch(path, body)
        except KubeError as error:
            if error.status in (404, 409):
                return True
            log.warning("%s", error)
            return False
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            log.warning("annotating %s: %r", pod.key, error)
            return False
        if pod.uid in self._pods:
            self._pods[pod.uid] = replace(self._pods[pod.uid], npl=annotation)
            self._of_node[pod.node][pod.uid] = self._pods[pod.uid]
        return True

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a task of the agents failed", exc_info=task.exception())


def _is_agent(pod: Pod) -> bool:
    return pod.namespace == manifests.NAMESPACE and manifests.AGENT_LABELS.items() <= pod.labels.items()


def _runs(pod: Pod) -> bool:
    return pod.running and not pod.terminating


def _remark(service: Service) -> str:
    """The log message of an agent for an annotated Service."""
    if any(port.protocol == "SCTP" for port in service.ports) and counts(service):
        return "Service has NodePortLocal enabled but it includes a SCTP Service port, which will be ignored"
    return complaint(service)
