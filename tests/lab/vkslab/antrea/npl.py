# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NodePortLocal on one node: which ports of a Pod are mapped, to which node ports, and the annotation that says so. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from ..net.objects import Node, Pod, Service, family_of
from ..net.routes import NplKey
from .version import Version

PROTOCOLS = ("tcp", "udp")
#: (protocol, port) of what else listens on the node
InUse = Callable[[], AbstractSet[tuple[str, int]]]


class NoFreePort(Exception):
    pass


def counts(service: Service) -> bool:
    """The Service takes part: its annotation says exactly "true", its type fits, and it selects Pods."""
    return service.npl_enabled and not complaint(service)


def complaint(service: Service) -> str:
    """What an agent logs about an annotated Service that it does nothing for."""
    if service.type in ("NodePort", "ExternalName"):
        return f"Service is of type {service.type} and cannot be used for NodePortLocal, the NodePortLocal annotation will have no effect"
    if not service.selector:
        return "Service does not have a selector, the NodePortLocal annotation will have no effect"
    return ""


def wanted_ports(version: Version, pod: Pod, services: Iterable[Service]) -> list[tuple[int, str, str]]:
    """(Pod port, protocol, family) of each mapping that the Services ask for. Readiness does not count."""
    wanted = set()
    for service in services:
        for number, protocol in service.target_ports(pod):
            protocol = protocol.lower()
            if protocol not in PROTOCOLS or (version.tcp_only and protocol != "tcp"):
                continue
            for family in service.families if version.by_family else ("IPv4",):
                if pod_address(version, pod, family):
                    wanted.add((number, protocol, family))
    # Antrea goes through them in the order of their texts, "443:TCP" before "80:TCP".
    return sorted(wanted, key=lambda port: (f"{port[0]}:{port[1]}", port[2]))


def pod_address(version: Version, pod: Pod, family: str) -> str:
    ips = pod.ips if version.by_family else pod.ips[:1]
    return next((ip for ip in ips if family_of(ip) == family), "")


def node_address(version: Version, pod: Pod, node: Node | None, family: str) -> str:
    if not version.by_family:
        return pod.host_ip
    return next((address for address in (node.addresses if node else ()) if family_of(address) == family), "")


class PortTable:
    """The ports of one range, given out one after the other with a wrap at the end."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self._next = start
        self._owner: dict[tuple[str, int], tuple[str, int]] = {}
        self._of_pod: dict[str, dict[tuple[int, str], int]] = {}

    def find(self, uid: str, pod_port: int, protocol: str) -> int | None:
        return self._of_pod.get(uid, {}).get((pod_port, protocol))

    def of(self, uid: str) -> Mapping[tuple[int, str], int]:
        return dict(self._of_pod.get(uid, {}))

    def take(self, uid: str, pod_port: int, protocol: str, in_use: InUse, together: bool) -> int:
        """The next free port that no other process of the node listens on; ``together`` takes it for every protocol, as Antrea 1.4 to 1.6 do."""
        protocols = PROTOCOLS if together else (protocol,)
        others = in_use()
        for step in range(self.end - self.start + 1):
            port = self.start + (self._next - self.start + step) % (self.end - self.start + 1)
            if any((each, port) in self._owner or (each, port) in others for each in protocols):
                continue
            self._next = port + 1 if port < self.end else self.start
            for each in protocols:
                self.claim(uid, pod_port, each, port)
            return port
        raise NoFreePort

    def claim(self, uid: str, pod_port: int, protocol: str, port: int) -> bool:
        """Take back a port that an annotation names; False if the range has it not, or somebody else has it."""
        if not self.start <= port <= self.end or self._owner.get((protocol, port), (uid, pod_port)) != (uid, pod_port):
            return False
        self._owner[protocol, port] = (uid, pod_port)
        self._of_pod.setdefault(uid, {})[pod_port, protocol] = port
        return True

    def release(self, uid: str, keep: Iterable[tuple[int, str]] = ()) -> None:
        ports = self._of_pod.get(uid, {})
        for key in ports.keys() - set(keep):
            del self._owner[key[1], ports.pop(key)]
        if not ports:
            self._of_pod.pop(uid, None)


@dataclass(frozen=True)
class Outcome:
    """What a look at one Pod came to."""

    annotation: str | None
    """The text that the Pod shall carry; None for none."""
    patch: bool = False
    error: str = ""
    """Why a port could not be mapped; the Pod is tried again."""
    warning: str = ""
    drop: frozenset[NplKey] = frozenset()
    put: Mapping[NplKey, tuple[str, int]] = field(default_factory=dict)


class NodePortLocal:
    """The NodePortLocal controller of one agent, from its start to its end."""

    def __init__(self, version: Version, node: str, ports: tuple[int, int]) -> None:
        self._version = version
        self._node = node
        self._tables = {family: PortTable(*ports) for family in (("IPv4", "IPv6") if version.by_family else ("IPv4",))}
        self._live: dict[str, dict[NplKey, tuple[str, int]]] = {}

    @property
    def live(self) -> dict[NplKey, tuple[str, int]]:
        """The mappings that hold on this node."""
        return {key: to for mappings in self._live.values() for key, to in mappings.items()}

    def restore(self, pods: Iterable[Pod]) -> list[Pod]:
        """Take over what the annotations say; the Pods whose annotation cannot be read."""
        unreadable = []
        for pod in pods:
            if pod.npl is None:
                continue
            entries = parse(pod.npl)
            if entries is None:
                unreadable.append(pod)
                continue
            for pod_port, port, protocols, family in entries:
                address = pod_address(self._version, pod, family)
                if pod.finished or not address or family not in self._tables:
                    continue
                for protocol in protocols:
                    if self._tables[family].claim(pod.uid, pod_port, protocol, port):
                        self._live.setdefault(pod.uid, {})[self._node, family, protocol, port] = (address, pod_port)
                if self._version.one_port_for_all_protocols:
                    for protocol in PROTOCOLS:
                        self._tables[family].claim(pod.uid, pod_port, protocol, port)
        return unreadable

    def forget(self, uid: str) -> Outcome:
        """The Pod is gone."""
        for table in self._tables.values():
            table.release(uid)
        return Outcome(None, drop=frozenset(self._live.pop(uid, {})))

    def sync(self, pod: Pod, services: Iterable[Service], node: Node | None, in_use: InUse = frozenset) -> Outcome:
        """Make the mappings of a Pod what the Services ask for."""
        wanted = [] if pod.finished else wanted_ports(self._version, pod, services)
        if not wanted:
            return Outcome(None, patch=pod.npl is not None, drop=self.forget(pod.uid).drop)
        present = parse(pod.npl) if pod.npl is not None else []
        if present is None:
            return Outcome(pod.npl, warning=f"Unable to unmarshal NodePortLocal annotation for Pod {pod.key}")
        for family, table in self._tables.items():
            table.release(pod.uid, keep=self._kept(wanted, family))
        host_ports = {(port.number, port.protocol.lower()): port.host_port for port in pod.ports if port.host_port}
        live: dict[NplKey, tuple[str, int]] = {}
        entries: dict[tuple[int, str, str], int] = {}
        error = ""
        for pod_port, protocol, family in wanted:
            table = self._tables[family]
            node_port = table.find(pod.uid, pod_port, protocol)
            if node_port is None and (pod_port, protocol) in host_ports:
                # The container runtime maps a host port; Antrea only tells of it.
                entries[pod_port, protocol, family] = host_ports[pod_port, protocol]
                continue
            if node_port is None and error:
                continue  # The agent gave up at the first one; what is mapped stays.
            if node_port is None:
                try:
                    node_port = table.take(pod.uid, pod_port, protocol, in_use, self._version.one_port_for_all_protocols)
                except NoFreePort:
                    error = f"failed to add rule for Pod {pod.key}: no free port found"
                    continue
            entries[pod_port, protocol, family] = node_port
            live[self._node, family, protocol, node_port] = (pod_address(self._version, pod, family), pod_port)
        before = self._live.get(pod.uid, {})
        self._live[pod.uid] = live
        drop = frozenset(before.keys() - live.keys())
        put = {key: to for key, to in live.items() if before.get(key) != to}
        if error:
            return Outcome(pod.npl, error=error, drop=drop, put=put)
        annotation = self._annotation(pod, node, entries)
        if pod.npl is not None and _same(pod.npl, annotation):
            return Outcome(pod.npl, drop=drop, put=put)
        return Outcome(annotation, patch=True, drop=drop, put=put)

    def _kept(self, wanted: list[tuple[int, str, str]], family: str) -> list[tuple[int, str]]:
        kept = [(port, protocol) for port, protocol, of in wanted if of == family]
        if self._version.one_port_for_all_protocols:
            kept = [(port, protocol) for port, _protocol in kept for protocol in PROTOCOLS]
        return kept

    def _annotation(self, pod: Pod, node: Node | None, entries: Mapping[tuple[int, str, str], int]) -> str:
        version = self._version
        made: list[dict[str, Any]] = []
        for (pod_port, protocol, family), node_port in entries.items():
            entry: dict[str, Any] = {"podPort": pod_port, "nodeIP": node_address(version, pod, node, family), "nodePort": node_port}
            if version.one_port_for_all_protocols:
                same = next((each for each in made if each["podPort"] == pod_port and each["nodePort"] == node_port), None)
                if same:
                    same["protocols"].append(protocol)
                    continue
                entry["protocols"] = [protocol]
            elif version >= (1, 7):
                entry["protocol"] = protocol
                if version < (2, 0):
                    entry["protocols"] = [protocol]
                if version.by_family:
                    entry["ipFamily"] = family
            made.append(entry)
        return json.dumps(made, separators=(",", ":"))


def parse(text: str) -> list[tuple[int, int, tuple[str, ...], str]] | None:
    """(Pod port, node port, protocols, family) of each entry in any release's shape; None if it is none of them."""
    try:
        return [
            (
                int(entry["podPort"]),
                int(entry["nodePort"]),
                (entry["protocol"],) if entry.get("protocol") else tuple(entry.get("protocols") or ("tcp",)),
                entry.get("ipFamily") or family_of(entry.get("nodeIP", "")),
            )
            for entry in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _same(one: str, other: str) -> bool:
    """Annotations are compared as sets: their order means nothing."""

    def entries(text: str) -> list[str]:
        return sorted(json.dumps(entry, sort_keys=True) for entry in json.loads(text))

    return entries(one) == entries(other)
