# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that a Supervisor has of one cluster before any of its controllers has done anything."""

from __future__ import annotations

import base64
from typing import Any

from ..build import KUBERNETES
from . import addon_config, antrea_config, crds, network
from .era import NAMESPACE, PACKAGES, PUBLIC, Era

NAMESPACES = "/api/v1/namespaces"
SECRETS = f"{NAMESPACES}/{NAMESPACE}/secrets"
ANTREA_CONFIGS = f"/apis/{crds.CNI}/v1alpha1/namespaces/{NAMESPACE}/antreaconfigs"
ADDON_CONFIGS = f"/apis/{crds.ADDONS}/v1alpha1/namespaces/{NAMESPACE}/addonconfigs"
CLUSTER_ADDONS = f"/apis/{crds.ADDONS}/v1alpha1/namespaces/{NAMESPACE}/clusteraddons"
DEFINITIONS = f"/apis/{crds.ADDONS}/v1alpha1/namespaces/{PUBLIC}/addonconfigdefinitions"
INSTALLS = f"/apis/{crds.ADDONS}/v1alpha1/namespaces/{PUBLIC}/addoninstalls"
BOOTSTRAPS = f"/apis/{crds.BOOTSTRAP}/v1alpha3/namespaces/{NAMESPACE}/clusterbootstraps"
CALICO_CONFIGS = f"/apis/{crds.CNI}/v1alpha1/namespaces/{NAMESPACE}/calicoconfigs"
CALICO_PACKAGE = "3.31.5+vmware.1-tkg.1"


def clusters(era: Era) -> str:
    return f"/apis/{crds.CLUSTERS}/{era.cluster_api}/namespaces/{NAMESPACE}/clusters"


def cluster(era: Era, name: str, cni: str, ranges: dict[str, str]) -> dict[str, Any]:
    topology: dict[str, Any] = {"version": f"v{KUBERNETES}---vmware.1-vkr.1", "variables": []}
    infrastructure = {"kind": "VSphereCluster", "name": name}
    if era.cluster_api == "v1beta1":
        topology["class"] = era.cluster_class
        infrastructure["apiVersion"] = f"{crds.INFRASTRUCTURE}/v1beta1"
    else:
        topology["classRef"] = {"name": era.cluster_class, "namespace": PUBLIC}
        infrastructure["apiGroup"] = crds.INFRASTRUCTURE
    if era.addons:
        topology["variables"] = [
            {"name": "bootstrapAddons", "value": {"cniRef": {"name": cni, "namespace": PUBLIC}}}
        ]
    return {
        "apiVersion": f"{crds.CLUSTERS}/{era.cluster_api}",
        "kind": "Cluster",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cluster.x-k8s.io/cluster-name": name}},
        "spec": {
            "clusterNetwork": {
                key: {"cidrBlocks": ranges[f"{part}_cidr"].split(",")}
                for key, part in (("pods", "pod"), ("services", "service"))
            },
            "infrastructureRef": infrastructure,
            "topology": topology,
        },
    }


def bootstrap(era: Era, name: str, cni: str) -> dict[str, Any]:
    kind, provider = ("AntreaConfig", antrea_config.name(name)) if cni == "antrea" else ("CalicoConfig", name)
    version = (era.package if cni == "antrea" else CALICO_PACKAGE).replace("+", "---")
    reference = {"apiGroup": crds.CNI, "kind": kind, "name": provider}
    return {
        "apiVersion": f"{crds.BOOTSTRAP}/v1alpha3",
        "kind": "ClusterBootstrap",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "cni": {"refName": f"{cni}.tanzu.vmware.com.{version}", "valuesFrom": {"providerRef": reference}}
        },
    }


def of_supervisor(
    era: Era,
    name: str,
    cni: str,
    provider: str,
    ranges: dict[str, str],
    kubeconfig: str,
    npl: bool,
    port_range: str,
    encap: str = "encap",
) -> list[tuple[str, dict[str, Any]]]:
    """(collection, object), in the order in which they are made."""
    secret = {
        "metadata": {"name": f"{name}-kubeconfig", "namespace": NAMESPACE},
        "kind": "Secret",
        "apiVersion": "v1",
        "type": "cluster.x-k8s.io/secret",
    }
    made = [
        *((NAMESPACES, namespace(each)) for each in (NAMESPACE, PUBLIC, PACKAGES)),
        (clusters(era), cluster(era, name, cni, ranges)),
        (SECRETS, {**secret, "data": {"value": base64.b64encode(kubeconfig.encode()).decode()}}),
        *network.objects(era, provider, name, ranges["node_cidr"]),
    ]
    if not era.addons:
        made.append((BOOTSTRAPS, bootstrap(era, name, cni)))
        if cni == "antrea":
            made.append((ANTREA_CONFIGS, antrea_config.manifest(name, npl, port_range, encap)))
        else:
            calico = {
                "metadata": {"name": name, "namespace": NAMESPACE},
                "spec": {"calico": {"config": {"vethMTU": 0}}},
            }
            made.append(
                (CALICO_CONFIGS, {"apiVersion": f"{crds.CNI}/v1alpha1", "kind": "CalicoConfig", **calico})
            )
        return made
    if cni == "antrea":
        made += [
            (DEFINITIONS, addon_config.definition(era)),
            (INSTALLS, addon_config.install("antrea", addon_config.INSTALL)),
            (
                ADDON_CONFIGS,
                addon_config.manifest(name, addon_config.first_values(era, npl, port_range, encap)),
            ),
            (
                CLUSTER_ADDONS,
                addon_config.cluster_addon(name, "antrea", addon_config.INSTALL, era.definition),
            ),
        ]
        if era.npl_in_schema:
            # Of an older cluster in the same vSphere Namespace. It has no effect on this one.
            made.append((ANTREA_CONFIGS, antrea_config.manifest(f"{name}-older", True, "")))
    else:
        release = f"calico.tanzu.vmware.com.{CALICO_PACKAGE.replace('+', '---')}"
        made.append(
            (CLUSTER_ADDONS, addon_config.cluster_addon(name, "calico", "builtin-core-cni-calico", release))
        )
    return made


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
