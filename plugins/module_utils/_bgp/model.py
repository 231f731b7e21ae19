# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The records of pod_bgp: nodes, BIG-IP's neighbors, and objects of the cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple

from .._routes.model import Address, UnitSelfIps

CALICO, ANTREA = "calico", "antrea"
DEFAULT_AS = 64512
"""The AS number of Calico's nodes without a BGPConfiguration, in F5's instructions too."""
LETS_IN = frozenset(("all", "tcp:179", "tcp:bgp", "tcp:any", "tcp:0", "any:any"))
"""The services of a self IP's Port Lockdown that let BGP in. The list "default" does so in some releases only."""
OWNER = "vks.bigip/owner"
"""The annotation that marks an object of the cluster."""

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Node:
    """addresses: those of type InternalIP. calico: those that Calico uses. as_number: of Calico's annotation."""

    name: str
    ready: bool = True
    addresses: tuple[Address, ...] = ()
    calico: tuple[Address, ...] = ()
    as_number: int | None = None
    labels: Labels = field(default_factory=dict)

    @property
    def hostname(self) -> str:
        """The value of its label kubernetes.io/hostname, by which objects select it."""
        return self.labels.get("kubernetes.io/hostname", self.name)


class Neighbor(NamedTuple):
    """A neighbor as BIG-IP has it. remote_as: None if its peer group has the number."""

    address: Address
    remote_as: int | None
    description: str
    enabled: bool = True


class Wanted(NamedTuple):
    """A neighbor that each unit should have."""

    address: Address
    node: str
    remote_as: int


class Instance(NamedTuple):
    """A BGP instance of one unit. shared: it has peer groups, or other parts that this module does not write."""

    path: str
    local_as: int
    neighbors: tuple[Neighbor, ...] = ()
    shared: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Speaker:
    """The state of BGP on one unit of BIG-IP.

    domain    the full path of the route domain; None if the unit does not have it
    legacy    the route domains whose routingProtocol has BGP, by full path
    switch    the value of the database variable tmrouted.tmos.routing; None if the unit does not have it
    instance  the instance in the route domain
    """

    unit: str
    self_ips: UnitSelfIps
    domain: str | None = None
    legacy: tuple[str, ...] = ()
    switch: str | None = None
    instance: Instance | None = None


class Peer(NamedTuple):
    """A self IP with which the nodes open sessions. unit: None if no unit that was read has it."""

    address: Address
    unit: str | None


@dataclass(frozen=True)
class Object:
    """An object of the cluster.

    owner    of its annotation; None without one
    content  its fields beside metadata, apiVersion, kind and status
    editors  others that set fields of its spec, by the names in managedFields
    """

    kind: str
    name: str
    owner: str | None
    content: Mapping[str, Any]
    uid: str = ""
    version: str = ""
    created: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    editors: tuple[str, ...] = ()

    @property
    def spec(self) -> Mapping[str, Any]:
        return self.content.get("spec") or {}


@dataclass(frozen=True)
class Status:
    """A CalicoNodeStatus with the class BGP.

    own      its owner is that of the task
    updated  seconds since the epoch; 0.0 if it has no status yet
    states   the address of each peer, and the state of its session
    """

    name: str
    node: str
    owner: str | None
    uid: str
    updated: float = 0.0
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cluster:
    """The cluster's side of BGP.

    cni        calico or antrea
    group      the API group of Calico's objects, such as crd.projectcalico.org/v1
    namespace  of the CNI's agents, in which they read passwords
    account    the ServiceAccount of the agents
    objects    all objects of the kinds that the task may write, of any owner
    secret     the values of the Secret with the password, by key; empty without one
    unread     why the Secret could not be read; empty if it was read
    statuses   None if the cluster does not have the kind CalicoNodeStatus
    """

    cni: str
    group: str = ""
    namespace: str = "kube-system"
    account: str = "calico-node"
    objects: tuple[Object, ...] = ()
    secret: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""
    statuses: tuple[Status, ...] | None = None

    def find(self, kind: str, name: str) -> Object | None:
        return next((one for one in self.objects if (one.kind, one.name) == (kind, name)), None)

    def of_kind(self, kind: str) -> list[Object]:
        return [one for one in self.objects if one.kind == kind]
