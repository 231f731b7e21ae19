# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From the Supervisor's objects to what _facts.supervisor describes."""

from __future__ import annotations

from typing import Any, Mapping

from .._facts.cluster import Provider
from .._facts.supervisor import AddonConfig, SubnetSet
from .._facts.unknown import Unknown
from .objects import name_of

_PROVIDERS = {
    "vspheredistributed": "vsphere",
    "vsphere-distributed": "vsphere",
    "nsxtier1": "nsx_t1",
    "nsx-tier1": "nsx_t1",
    "vpc": "nsx_vpc",
}


def cluster_class(raw: Mapping[str, Any]) -> str | None:
    topology = (raw.get("spec") or {}).get("topology") or {}
    return (topology.get("classRef") or {}).get("name") or topology.get("class")


def cluster_cni(raw: Mapping[str, Any]) -> str | None:
    """The CNI that the Cluster's variables ask for."""
    for variable in ((raw.get("spec") or {}).get("topology") or {}).get("variables") or []:
        value = variable.get("value")
        if variable.get("name") == "bootstrapAddons" and isinstance(value, dict):
            return (value.get("cniRef") or {}).get("name")
    return None


def bootstrap_cni(raw: Mapping[str, Any]) -> str | None:
    """antrea of ClusterBootstrap's cni.refName antrea.tanzu.vmware.com.1.2.3."""
    reference = str(((raw.get("spec") or {}).get("cni") or {}).get("refName") or "")
    return reference.partition(".")[0] or None


def vsphere_cluster_provider(raw: Mapping[str, Any]) -> Provider | None:
    network = (raw.get("spec") or {}).get("network") or {}
    sign = f"VSphereCluster {name_of(raw)}"
    if network.get("nsxVPC"):
        return Provider("nsx_vpc", f"spec.network.nsxVPC of {sign}")
    named = _PROVIDERS.get(str(network.get("provider") or "").lower())
    return Provider(named, f"spec.network.provider of {sign} is {network['provider']}") if named else None


def settings_provider(raw: Mapping[str, Any]) -> Provider | None:
    named = _PROVIDERS.get(str(raw.get("provider") or "").lower())
    return (
        Provider(named, f"provider of NetworkSettings {name_of(raw)} is {raw['provider']}") if named else None
    )


def subnet_set(raw: Mapping[str, Any]) -> SubnetSet:
    networks = [
        str(cidr)
        for item in (raw.get("status") or {}).get("subnets") or []
        for cidr in item.get("networkAddresses") or []
    ]
    return SubnetSet(name_of(raw), str((raw.get("spec") or {}).get("accessMode") or ""), tuple(networks))


def addon_config(raw: Mapping[str, Any], npl_path: str | None | Unknown) -> AddonConfig:
    spec = raw.get("spec") or {}
    ready = next(
        (
            item.get("status") == "True"
            for item in (raw.get("status") or {}).get("conditions") or []
            if item.get("type") == "Ready"
        ),
        None,
    )
    return AddonConfig(
        name_of(raw), str(spec.get("clusterName") or ""), definition_of(raw)[1], ready, npl_path
    )


def definition_of(raw: Mapping[str, Any]) -> tuple[str, str]:
    """(namespace, name) of the AddonConfigDefinition; the platform's are in vmware-system-vks-public."""
    reference = (raw.get("spec") or {}).get("addonConfigDefinitionRef") or {}
    return str(reference.get("namespace") or "vmware-system-vks-public"), str(reference.get("name") or "")
