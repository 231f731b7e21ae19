# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a Calico installation from its manifest, as the VMware package makes it: no operator, BGP by
bird."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

NAMESPACE = "kube-system"
GROUP = "crd.projectcalico.org"
VERSION = "v3.31.5"
KINDS = ("IPPool", "BlockAffinity", "BGPPeer", "BGPConfiguration", "FelixConfiguration")


def plural(kind: str) -> str:
    lower = kind.lower()
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"


def collection(kind: str) -> str:
    return f"/apis/{GROUP}/v1/{plural(kind)}"


def crd(kind: str) -> dict[str, Any]:
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural(kind), "singular": kind.lower()}
    spec = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec,
        },
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural(kind)}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Cluster",
            "names": names,
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
            ],
        },
    }


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


def _custom(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def ip_pool(cidr: str, block: int) -> dict[str, Any]:
    family = ip_network(cidr).version
    spec = {
        "cidr": cidr,
        "blockSize": block,
        # Tunnels in tunnels are for IPv4 only.
        "ipipMode": "Always" if family == 4 else "Never",
        "vxlanMode": "Never",
        "natOutgoing": family == 4,
        "nodeSelector": "all()",
        "allowedUses": ["Workload", "Tunnel"],
    }
    return _custom("IPPool", f"default-ipv{family}-ippool", spec)


def felix_configuration() -> dict[str, Any]:
    return _custom(
        "FelixConfiguration",
        "default",
        {"bpfLogLevel": "", "logSeverityScreen": "Info", "reportingInterval": "0s"},
    )


def block_affinity(node: str, cidr: str) -> dict[str, Any]:
    """The block of addresses that a node gives to its Pods; its name is the node's and the block's."""
    block = cidr.replace(".", "-").replace(":", "-").replace("/", "-")
    return _custom(
        "BlockAffinity",
        f"{node}-{block}",
        {"cidr": cidr, "node": node, "state": "confirmed", "deleted": "false"},
    )
