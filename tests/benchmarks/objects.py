# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the cluster that is measured, as a cluster with Antrea would hold them. Pure."""

from __future__ import annotations

import json
from typing import Any, Iterator

SLICE = 100  # endpoints in an EndpointSlice, as Kubernetes fills them
NPL_PORT = 61000
NPL = "nodeportlocal.antrea.io"  # the annotation with the mapping
Object = dict[str, Any]


def service(namespace: str, name: str) -> Object:
    """Of type LoadBalancer: the one type that serves all three modes."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": namespace, "name": name, "labels": {"app": name}, "annotations": {"nodeportlocal.antrea.io/enabled": "true"}},
        "spec": {"type": "LoadBalancer", "selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]},
    }


def pod(namespace: str, app: str, number: int, node: str, node_address: str, npl_port: int) -> Object:
    """A Pod of a ReplicaSet, bound to its node, with the mapping that Antrea 2.x writes."""
    name = f"{app}-6d4cf56db6-{number:05d}"
    mapping = [{"podPort": 8080, "nodeIP": node_address, "nodePort": npl_port, "protocol": "tcp"}]
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{app}-6d4cf56db6", "uid": "00000000-0000-4000-8000-000000000000", "controller": True}
    container = {
        "name": "web",
        "image": "registry.example.com/shop/web:1.27.3",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, {"name": "LOG_LEVEL", "value": "info"}],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 5},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": namespace,
            "name": name,
            "labels": {"app": app, "pod-template-hash": "6d4cf56db6"},
            "annotations": {NPL: json.dumps(mapping, separators=(",", ":"))},
            "ownerReferences": [owner],
        },
        "spec": {"nodeName": node, "automountServiceAccountToken": False, "containers": [container]},
    }


def pod_status(address: str, node_address: str) -> Object:
    now = "2026-01-31T12:00:00Z"
    kinds = ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    conditions = [{"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": now} for kind in kinds]
    container = {
        "name": "web",
        "image": "registry.example.com/shop/web:1.27.3",
        "imageID": "registry.example.com/shop/web@sha256:" + "5" * 64,
        "containerID": "containerd://" + "7" * 64,
        "ready": True,
        "started": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": now}},
    }
    return {
        "status": {
            "phase": "Running",
            "conditions": conditions,
            "hostIP": node_address,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "startTime": now,
            "containerStatuses": [container],
        }
    }


def endpoint(address: str, made: Object) -> Object:
    metadata = made["metadata"]
    return {
        "addresses": [address],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "nodeName": made["spec"]["nodeName"],
        "targetRef": {"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]},
    }


def slices(namespace: str, name: str, endpoints: list[Object]) -> Iterator[Object]:
    for number, start in enumerate(range(0, len(endpoints), SLICE)):
        labels = {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", "app": name}
        yield {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"namespace": namespace, "name": f"{name}-{number:03d}", "labels": labels},
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
            "endpoints": endpoints[start : start + SLICE],
        }


def pod_address(number: int) -> str:
    return f"100.{96 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"


def applications(count: int) -> list[dict[str, Any]]:
    """One tenant each, as `applications` takes them."""
    return [
        {
            "tenant": f"T{number:04d}",
            "application": "A1",
            "virtual_server": {"class": "Service_HTTP", "virtualAddresses": [f"203.0.{113 + number // 250}.{number % 250 + 1}"], "virtualPort": 80},
            "service": {"namespace": "bench", "name": f"app-{number:04d}", "port": "80"},
        }
        for number in range(count)
    ]
