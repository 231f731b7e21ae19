# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a cluster as its API sends them, and the requests that read them."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.vks.bigip.tests.unit.support.kube import listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

DAEMON_SETS, DEPLOYMENTS, STATEFUL_SETS = "/apis/apps/v1/daemonsets", "/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets"
CONFIG = "/api/v1/namespaces/kube-system/configmaps/antrea-config-f5d8"
AGENTS = "/api/v1/namespaces/kube-system/pods"
AGENT_LABELS = "app=antrea,component=antrea-agent"
CHANGED = "2026-01-01T12:00:00Z"
ON = "featureGates:\n  NodePortLocal: true\nnodePortLocal:\n  enable: true\n  portRange: 61000-62000\n"


def daemon_set(name: str, image: str, labels: dict[str, str] | None = None, strategy: str = "RollingUpdate") -> dict[str, Any]:
    container = {"calico-node": "calico-node", "cilium": "cilium-agent"}.get(name, "antrea-agent")
    return {
        "metadata": {"namespace": "kube-system", "name": name, "labels": labels or {}},
        "spec": {
            "updateStrategy": {"type": strategy},
            "template": {
                "spec": {
                    "containers": [{"name": "other", "image": "x:9.9.9"}, {"name": container, "image": image}],
                    "volumes": [{"name": "host"}, {"name": "antrea-config", "configMap": {"name": "antrea-config-f5d8"}}] if name == "antrea-agent" else [],
                }
            },
        },
    }


ANTREA = daemon_set(
    "antrea-agent", "registry.example:5000/antrea/antrea-agent-photon:v2.5.2_vmware.1", {"app": "antrea", "component": "antrea-agent"}, "OnDelete"
)
CALICO = daemon_set("calico-node", "docker.io/calico/node:v3.31.5", {"k8s-app": "calico-node"})


def config_map(text: str = ON, kapp: bool = True) -> dict[str, Any]:
    return {
        "metadata": {
            "namespace": "kube-system",
            "name": "antrea-config-f5d8",
            "labels": {"kapp.k14s.io/app": "1"} if kapp else {},
            "managedFields": [{"time": "2025-01-01T00:00:00Z"}, {"time": CHANGED}],
        },
        "data": {"antrea-agent.conf": text},
    }


def agent(node: str, started: str = "2026-01-01T13:00:00Z", ready: bool = True) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "kube-system", "name": f"antrea-agent-{node}"},
        "spec": {"nodeName": node},
        "status": {
            "startTime": "2024-01-01T00:00:00Z",
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [{"name": "antrea-agent", "state": {"running": {"startedAt": started}}}],
        },
    }


def deployment(name: str, image: str, *arguments: str, namespace: str = "kube-system", replicas: int = 1) -> dict[str, Any]:
    return {
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"image": image, "args": list(arguments)}]}}},
        "status": {"readyReplicas": replicas},
    }


CIS = deployment(
    "cis", "docker.io/f5networks/k8s-bigip-ctlr:2.20.3", "--bigip-url=192.0.2.5", "--bigip-password=very-secret", "--pool-member-type=nodeportlocal"
)
AKO = deployment("ako", "projects.example/ako/ako:1.12.2", namespace="avi-system")


def denied(path: str, labels: str = "") -> Exchange:
    exchange = listing(path, labels=labels, status=403)
    exchange.json = status(403, f"{path} is forbidden")
    return exchange


def found(path: str, body: Any) -> Exchange:
    return Exchange("GET", path, json=body)


def missing(path: str, **more: Any) -> Exchange:
    return Exchange("GET", path, 404, json=status(404, "not found"), **more)


def version(text: str = "v1.35.6+vmware.2") -> Exchange:
    return found("/version", {"gitVersion": text})


def api_groups(*groups: str) -> Exchange:
    """ "cluster.x-k8s.io/v1beta1" is a group in the version that the server prefers."""
    parts = [text.partition("/") for text in groups]
    return found("/apis", {"kind": "APIGroupList", "groups": [{"name": name, "preferredVersion": {"version": version}} for name, _slash, version in parts]})


def copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
