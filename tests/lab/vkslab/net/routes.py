# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route table: where a connection to an address and port of the lab leads at this moment.

Pure: records of objects are the input, a ``Route`` is the result.
"""

from __future__ import annotations

import random
from dataclasses import replace
from ipaddress import ip_address, ip_network

from ..addresses import V4, V6
from . import kubeproxy
from .next_hop import LINK
from .objects import Node, Pod, Service, ServicePort, canonical, family_of
from .route import Key, Kind, NplKey, Route, add_key, npl_key, refused, silent, spelled, through
from .state import State

__all__ = ["Key", "Kind", "NplKey", "Route", "Table", "spelled"]

NODE_RANGES = tuple(ip_network(family.nodes) for family in (V4, V6))
CLUSTER_RANGES = tuple(ip_network(text) for family in (V4, V6) for text in (family.pods, family.services))
ROUTERS = tuple(canonical(family.router) for family in (V4, V6))
API_SERVERS = tuple(canonical(family.api_server()) for family in (V4, V6))
KUBELET_PORT = 10250


class Table(State):
    def resolve(self, host: str, port: int, hop: str | None = None) -> Route:
        """Where a connection leads: from any place, or by the BIG-IP's next hop."""
        address = canonical(host)
        if address in self.nodes and self.nodes[address].internal:
            address = self.nodes[address].internal[0]
        passes = frozenset((f"address/{address}", f"address/{spelled(address, port)}"))
        route = self._lead(address, port)
        if hop is not None and hop != LINK:
            route = self._by_gateway(canonical(hop), address, route)
        route = replace(route, passes=route.passes | passes)
        return self.stopped(route) or route

    def _by_gateway(self, gateway: str, address: str, route: Route) -> Route:
        """The route if the gateway delivers it: see ``next_hop``."""
        node = self._nodes_by_ip.get(gateway)
        if node is None:
            if gateway not in ROUTERS:
                return silent(f"no machine has the address {gateway}")
            inside = any(ip_address(address) in network for network in CLUSTER_RANGES)
            return refused(f"router {gateway} has no route to {address}") if inside else route
        pods = self._pods_by_ip.get(address)
        if pods and all(pod.node != node for pod in pods.values()):
            pod = list(pods.values())[-1]
            return silent(f"node {node} does not have Pod {pod.key}")
        return through(node, route)

    def stopped(self, route: Route) -> Route | None:
        """A refused or silent route if a fault or a node that is down is in the way."""
        for name in route.passes:
            fault = self.faults.get(name)
            if fault:
                return Route(Kind(fault), f"{name} is {fault} by a fault of the lab")
            if name.startswith("node/"):
                node = self.nodes.get(name[5:])
                if node and not node.alive:
                    return silent(f"node {node.name} is lost")
        return None

    def _lead(self, address: str, port: int) -> Route:
        node = self._nodes_by_ip.get(address)
        if node:
            return through(node, self._node_route(self.nodes[node], address, port))
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
            return add_key(self._endpoint_route(*self.npl[mapping]), npl_key(mapping))
        if port in self._node_ports:
            service, service_port = self._node_ports[port]
            if family_of(address) in service.families:
                route = self._service_route(
                    service, service_port, node.name, family_of(address), service.local_policy
                )
                return add_key(route, ("nodePort", service.uid, str(port)))
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
                return through(node, self._to_pod(pod))
        return refused(f"no Pod on the host network of node {node} listens on port {port}")

    def _pod_route(self, address: str, port: int) -> Route:
        pods = self._pods_by_ip.get(address)
        if not pods:
            return refused(f"no running Pod has the address {address}")
        # Two running Pods share an address only until the end of the older one is reported.
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
                # The proxy is on no node, so a Local policy has no local endpoints to prefer.
                route = self._service_route(service, port, "", family_of(address), local=False)
                return add_key(route, ("clusterIP", service.uid, str(number)))
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
                {"name": node.name, "addresses": node.addresses, "alive": node.alive}
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
