# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes objects of the data path and of simulated Antrea: small records instead of whole objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

BEHAVIOUR = "lab.vks.bigip/behaviour"
SERVES = "lab.vks.bigip/serves"
NPL = "nodeportlocal.antrea.io"
NPL_ENABLED = "nodeportlocal.antrea.io/enabled"

Selector = Mapping[str, str]


def canonical(address: str) -> str:
    """One spelling for an address; a text that is none stays as it is."""
    try:
        return str(ip_address(address))
    except ValueError:
        return address


def family_of(address: str) -> str:
    return "IPv6" if ":" in address else "IPv4"


@dataclass(slots=True, frozen=True)
class ContainerPort:
    number: int
    protocol: str
    name: str
    host_port: int
    host_ip: str
    """The node's address that the host port is open at; empty for all of them."""


@dataclass(slots=True, frozen=True)
class Pod:
    uid: str
    namespace: str
    name: str
    node: str
    phase: str
    terminating: bool
    host_network: bool
    host_ip: str
    ips: tuple[str, ...]
    labels: Mapping[str, str]
    ports: tuple[ContainerPort, ...]
    sidecar_ports: tuple[ContainerPort, ...]
    """Of init containers that keep running. Antrea does not look at them."""
    behaviour: str
    npl: str | None
    """The NodePortLocal annotation, unparsed."""
    serves: tuple[tuple[int, int], ...]
    """(port of the Pod, port on loopback) where a process of the lab answers for this Pod."""

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Pod:
        meta, spec, status = obj["metadata"], obj["spec"], obj.get("status") or {}
        annotations = meta.get("annotations") or {}
        return cls(
            uid=meta["uid"],
            namespace=meta["namespace"],
            name=meta["name"],
            node=spec.get("nodeName", ""),
            phase=status.get("phase", ""),
            terminating=bool(meta.get("deletionTimestamp")),
            host_network=bool(spec.get("hostNetwork")),
            host_ip=status.get("hostIP", ""),
            ips=tuple(canonical(entry["ip"]) for entry in status.get("podIPs") or ()),
            labels=meta.get("labels") or {},
            ports=_ports(spec.get("containers") or ()),
            sidecar_ports=_ports(
                container
                for container in spec.get("initContainers") or ()
                if container.get("restartPolicy") == "Always"
            ),
            behaviour=annotations.get(BEHAVIOUR, "answer"),
            npl=annotations.get(NPL),
            serves=tuple(_pair(part) for part in annotations.get(SERVES, "").split(",") if part),
        )

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def running(self) -> bool:
        return self.phase == "Running"

    @property
    def finished(self) -> bool:
        return self.phase in ("Succeeded", "Failed")


def _pair(text: str) -> tuple[int, int]:
    port, _to, local = text.partition("=")
    return int(port), int(local)


def _ports(containers: Iterable[Mapping[str, Any]]) -> tuple[ContainerPort, ...]:
    return tuple(
        ContainerPort(
            port["containerPort"],
            port.get("protocol", "TCP"),
            port.get("name", ""),
            port.get("hostPort", 0),
            port.get("hostIP", ""),
        )
        for container in containers
        for port in container.get("ports") or ()
    )


@dataclass(slots=True, frozen=True)
class ServicePort:
    name: str
    protocol: str
    port: int
    target: int | str
    node_port: int


@dataclass(slots=True, frozen=True)
class Service:
    uid: str
    namespace: str
    name: str
    type: str
    selector: Selector
    ports: tuple[ServicePort, ...]
    cluster_ips: tuple[str, ...]
    families: tuple[str, ...]
    local_policy: bool
    """externalTrafficPolicy: Local"""
    health_check_port: int
    npl_enabled: bool

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Service:
        meta, spec = obj["metadata"], obj["spec"]
        return cls(
            uid=meta["uid"],
            namespace=meta["namespace"],
            name=meta["name"],
            type=spec.get("type", "ClusterIP"),
            selector=spec.get("selector") or {},
            ports=tuple(
                ServicePort(
                    port.get("name", ""),
                    port.get("protocol", "TCP"),
                    port["port"],
                    port.get("targetPort", port["port"]),
                    port.get("nodePort", 0),
                )
                for port in spec.get("ports") or ()
            ),
            cluster_ips=tuple(
                canonical(ip)
                for ip in spec.get("clusterIPs") or [spec.get("clusterIP")]
                if ip and ip != "None"
            ),
            families=tuple(spec.get("ipFamilies") or ("IPv4",)),
            local_policy=spec.get("externalTrafficPolicy") == "Local",
            health_check_port=spec.get("healthCheckNodePort", 0),
            npl_enabled=(meta.get("annotations") or {}).get(NPL_ENABLED) == "true",
        )

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    def target_ports(self, pod: Pod) -> Iterator[tuple[int, str]]:
        """(number, protocol) of this Service's ports on a Pod that it selects; a name that the Pod does not
        have is left out."""
        for port in self.ports:
            if isinstance(port.target, int):
                yield port.target, port.protocol
            else:
                for declared in pod.ports:
                    if declared.name == port.target and declared.protocol == port.protocol:
                        yield declared.number, port.protocol


@dataclass(slots=True, frozen=True)
class Endpoint:
    address: str
    node: str
    ready: bool
    serving: bool
    terminating: bool


@dataclass(slots=True, frozen=True)
class EndpointSlice:
    namespace: str
    name: str
    service: str
    family: str
    ports: Mapping[tuple[str, str], int]
    """(port name, protocol) → number"""
    endpoints: tuple[Endpoint, ...]

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> EndpointSlice:
        meta = obj["metadata"]
        return cls(
            namespace=meta["namespace"],
            name=meta["name"],
            service=(meta.get("labels") or {}).get("kubernetes.io/service-name", ""),
            family=obj.get("addressType", "IPv4"),
            ports={
                (port.get("name") or "", port.get("protocol") or "TCP"): port["port"]
                for port in obj.get("ports") or ()
                if port.get("port")
            },
            endpoints=tuple(_endpoint(entry) for entry in obj.get("endpoints") or ()),
        )


def _endpoint(entry: Mapping[str, Any]) -> Endpoint:
    conditions = entry.get("conditions") or {}
    ready = conditions.get("ready")
    # An absent "ready" means ready, an absent "serving" means the same as ready (the API's own words).
    ready = True if ready is None else ready
    serving = conditions.get("serving")
    serving = ready if serving is None else serving
    return Endpoint(
        canonical(entry["addresses"][0]),
        entry.get("nodeName") or "",
        ready,
        serving,
        bool(conditions.get("terminating")),
    )


def is_alive(node: Mapping[str, Any]) -> bool:
    """False if the machine is lost, so Ready is Unknown. A kubelet that reports NotReady ends no traffic."""
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] in ("True", "False") for one in conditions)


@dataclass(slots=True, frozen=True)
class Node:
    name: str
    alive: bool
    internal: tuple[str, ...]
    external: tuple[str, ...]
    kubelet_port: int
    pod_cidrs: tuple[str, ...]

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Node:
        status = obj.get("status") or {}
        by_type: dict[str, list[str]] = defaultdict(list)
        for entry in status.get("addresses") or ():
            by_type[entry["type"]].append(canonical(entry["address"]))
        return cls(
            name=obj["metadata"]["name"],
            alive=is_alive(obj),
            internal=tuple(by_type["InternalIP"]),
            external=tuple(by_type["ExternalIP"]),
            kubelet_port=status.get("daemonEndpoints", {}).get("kubeletEndpoint", {}).get("Port", 0),
            pod_cidrs=tuple(obj.get("spec", {}).get("podCIDRs") or ()),
        )

    @property
    def addresses(self) -> tuple[str, ...]:
        return self.external + self.internal
