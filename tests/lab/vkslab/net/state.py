# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the cluster as the data path knows it: objects, and their indexes by address and port."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from . import kubeproxy
from .objects import EndpointSlice, Node, Pod, Service, ServicePort
from .route import Key, NplKey, Socket, npl_key
from .selectors import SelectorIndex

Entry = TypeVar("Entry")


class State:
    """``ended`` gets the key of each removed part, so connections over it can be closed."""

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
        """The keys that connections through a Service depend on."""
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

    def npl_changed(
        self, drop: Iterable[NplKey], put: Mapping[NplKey, tuple[str, int]], replace_all: bool = False
    ) -> None:
        """Removed mappings, and mappings that are valid now."""
        gone = set(self.npl) - set(put) if replace_all else set(drop) - set(put)
        for key in gone:
            if self.npl.pop(key, None):
                self._ended(npl_key(key))
        for key, to in put.items():
            if self.npl.get(key, to) != to:
                self._ended(npl_key(key))
            self.npl[key] = to


def _drop(index: dict[str, dict[str, Entry]], key: str, name: str) -> None:
    entries = index.get(key)
    if entries is not None:
        entries.pop(name, None)
        if not entries:
            del index[key]
