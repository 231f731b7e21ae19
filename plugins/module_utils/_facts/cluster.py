# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Facts of a workload cluster: CNI, Antrea's configuration and agents, nodes, controllers."""

from __future__ import annotations

from dataclasses import dataclass

from .._cis import arguments
from .._members.model import Node
from .pod_network import Network, Traffic


@dataclass(frozen=True)
class Cni:
    """One CNI, by the DaemonSet that runs it."""

    kind: str  # antrea, calico, cilium
    daemon_set: str  # namespace/name
    version: str | None
    update_strategy: str


@dataclass(frozen=True)
class NplConfig:
    """NodePortLocal, and the traffic of Pods, in the ConfigMap that the agents mount."""

    config_map: str  # namespace/name
    gate: bool | None = None  # featureGates.NodePortLocal; None: not set
    enable: bool | None = None  # nodePortLocal.enable; None: not set
    section: bool = True  # whether the key nodePortLocal exists
    port_range: str | None = None  # as written
    changed: float | None = None
    kapp: bool = False  # kapp-controller owns the ConfigMap
    fault: str | None = None  # why its text cannot be understood
    traffic: Traffic = Traffic()

    @property
    def enabled(self) -> bool | None:
        """Return whether agents with this configuration run NodePortLocal; None if that is not known."""
        if self.fault:
            return None
        if self.gate is False:
            return False
        if not self.section and self.gate:
            return None  # before Antrea 1.4 the gate alone switched it on
        return self.enable is True

    @property
    def setting(self) -> str:
        """The setting that decides, as a sentence without its full stop."""
        if self.fault:
            return f"the antrea-agent.conf of ConfigMap {self.config_map} cannot be read: {self.fault}"
        if self.gate is False:
            return f"featureGates.NodePortLocal is false in ConfigMap {self.config_map}"
        if not self.section and self.gate:
            where = f"in ConfigMap {self.config_map}"
            return f"featureGates.NodePortLocal is true and nodePortLocal is absent {where}"
        return (
            f"nodePortLocal.enable is {'true' if self.enable else 'not true'} in ConfigMap {self.config_map}"
        )


@dataclass(frozen=True)
class Agent:
    """antrea-agent on one node. `started` in seconds since the epoch."""

    node: str
    pod: str
    ready: bool
    started: float | None

    def newer_than(self, config: NplConfig) -> bool | None:
        """Return whether it started after the change of the configuration; None if a time is not known."""
        return None if self.started is None or config.changed is None else self.started >= config.changed


@dataclass(frozen=True)
class AgentPod:
    """An agent and its Pod. `trouble`: why its container does not run, in Kubernetes' words."""

    agent: Agent
    uid: str
    terminating: bool
    trouble: str

    @property
    def run(self) -> tuple[str, float | None]:
        """Identifies this start of this agent."""
        return self.uid, self.agent.started


@dataclass(frozen=True)
class NodeVersion:
    """A node, the version of its kubelet, and its `spec.podCIDRs`."""

    node: Node
    kubelet: str
    pod_cidrs: tuple[Network, ...] = ()


@dataclass(frozen=True)
class Workload:
    """A controller (CIS, AKO) in the cluster."""

    kind: str
    name: str  # namespace/name
    version: str | None
    image: str
    arguments: tuple[str, ...]
    replicas: int
    ready: int

    def values(self, option: str) -> list[str]:
        """The values of --option=value or --option value."""
        return arguments.values(self.arguments, option)


@dataclass(frozen=True)
class Package:
    """A PackageInstall of kapp-controller in the workload cluster."""

    name: str  # namespace/name
    package: str
    version: str | None
    paused: bool

    @property
    def of_antrea(self) -> bool:
        return self.package.startswith("antrea.") or self.name.endswith("-antrea")


@dataclass(frozen=True)
class Provider:
    """The network below the cluster: vsphere, nsx_t1, nsx_vpc, or nsx where the sign does not name which.

    `sign`: where that was read.
    """

    name: str
    sign: str

    @property
    def nsx(self) -> bool:
        return self.name.startswith("nsx")
