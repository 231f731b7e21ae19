# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster in a line of text: builds the API's objects, as a server would send them, from short words.

ports      "http:80/TCP>8080#30080"     name:port/protocol>targetPort#nodePort, several apart by blanks
slice      "http:8080/TCP | a@n1 b@n2!draining"   ports | endpoints; name@node, !state, =address; "v6" or "fqdn" in front
maps       "a:8080/tcp=198.18.0.1:61000"          Pod:podPort/protocol=nodeIP:nodePort; ";IPv4" behind for ipFamily
nodes      "n1 n2!notready n3!cordoned"
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot as from_api
from ansible_collections.vks.bigip.plugins.module_utils._members.model import NplState, Pool, Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source

HTTP = "http:80/TCP>8080#30080"
STATES: dict[str, dict[str, Any]] = {
    "ready": {"ready": True, "serving": True, "terminating": False},
    "notready": {"ready": False, "serving": False, "terminating": False},
    "draining": {"ready": False, "serving": True, "terminating": True},
    "dying": {"ready": False, "serving": False, "terminating": True},
    "serving": {"ready": False, "serving": True, "terminating": False},  # no API server writes this
    "published": {"ready": True, "serving": False, "terminating": False},  # publishNotReadyAddresses
    "publisheddraining": {"ready": True, "serving": True, "terminating": True},
    "unset": {},
}


def service(ports: str = HTTP, name: str = "web", namespace: str = "default", **more: Any) -> dict[str, Any]:
    """A Service; `npl` is its annotation's value (None: absent), `selector` None for a Service without one."""
    spec: dict[str, Any] = {"type": more.get("type", "ClusterIP"), "ports": [_port(text) for text in ports.split()]}
    spec["ipFamilies"] = more.get("families", ["IPv4"])
    if more.get("selector", {"app": "web"}):
        spec["selector"] = more.get("selector", {"app": "web"})
    for word in ("externalTrafficPolicy", "healthCheckNodePort", "clusterIP", "externalName", "publishNotReadyAddresses"):
        if word in more:
            spec[word] = more[word]
    metadata: dict[str, Any] = {"namespace": namespace, "name": name, "uid": f"uid-of-{name}"}
    if more.get("npl") is not None:
        metadata["annotations"] = {from_api.NPL_SERVICE_ANNOTATION: more["npl"]}
    return {"metadata": metadata, "spec": spec}


def _port(text: str) -> dict[str, Any]:
    rest, _hash, node_port = text.partition("#")
    rest, _arrow, target = rest.partition(">")
    name, _colon, rest = rest.rpartition(":")
    number, _slash, protocol = rest.partition("/")
    port: dict[str, Any] = {"port": int(number)}
    if protocol:
        port["protocol"] = protocol
    if name:
        port["name"] = name
    if target:
        port["targetPort"] = int(target) if target.isdigit() else target
    if node_port:
        port["nodePort"] = int(node_port)
    return port


def address_of(name: str, family: str = "IPv4") -> str:
    """Pod a is 100.96.0.1, b is 100.96.0.2; likewise in IPv6."""
    number = ord(name[0]) - ord("a") + 1
    return f"100.96.0.{number}" if family == "IPv4" else f"2001:db8:96::{number}"


def endpoint_slice(text: str, index: int = 0, name: str = "web", namespace: str = "default") -> dict[str, Any]:
    family = "IPv4"
    for word, kind in (("v6 ", "IPv6"), ("fqdn ", "FQDN")):
        if text.startswith(word):
            text, family = text[len(word) :], kind
    ports, _bar, endpoints = text.partition("|")
    return {
        "metadata": {"namespace": namespace, "name": f"{name}-{index}", "labels": {from_api.SLICE_SERVICE_LABEL: name}},
        "addressType": family,
        "ports": [_slice_port(item) for item in ports.split()] or None,
        "endpoints": [_endpoint(item, family, namespace) for item in endpoints.split()] or None,
    }


def _slice_port(text: str) -> dict[str, Any]:
    name, _colon, rest = text.rpartition(":")
    number, _slash, protocol = rest.partition("/")
    return {"name": name, "port": int(number) if number else None, "protocol": protocol or "TCP"}


def _endpoint(text: str, family: str, namespace: str) -> dict[str, Any]:
    rest, _equals, address = text.partition("=")
    rest, _mark, state = rest.partition("!")
    name, _at, node = rest.partition("@")
    name, _plus, uid = name.partition("+")
    conditions = STATES[state or "ready"]
    endpoint: dict[str, Any] = {"addresses": [address or address_of(name, family)], "conditions": conditions}
    if node:
        endpoint["nodeName"] = node
    if name:
        endpoint["targetRef"] = {"kind": "Pod", "namespace": namespace, "name": name, "uid": uid or f"uid-{name}"}
    return endpoint


def node(text: str) -> dict[str, Any]:
    name, *words = text.split("!")
    number = int(name[1:])
    addresses = [
        {"type": "InternalIP", "address": f"198.18.0.{number}"},
        {"type": "InternalIP", "address": f"2001:db8:18::{number:x}"},
        {"type": "Hostname", "address": name},
    ]
    if "v6external" in words or "bothexternal" in words:
        addresses.append({"type": "ExternalIP", "address": f"2001:db8:e::{number:x}"})
    if "external" in words or "bothexternal" in words:
        addresses.append({"type": "ExternalIP", "address": f"203.0.113.{number}"})
    if "loopback" in words:
        addresses[0]["address"] = "127.0.0.1"
    if "v4only" in words:
        del addresses[1]
    if "v6only" in words:
        del addresses[0]
    if "noaddress" in words:
        addresses = addresses[-1:]
    if "named" in words:
        addresses[2]["address"] = "10.9.9.9"
    labels = {"pool": "a"} if "labelled" in words else {}
    if "windows" in words:
        labels["kubernetes.io/os"] = "windows"
    if "excluded" in words:
        labels["node.kubernetes.io/exclude-from-external-load-balancers"] = ""
    conditions = [] if "nocondition" in words else [{"type": "Ready", "status": "Unknown" if "unknown" in words else str("notready" not in words)}]
    return {
        "metadata": {"name": name, "labels": labels, "annotations": {"nsx.vmware.com/node": "1"} if "nsx" in words else {}},
        "spec": {
            "unschedulable": "cordoned" in words,
            "taints": [{"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}] if "leaving" in words else None,
        },
        "status": {"conditions": conditions, "addresses": addresses},
    }


def annotation(text: str) -> str:
    """One entry of the Pod annotation, in the shape of Antrea 2.0 and up."""
    rest, _semicolon, family = text.partition(";")
    ports, _equals, place = rest.partition("=")
    pod_port, _slash, protocol = ports.partition("/")
    address, _colon, node_port = place.rpartition(":")
    entry: dict[str, Any] = {"podPort": int(pod_port), "nodeIP": address, "nodePort": int(node_port)}
    if protocol:
        entry["protocol"] = protocol
    if family:
        entry["ipFamily"] = family
    return json.dumps(entry)


def pods(
    names: str,
    maps: str = "",
    raw: dict[str, str] | None = None,
    created: str = "2026-01-01T00:00:00Z",
    namespace: str = "default",
    writers: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Metadata of Pods: "a b+uid-of-another"; `raw` sets the annotation's very text, `writers` who wrote it ("antrea-agent/status").

    Of a writer, the last part is the subresource: "a/b/" is the manager a/b without one.
    """
    entries: dict[str, list[str]] = {}
    for text in maps.split():
        name, _colon, rest = text.partition(":")
        entries.setdefault(name, []).append(annotation(rest))
    made = []
    for text in names.split():
        name, _plus, uid = text.partition("+")
        value = (raw or {}).get(name, f"[{','.join(entries[name])}]" if name in entries else None)
        metadata: dict[str, Any] = {"namespace": namespace, "name": name, "uid": uid or f"uid-{name}", "creationTimestamp": created}
        if value is not None:
            metadata["annotations"] = {from_api.NPL_POD_ANNOTATION: value}
        if name in (writers or {}):
            metadata["managedFields"] = [_fields("kubelet/status", "f:other"), _fields((writers or {})[name], f"f:{from_api.NPL_POD_ANNOTATION}"), {}]
        made.append({"metadata": metadata})
    return made


def _fields(writer: str, annotation: str) -> dict[str, Any]:
    """One entry of managedFields."""
    manager, slash, subresource = writer.rpartition("/")
    if not slash:
        manager, subresource = subresource, ""
    part = {"subresource": subresource} if subresource else {}
    return {"manager": manager, "operation": "Update", **part, "fieldsV1": {"f:metadata": {"f:annotations": {".": {}, annotation: {}}}}}


def snapshot(
    services: list[dict[str, Any]],
    slices: list[dict[str, Any]],
    nodes: list[dict[str, Any]] | None,
    pod_list: list[dict[str, Any]] | None,
    npl: NplState | None = None,
    now: float = 0.0,
) -> Snapshot:
    made = Snapshot(npl=npl, now=now)
    for raw in services:
        item = from_api.service(raw)
        made.services[(item.namespace, item.name)] = item
    for raw in slices:
        found = from_api.endpoint_slice(raw)
        if found:
            made.slices.setdefault(found[0], []).append(found[1])
    made.nodes = None if nodes is None else {item.name: item for item in map(from_api.node, nodes)}
    made.pods = None if pod_list is None else dict(map(from_api.pod, pod_list))
    return made


def members(pool: Pool) -> str:
    """The members as text: address:port, *ratio, @Pod."""

    def one(member: Any) -> str:
        host = f"[{member.address}]" if ipaddress.ip_address(member.address).version == 6 else member.address
        return f"{host}:{member.port}" + (f"*{member.ratio}" if member.ratio is not None else "") + (f"@{member.pod}" if member.pod else "")

    return " ".join(one(member) for member in pool.members)


def left(pool: Pool) -> str:
    return " ".join(f"{item.name}={item.reason}" for item in pool.left_out)


def outcome(made: Snapshot, source: Source, published: str | None = None, routable: Any = None) -> tuple[str, str, Pool | Failure]:
    """(members or !code, left_out, what it was)."""
    try:
        pool = resolve(made, source, published, routable)
    except Failure as failed:
        return f"!{failed.code}", "", failed
    return members(pool), left(pool), pool
