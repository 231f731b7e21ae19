# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's nodes: named and labelled as VKS names and labels its workers."""

from __future__ import annotations

import hashlib
from typing import Any

from .addresses import FAMILIES
from .build import KUBERNETES

#: The letters that Kubernetes makes names from: no vowels, nothing that looks like something else.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
#: 250 Pods a node: 10,000 fit on 40 nodes.
_RESOURCES = {"cpu": "64", "memory": "256Gi", "ephemeral-storage": "500Gi", "pods": "250"}


def name(cluster: str, index: int) -> str:
    """Like cluster-np-1-x7kqd-6c9d8f7b45-9x2lm: node pool, machine deployment, machine set, machine.

    Always the same one.
    """
    machine = _suffix(f"{cluster}/{index}", 5)
    return f"{cluster}-np-1-{_suffix(cluster, 5)}-{_suffix(f'{cluster}/set', 10)}-{machine}"


def manifest(cluster: str, index: int, ip_family: str) -> dict[str, Any]:
    own = name(cluster, index)
    families = FAMILIES[ip_family]
    ranges = [family.pods_of_node(index) for family in families]
    machine = hashlib.sha256(own.encode()).hexdigest()
    uuid = f"{machine[:8]}-{machine[8:12]}-4{machine[13:16]}-8{machine[17:20]}-{machine[20:32]}"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": own,
            "labels": {
                "beta.kubernetes.io/arch": "amd64",
                "beta.kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": own,
                "kubernetes.io/os": "linux",
                "node.kubernetes.io/instance-type": "vsphere-vm.cpu-64.mem-256gb.os-photon",
                "run.tanzu.vmware.com/kubernetesDistributionVersion": f"v{KUBERNETES}---vmware.1-vkr.1",
                "run.tanzu.vmware.com/tkr": f"v{KUBERNETES}---vmware.1-vkr.1",
                "topology.kubernetes.io/zone": "zone-1",
            },
        },
        "spec": {"podCIDR": ranges[0], "podCIDRs": ranges, "providerID": f"vsphere://{uuid}"},
        "status": {
            "addresses": [
                *({"type": "InternalIP", "address": family.node(index)} for family in families),
                {"type": "Hostname", "address": own},
            ],
            "allocatable": _RESOURCES,
            "capacity": _RESOURCES,
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": uuid,
                "containerRuntimeVersion": "containerd://2.1.5",
                "kernelVersion": "6.1.158-1.ph5",
                "kubeProxyVersion": "",
                "kubeletVersion": f"v{KUBERNETES}",
                "machineID": machine[:32],
                "operatingSystem": "linux",
                "osImage": "VMware Photon OS/Linux",
                "systemUUID": uuid,
            },
        },
    }


def _suffix(seed: str, length: int) -> str:
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in hashlib.sha256(seed.encode()).digest()[:length])
