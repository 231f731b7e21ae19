# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of an Antrea installation, as the VMware package creates them in a workload cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from .version import Version

NAMESPACE = "kube-system"
LABELS = {"app": "antrea"}
AGENT_LABELS = {"app": "antrea", "component": "antrea-agent"}
CONFIG_FILE = "antrea-agent.conf"
INFO_GROUP = "crd.antrea.io"


@dataclass(frozen=True)
class Settings:
    """The values of an agent's first configuration that options of `lab up` set."""

    npl: bool = True
    port_range: str = ""
    encap_mode: str = "encap"
    ipam: bool = False
    """AntreaIPAM, with all that it requires."""


def agent_config(version: Version, given: Settings) -> str:
    """antrea-agent.conf in the form of the VMware package: no comments, keys in the package's order."""
    npl, port_range = given.npl, given.port_range
    gates = {
        "AntreaProxy": True,
        "EndpointSlice": True,
        "Traceflow": True,
        "NodePortLocal": npl,
        "AntreaPolicy": True,
        "FlowExporter": False,
    }
    if version >= (1, 7):
        gates |= {"NetworkPolicyStats": False, "Egress": False, "AntreaIPAM": given.ipam}
    settings: dict[str, Any] = {
        "featureGates": gates,
        "trafficEncapMode": given.encap_mode,
        "noSNAT": given.ipam,
        "tunnelType": "geneve",
        "tlsCipherSuites": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        # Without its gate the key has no value.
        "nodePortLocal": {"enable": True, "portRange": port_range} if npl else None,
    }
    if given.ipam:
        settings["enableBridgingMode"] = True
    if not version.has_enable:
        del settings["nodePortLocal"]
        settings["nplPortRange"] = port_range
    return str(yaml.safe_dump(settings, sort_keys=False, default_flow_style=False)).replace(
        "nodePortLocal: null", "nodePortLocal:"
    )


def config_map(version: Version, given: Settings) -> dict[str, Any]:
    controller = "featureGates:\n  AntreaPolicy: true\n" + ("  AntreaIPAM: true\n" if given.ipam else "")
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": version.config_map, "namespace": NAMESPACE, "labels": LABELS},
        "data": {
            CONFIG_FILE: agent_config(version, given),
            "antrea-cni.conflist": (
                '{"cniVersion":"0.3.0","name":"antrea",'
                '"plugins":[{"type":"antrea","ipam":{"type":"host-local"}}]}\n'
            ),
            "antrea-controller.conf": controller,
        },
    }


def agent_daemon_set(version: Version, update_strategy: str) -> dict[str, Any]:
    mount = {
        "name": "antrea-config",
        "mountPath": f"/etc/antrea/{CONFIG_FILE}",
        "subPath": CONFIG_FILE,
        "readOnly": True,
    }
    containers = [
        {
            "name": "antrea-agent",
            "image": f"antrea/antrea-agent:v{version}",
            "command": ["antrea-agent"],
            "args": ["--config", f"/etc/antrea/{CONFIG_FILE}", "--logtostderr=false", "--v=0"],
            "ports": [{"name": "api", "containerPort": 10350, "protocol": "TCP"}],
            "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
            "volumeMounts": [mount],
        },
        {"name": "antrea-ovs", "image": f"antrea/antrea-agent:v{version}", "command": ["start_ovs"]},
    ]
    pod = {
        "hostNetwork": True,
        "priorityClassName": "system-node-critical",
        "tolerations": [
            {"operator": "Exists", **which}
            for which in ({"key": "CriticalAddonsOnly"}, {"effect": "NoSchedule"}, {"effect": "NoExecute"})
        ],
        # A real agent exits on SIGTERM. A Pod of the lab uses up its grace period.
        "terminationGracePeriodSeconds": 1,
        "containers": containers,
        "volumes": [{"name": "antrea-config", "configMap": {"name": version.config_map}}],
    }
    spec: dict[str, Any] = {
        "selector": {"matchLabels": AGENT_LABELS},
        "updateStrategy": {"type": update_strategy},
        # The package's checksum was made when the package was built: a changed ConfigMap restarts nothing.
        "template": {
            "metadata": {"labels": AGENT_LABELS, "annotations": {"checksum/config": "1a4c2d6e"}},
            "spec": pod,
        },
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "antrea-agent", "namespace": NAMESPACE, "labels": AGENT_LABELS},
        "spec": spec,
    }


def controller_deployment(version: Version) -> dict[str, Any]:
    labels = {"app": "antrea", "component": "antrea-controller"}
    pod = {
        "hostNetwork": True,
        "priorityClassName": "system-cluster-critical",
        "tolerations": [
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"effect": "NoSchedule", "operator": "Exists"},
        ],
        "containers": [
            {
                "name": "antrea-controller",
                "image": f"antrea/antrea-controller:v{version}",
                "command": ["antrea-controller"],
                "ports": [{"name": "api", "containerPort": 10349, "protocol": "TCP"}],
            }
        ],
        "volumes": [{"name": "antrea-config", "configMap": {"name": version.config_map}}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "antrea-controller", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def agent_info(
    version: Version, pod: str, node: str, subnets: Sequence[str], shown_range: str, heartbeat: str
) -> dict[str, Any]:
    """An agent's report about itself. An empty range is omitted, as by Go's omitempty."""
    made: dict[str, Any] = {
        "apiVersion": f"{INFO_GROUP}/v1beta1",
        "kind": "AntreaAgentInfo",
        "metadata": {"name": node},
        "version": f"v{version}",
        "podRef": {"kind": "Pod", "namespace": NAMESPACE, "name": pod},
        "nodeRef": {"kind": "Node", "name": node},
        "nodeSubnets": list(subnets),
        "ovsInfo": {"version": "3.0.5", "bridgeName": "br-int"},
        "apiPort": 10350,
        "agentConditions": [{"type": "AgentHealthy", "status": "True", "lastHeartbeatTime": heartbeat}],
    }
    if shown_range:
        made["nodePortLocalPortRange"] = shown_range
    return made
