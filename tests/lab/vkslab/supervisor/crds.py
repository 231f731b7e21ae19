# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of a Supervisor, as far as the lab has objects of them."""

from __future__ import annotations

from typing import Any

from .era import Era

CLUSTERS, INFRASTRUCTURE = "cluster.x-k8s.io", "vmware.infrastructure.cluster.x-k8s.io"
BOOTSTRAP, CNI, ADDONS = "run.tanzu.vmware.com", "cni.tanzu.vmware.com", "addons.kubernetes.vmware.com"
NET_OPERATOR, NSX_T1, NSX_VPC = "netoperator.vmware.com", "vmware.com", "crd.nsx.vmware.com"
PACKAGING = "packaging.carvel.dev"

_ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_READY = {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'}


def crd(
    group: str,
    kind: str,
    version: str,
    *,
    plural: str = "",
    schema: dict[str, Any] | None = None,
    columns: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A kind with a schema or columns has controllers, and so a status of its own."""
    plural = plural or f"{kind.lower()}s"
    served = {
        "name": version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema or _ANYTHING},
    }
    if schema or columns:
        served["subresources"] = {"status": {}}
    if columns:
        served["additionalPrinterColumns"] = columns
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": plural,
                "singular": kind.lower(),
                **more,
            },
            "versions": [served],
        },
    }


def of_supervisor(era: Era) -> list[dict[str, Any]]:
    made = [
        crd(CLUSTERS, "Cluster", era.cluster_api),
        crd(INFRASTRUCTURE, "VSphereCluster", "v1beta1"),
        crd(NET_OPERATOR, "NetworkSettings", "v1alpha1", plural="networksettings"),
        crd(NET_OPERATOR, "Network", "v1alpha1"),
        crd(NSX_T1, "VirtualNetwork", "v1alpha1"),
        crd(NSX_VPC, "NetworkInfo", "v1alpha1"),
        crd(NSX_VPC, "SubnetSet", "v1alpha1"),
    ]
    if era.addons:
        made += [
            crd(ADDONS, "AddonConfigDefinition", "v1alpha1", shortNames=["acd"]),
            crd(ADDONS, "AddonConfig", "v1alpha1", schema=_addon_config(), columns=_addon_config_columns()),
            crd(ADDONS, "ClusterAddon", "v1alpha1", columns=_cluster_addon_columns()),
            crd(ADDONS, "AddonInstall", "v1alpha1"),
        ]
    else:
        made += [crd(BOOTSTRAP, "ClusterBootstrap", "v1alpha3"), crd(CNI, "CalicoConfig", "v1alpha1")]
    # It is not confirmed that a Supervisor of VKS 3.6 still serves AntreaConfig for its older clusters: one of
    # the lab's does, one does not.
    if era.npl_in_schema:
        made.append(
            crd(CNI, "AntreaConfig", "v1alpha1", schema=antrea_config_schema(), shortNames=["antreaconf"])
        )
    return made


def of_workload() -> list[dict[str, Any]]:
    columns = [
        {"name": "Package name", "type": "string", "jsonPath": ".spec.packageRef.refName"},
        {"name": "Package version", "type": "string", "jsonPath": ".status.version"},
        {"name": "Description", "type": "string", "jsonPath": ".status.friendlyDescription"},
    ]
    return [crd(PACKAGING, "PackageInstall", "v1alpha1", columns=columns, shortNames=["pkgi"])]


# -- AntreaConfig: the defaults and the rules of its CRD and webhook

_STRING, _BOOL, _INTEGER = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
_STRINGS = {"type": "array", "items": _STRING}
GATES = {
    "AntreaProxy": True,
    "EndpointSlice": False,
    "AntreaPolicy": True,
    "FlowExporter": False,
    "Egress": True,
    "NodePortLocal": True,
    "AntreaTraceflow": True,
    "NetworkPolicyStats": False,
    "AntreaIPAM": False,
    "ServiceExternalIP": False,
    "Multicast": False,
    "Multicluster": False,
    "SecondaryNetwork": False,
    "TrafficControl": False,
}
CIPHERS = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_256_GCM_SHA384"
)


def _object(properties: dict[str, Any], rules: list[dict[str, str]] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if rules:
        made["x-kubernetes-validations"] = rules
    return made


def _fixed(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        **schema,
        "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "field is immutable"}],
    }


def antrea_config_schema() -> dict[str, Any]:
    gates = _object(
        {name: {"type": "boolean", "default": value} for name, value in GATES.items()},
        [
            {
                "rule": "self.AntreaProxy || !self.EndpointSlice",
                "message": "EndpointSlice cannot be enabled if AntreaProxy is disabled",
            }
        ],
    )
    config = {
        "egress": _object({"exceptCIDRs": _STRINGS}),
        "nodePortLocal": _object({"enabled": _BOOL, "portRange": _STRING}),
        "antreaProxy": _object(
            {
                "proxyAll": _BOOL,
                "nodePortAddresses": _STRINGS,
                "skipServices": _STRINGS,
                "proxyLoadBalancerIPs": _BOOL,
            }
        ),
        "flowExporter": _object(
            {
                name: _STRING
                for name in ("collectorAddress", "pollInterval", "activeFlowTimeout", "idleFlowTimeout")
            }
        ),
        "wireGuard": _object({"port": _INTEGER}),
        "kubeAPIServerOverride": _STRING,
        "transportInterface": _STRING,
        "transportInterfaceCIDRs": _STRINGS,
        "multicastInterfaces": _STRINGS,
        "tunnelType": _STRING,
        "trafficEncryptionMode": _STRING,
        "enableUsageReporting": {**_BOOL, "default": False},
        "serviceCIDR": _STRING,
        "trafficEncapMode": _fixed(
            {**_STRING, "enum": ["encap", "noEncap", "hybrid", "networkPolicyOnly"], "default": "encap"}
        ),
        "noSNAT": _fixed({**_BOOL, "default": False}),
        "disableUdpTunnelOffload": _fixed({**_BOOL, "default": False}),
        "defaultMTU": {**_STRING, "default": ""},
        "tlsCipherSuites": _fixed({**_STRING, "default": CIPHERS}),
        "enableBridgingMode": {**_BOOL, "default": False},
        "disableTXChecksumOffload": {**_BOOL, "default": False},
        "dnsServerOverride": {**_STRING, "default": ""},
        "featureGates": gates,
    }
    spec = _object(
        {
            "antrea": _object({"config": _object(config)}),
            "antreaNsx": {**_object({"enable": _fixed({**_BOOL, "default": False})}), "default": {}},
        }
    )
    return _with(spec, _object({"secretRef": _STRING}))


# -- add-ons


def _with(spec: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    return _object(
        {
            "apiVersion": _STRING,
            "kind": _STRING,
            "metadata": {"type": "object"},
            "spec": spec,
            "status": status,
        }
    )


def _addon_config() -> dict[str, Any]:
    """The values' schema is the AddonConfigDefinition's, which the API server does not look at."""
    reference = _object({"name": _STRING, "namespace": _STRING})
    return _with(
        _object({"clusterName": _STRING, "addonConfigDefinitionRef": reference, "values": _ANYTHING}),
        _ANYTHING,
    )


def _addon_config_columns() -> list[dict[str, Any]]:
    definition = {
        "name": "AddonConfigDefinition",
        "type": "string",
        "jsonPath": ".spec.addonConfigDefinitionRef.name",
    }
    return [definition, {"name": "Cluster", "type": "string", "jsonPath": ".spec.clusterName"}, _READY]


def _cluster_addon_columns() -> list[dict[str, Any]]:
    paths = {
        "Cluster": "clusterName",
        "Addon": "addonRef.name",
        "AddonInstall": "addonInstallRef.name",
        "Release": "addonReleaseRef.name",
    }
    return [
        *({"name": name, "type": "string", "jsonPath": f".spec.{path}"} for name, path in paths.items()),
        _READY,
    ]
