# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NodePortLocal on one node: the mapped ports of a Pod, their node ports, and the annotation. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..net.objects import Node, Pod, Service, family_of
from ..net.routes import NplKey
from .annotation import Entry, same, unmarshal
from .ports import PROTOCOLS, InUse, NoFreePort, PortTable
from .version import Version

#: (protocol, port) of what else listens on the node


def counts(service: Service) -> bool:
    """The Service takes part: its annotation is exactly "true", its type fits, and it selects Pods."""
    return service.npl_enabled and not complaint(service)


def complaint(service: Service) -> str:
    """The log message of an agent for an annotated Service without effect."""
    if service.type in ("NodePort", "ExternalName"):
        return (
            f"Service is of type {service.type} and cannot be used for NodePortLocal, the NodePortLocal "
            "annotation will have no effect"
        )
    if not service.selector:
        return "Service does not have a selector, the NodePortLocal annotation will have no effect"
    return ""


def wanted_ports(version: Version, pod: Pod, services: Iterable[Service]) -> list[tuple[int, str, str]]:
    """(Pod port, protocol, family) of each mapping that the Services require. Readiness does not count."""
    wanted = set()
    for service in services:
        for number, protocol in service.target_ports(pod):
            protocol = protocol.lower()
            if protocol not in PROTOCOLS or (version.tcp_only and protocol != "tcp"):
                continue
            for family in service.families if version.by_family else ("IPv4",):
                if pod_address(version, pod, family):
                    wanted.add((number, protocol, family))
    # Antrea sorts them as texts, "443:TCP" before "80:TCP".
    return sorted(wanted, key=lambda port: (f"{port[0]}:{port[1]}", port[2]))


def pod_address(version: Version, pod: Pod, family: str) -> str:
    ips = pod.ips if version.by_family else pod.ips[:1]
    return next((ip for ip in ips if family_of(ip) == family), "")


def node_address(version: Version, pod: Pod, node: Node | None, family: str) -> str:
    if not version.by_family:
        return pod.host_ip
    # A node that has any external address has no other one for an agent.
    addresses = (node.external or node.internal) if node else ()
    return next((address for address in addresses if family_of(address) == family), "")


@dataclass(frozen=True)
class Outcome:
    """The result for one Pod."""

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

    def __init__(
        self,
        version: Version,
        node: str,
        ports: tuple[int, int],
        shuffle: Callable[[list[Entry]], None] = random.shuffle,
    ) -> None:
        """``shuffle``: a real agent iterates over a Go map, whose order is random."""
        self._version = version
        self._node = node
        self._tables = {
            family: PortTable(*ports) for family in (("IPv4", "IPv6") if version.by_family else ("IPv4",))
        }
        self._shuffle = shuffle
        self._live: dict[str, dict[NplKey, tuple[str, int]]] = {}

    @property
    def live(self) -> dict[NplKey, tuple[str, int]]:
        """The mappings that hold on this node."""
        return {key: to for mappings in self._live.values() for key, to in mappings.items()}

    def restore(self, pods: Iterable[Pod]) -> list[Pod]:
        """Restore the mappings of the annotations. Returns the Pods whose annotation cannot be parsed.

        An entry without protocol is incomplete.
        """
        unreadable = []
        for pod in pods:
            if pod.npl is None:
                continue
            entries = unmarshal(self._version, pod.npl)
            if entries is None:
                unreadable.append(pod)
                continue
            for entry in entries:
                family = "IPv6" if entry.get("ipFamily") == "IPv6" else "IPv4"
                address = pod_address(self._version, pod, family)
                if not pod.finished and address:
                    self._take_over(pod, entry, family, address)
        return unreadable

    def _take_over(self, pod: Pod, entry: Entry, family: str, address: str) -> None:
        table, pod_port, port = self._tables[family], entry["podPort"], entry["nodePort"]
        for protocol in self._protocols(entry):
            if pod_port and table.claim(pod.uid, pod_port, protocol, port):
                self._live.setdefault(pod.uid, {})[self._node, family, protocol, port] = (address, pod_port)
        if self._version.one_port_for_all_protocols:
            for protocol in PROTOCOLS:
                table.claim(pod.uid, pod_port, protocol, port)

    def _protocols(self, entry: Entry) -> list[str]:
        if self._version.tcp_only:
            return ["tcp"]
        named = [entry["protocol"]] if entry.get("protocol") else entry.get("protocols") or []
        return [protocol for protocol in named if protocol in PROTOCOLS]

    def forget(self, uid: str) -> Outcome:
        """The Pod was deleted."""
        for table in self._tables.values():
            table.release(uid)
        return Outcome(None, drop=frozenset(self._live.pop(uid, {})))

    def sync(
        self, pod: Pod, services: Iterable[Service], node: Node | None, in_use: InUse = frozenset
    ) -> Outcome:
        """Change the mappings of a Pod to those that the Services require."""
        present = unmarshal(self._version, pod.npl) if pod.npl is not None else []
        if present is None:
            return Outcome(pod.npl, warning=f"Unable to unmarshal NodePortLocal annotation for Pod {pod.key}")
        if self._version.by_family and not (node and node.addresses):
            return Outcome(pod.npl)  # The controller waits for an address of its node before it starts.
        if not pod.ips:
            return Outcome(None, patch=pod.npl is not None, drop=self.forget(pod.uid).drop)
        wanted = [] if pod.finished else wanted_ports(self._version, pod, services)
        before = self._live.get(pod.uid, {})
        live = dict(before)
        try:
            entries = self._add(pod, node, wanted, live, in_use)
        except NoFreePort:
            # The agent gives up at the first one: what is mapped stays, and the annotation too.
            error = f"failed to add rule for Pod {pod.key}: no free port found"
            return Outcome(pod.npl, error=error, **self._now_live(pod.uid, before, live))
        self._release(pod.uid, wanted, live)
        changed = self._now_live(pod.uid, before, live)
        if same(present, entries):
            return Outcome(pod.npl, **changed)
        self._shuffle(entries)
        return Outcome(json.dumps(entries, separators=(",", ":")) if entries else None, patch=True, **changed)

    def _add(
        self,
        pod: Pod,
        node: Node | None,
        wanted: list[tuple[int, str, str]],
        live: dict[NplKey, tuple[str, int]],
        in_use: InUse,
    ) -> list[Entry]:
        """Map what is not mapped yet, before anything else is released; the entries of the annotation."""
        host_ports = {
            (port.number, port.protocol.lower()): port.host_port for port in pod.ports if port.host_port
        }
        entries: list[Entry] = []
        for pod_port, protocol, family in wanted:
            address, node_ip = (
                pod_address(self._version, pod, family),
                node_address(self._version, pod, node, family),
            )
            if not node_ip:
                continue  # The node has none of this family.
            table = self._tables[family]
            node_port = table.find(pod.uid, pod_port, protocol)
            if node_port is not None and live.get(
                (self._node, family, protocol, node_port), (address, pod_port)
            ) != (address, pod_port):
                # The Pod has another address: the agent deletes the rule and searches from the next port on.
                for each in PROTOCOLS if self._version.one_port_for_all_protocols else (protocol,):
                    live.pop((self._node, family, each, node_port), None)
                    table.release(pod.uid, (pod_port, each).__ne__)
                node_port = None
            if node_port is None and (pod_port, protocol) in host_ports:
                # The container runtime opens a host port, at hostIP only. Antrea annotates it at the node's
                # address all the same.
                self._note(entries, pod_port, node_ip, host_ports[pod_port, protocol], protocol, family)
                continue
            if node_port is None:
                node_port = table.take(
                    pod.uid, pod_port, protocol, in_use, self._version.one_port_for_all_protocols
                )
            self._note(entries, pod_port, node_ip, node_port, protocol, family)
            live[self._node, family, protocol, node_port] = (address, pod_port)
        return entries

    def _note(
        self, entries: list[Entry], pod_port: int, node_ip: str, node_port: int, protocol: str, family: str
    ) -> None:
        whole = {
            "podPort": pod_port,
            "nodeIP": node_ip,
            "nodePort": node_port,
            "protocol": protocol,
            "protocols": [protocol],
            "ipFamily": family,
        }
        entry = {name: whole[name] for name in self._version.fields}
        if self._version.one_port_for_all_protocols:
            shared = next(
                (each for each in entries if (each["podPort"], each["nodePort"]) == (pod_port, node_port)),
                None,
            )
            if shared:
                shared["protocols"].append(protocol)
                return
        entries.append(entry)

    def _release(
        self, uid: str, wanted: list[tuple[int, str, str]], live: dict[NplKey, tuple[str, int]]
    ) -> None:
        """By port and protocol only, as the agent does it: the rule of a family that is no longer required
        stays."""
        kept = {(port, protocol) for port, protocol, _family in wanted}
        for key in [key for key, (_address, port) in live.items() if (port, key[2]) not in kept]:
            del live[key]
        ports = {port for port, _protocol in kept}
        together = self._version.one_port_for_all_protocols
        for table in self._tables.values():
            table.release(uid, lambda key: key in kept or (together and key[0] in ports))

    def _now_live(
        self, uid: str, before: Mapping[NplKey, tuple[str, int]], live: dict[NplKey, tuple[str, int]]
    ) -> dict[str, Any]:
        self._live[uid] = live
        if not live:
            del self._live[uid]
        return {
            "drop": frozenset(before.keys() - live.keys()),
            "put": {key: to for key, to in live.items() if before.get(key) != to},
        }
