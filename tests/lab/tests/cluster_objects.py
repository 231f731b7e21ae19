# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes objects as the API server would give them, as short as a test wants to write them."""

from __future__ import annotations

import itertools
from typing import Any

_uids = itertools.count(1)


def node(
    name: str = "n1",
    address: str = "198.18.0.1",
    *more: str,
    ready: str = "True",
    external: str = "",
    kubelet: int = 0,
) -> dict[str, Any]:
    addresses = [{"type": "InternalIP", "address": each} for each in (address, *more)]
    if external:
        addresses.append({"type": "ExternalIP", "address": external})
    status: dict[str, Any] = {"addresses": addresses, "conditions": [{"type": "Ready", "status": ready}]}
    if kubelet:
        status["daemonEndpoints"] = {"kubeletEndpoint": {"Port": kubelet}}
    return {"metadata": {"name": name}, "spec": {}, "status": status}


def pod(
    name: str = "hello-1",
    *ips: str,
    node: str = "n1",
    host_ip: str = "198.18.0.1",
    phase: str = "Running",
    labels: dict[str, str] | None = None,
    ports: list[dict[str, Any]] | None = None,
    init: list[dict[str, Any]] | None = None,
    annotations: dict[str, str] | None = None,
    host_network: bool = False,
    terminating: bool = False,
    namespace: str = "default",
    uid: str = "",
) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "namespace": namespace,
        "name": name,
        "uid": uid or f"uid-{next(_uids)}",
        "labels": {"app": "hello"} if labels is None else labels,
        "annotations": annotations or {},
    }
    if terminating:
        meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    spec: dict[str, Any] = {
        "nodeName": node,
        "containers": [{"name": "c", "ports": ports or []}],
        "initContainers": init or [],
    }
    if host_network:
        spec["hostNetwork"] = True
    status: dict[str, Any] = {"phase": phase, "hostIP": host_ip, "podIPs": [{"ip": ip} for ip in ips]}
    if ips:
        status["podIP"] = ips[0]
    return {"metadata": meta, "spec": spec, "status": status}


def port(
    port: int = 80, target: int | str | None = 8080, protocol: str = "TCP", name: str = "", node_port: int = 0
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "port": port,
        "protocol": protocol,
        "targetPort": port if target is None else target,
    }
    if name:
        made["name"] = name
    if node_port:
        made["nodePort"] = node_port
    return made


def service(
    name: str = "hello",
    *ports: dict[str, Any],
    type: str = "ClusterIP",
    selector: dict[str, str] | None = None,
    npl: str | None = None,
    namespace: str = "default",
    uid: str = "",
    cluster_ips: list[str] | None = None,
    families: tuple[str, ...] = ("IPv4",),
    **spec: Any,
) -> dict[str, Any]:
    return {
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": uid or f"uid-{next(_uids)}",
            "annotations": {} if npl is None else {"nodeportlocal.antrea.io/enabled": npl},
        },
        "spec": {
            "type": type,
            "selector": {"app": "hello"} if selector is None else selector,
            "ports": list(ports) or [port()],
            "clusterIPs": cluster_ips or [],
            "ipFamilies": list(families),
            **spec,
        },
    }


def endpoint(
    address: str,
    node: str = "n1",
    ready: bool | None = True,
    serving: bool | None = None,
    terminating: bool | None = None,
) -> dict[str, Any]:
    return {
        "addresses": [address],
        "nodeName": node,
        "conditions": {"ready": ready, "serving": serving, "terminating": terminating},
    }


def endpoint_slice(
    *endpoints: dict[str, Any],
    service: str = "hello",
    name: str = "hello-abc",
    port: int = 8080,
    port_name: str = "",
    family: str = "IPv4",
) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "default", "name": name, "labels": {"kubernetes.io/service-name": service}},
        "addressType": family,
        "ports": [{"name": port_name, "protocol": "TCP", "port": port}],
        "endpoints": list(endpoints),
    }
