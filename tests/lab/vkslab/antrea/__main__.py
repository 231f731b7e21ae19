# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea as a process: ``python -m vkslab.antrea --lab-dir DIR --antrea-version V``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

from ..kube import Informer, Kube
from ..net.objects import Node, Pod, Service
from ..net.process import all_of, run, write_json
from . import manifests
from .agents import Agents
from .link import Link
from .version import DEFAULT, Version

log = logging.getLogger("vkslab.antrea")


async def install(kube: Kube, version: Version, npl: bool, port_range: str, update_strategy: str) -> None:
    """Existing objects stay as they are: a user may have changed them."""
    objects: list[tuple[str, dict[str, Any]]] = [
        ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", manifests.agent_info_crd()),
        (
            f"/api/v1/namespaces/{manifests.NAMESPACE}/configmaps",
            manifests.config_map(version, npl, port_range),
        ),
        (
            f"/apis/apps/v1/namespaces/{manifests.NAMESPACE}/daemonsets",
            manifests.agent_daemon_set(version, update_strategy),
        ),
        (
            f"/apis/apps/v1/namespaces/{manifests.NAMESPACE}/deployments",
            manifests.controller_deployment(version),
        ),
    ]
    for path, body in objects:
        await kube.install(path, body)


async def serve(lab_dir: Path, version: Version, npl: bool, port_range: str, update_strategy: str) -> None:
    async with await Kube.when_there(lab_dir / "kubeconfig", "antrea-agent") as kube:
        await install(kube, version, npl, port_range or version.default_range, update_strategy)
        log.info("Antrea %s is installed, NodePortLocal %s", version, "on" if npl else "off")
        link = Link(lab_dir)
        # `lab reset` waits until the agents of the restored Pods have started.
        agents = Agents(
            kube,
            link,
            version,
            lab_dir / "pod-logs",
            lambda started: write_json(lab_dir / "antrea.json", started),
        )
        nodes = Informer(kube, "/api/v1/nodes", Node.read, agents.node_changed)
        services = Informer(kube, "/api/v1/services", Service.read, agents.service_changed)
        pods = Informer(kube, "/api/v1/pods", Pod.read, agents.pod_changed)

        async def act() -> None:
            for informer in (nodes, services, pods):
                await informer.synced.wait()
            agents.pods_known.set()
            await agents.work()

        try:
            await all_of(nodes.run(), services.run(), pods.run(), link.keep_up(), act())
        finally:
            await link.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.antrea", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    parser.add_argument("--antrea-version", default=DEFAULT, help=f"default: {DEFAULT}, that of VKS 3.7")
    parser.add_argument(
        "--npl", choices=("on", "off"), default="on", help="NodePortLocal in the ConfigMap at first"
    )
    parser.add_argument("--npl-port-range", default="", help="default: that of the version")
    parser.add_argument(
        "--update-strategy",
        choices=("OnDelete", "RollingUpdate"),
        default="OnDelete",
        help="of the DaemonSet; VKS sets OnDelete",
    )
    arguments = parser.parse_args()
    try:
        version = Version.read(arguments.antrea_version or DEFAULT)
    except ValueError as error:
        parser.error(str(error))
    run(
        serve(
            arguments.lab_dir,
            version,
            arguments.npl == "on",
            arguments.npl_port_range,
            arguments.update_strategy,
        )
    )


if __name__ == "__main__":
    main()
