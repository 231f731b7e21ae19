# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pool members as CIS finds them. Its oddities are kept: protocols and readiness of Pods with NodePortLocal
are not looked at.

Pure: the cluster comes in as objects, members and a complaint for the log go out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..net.objects import NPL, NPL_ENABLED
from ..net.selectors import selects
from .flags import Settings
from .program import Json

Key = tuple[str, str]
Member = tuple[str, int]


@dataclass
class View:
    """The caches of CIS."""

    settings: Settings
    services: dict[Key, Json] = field(default_factory=dict)
    endpoints: dict[Key, Json] = field(default_factory=dict)
    pods: dict[Key, Json] = field(default_factory=dict)
    nodes: dict[Key, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    members: list[Member]
    complaint: str = ""


def find(view: View, namespace: str, name: str, wanted: int | str, node_label: str = "") -> Found:
    service = view.services.get((namespace, name))
    if service is None:
        return Found([], f"Service {namespace}/{name} not found")
    spec = service["spec"]
    mode = view.settings.mode
    if mode == "auto":
        mode = {"ClusterIP": "cluster", "NodePort": "nodeport", "LoadBalancer": "nodeport"}.get(
            spec.get("type", "ClusterIP"), ""
        )
    ports = _ports(spec, wanted)
    if not ports:
        return Found([], f"Port {wanted} of service {namespace}/{name} not found")
    if mode == "nodeport":
        if spec.get("type") not in ("NodePort", "LoadBalancer"):
            return Found(
                [], f"Requested service backend {namespace}/{name} not of NodePort or LoadBalancer type"
            )
        if not any(_endpoints(view, service, port) for port in ports):
            return Found([], f"Endpoints could not be fetched for service {namespace}/{name}")
        return Found(
            [
                (address, port.get("nodePort", 0))
                for port in ports
                for address in _node_addresses(view, node_label)
            ]
        )
    if mode == "nodeportlocal":
        return _node_port_local(view, service, ports)
    if mode == "cluster":
        return Found([member for port in ports for member in _endpoints(view, service, port)])
    return Found([], f"Service {namespace}/{name} of type {spec.get('type')} has no pool members")


def _ports(spec: Json, wanted: int | str) -> list[Json]:
    """By Service port or its name; a number may be the target port, too."""
    ports: list[Json] = spec.get("ports") or []
    if isinstance(wanted, str) and not wanted.isdigit():
        return [port for port in ports if port.get("name") == wanted]
    number = int(wanted)
    return [port for port in ports if number in (port["port"], port.get("targetPort"))]


def _endpoints(view: View, service: Json, port: Json) -> list[Member]:
    """The ready ones on nodes that CIS knows; those of a headless Service on any."""
    meta = service["metadata"]
    headless = service["spec"].get("clusterIP") == "None"
    found: list[Member] = []
    for subset in (view.endpoints.get((meta["namespace"], meta["name"])) or {}).get("subsets") or ():
        numbers = [
            each["port"] for each in subset.get("ports") or () if each.get("name", "") == port.get("name", "")
        ]
        for address in subset.get("addresses") or ():
            if headless or ("", address.get("nodeName", "")) in view.nodes:
                found += [(address["ip"], number) for number in numbers]
    return found


def _node_addresses(view: View, label: str) -> Iterator[str]:
    key, _equals, value = label.partition("=")
    kind = "InternalIP" if view.settings.use_node_internal else "ExternalIP"
    for _name, node in sorted(view.nodes.items()):
        status = node.get("status") or {}
        if any(
            condition["type"] == "Ready" and condition["status"] != "True"
            for condition in status.get("conditions") or ()
        ):
            continue
        if label and (node["metadata"].get("labels") or {}).get(key) != value.strip('"'):
            continue
        yield from (
            address["address"] for address in status.get("addresses") or () if address["type"] == kind
        )


def _node_port_local(view: View, service: Json, ports: list[Json]) -> Found:
    meta, spec = service["metadata"], service["spec"]
    name = f"{meta['namespace']}/{meta['name']}"
    if spec.get("type") == "NodePort":
        return Found(
            [],
            f"Requested service backend {name} not of ClusterIP or LoadBalancer type for nodeportlocal mode",
        )
    if NPL_ENABLED not in (meta.get("annotations") or {}):
        return Found([], f"NodePortLocal annotation {NPL_ENABLED} not found on service {name}")
    if not any(_endpoints(view, service, port) for port in ports):
        return Found([], f"Endpoints could not be fetched for service {name}")
    found: list[Member] = []
    for (namespace, _name), pod in sorted(view.pods.items()):
        if namespace != meta["namespace"] or not selects(
            spec.get("selector") or {}, pod["metadata"].get("labels") or {}
        ):
            continue
        targets = {target for port in ports for target in _targets(port, pod)}
        found += [
            (each["nodeIP"], each["nodePort"]) for each in _mappings(pod) if each.get("podPort") in targets
        ]
    return Found(sorted(found, key=lambda member: member[1]))


def _targets(port: Json, pod: Json) -> Iterator[int]:
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        yield target
        return
    for container in pod["spec"].get("containers") or ():
        yield from (
            each["containerPort"] for each in container.get("ports") or () if each.get("name") == target
        )


def _mappings(pod: Json) -> list[Json]:
    try:
        found = json.loads((pod["metadata"].get("annotations") or {}).get(NPL, "[]"))
    except ValueError:
        return []
    return found if isinstance(found, list) else []
