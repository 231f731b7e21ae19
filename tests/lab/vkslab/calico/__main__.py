# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Calico as a process: ``python -m vkslab.calico --lab-dir DIR``."""

from __future__ import annotations

import argparse
import logging
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from ..addresses import V4, V6
from ..kube import Informer, Kube
from ..net.objects import Node
from ..net.process import all_of, read_json, run
from . import manifests
from .affinities import Affinities

log = logging.getLogger("vkslab.calico")


def installation(pod_ranges: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """(where, what) in the order in which it is made."""
    kube_system = f"namespaces/{manifests.NAMESPACE}"
    block = {4: V4.node_prefix, 6: V6.node_prefix}
    return [
        *(
            ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", manifests.crd(kind))
            for kind in manifests.KINDS
        ),
        (f"/api/v1/{kube_system}/configmaps", manifests.config_map()),
        (f"/apis/apps/v1/{kube_system}/daemonsets", manifests.node_daemon_set()),
        (f"/apis/apps/v1/{kube_system}/deployments", manifests.controllers_deployment()),
        *(
            (manifests.collection("IPPool"), manifests.ip_pool(cidr, block[ip_network(cidr).version]))
            for cidr in pod_ranges
        ),
        (manifests.collection("FelixConfiguration"), manifests.felix_configuration()),
    ]


async def serve(lab_dir: Path) -> None:
    async with await Kube.when_there(lab_dir / "kubeconfig", "calico-node") as kube:
        ranges = read_json(lab_dir / "cluster.json").get("pod_cidr") or V4.pods
        for path, body in installation(ranges.split(",")):
            await kube.install(path, body)
        log.info("Calico %s is installed", manifests.VERSION)
        affinities = Affinities(kube)
        nodes = Informer(kube, "/api/v1/nodes", Node.read, affinities.node_changed)
        present = Informer(
            kube,
            manifests.collection("BlockAffinity"),
            lambda obj: str(obj["metadata"]["name"]),
            affinities.affinity_changed,
        )

        async def act() -> None:
            for informer in (nodes, present):
                await informer.synced.wait()
            await affinities.work()

        await all_of(nodes.run(), present.run(), act())


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.calico", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    run(serve(parser.parse_args().lab_dir))


if __name__ == "__main__":
    main()
