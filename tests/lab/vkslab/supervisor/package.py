# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Antrea's package: from its values to the ConfigMap, in the form of VMware's (no comments, keys in the
package's order)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import yaml

from ..antrea import manifests
from ..antrea.version import Version

KAPP_APP, KAPP_ASSOCIATION = "kapp.k14s.io/app", "kapp.k14s.io/association"
DEFAULT_RANGE = "61000-62000"
#: Names that differ between the values and Antrea.
_RENAMED = {"AntreaTraceflow": "Traceflow"}
#: Gates that an older, strict Antrea does not know.
_SINCE_1_7 = (
    "AntreaIPAM",
    "Egress",
    "Multicast",
    "Multicluster",
    "NetworkPolicyStats",
    "SecondaryNetwork",
    "ServiceExternalIP",
    "TrafficControl",
)


def defaults(npl: bool = True, port_range: str = "") -> dict[str, Any]:
    """The package's own values: NodePortLocal is on, unlike upstream."""
    gates = {
        "AntreaProxy": True,
        "EndpointSlice": True,
        "AntreaPolicy": True,
        "FlowExporter": False,
        "Egress": True,
        "NodePortLocal": npl,
    }
    gates |= {
        "AntreaTraceflow": True,
        "NetworkPolicyStats": False,
        "AntreaIPAM": False,
        "ServiceExternalIP": False,
        "Multicast": False,
    }
    config = {
        "trafficEncapMode": "encap",
        "noSNAT": False,
        "tunnelType": "geneve",
        "tlsCipherSuites": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "featureGates": gates,
        "nodePortLocal": {"enabled": True, "portRange": port_range or DEFAULT_RANGE},
    }
    return {"antrea": {"config": config}}


def merged(below: Any, above: Any) -> Any:
    """Values over defaults, mapping by mapping, as ytt overlays them."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: merged(below.get(key), value) for key, value in above.items()}}


def agent_config(version: Version, values: dict[str, Any]) -> str:
    config = values["antrea"]["config"]
    gates = {
        _RENAMED.get(name, name): value
        for name, value in config["featureGates"].items()
        if version >= (1, 7) or name not in _SINCE_1_7
    }
    npl = config.get("nodePortLocal") or {}
    settings = {
        "featureGates": gates,
        "trafficEncapMode": config["trafficEncapMode"],
        "noSNAT": config["noSNAT"],
        "tunnelType": config["tunnelType"],
        "tlsCipherSuites": config["tlsCipherSuites"],
        # Without its gate the key has no value.
        "nodePortLocal": {"enable": npl["enabled"], "portRange": npl["portRange"]}
        if gates["NodePortLocal"]
        else None,
    }
    return str(yaml.safe_dump(settings, sort_keys=False, default_flow_style=False)).replace(
        "nodePortLocal: null", "nodePortLocal:"
    )


def config_map(version: Version, values: dict[str, Any]) -> dict[str, Any]:
    """With what kapp marks as its own."""
    made = manifests.config_map(version, manifests.Settings(port_range=DEFAULT_RANGE))
    made["data"][manifests.CONFIG_FILE] = agent_config(version, values)
    original = json.dumps(made, sort_keys=True, separators=(",", ":"))
    name = made["metadata"]["name"]
    identity = f"v1;{manifests.NAMESPACE}//ConfigMap/{name};v1"
    association = hashlib.md5(identity.encode(), usedforsecurity=False).hexdigest()
    made["metadata"]["labels"] = {
        **manifests.LABELS,
        KAPP_APP: "1764058800000000000",
        KAPP_ASSOCIATION: f"v1.{association}",
    }
    made["metadata"]["annotations"] = {"kapp.k14s.io/identity": identity, "kapp.k14s.io/original": original}
    return made


def install(cluster: str, package_version: str, secret: str, namespace: str) -> dict[str, Any]:
    """The PackageInstall in the workload cluster."""
    return {
        "apiVersion": "packaging.carvel.dev/v1alpha1",
        "kind": "PackageInstall",
        "metadata": {"name": f"{cluster}-antrea", "namespace": namespace},
        "spec": {
            "packageRef": {
                "refName": "antrea.tanzu.vmware.com",
                "versionSelection": {"constraints": package_version, "prereleases": {}},
            },
            "serviceAccountName": "tanzu-cluster-bootstrap-sa",
            # The real text; the lab's sync comes after seconds.
            "syncPeriod": "10m0s",
            "values": [{"secretRef": {"name": secret}}],
        },
    }
