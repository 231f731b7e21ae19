# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a vSphere Namespace that show the network provider."""

from __future__ import annotations

from typing import Any

from . import crds
from .era import NAMESPACE, Era

#: By --network-provider: how NetworkSettings and VSphereCluster spell it.
SPELLED = {
    "vsphere": ("vsphere-distributed", "VSphereDistributed"),
    "nsx_t1": ("nsx-tier1", "NSXTier1"),
    "nsx_vpc": ("vpc", "VPC"),
}


def objects(era: Era, provider: str, cluster: str, node_cidr: str) -> list[tuple[str, dict[str, Any]]]:
    """(collection, object). A VSphereCluster contains its provider in newer releases only."""
    settings, of_cluster = SPELLED[provider]
    network = {"provider": of_cluster} | (
        {"nsxVPC": {"createSubnetSet": True}} if provider == "nsx_vpc" else {}
    )
    made = [
        _made(
            crds.INFRASTRUCTURE,
            "v1beta1",
            "vsphereclusters",
            "VSphereCluster",
            cluster,
            {"spec": {"network": network} if era.addons else {}},
        ),
        _made(
            crds.NET_OPERATOR,
            "v1alpha1",
            "networksettings",
            "NetworkSettings",
            "default",
            {"provider": settings},
        ),
    ]
    if provider == "vsphere":
        made.append(
            _made(
                crds.NET_OPERATOR,
                "v1alpha1",
                "networks",
                "Network",
                "primary",
                {"spec": {"type": "vsphere-distributed"}},
            )
        )
    elif provider == "nsx_t1":
        made.append(
            _made(
                crds.NSX_T1,
                "v1alpha1",
                "virtualnetworks",
                "VirtualNetwork",
                f"{cluster}-vnet",
                {"spec": {"whitelist_source_ranges": ""}},
            )
        )
    else:
        # The operator's default if the stack is a whole VPC: no client outside of it reaches the nodes.
        addresses = [{"networkAddresses": [cidr], "gatewayAddresses": []} for cidr in node_cidr.split(",")]
        made += [
            _made(
                crds.NSX_VPC,
                "v1alpha1",
                "subnetsets",
                "SubnetSet",
                cluster,
                {"spec": {"accessMode": "Private"}, "status": {"subnets": addresses}},
            ),
            _made(
                crds.NSX_VPC,
                "v1alpha1",
                "networkinfos",
                "NetworkInfo",
                NAMESPACE,
                {"vpcs": [{"name": NAMESPACE, "privateIPs": node_cidr.split(",")}]},
            ),
        ]
    return made


def _made(
    group: str, version: str, plural: str, kind: str, name: str, content: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    body = {
        "apiVersion": f"{group}/{version}",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        **content,
    }
    return f"/apis/{group}/{version}/namespaces/{NAMESPACE}/{plural}", body
