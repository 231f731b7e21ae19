# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The types of this package: the objects of a cluster, and the pool that results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple

from .addresses import IPV4


class ServicePort(NamedTuple):
    name: str
    port: int
    protocol: str
    target_port: int | str
    node_port: int | None

    def __str__(self) -> str:
        return f"{self.port}/{self.protocol}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True)
class Service:
    namespace: str
    name: str
    type: str = "ClusterIP"
    ports: tuple[ServicePort, ...] = ()
    selector: Mapping[str, str] = field(default_factory=dict)
    families: tuple[str, ...] = (IPV4,)
    npl_annotation: str | None = None
    local: bool = False  # externalTrafficPolicy: Local
    health_check_node_port: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    headless: bool = False  # clusterIP: None

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class SlicePort(NamedTuple):
    name: str
    port: int | None
    protocol: str


class Endpoint(NamedTuple):
    """One endpoint of one slice.

    uid: that of the Pod behind it, None if it is not a Pod.
    """

    address: str
    ready: bool
    serving: bool
    terminating: bool
    node: str | None
    pod: str | None
    uid: str | None

    @property
    def finished(self) -> bool:
        """True if the Pod is terminating and serves no requests: another Pod may have its port already."""
        return self.terminating and not self.serving


class Slice(NamedTuple):
    """One EndpointSlice."""

    name: str
    address_type: str
    ports: tuple[SlicePort, ...]
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True)
class Node:
    name: str
    ready: bool = True
    addresses: tuple[tuple[str, str], ...] = ()  # (type, address) in the order of the Node's status
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: frozenset[str] = frozenset()
    unschedulable: bool = False
    nsx_signs: tuple[str, ...] = ()


class PodMeta(NamedTuple):
    """A Pod's metadata. `created` is in seconds since the epoch.

    writers  who wrote the mappings: manager and subresource; () where managedFields name none
    """

    uid: str
    mappings: str | None
    created: float = 0.0
    writers: tuple[tuple[str, str], ...] = ()


class AgentState(NamedTuple):
    """The Antrea agent of one node. `started` in seconds since the epoch, None while it has not."""

    ready: bool
    started: float | None


@dataclass(frozen=True)
class NplState:
    """NodePortLocal in this cluster.

    None where it could not be read; `unread` has the reasons.
    """

    antrea: bool | None = None
    enabled: bool | None = None
    setting: str = ""  # the setting that turns it off, for the message
    port_range: tuple[int, int] | None = None
    configured: float | None = None  # when the agents' ConfigMap was changed last
    agents: Mapping[str, AgentState] | None = None
    ports_used: Mapping[tuple[str, str], int] | None = (
        None  # (node address, protocol) to the number of ports mapped
    )
    named_ports: Mapping[str, frozenset[tuple[str, str]]] | None = (
        None  # Pod UID to (name, protocol) of its containers' ports
    )
    unread: tuple[str, ...] = ()


class Ranges(NamedTuple):
    """The ports that Antrea's agents map Pods to, beside Antrea's default.

    `agents`: by node, what each agent runs with.
    """

    configured: tuple[tuple[int, int], ...] | None = None  # None: not asked
    agents: Mapping[str, tuple[int, int]] | None = None  # None: not asked
    unread: tuple[str, ...] = ()


@dataclass
class Snapshot:
    """The part of one cluster that a task needs, at one moment.

    None: not read, or reading it was denied (then `denied` names it).
    """

    services: dict[tuple[str, str], Service] = field(default_factory=dict)
    slices: dict[tuple[str, str], list[Slice]] = field(default_factory=dict)
    pods: dict[tuple[str, str], PodMeta] | None = None
    nodes: dict[str, Node] | None = None
    npl: NplState | None = None
    ranges: Ranges = Ranges()
    denied: dict[str, str] = field(default_factory=dict)
    now: float = 0.0
    eligibility: dict[Any, Any] = field(default_factory=dict)  # results of nodes.eligibility about `nodes`
    homes: dict[str, frozenset[str | None]] = field(
        default_factory=dict
    )  # UID to nodes of Pods that `slices` lack: see contested.unplaced
    annotations: Any = None  # the result of contested.read about `pods`


class Member(NamedTuple):
    """One address that BIG-IP can send traffic to, without route domain or brackets (see Pool.address)."""

    address: str
    port: int
    node: str | None = None
    pod: str | None = None
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    ratio: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """Something that looks like a member and is not one.

    reason: a stable word (see reasons.py). message: a sentence, which ends in the remedy.
    """

    kind: str
    name: str
    reason: str
    message: str
    node: str | None = None
    lasting: bool = False  # no wait closes this gap, whatever `reason` usually means


@dataclass(frozen=True)
class Pool:
    """The members of one source, and everything that was left out, with reasons.

    draining  members of Pods that end: they may keep the connections that they have on BIG-IP
    """

    namespace: str
    service: str
    port_name: str | None
    port: int
    protocol: str
    mode: str
    chosen_because: str
    members: tuple[Member, ...]
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    health_check_node_port: int | None = None
    route_domain: int | None = None
    target_ports: tuple[int, ...] = field(default=())
    draining: tuple[Member, ...] = ()

    def address(self, member: Member) -> str:
        """The member's address as AS3 takes it: with %ID if the pool's members have a route domain."""
        return member.address if self.route_domain is None else f"{member.address}%{self.route_domain}"

    def as_dict(self) -> dict[str, Any]:
        """The shape of `pools[]` in pool_members_info's result.

        Ansible copies it many times, so members have few keys.
        """
        domain = {} if self.route_domain is None else {"route_domain": self.route_domain}
        return {
            "namespace": self.namespace,
            "service": self.service,
            "port": {"name": self.port_name, "number": self.port, "protocol": self.protocol},
            "pool_member_type": self.mode,
            "chosen_because": self.chosen_because,
            "health_check_node_port": self.health_check_node_port,
            "route_domain": self.route_domain,
            "members": [
                {
                    "address": address,
                    "port": port,
                    "node": node,
                    "pod": pod,
                    "ready": ready,
                    "serving": serving,
                    "terminating": terminating,
                    "ratio": ratio,
                    **domain,
                }
                for address, port, node, pod, ready, serving, terminating, ratio in self.members
            ],
            "left_out": [
                {
                    "kind": item.kind,
                    "name": item.name,
                    "node": item.node,
                    "reason": item.reason,
                    "message": item.message,
                }
                for item in self.left_out
            ],
            "warnings": list(self.warnings),
        }
