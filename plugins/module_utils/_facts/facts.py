# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Everything that is read for one task, beside what its user asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

from .._members.model import Snapshot
from .bigip import BigIp
from .cluster import Agent, Cni, NodeVersion, NplConfig, Package, Provider, Workload
from .pod_network import CalicoBlocks, NodeBgp, PodAddress
from .supervisor import Supervisor
from .unknown import NOT_READ, NotKnown, Unknown, need


@dataclass(frozen=True)
class Wishes:
    """The user's statements and wishes.

    asked       the checks that the user named
    namespaces  whether the user named the namespaces of the Services that are checked
    """

    pool_member_type: str = "auto"
    network_provider: str = "unknown"
    features: frozenset[str] = frozenset()
    allow_unvalidated: bool = False
    node_network_routable: bool | None = None
    route_domain: int = 0
    asked: frozenset[str] = frozenset()
    namespaces: bool = False
    pod_network_routable: bool | None = None


@dataclass(frozen=True)
class Facts:
    """other_cnis    DaemonSets (namespace/name) that look like a CNI's, in namespaces without a CNI
    npl           None: the cluster has no Antrea
    applications  Services, EndpointSlices and Pods
    all_pods      whether `applications` has the Pods of every namespace
    calico        None: the cluster has no blocks of Calico
    routes_lead   BIG-IP has routes to all Pod networks; read only for mode auto
    bgp_status    the nodes with a CalicoNodeStatus
    pod_addresses  of the Pods behind Services, read only if AntreaIPAM is on
    tokens        the end of each token, by the API that it is for; None: the token does not contain it
    denied        the reads that were forbidden
    """

    wishes: Wishes = Wishes()
    now: float = 0.0
    kubernetes: str | Unknown = NOT_READ
    cnis: tuple[Cni, ...] | Unknown = NOT_READ
    other_cnis: tuple[str, ...] = ()
    npl: NplConfig | None | Unknown = NOT_READ
    agents: tuple[Agent, ...] | Unknown = NOT_READ
    nodes: tuple[NodeVersion, ...] | Unknown = NOT_READ
    cis: tuple[Workload, ...] | Unknown = NOT_READ
    ako: tuple[Workload, ...] | Unknown = NOT_READ
    packages: tuple[Package, ...] | Unknown = NOT_READ
    transport_servers: tuple[str, ...] | Unknown = NOT_READ
    applications: Snapshot | Unknown = NOT_READ
    all_pods: bool = True
    calico: CalicoBlocks | None | Unknown = NOT_READ
    routes_lead: bool = False
    bgp_peers: bool | Unknown = NOT_READ
    bgp_status: tuple[NodeBgp, ...] | Unknown = NOT_READ
    pod_addresses: tuple[PodAddress, ...] | Unknown = NOT_READ
    supervisor: Supervisor | None = None
    bigip: BigIp | None = None
    tokens: Mapping[str, float | None] = field(default_factory=dict)
    denied: tuple[str, ...] = ()

    @property
    def cni(self) -> Cni:
        """The one CNI. Raises NotKnown if the cluster has none or several."""
        cnis = need(self.cnis)
        if len(cnis) != 1:
            kinds = ", ".join(item.kind for item in cnis) or "none"
            raise NotKnown(f"the cluster has {len(cnis)} known CNIs ({kinds}), see P01")
        return cnis[0]

    def has(self, kind: str) -> bool:
        """Return whether a CNI of this kind is known."""
        return not isinstance(self.cnis, Unknown) and any(item.kind == kind for item in self.cnis)

    @property
    def provider(self) -> Provider | Unknown:
        """The user's statement, then the Supervisor's, then a sign on the nodes."""
        if self.wishes.network_provider != "unknown":
            return Provider(self.wishes.network_provider, "network_provider sets it")
        stated = self.supervisor.provider if self.supervisor else Unknown(_NO_PROVIDER)
        if isinstance(stated, Provider):
            return stated
        for node_version in () if isinstance(self.nodes, Unknown) else self.nodes:
            if node_version.node.nsx_signs:
                return Provider(
                    "nsx", f"Node {node_version.node.name} carries {node_version.node.nsx_signs[0]}"
                )
        return stated

    @property
    def mode(self) -> tuple[str, str]:
        """The pool member type that is checked, and why."""
        asked = self.wishes.pool_member_type
        if asked != "auto":
            return asked, "pool_member_type asks for it"
        if isinstance(self.npl, NplConfig) and self.npl.enabled:
            return "nodeportlocal", self.npl.setting
        if self._by_routes:
            return "cluster", self._by_routes
        if isinstance(self.npl, NplConfig):
            return "nodeport", self.npl.setting
        if isinstance(self.npl, Unknown):
            return "nodeport", f"it is not known whether NodePortLocal is on: {self.npl.why}"
        return "nodeport", "the cluster has no Antrea, and nodeport works with any CNI"

    @property
    def may_choose_cluster(self) -> bool:
        """BIG-IP's routes decide about the mode: auto, without NodePortLocal, without a statement, not on NSX."""
        return (
            self.wishes.pool_member_type == "auto"
            and self.wishes.pod_network_routable is None
            and self.mode[0] == "nodeport"
            and (self.has("calico") or self.has("antrea"))
            and not (isinstance(self.provider, Provider) and self.provider.nsx)
        )

    @property
    def _by_routes(self) -> str:
        """Why mode cluster is possible; empty if nothing proves it. As publish, auto never chooses it on NSX."""
        if isinstance(self.provider, Provider) and self.provider.nsx:
            return ""
        if self.wishes.pod_network_routable is not None:
            stated = "pod_network_routable declares that the Pod network is routable"
            return stated if self.wishes.pod_network_routable else ""
        return "BIG-IP has routes to the Pod networks" if self.routes_lead else ""


_NO_PROVIDER = "the workload cluster does not name it, and no Supervisor access is given"
