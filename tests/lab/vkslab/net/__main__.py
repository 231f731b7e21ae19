# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path as a process: ``python -m vkslab.net --lab-dir DIR``."""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path
from urllib.parse import urlsplit

from ..kube import Informer, Kube
from .control import Control
from .objects import EndpointSlice, Node, Pod, Service
from .process import read_json, run, write_json
from .proxy import Proxy

log = logging.getLogger("vkslab.net")


def bigip_data_proxy(lab_dir: Path) -> tuple[str, int] | None:
    """Where the BIG-IP takes CONNECTs, as ``host:port`` or as a URL."""
    place = read_json(lab_dir / "bigip.json").get("data_proxy")
    if not place:
        return None
    parts = urlsplit(place if "://" in place else f"//{place}")
    return (parts.hostname, parts.port) if parts.hostname and parts.port else None


async def serve(lab_dir: Path) -> None:
    informers: list[Informer] = []
    known: dict[str, tuple[str, int]] = {}

    def data_proxy() -> tuple[str, int] | None:
        # A BIG-IP that was started again has another port: the file is cheap to read, and only virtual servers need it.
        place = bigip_data_proxy(lab_dir)
        if place:
            known["bigip"] = place
        return known.get("bigip")

    proxy = Proxy(lambda made: Control(made, lambda: bool(informers) and all(each.synced.is_set() for each in informers)), data_proxy)
    port = await proxy.listen()
    write_json(lab_dir / "net.json", {"proxy": f"http://127.0.0.1:{port}"})
    log.info("proxy on 127.0.0.1:%d", port)

    async with await Kube.when_there(lab_dir / "kubeconfig") as kube, asyncio.TaskGroup() as tasks:
        table = proxy.table
        informers += [
            Informer(kube, "/api/v1/nodes", Node.read, table.node_changed),
            Informer(kube, "/api/v1/services", Service.read, table.service_changed),
            Informer(kube, "/apis/discovery.k8s.io/v1/endpointslices", EndpointSlice.read, table.slice_changed),
            Informer(kube, "/api/v1/pods", Pod.read, table.pod_changed),
        ]
        for informer in informers:
            tasks.create_task(informer.run())
        tasks.create_task(_find_kubelet(lab_dir, proxy))
        for informer in informers:
            await informer.synced.wait()
        log.info("read %d nodes, %d Pods, %d Services", len(table.nodes), len(table.pods), len(table.services))


async def _find_kubelet(lab_dir: Path, proxy: Proxy) -> None:
    """kwok is the kubelet of every node: one port on loopback, which the launcher writes down."""
    while True:
        place = read_json(lab_dir / "cluster.json").get("kubelet_port")
        if place:
            proxy.table.kubelet = ("127.0.0.1", int(place))
            log.info("kubelets are on 127.0.0.1:%s", place)
            return
        await asyncio.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.net", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    arguments = parser.parse_args()
    run(serve(arguments.lab_dir))


if __name__ == "__main__":
    main()
