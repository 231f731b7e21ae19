# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea as a process: ``python -m vkslab.antrea --lab-dir DIR --antrea-version V``."""

from __future__ import annotations

import argparse
import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..kube import Informer, Kube
from ..net.objects import Node, Pod, Service
from ..net.process import all_of, run, write_json
from . import kinds, manifests
from .agents import Agents
from .ipam import AntreaIpam
from .link import Link
from .pools import Asking, Pool
from .version import DEFAULT, Version

log = logging.getLogger("vkslab.antrea")


CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@dataclass(frozen=True)
class Seen:
    """A Pod as NodePortLocal and as AntreaIPAM read it."""

    pod: Pod
    asking: Asking | None

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Seen:
        return cls(Pod.read(obj), Asking.read(obj))


async def install(kube: Kube, version: Version, given: manifests.Settings, update_strategy: str) -> None:
    """Existing objects stay as they are: a user may have changed them."""
    kube_system = f"namespaces/{manifests.NAMESPACE}"
    objects: list[tuple[str, dict[str, Any]]] = [
        (CRDS, kinds.agent_info_crd()),
        (CRDS, kinds.ip_pool_crd(version)),
        *([(CRDS, kinds.bgp_policy_crd(version))] if version.has_bgp else []),
        (f"/api/v1/{kube_system}/configmaps", manifests.config_map(version, given)),
        (f"/apis/apps/v1/{kube_system}/daemonsets", manifests.agent_daemon_set(version, update_strategy)),
        (f"/apis/apps/v1/{kube_system}/deployments", manifests.controller_deployment(version)),
    ]
    for path, body in objects:
        await kube.install(path, body)


async def serve(lab_dir: Path, version: Version, given: manifests.Settings, update_strategy: str) -> None:
    async with await Kube.when_there(lab_dir / "kubeconfig", "antrea-agent") as kube:
        await install(kube, version, given, update_strategy)
        log.info("Antrea %s is installed: %s", version, given)
        link = Link(lab_dir)

        def report(started: dict[str, str]) -> None:
            # `lab reset` waits until the agents of the restored Pods have started.
            write_json(lab_dir / "antrea.json", started)
            ipam.agent_changed()

        agents = Agents(kube, link, version, lab_dir / "pod-logs", report)
        ipam = AntreaIpam(kube, version, agents.has_ipam)

        def pod_changed(old: Seen | None, new: Seen | None) -> None:
            agents.pod_changed(old.pod if old else None, new.pod if new else None)
            ipam.pod_changed(old.asking if old else None, new.asking if new else None)

        nodes = Informer(kube, "/api/v1/nodes", Node.read, agents.node_changed)
        services = Informer(kube, "/api/v1/services", Service.read, agents.service_changed)
        pods = Informer(kube, "/api/v1/pods", Seen.read, pod_changed)
        pools = Informer(kube, ipam.collection, Pool.read, ipam.pool_changed)

        async def act() -> None:
            for informer in (nodes, services, pods, pools):
                await informer.synced.wait()
            agents.pods_known.set()
            await asyncio.gather(agents.work(), ipam.work())

        try:
            await all_of(nodes.run(), services.run(), pods.run(), pools.run(), link.keep_up(), act())
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
    parser.add_argument("--encap-mode", default="encap", help="trafficEncapMode in the ConfigMap at first")
    parser.add_argument("--antrea-ipam", choices=("on", "off"), default="off", help="AntreaIPAM, likewise")
    arguments = parser.parse_args()
    try:
        version = Version.read(arguments.antrea_version or DEFAULT)
    except ValueError as error:
        parser.error(str(error))
    given = manifests.Settings(
        npl=arguments.npl == "on",
        port_range=arguments.npl_port_range or version.default_range,
        encap_mode=arguments.encap_mode,
        ipam=arguments.antrea_ipam == "on",
    )
    run(serve(arguments.lab_dir, version, given, arguments.update_strategy))


if __name__ == "__main__":
    main()
