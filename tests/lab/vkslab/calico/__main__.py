# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Calico as a process: ``python -m vkslab.calico --lab-dir DIR``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

from ..addresses import V4
from ..kube import Informer, Kube
from ..net.process import all_of, read_json, run, write_json
from . import manifests
from .api import APIS, Api
from .blocks import Block
from .ipam import Ipam
from .objects import Node, Pod
from .plan import Affinity
from .settled import FILE

log = logging.getLogger("vkslab.calico")


def installation(api: Api, pod_ranges: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """(where, what) in the order in which it is made. There is no BGPConfiguration at first."""
    kube_system = f"namespaces/{manifests.NAMESPACE}"
    return [
        *(
            ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", api.crd(kind))
            for kind in manifests.KINDS
        ),
        (f"/api/v1/{kube_system}/configmaps", manifests.config_map()),
        (f"/apis/apps/v1/{kube_system}/daemonsets", manifests.node_daemon_set()),
        (f"/apis/apps/v1/{kube_system}/deployments", manifests.controllers_deployment()),
        *((api.collection("IPPool"), manifests.ip_pool(api, cidr)) for cidr in pod_ranges),
        (api.collection("FelixConfiguration"), manifests.felix_configuration(api)),
    ]


async def serve(lab_dir: Path, api: Api) -> None:
    async with await Kube.when_there(lab_dir / "kubeconfig", "calico-node") as kube:
        ranges = read_json(lab_dir / "cluster.json").get("pod_cidr") or V4.pods
        for path, body in installation(api, ranges.split(",")):
            await kube.install(path, body)
        log.info("Calico %s is installed, in %s/%s", manifests.VERSION, api.group, api.version)
        # `lab reset` waits until the blocks of the restored Pods are known.
        ipam = Ipam(kube, api, lambda counts: write_json(lab_dir / FILE, counts))
        nodes = Informer(kube, "/api/v1/nodes", Node.read, ipam.node_changed)
        pods = Informer(kube, "/api/v1/pods", Pod.read, ipam.pod_changed)
        blocks = Informer(kube, api.collection("IPAMBlock"), Block.read, ipam.block_changed)
        affinities = Informer(kube, api.collection("BlockAffinity"), Affinity.read, ipam.affinity_changed)

        async def act() -> None:
            for informer in (nodes, blocks, affinities, pods):
                await informer.synced.wait()
            await ipam.work()

        await all_of(nodes.run(), pods.run(), blocks.run(), affinities.run(), act())


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.calico", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    parser.add_argument("--calico-api", choices=sorted(APIS), default="v1")
    arguments = parser.parse_args()
    run(serve(arguments.lab_dir, APIS[arguments.calico_api]))


if __name__ == "__main__":
    main()
