# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antrea-agent.conf as an agent reads it when it starts: NodePortLocal's port range, or what the agent ends
with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from .version import Version

KEYS = frozenset(
    """agentRole antreaClientConnection antreaProxy apiPort auditLogging clientCAFile clientConnection
    clusterPort cniSocket defaultMTU disableTXChecksumOffload dnsServerOverride egress enableBridgingMode
    enableIPSecTunnel enablePrometheusMetrics externalNode featureGates flowCollectorAddr flowExporter
    flowPollInterval activeFlowExportTimeout idleFlowExportTimeout fqdnCacheMinTTL hostGateway
    hostProcPathPrefix ipsec kubeAPIServerOverride multicast multicastInterfaces multicluster noSNAT
    nodePortLocal nodeType nplPortRange ovsBridge ovsDatapathType ovsRunDir packetInRate secondaryNetwork
    serviceCIDR serviceCIDRv6 snatFullyRandomPorts tlsCipherSuites tlsMinVersion trafficEncapMode
    trafficEncryptionMode transportInterface transportInterfaceCIDRs tunnelCsum tunnelPort tunnelType
    wireGuard""".split()
)
GATES = frozenset(
    """AllAlpha AllBeta AdminNetworkPolicy AntreaIPAM AntreaPolicy AntreaProxy BGPPolicy
    CleanupStaleUDPSvcConntrack Egress EgressSeparateSubnet EgressTrafficShaping EndpointSlice ExternalNode
    FlowExporter IPsecCertAuth L7FlowExporter L7NetworkPolicy LoadBalancerModeDSR Multicast Multicluster
    NetworkPolicyStats NodeIPAM NodeLatencyMonitor NodeNetworkPolicy NodePortLocal PacketCapture
    SecondaryNetwork ServiceExternalIP ServiceTrafficDistribution SupportBundleCollection TopologyAwareHints
    Traceflow TrafficControl""".split()
)


class Crash(Exception):
    """The message that the agent's process ends with."""


@dataclass(frozen=True)
class AgentConfig:
    ports: tuple[int, int] | None
    """The range NodePortLocal uses; None when it does not run."""
    shown: str
    """AntreaAgentInfo's nodePortLocalPortRange."""
    notes: tuple[str, ...] = ()
    """The line that the agent logs about it."""
    ipam: bool = False
    """AntreaIPAM assigns addresses of IPPools."""


class _NoDuplicates(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _value in node.value:
            if key.value in seen:
                raise Crash(
                    f"Failed to complete: yaml: unmarshal errors:\n  line {key.start_mark.line + 1}: "
                    f'key "{key.value}" already set in map'
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(text: str, version: Version) -> AgentConfig:
    try:
        config = yaml.load(text, _NoDuplicates if version.strict_config else yaml.SafeLoader) or {}
    except yaml.YAMLError as error:
        raise Crash(f"Failed to complete: yaml: {error}") from error
    if not isinstance(config, dict):
        raise Crash(
            "Failed to complete: yaml: unmarshal errors:\n  line 1: cannot unmarshal into config.AgentConfig"
        )
    npl = _mapping(config, "nodePortLocal")
    gates = _mapping(config, "featureGates")
    if version.strict_config:
        for holder, allowed, kind in (
            (config, KEYS, "AgentConfig"),
            (npl, {"enable", "portRange"}, "NodePortLocalConfig"),
        ):
            for key in holder:
                if key not in allowed:
                    raise Crash(
                        f"Failed to complete: yaml: unmarshal errors:\n  field {key} not found in type "
                        f"config.{kind}"
                    )
    for name, value in gates.items():
        if not isinstance(value, bool):
            raise Crash(
                f"Failed to complete: yaml: unmarshal errors:\n  cannot unmarshal {value!r} into bool"
            )
        if name not in GATES:
            raise Crash(f"Failed to complete: unrecognized feature gate: {name}")

    gate = gates.get("NodePortLocal", version.gate_default)
    enable = npl.get("enable") or False
    if not isinstance(enable, bool):
        raise Crash(f"Failed to complete: yaml: unmarshal errors:\n  cannot unmarshal {enable!r} into bool")
    enable = enable or not version.has_enable
    written = str(npl.get("portRange") or "")
    notes = []
    if not written and version.strict_config and config.get("nplPortRange"):
        written = str(config["nplPortRange"])
        if version.has_enable:
            notes.append("The nplPortRange option is deprecated, please use nodePortLocal.portRange instead")
    if enable and not gate:
        notes.append(
            "The nodePortLocal.enable config option is set to true, but it will be ignored because the "
            "NodePortLocal feature gate is disabled"
        )
    runs = gate and enable
    used = written or version.default_range
    ports = parse_range(used) if runs or (gate and version.checks_unused_range) else None
    if version.checks_unused_range:
        shown = used if gate else ""
    else:
        shown = used if runs else written
    # Bridging mode alone gives the Pods of an IPPool a way out, so an agent without it ignores the pools.
    ipam = bool(gates.get("AntreaIPAM") and config.get("enableBridgingMode"))
    return AgentConfig(ports if runs else None, shown if version.shows_range else "", tuple(notes), ipam)


def parse_range(text: str) -> tuple[int, int]:
    prefix = "Failed to validate: NodePortLocal portRange is not valid"
    parts = text.split("-")
    if len(parts) != 2:
        raise Crash(f"{prefix}: wrong port range format: {text}")
    for part in parts:
        if not part.isascii() or not part.lstrip("+").isdigit():
            raise Crash(f'{prefix}: strconv.Atoi: parsing "{part}": invalid syntax')
    start, end = int(parts[0]), int(parts[1])
    if end <= start:
        raise Crash(f"{prefix}: start port must be smaller than end port: {text}")
    return start, end


def _mapping(config: dict[str, Any], key: str) -> dict[str, Any]:
    value = config.get(key) or {}
    if not isinstance(value, dict):
        raise Crash(
            f"Failed to complete: yaml: unmarshal errors:\n  cannot unmarshal {value!r} into "
            f"config.{key[0].upper()}{key[1:]}"
        )
    return value
