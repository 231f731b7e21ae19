# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AntreaConfig, the owner of Antrea's settings up to VKS 3.5: the first object, and the package's values that
its controller derives."""

from __future__ import annotations

import json
from typing import Any

from .crds import CIPHERS, GATES
from .era import NAMESPACE


def name(cluster: str) -> str:
    return f"{cluster}-antrea-package"


def manifest(cluster: str, npl: bool, port_range: str, encap: str = "encap") -> dict[str, Any]:
    """A complete one that a user has applied, with own gates.

    A shorter one applied over it resets them to the CRD's defaults.
    """
    gates = {
        **GATES,
        "EndpointSlice": True,
        "Egress": False,
        "NetworkPolicyStats": True,
        "NodePortLocal": npl,
    }
    config = {
        "trafficEncapMode": encap,
        "noSNAT": False,
        "disableUdpTunnelOffload": False,
        "tlsCipherSuites": CIPHERS,
        "featureGates": gates,
        "nodePortLocal": {"enabled": npl, **({"portRange": port_range} if port_range else {})},
    }
    made: dict[str, Any] = {
        "apiVersion": "cni.tanzu.vmware.com/v1alpha1",
        "kind": "AntreaConfig",
        "metadata": {"name": name(cluster), "namespace": NAMESPACE},
        "spec": {"antrea": {"config": config}},
    }
    applied = json.dumps(made)
    made["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": applied}
    return made


def values(raw: dict[str, Any]) -> dict[str, Any]:
    """As the controller's Go code writes them: every gate (a missing one is false), and of the rest nothing
    that is empty or false.

    So nodePortLocal.enabled: false never arrives, and the package's own value, true, remains.
    """
    config = ((raw.get("spec") or {}).get("antrea") or {}).get("config") or {}
    gates = config.get("featureGates") or {}
    made = _without_empty(
        {
            key: value
            for key, value in config.items()
            if key not in ("featureGates", "disableUdpTunnelOffload")
        }
    )
    made["disableUdpTunnelOffload"] = config.get("disableUdpTunnelOffload") or False
    made["featureGates"] = {gate: gates.get(gate) or False for gate in GATES}
    return {"infraProvider": "vsphere", "antrea": {"config": made}}


def _without_empty(value: dict[str, Any]) -> dict[str, Any]:
    inner = {key: _without_empty(each) if isinstance(each, dict) else each for key, each in value.items()}
    return {key: each for key, each in inner.items() if each}
