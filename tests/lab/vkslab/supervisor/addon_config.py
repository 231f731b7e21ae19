# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AddonConfig, the owner of Antrea's settings since VKS 3.6, and the AddonConfigDefinition with their schema.

Not confirmed for a real VKS, so do not rely on it: the path of NodePortLocal in Antrea's schema, the effect
of enabled: false in its package (here the values are used unchanged), and the texts of the conditions.
"""

from __future__ import annotations

from typing import Any

from .era import NAMESPACE, PUBLIC, Era
from .package import DEFAULT_RANGE, defaults

GROUP_VERSION = "addons.kubernetes.vmware.com/v1alpha1"
ADDON = "antrea"
#: The only name that is documented, of the platform's own AddonInstall.
INSTALL = "builtin-core-cni-antrea"
_TYPES: dict[str, type] = {"boolean": bool, "string": str, "integer": int, "object": dict}


class Invalid(Exception):
    """Values that the schema does not allow."""


def name(cluster: str, addon: str = ADDON) -> str:
    return f"{cluster}-{addon}"


def schema(era: Era) -> dict[str, Any]:
    built_in = defaults()["antrea"]["config"]
    gates = {gate: _leaf(value) for gate, value in built_in["featureGates"].items()}
    config = {
        key: _leaf(built_in[key]) for key in ("trafficEncapMode", "noSNAT", "tunnelType", "tlsCipherSuites")
    }
    config["nodePortLocal"] = _object({"enabled": _leaf(True), "portRange": _leaf(DEFAULT_RANGE)})
    if not era.npl_in_schema:
        del config["nodePortLocal"], gates["NodePortLocal"]
    config["featureGates"] = _object(gates)
    # antreaNSX.enable is the one key of the real schema that is confirmed.
    return _object(
        {"antrea": _object({"config": _object(config)}), "antreaNSX": _object({"enable": _leaf(False)})}
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _leaf(value: bool | str) -> dict[str, Any]:
    return {"type": "boolean" if isinstance(value, bool) else "string", "default": value}


def definition(era: Era) -> dict[str, Any]:
    output = {
        "apiVersion": "v1",
        "kind": "Secret",
        "name": "{{.Cluster.name}}-antrea-data-values",
        "namespace": "vmware-system-tkg",
    }
    template = "stringData:\n  values.yaml: |\n{{ toYaml .Values | indent 4}}\n"
    return {
        "apiVersion": GROUP_VERSION,
        "kind": "AddonConfigDefinition",
        "metadata": {"name": era.definition, "namespace": PUBLIC},
        "spec": {
            "templateOutputResources": [{"targetClusterOutput": output, "template": template}],
            "schema": {"openAPIV3Schema": schema(era)},
        },
    }


def manifest(cluster: str, values_: dict[str, Any]) -> dict[str, Any]:
    """As the platform makes one for a cluster that has none; it fills in the rest."""
    return {
        "apiVersion": GROUP_VERSION,
        "kind": "AddonConfig",
        "metadata": {
            "name": name(cluster),
            "namespace": NAMESPACE,
            "labels": {
                "addon.kubernetes.vmware.com/addon-name": ADDON,
                "cluster.x-k8s.io/cluster-name": cluster,
            },
            "annotations": {"clusteraddon.addons.kubernetes.vmware.com/owned-for-deletion": "true"},
        },
        "spec": {"values": values_},
    }


def first_values(era: Era, npl: bool, port_range: str, encap: str = "encap") -> dict[str, Any]:
    """Only what differs from the package's defaults."""
    config: dict[str, Any] = {}
    if era.npl_in_schema and (port_range or not npl):
        config["featureGates"] = {"NodePortLocal": npl}
        if port_range:
            config["nodePortLocal"] = {"portRange": port_range}
    if encap != "encap":
        config["trafficEncapMode"] = encap
    return {"antrea": {"config": config}} if config else {}


def values(given: Any, allowed: dict[str, Any], where: str = "spec.values") -> Any:
    """The values with the schema's defaults; what the schema does not have is left out without a word."""
    kind = allowed.get("type", "object")
    if given is None:
        given = {} if kind == "object" else allowed.get("default")
    if kind in _TYPES and type(given) is not _TYPES[kind]:
        raise Invalid(f"{where}: Invalid value: {given!r}: must be of type {kind}")
    if kind != "object":
        return given
    properties = allowed.get("properties") or {}
    return {
        key: values(given.get(key), part, f"{where}.{key}")
        for key, part in properties.items()
        if key in given or _has_default(part)
    }


def _has_default(part: dict[str, Any]) -> bool:
    return "default" in part or any(_has_default(each) for each in (part.get("properties") or {}).values())


def cluster_addon(cluster: str, addon: str, install: str, release: str) -> dict[str, Any]:
    return {
        "apiVersion": GROUP_VERSION,
        "kind": "ClusterAddon",
        "metadata": {
            "name": name(cluster, addon),
            "namespace": NAMESPACE,
            "labels": {"cluster.x-k8s.io/cluster-name": cluster},
        },
        "spec": {
            "clusterName": cluster,
            "addonRef": {"name": addon},
            "addonInstallRef": {"name": install, "namespace": PUBLIC},
            "addonReleaseRef": {"name": release},
        },
    }


def install(addon: str, name_: str) -> dict[str, Any]:
    """The platform's own. No user may write one for the CNI."""
    return {
        "apiVersion": GROUP_VERSION,
        "kind": "AddonInstall",
        "metadata": {"name": name_, "namespace": PUBLIC},
        "spec": {
            "addonRef": {"name": addon},
            "crossNamespaceSelection": "Allowed",
            "clusters": [{"selector": {}}],
            "paused": False,
        },
    }
