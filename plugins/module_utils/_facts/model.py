# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks judge, and what they answer. This module util is PRIVATE to the collection. Pure data: no I/O, no Ansible.

A fact that could not be read is an Unknown with its reason: never a default that looks like an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, TypeVar, Union

from .._cis import arguments
from .._members.model import Node, Snapshot

T = TypeVar("T")


@dataclass(frozen=True)
class Unknown:
    """A fact that nobody could tell, and why."""

    why: str


NOT_READ = Unknown("it was not read")


class NotKnown(Exception):
    """A check met a fact that is Unknown."""


def need(fact: Union[T, Unknown]) -> T:  # noqa: UP007 evaluated when it runs
    """The fact; whoever cannot go on without it becomes `unknown`."""
    if isinstance(fact, Unknown):
        raise NotKnown(fact.why)
    return fact


# -- the workload cluster ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cni:
    """One CNI, by the DaemonSet that runs it."""

    kind: str  # antrea, calico, cilium
    daemon_set: str  # namespace/name
    version: str | None = None
    update_strategy: str = "RollingUpdate"


@dataclass(frozen=True)
class NplConfig:
    """NodePortLocal as the ConfigMap says that the agents mount."""

    config_map: str  # namespace/name
    gate: bool | None = None  # featureGates.NodePortLocal; None: not set
    enable: bool | None = None  # nodePortLocal.enable; None: not set
    section: bool = True  # whether nodePortLocal is there at all
    port_range: str | None = None  # as written
    changed: float | None = None
    kapp: bool = False  # kapp-controller owns the ConfigMap
    fault: str | None = None  # why its text cannot be understood

    @property
    def enabled(self) -> bool | None:
        if self.fault:
            return None
        if self.gate is False:
            return False
        if not self.section and self.gate:
            return None  # before Antrea 1.4 the gate alone switched it on
        return self.enable is True

    @property
    def setting(self) -> str:
        """The setting that decides, as a sentence without its end."""
        if self.fault:
            return f"the antrea-agent.conf of ConfigMap {self.config_map} cannot be read: {self.fault}"
        if self.gate is False:
            return f"featureGates.NodePortLocal is false in ConfigMap {self.config_map}"
        if not self.section and self.gate:
            return f"featureGates.NodePortLocal is true and nodePortLocal is absent in ConfigMap {self.config_map}"
        return f"nodePortLocal.enable is {'true' if self.enable else 'not true'} in ConfigMap {self.config_map}"


@dataclass(frozen=True)
class Agent:
    """antrea-agent on one node. `started` in seconds since the epoch."""

    node: str
    pod: str
    ready: bool
    started: float | None

    def newer_than(self, config: NplConfig) -> bool | None:
        return None if self.started is None or config.changed is None else self.started >= config.changed


@dataclass(frozen=True)
class Machine:
    """A node and the kubelet on it."""

    node: Node
    kubelet: str = ""


@dataclass(frozen=True)
class Workload:
    """A controller (CIS, AKO) in the cluster."""

    kind: str
    name: str  # namespace/name
    version: str | None
    image: str
    arguments: tuple[str, ...] = ()
    replicas: int = 1
    ready: int = 0

    def values(self, option: str) -> list[str]:
        """What --option=value or --option value says."""
        return arguments.values(self.arguments, option)


@dataclass(frozen=True)
class Package:
    """A PackageInstall of kapp-controller in the workload cluster."""

    name: str  # namespace/name
    package: str
    version: str | None
    paused: bool


@dataclass(frozen=True)
class Provider:
    """The network below the cluster: vsphere, nsx_t1, nsx_vpc, or nsx if the sign does not tell which. `sign`: where that is read from."""

    name: str
    sign: str

    @property
    def nsx(self) -> bool:
        return self.name.startswith("nsx")


# -- the Supervisor ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AddonConfig:
    name: str  # namespace/name
    cluster_name: str
    definition: str
    ready: bool | None
    npl_path: str | None | Unknown = NOT_READ  # where the definition's schema has nodePortLocal; None: nowhere


@dataclass(frozen=True)
class SubnetSet:
    name: str  # namespace/name
    access_mode: str
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Supervisor:
    namespace: str
    cluster: str
    cluster_class: str | None | Unknown = NOT_READ
    cni: str | None | Unknown = NOT_READ
    antrea_config: str | None | Unknown = NOT_READ  # namespace/name
    addon_config: AddonConfig | None | Unknown = NOT_READ
    provider: Provider | Unknown = NOT_READ
    subnet_sets: tuple[SubnetSet, ...] | Unknown = NOT_READ


# -- BIG-IP ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SelfIp:
    """`services`: what Port Lockdown lets in; ("all",), ("default",), ("tcp:179", ...) or nothing."""

    name: str
    address: str
    network: Any  # ipaddress network
    route_domain: int = 0
    services: tuple[str, ...] | Unknown = NOT_READ


@dataclass(frozen=True)
class BigIp:
    version: str | Unknown = NOT_READ
    as3: str | Unknown = NOT_READ
    self_ips: tuple[SelfIp, ...] | Unknown = NOT_READ
    has_route: Callable[[str], bool | None] | Unknown = NOT_READ  # whether it has a way to an address, in the route domain asked for
    bgp: frozenset[int] | Unknown = NOT_READ  # route domains that speak BGP
    members: Mapping[tuple[str, int], str] | Unknown = NOT_READ  # what monitors say of pool members: up, down, ...


# -- everything --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wishes:
    """What the user says and asks for."""

    pool_member_type: str = "auto"
    network_provider: str = "unknown"
    features: frozenset[str] = frozenset()
    allow_unvalidated: bool = False
    node_network_routable: bool | None = None
    route_domain: int = 0
    asked: frozenset[str] = frozenset()  # checks that were named
    namespaces: bool = False  # whether the Services that are judged are of namespaces that were named


@dataclass(frozen=True)
class Facts:
    wishes: Wishes = Wishes()
    now: float = 0.0
    kubernetes: str | Unknown = NOT_READ
    cnis: tuple[Cni, ...] | Unknown = NOT_READ
    other_cnis: tuple[str, ...] = ()  # DaemonSets (namespace/name) that look like a CNI's, where no CNI runs
    npl: NplConfig | None | Unknown = NOT_READ  # None: there is no Antrea
    agents: tuple[Agent, ...] | Unknown = NOT_READ
    nodes: tuple[Machine, ...] | Unknown = NOT_READ
    cis: tuple[Workload, ...] | Unknown = NOT_READ
    ako: tuple[Workload, ...] | Unknown = NOT_READ
    packages: tuple[Package, ...] | Unknown = NOT_READ
    transport_servers: tuple[str, ...] | Unknown = NOT_READ
    applications: Snapshot | Unknown = NOT_READ  # Services, EndpointSlices, Pods
    all_pods: bool = True  # whether `applications` has the Pods of every namespace
    bgp_peers: bool | Unknown = NOT_READ
    supervisor: Supervisor | None = None
    bigip: BigIp | None = None
    tokens: Mapping[str, float | None] = field(default_factory=dict)  # whose token expires when; None: it does not say
    denied: tuple[str, ...] = ()

    @property
    def cni(self) -> Cni:
        """The one CNI."""
        found = need(self.cnis)
        if len(found) != 1:
            raise NotKnown(f"the cluster has {len(found)} known CNIs ({', '.join(item.kind for item in found) or 'none'}), see P01")
        return found[0]

    @property
    def provider(self) -> Provider | Unknown:
        """The user's word, then the Supervisor's, then a sign that the nodes carry."""
        if self.wishes.network_provider != "unknown":
            return Provider(self.wishes.network_provider, "network_provider says so")
        told = self.supervisor.provider if self.supervisor else Unknown("the workload cluster does not tell, and no Supervisor access is given")
        if isinstance(told, Provider):
            return told
        for machine in () if isinstance(self.nodes, Unknown) else self.nodes:
            if machine.node.nsx_signs:
                return Provider("nsx", f"Node {machine.node.name} carries {machine.node.nsx_signs[0]}")
        return told

    @property
    def mode(self) -> tuple[str, str]:
        """The pool member type that is judged, and why."""
        asked = self.wishes.pool_member_type
        if asked != "auto":
            return asked, "pool_member_type asks for it"
        if isinstance(self.npl, NplConfig) and self.npl.enabled:
            return "nodeportlocal", self.npl.setting
        if isinstance(self.npl, NplConfig):
            return "nodeport", self.npl.setting
        if isinstance(self.npl, Unknown):
            return "nodeport", f"whether NodePortLocal is on is not known: {self.npl.why}"
        return "nodeport", "the cluster has no Antrea, and nodeport works with any CNI"


# -- answers -----------------------------------------------------------------------------------------------------

PASS, FAIL, WARN, UNKNOWN, SKIPPED = "pass", "fail", "warn", "unknown", "skipped"


@dataclass(frozen=True)
class Verdict:
    """What one check found. `status` BAD becomes fail or warn by the check's level."""

    status: str
    message: str
    remedy: str = ""


BAD = "bad"


def good(message: str) -> Verdict:
    return Verdict(PASS, message)


def bad(message: str, remedy: str) -> Verdict:
    return Verdict(BAD, message, remedy)


def open_question(message: str, remedy: str) -> Verdict:
    return Verdict(UNKNOWN, message, remedy)


def doubtful(message: str, remedy: str) -> Verdict:
    """A warning, whatever the level of the check: what an editor of any namespace can cause."""
    return Verdict(WARN, message, remedy)


def not_concerned(message: str) -> Verdict:
    return Verdict(SKIPPED, message)


@dataclass(frozen=True)
class Check:
    """One check. `level`: what a bad verdict means. `overridable`: allow_unvalidated turns its failure into a warning."""

    id: str
    title: str
    level: str
    judge: Callable[[Facts], Verdict]
    link: str | None = None
    modes: tuple[str, ...] = ()
    bigip: bool = False
    supervisor: bool = False
    overridable: bool = False


@dataclass(frozen=True)
class Result:
    id: str
    title: str
    status: str
    message: str
    remedy: str
    link: str | None

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "status": self.status, "message": self.message, "remedy": self.remedy, "link": self.link}
