# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The types of this package: the user's source, the cluster's objects, and the resulting pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple

from .._errors import Failure
from .addresses import IPV4
from .options import DEFAULT_NAMESPACE, DEFAULTS, RECORDED


@dataclass(frozen=True)
class Source:
    """Where one pool's members come from: the options of plugins/doc_fragments/pool_source.py.

    mode  the option pool_member_type
    path  the place in the user's input, which tells the sources of a task apart
    """

    namespace: str
    name: str
    port: str | None = None
    path: str = "pools[0]"
    mode: str = DEFAULTS["pool_member_type"]
    address_family: str = DEFAULTS["address_family"]
    terminating: str = DEFAULTS["terminating"]
    node_label_selector: str | None = None
    node_address_type: str = DEFAULTS["node_address_type"]
    node_weight: str = DEFAULTS["node_weight"]
    include_unschedulable: bool = DEFAULTS["include_unschedulable"]
    exclude_nodes: tuple[str, ...] = ()
    route_domain: int | None = None
    wait_for_mappings: float = DEFAULTS["wait_for_mappings"]
    network_provider: str = DEFAULTS["network_provider"]
    pod_network_routable: bool | None = None
    trust_npl_annotations: bool = DEFAULTS["trust_npl_annotations"]

    @property
    def key(self) -> str:
        return self.path

    @property
    def service_name(self) -> str:
        return f"{self.namespace}/{self.name}"

    def recorded(self) -> dict[str, Any]:
        """The options that decide the members and are not the defaults, for the mark.

        Service and mode are not among them.
        """
        recorded: dict[str, Any] = {}
        for name in RECORDED:
            value = getattr(self, name)
            if value not in (type(self).__dataclass_fields__[name].default, ""):
                recorded[name] = sorted(set(value)) if isinstance(value, tuple) else value
        return recorded

    @staticmethod
    def from_options(item: Mapping[str, Any], defaults: Mapping[str, Any], path: str) -> Source:
        """One source of the user's input. What it omits comes from the task's defaults, then from ours.

        Raises Failure (service_missing) if it names no Service.
        """
        service = item.get("service") or {}
        if not service.get("name"):
            remedy = "Set service.name (and service.namespace)."
            raise Failure("service_missing", f"{path} names no Service", remedy=remedy)
        values: dict[str, Any] = {}
        for name, option in _OPTIONS.items():
            value = item.get(option)
            if value is None:
                value = defaults.get(option)
            if value is not None:
                values[name] = tuple(value) if isinstance(value, list) else value
        port = service.get("port")
        return Source(
            namespace=service.get("namespace") or DEFAULT_NAMESPACE,
            name=service["name"],
            port=None if port in (None, "") else str(port),
            path=path,
            **values,
        )


_OPTIONS = {
    name: "pool_member_type" if name == "mode" else name
    for name in Source.__dataclass_fields__
    if name not in ("namespace", "name", "port", "path")
}
"""The fields of a Source that are options of the user, and their names there."""


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

    `uid` is that of the Pod behind it, None if something else stands behind it.
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
        """Whether the Pod is terminating and serves no more: another Pod may have its port already."""
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

    writers  who wrote the mappings: manager and subresource; () where managedFields do not say
    """

    uid: str
    mappings: str | None
    created: float = 0.0
    writers: tuple[tuple[str, str], ...] = ()


class Agent(NamedTuple):
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
    agents: Mapping[str, Agent] | None = None
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

    None: not read, or reading it was denied (then `denied` says so).
    """

    services: dict[tuple[str, str], Service] = field(default_factory=dict)
    slices: dict[tuple[str, str], list[Slice]] = field(default_factory=dict)
    pods: dict[tuple[str, str], PodMeta] | None = None
    nodes: dict[str, Node] | None = None
    npl: NplState | None = None
    ranges: Ranges = Ranges()
    denied: dict[str, str] = field(default_factory=dict)
    now: float = 0.0
    standing: dict[Any, Any] = field(default_factory=dict)  # what nodes.standing worked out about `nodes`
    homes: dict[str, frozenset[str | None]] = field(
        default_factory=dict
    )  # UID to nodes of Pods that `slices` lack: see contested.unplaced
    annotations: Any = None  # what contested.read worked out about `pods`


class Member(NamedTuple):
    """One address BIG-IP can send traffic to.

    Addresses without route domain or brackets; see Pool.address.
    """

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
    """The members of one source and everything left out."""

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

    def address(self, member: Member) -> str:
        """The member's address as AS3 takes it: with %ID if the pool's members have a route domain."""
        return member.address if self.route_domain is None else f"{member.address}%{self.route_domain}"

    def as_dict(self) -> dict[str, Any]:
        """The shape of `pools[]` in pool_members_info's result.

        Ansible copies it many times: members say no more than they must.
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
