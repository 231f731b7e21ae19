# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route table: where a connection to an address and port of the lab leads at this moment.

Pure: objects come in as records, a ``Route`` goes out. A route names the things it depends on (``keys``);
when one of them is taken away, ``ended`` is told, so that open connections over it can be closed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import TypeVar

from ..addresses import V4, V6
from . import kubeproxy
from .objects import EndpointSlice, Node, Pod, SelectorIndex, Service, ServicePort, canonical, family_of

NODE_RANGES = tuple(ip_network(family.nodes) for family in (V4, V6))
CLUSTER_RANGES = tuple(ip_network(text) for family in (V4, V6) for text in (family.pods, family.services))
API_SERVERS = tuple(canonical(family.api_server()) for family in (V4, V6))
KUBELET_PORT = 10250

Entry = TypeVar("Entry")
Key = tuple[str, ...]
Socket = tuple[str, int]
#: node, family, protocol, node port
NplKey = tuple[str, str, str, int]


class Kind(Enum):
    POD = "pod"
    HEALTH = "health"
    """kube-proxy's answer on a healthCheckNodePort"""
    FORWARD = "forward"
    """a socket on this machine"""
    BIGIP = "bigip"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True)
class Route:
    kind: Kind
    reason: str = ""
    pod: str = ""
    """uid"""
    service: str = ""
    node: str = ""
    socket: Socket = ("", 0)
    keys: frozenset[Key] = frozenset()
    passes: frozenset[str] = field(default=frozenset())
    """The names under which a fault can stop this route: ``node/NAME``, ``pod/NAMESPACE/NAME``, ``address/IP``, ``address/IP:PORT``."""


def refused(reason: str) -> Route:
    return Route(Kind.REFUSED, reason)


def silent(reason: str) -> Route:
    return Route(Kind.SILENT, reason)


def spelled(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Table:
    def __init__(self, ended: Callable[[Key], None] = lambda key: None) -> None:
        self._ended = ended
        self.kubelet: Socket | None = None
        """where the kubelets of all nodes are"""
        self.api_server: Socket | None = None
        self.pods: dict[str, Pod] = {}
        self.nodes: dict[str, Node] = {}
        self.services: dict[str, Service] = {}
        self.faults: dict[str, str] = {}
        self.npl: dict[NplKey, tuple[str, int]] = {}
        self._pods_by_ip: dict[str, dict[str, Pod]] = defaultdict(dict)
        self._host_pods: dict[str, dict[str, Pod]] = defaultdict(dict)
        self._nodes_by_ip: dict[str, str] = {}
        self._selectors = SelectorIndex()
        self._slices: dict[str, dict[str, EndpointSlice]] = defaultdict(dict)
        self._candidates: dict[
            str, dict[tuple[ServicePort, str, str], list[tuple[str, int]] | kubeproxy.Verdict]
        ] = defaultdict(dict)
        self._node_ports: dict[int, tuple[Service, ServicePort]] = {}
        self._health_ports: dict[int, Service] = {}
        self._cluster_ips: dict[str, Service] = {}
        self._generation: dict[str, int] = defaultdict(int)
        self._listening: dict[str, tuple[Pod, int, frozenset[int]]] = {}

    # -- what the cluster says

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        if old:
            for ip in old.ips:
                _drop(self._pods_by_ip, ip, old.uid)
            _drop(self._host_pods, old.node, old.uid)
            self.pods.pop(old.uid, None)
        if new:
            self.pods[new.uid] = new
            if new.running:
                if not new.host_network:
                    for ip in new.ips:
                        self._pods_by_ip[ip][new.uid] = new
                if new.host_network or any(port.host_port for port in new.ports):
                    self._host_pods[new.node][new.uid] = new
        if old and old.running and not (new and new.running):
            self._listening.pop(old.uid, None)
            self._ended(("pod", old.uid))

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        if old:
            for address in old.addresses:
                if self._nodes_by_ip.get(address) == old.name:
                    del self._nodes_by_ip[address]
            self.nodes.pop(old.name, None)
        if new:
            self.nodes[new.name] = new
            for address in new.addresses:
                self._nodes_by_ip[address] = new.name
        elif old:
            self._ended(("node", old.name))

    def service_changed(self, old: Service | None, new: Service | None) -> None:
        before, after = set(self._claims(old)), set(self._claims(new))
        self._selectors.change(old, new)
        if old:
            self.services.pop(old.key, None)
            self._generation[old.namespace] += 1
            self._candidates.pop(old.key, None)
            for port in old.ports:
                if port.protocol == "TCP":
                    self._node_ports.pop(port.node_port, None)
            self._health_ports.pop(old.health_check_port, None)
            for address in old.cluster_ips:
                self._cluster_ips.pop(address, None)
        if new:
            self.services[new.key] = new
            self._generation[new.namespace] += 1
            for port in new.ports:
                if port.node_port and port.protocol == "TCP":
                    self._node_ports[port.node_port] = (new, port)
            if new.health_check_port:
                self._health_ports[new.health_check_port] = new
            for address in new.cluster_ips:
                self._cluster_ips[address] = new
        for key in before - after:
            self._ended(key)

    @staticmethod
    def _claims(service: Service | None) -> Iterator[Key]:
        """What connections through a Service depend on."""
        if service:
            for port in service.ports:
                if port.node_port:
                    yield ("nodePort", service.uid, str(port.node_port))
                yield ("clusterIP", service.uid, str(port.port))
            if service.health_check_port:
                yield ("healthCheckNodePort", service.uid, str(service.health_check_port))

    def slice_changed(self, old: EndpointSlice | None, new: EndpointSlice | None) -> None:
        if old:
            self._candidates.pop(f"{old.namespace}/{old.service}", None)
            _drop(self._slices, f"{old.namespace}/{old.service}", old.name)
        if new:
            self._candidates.pop(f"{new.namespace}/{new.service}", None)
            self._slices[f"{new.namespace}/{new.service}"][new.name] = new

    # -- what the Antrea stand-in says

    def npl_changed(
        self, drop: Iterable[NplKey], put: Mapping[NplKey, tuple[str, int]], replace_all: bool = False
    ) -> None:
        """Mappings that are gone and mappings that hold now."""
        gone = set(self.npl) - set(put) if replace_all else set(drop) - set(put)
        for key in gone:
            if self.npl.pop(key, None):
                self._ended(_npl_key(key))
        for key, to in put.items():
            if self.npl.get(key, to) != to:
                self._ended(_npl_key(key))
            self.npl[key] = to

    # -- where it leads

    def resolve(self, host: str, port: int) -> Route:
        address = canonical(host)
        if address in self.nodes and self.nodes[address].internal:
            address = self.nodes[address].internal[0]
        passes = frozenset((f"address/{address}", f"address/{spelled(address, port)}"))
        route = self._lead(address, port)
        route = replace(route, passes=route.passes | passes)
        return self.stopped(route) or route

    def stopped(self, route: Route) -> Route | None:
        """A refused or silent route if a fault or a node that is down is in the way."""
        for name in route.passes:
            fault = self.faults.get(name)
            if fault:
                return Route(Kind(fault), f"{name} is {fault} by a fault of the lab")
            if name.startswith("node/"):
                node = self.nodes.get(name[5:])
                if node and not node.ready:
                    return silent(f"node {node.name} is not Ready")
        return None

    def _lead(self, address: str, port: int) -> Route:
        node = self._nodes_by_ip.get(address)
        if node:
            return _through(node, self._node_route(self.nodes[node], address, port))
        if address in self._pods_by_ip:
            return self._pod_route(address, port)
        if address in API_SERVERS and self.api_server:
            return Route(Kind.FORWARD, socket=self.api_server)
        if address in self._cluster_ips:
            return self._cluster_ip_route(self._cluster_ips[address], address, port)
        try:
            parsed = ip_address(address)
        except ValueError:
            return refused(f"{address} is not an address")
        if any(parsed in network for network in NODE_RANGES):
            return silent(f"no node has the address {address}")
        if any(parsed in network for network in CLUSTER_RANGES):
            return refused(f"no running Pod and no Service has the address {address}")
        return Route(Kind.BIGIP)

    def _node_route(self, node: Node, address: str, port: int) -> Route:
        mapping = (node.name, family_of(address), "tcp", port)
        if mapping in self.npl:
            return _add(self._endpoint_route(*self.npl[mapping]), _npl_key(mapping))
        if port in self._node_ports:
            service, service_port = self._node_ports[port]
            if family_of(address) in service.families:
                route = self._service_route(
                    service, service_port, node.name, family_of(address), service.local_policy
                )
                return _add(route, ("nodePort", service.uid, str(port)))
        if port in self._health_ports:
            service = self._health_ports[port]
            return Route(
                Kind.HEALTH,
                service=service.key,
                node=node.name,
                keys=frozenset({("healthCheckNodePort", service.uid, str(port))}),
            )
        for pod in self._host_pods.get(node.name, {}).values():
            for declared in pod.ports:
                if (
                    declared.host_port == port
                    and declared.protocol == "TCP"
                    and declared.host_ip in ("", "0.0.0.0", "::", address)
                ):
                    return self._to_pod(pod)
            if pod.host_network and port in self._listens_on(pod):
                return self._to_pod(pod)
        if self.kubelet and port in (KUBELET_PORT, node.kubelet_port):
            return Route(Kind.FORWARD, socket=self.kubelet)
        return refused(f"nothing listens on port {port} of node {node.name}")

    def _endpoint_route(self, address: str, port: int) -> Route:
        """Where an endpoint of a Service or an NPL mapping leads: a Pod's address, or a node's for Pods on
        the host network."""
        node = self._nodes_by_ip.get(address)
        if node is None:
            # The API server is an endpoint too, of the Service kubernetes.
            return self._lead(address, port) if address in API_SERVERS else self._pod_route(address, port)
        for pod in self._host_pods.get(node, {}).values():
            if pod.host_network and port in self._listens_on(pod):
                return _through(node, self._to_pod(pod))
        return refused(f"no Pod on the host network of node {node} listens on port {port}")

    def _pod_route(self, address: str, port: int) -> Route:
        pods = self._pods_by_ip.get(address)
        if not pods:
            return refused(f"no running Pod has the address {address}")
        # Two running Pods never share an address for longer than it takes to hear of the older one's end.
        pod = list(pods.values())[-1]
        served = dict(pod.serves).get(port)
        if served:
            return replace(self._to_pod(pod), kind=Kind.FORWARD, socket=("127.0.0.1", served))
        if port not in self._listens_on(pod):
            return refused(f"Pod {pod.key} does not listen on port {port}")
        return self._to_pod(pod)

    def _to_pod(self, pod: Pod) -> Route:
        return Route(
            Kind.POD,
            pod=pod.uid,
            keys=frozenset({("pod", pod.uid)}),
            passes=frozenset({f"pod/{pod.key}", f"node/{pod.node}"}),
        )

    def _service_route(
        self, service: Service, port: ServicePort, node: str, family: str, local: bool
    ) -> Route:
        cached = self._candidates[service.key]
        variant = (port, node if local else "", family)
        if variant not in cached:
            slices = [each for each in self._slices.get(service.key, {}).values() if each.family == family]
            cached[variant] = kubeproxy.candidates(port, slices, node, local)
        candidates = cached[variant]
        if candidates is kubeproxy.Verdict.REJECT:
            return refused(f"Service {service.key}: {candidates.value}")
        if candidates is kubeproxy.Verdict.DROP:
            return silent(f"Service {service.key}: {candidates.value}")
        return self._endpoint_route(*random.choice(candidates))

    def _cluster_ip_route(self, service: Service, address: str, number: int) -> Route:
        for port in service.ports:
            if port.port == number and port.protocol == "TCP":
                # The proxy stands on no node, so a Local policy has no node to hold to.
                route = self._service_route(service, port, "", family_of(address), local=False)
                return _add(route, ("clusterIP", service.uid, str(number)))
        return refused(f"Service {service.key} has no TCP port {number}")

    def _listens_on(self, pod: Pod) -> frozenset[int]:
        """The TCP ports that a containerPort of the Pod or a targetPort of a Service names."""
        generation = self._generation[pod.namespace]
        cached = self._listening.get(pod.uid)
        if cached and cached[0] is pod and cached[1] == generation:
            return cached[2]
        ports = {port.number for port in pod.ports + pod.sidecar_ports if port.protocol == "TCP"}
        for service in self._selectors.of(pod):
            ports.update(number for number, protocol in service.target_ports(pod) if protocol == "TCP")
        self._listening[pod.uid] = (pod, generation, frozenset(ports))
        return self._listening[pod.uid][2]

    def local_endpoints(self, service: str, node: str) -> int:
        return kubeproxy.local_ready(self._slices.get(service, {}).values(), node)

    def describe(self) -> dict[str, list[dict[str, object]]]:
        """All routes, for people and tests."""
        return {
            "nodes": [
                {"name": node.name, "addresses": node.addresses, "ready": node.ready}
                for node in self.nodes.values()
            ],
            "pods": [
                {
                    "pod": pod.key,
                    "node": pod.node,
                    "addresses": pod.ips,
                    "ports": sorted(self._listens_on(pod)),
                    "terminating": pod.terminating,
                }
                for pod in self.pods.values()
                if pod.running
            ],
            "nodePorts": [
                {"port": number, "service": service.key, "local": service.local_policy}
                for number, (service, _port) in sorted(self._node_ports.items())
            ],
            "npl": [
                {"node": node, "family": family, "protocol": protocol, "port": port, "to": spelled(*to)}
                for (node, family, protocol, port), to in sorted(self.npl.items())
            ],
        }


def _npl_key(key: NplKey) -> Key:
    node, family, protocol, port = key
    return ("npl", node, family, protocol, str(port))


def _add(route: Route, key: Key) -> Route:
    return replace(route, keys=route.keys | {key})


def _through(node: str, route: Route) -> Route:
    return replace(route, keys=route.keys | {("node", node)}, passes=route.passes | {f"node/{node}"})


def _drop(index: dict[str, dict[str, Entry]], key: str, name: str) -> None:
    entries = index.get(key)
    if entries is not None:
        entries.pop(name, None)
        if not entries:
            del index[key]
