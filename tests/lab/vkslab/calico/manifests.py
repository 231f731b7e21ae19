# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a Calico installation from its manifest, as the VMware package makes it: no operator, BGP by
bird."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from .api import Api
from .blocks import PREFIX

NAMESPACE = "kube-system"
VERSION = "v3.31.5"
KINDS = (
    "IPPool",
    "BlockAffinity",
    "IPAMBlock",
    "BGPPeer",
    "BGPConfiguration",
    "CalicoNodeStatus",
    "FelixConfiguration",
)


def config_map() -> dict[str, Any]:
    data = {"typha_service_name": "none", "calico_backend": "bird", "veth_mtu": "0"}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "calico-config", "namespace": NAMESPACE},
        "data": data,
    }


def node_daemon_set() -> dict[str, Any]:
    labels = {"k8s-app": "calico-node"}
    backend = {"configMapKeyRef": {"name": "calico-config", "key": "calico_backend"}}
    pod = {
        "hostNetwork": True,
        "priorityClassName": "system-node-critical",
        "tolerations": [
            {"operator": "Exists", **which}
            for which in ({"key": "CriticalAddonsOnly"}, {"effect": "NoSchedule"}, {"effect": "NoExecute"})
        ],
        "containers": [
            {
                "name": "calico-node",
                "image": f"calico/node:{VERSION}",
                "env": [
                    {"name": "DATASTORE_TYPE", "value": "kubernetes"},
                    {"name": "NODENAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                    {"name": "CALICO_NETWORKING_BACKEND", "valueFrom": backend},
                    {"name": "CLUSTER_TYPE", "value": "k8s,bgp"},
                    {"name": "CALICO_IPV4POOL_IPIP", "value": "Always"},
                    {"name": "CALICO_IPV4POOL_VXLAN", "value": "Never"},
                ],
            }
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "calico-node", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def controllers_deployment() -> dict[str, Any]:
    labels = {"k8s-app": "calico-kube-controllers"}
    pod = {
        "priorityClassName": "system-cluster-critical",
        "tolerations": [
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
        ],
        "containers": [{"name": "calico-kube-controllers", "image": f"calico/kube-controllers:{VERSION}"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "calico-kube-controllers", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def ip_pool(api: Api, cidr: str) -> dict[str, Any]:
    family = ip_network(cidr).version
    spec = {
        "cidr": cidr,
        "blockSize": PREFIX[family],
        # Tunnels in tunnels are for IPv4 only.
        "ipipMode": "Always" if family == 4 else "Never",
        "vxlanMode": "Never",
        "natOutgoing": family == 4,
        "nodeSelector": "all()",
        "allowedUses": ["Workload", "Tunnel"],
    }
    return api.custom("IPPool", f"default-ipv{family}-ippool", spec)


def felix_configuration(api: Api) -> dict[str, Any]:
    return api.custom(
        "FelixConfiguration",
        "default",
        {"bpfLogLevel": "", "logSeverityScreen": "Info", "reportingInterval": "0s"},
    )
