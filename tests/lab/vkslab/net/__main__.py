# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path as a process: ``python -m vkslab.net --lab-dir DIR``."""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..kube import Informer, Kube
from .control import Control
from .objects import EndpointSlice, Node, Pod, Service
from .process import Watched, all_of, read_json, run, write_json
from .proxy import Proxy

log = logging.getLogger("vkslab.net")


def socket_of(place: str) -> tuple[str, int] | None:
    """The host and port of ``host:port`` or of a URL."""
    parts = urlsplit(place if "://" in place else f"//{place}")
    return (parts.hostname, parts.port) if parts.hostname and parts.port else None


async def serve(lab_dir: Path) -> None:
    informers: list[Informer[Any]] = []

    bigip = Watched(lab_dir / "bigip.json")

    def data_proxy() -> tuple[str, int] | None:
        # A BIG-IP that was started again has another port.
        return socket_of(bigip.read().get("data_proxy") or "")

    proxy = Proxy(
        lambda made: Control(
            made, lambda: bool(informers) and all(each.synced.is_set() for each in informers)
        ),
        data_proxy,
    )
    port = await proxy.listen()
    write_json(lab_dir / "net.json", {"proxy": f"http://127.0.0.1:{port}"})
    log.info("proxy on 127.0.0.1:%d", port)

    async with await Kube.when_there(lab_dir / "kubeconfig", "lab-net") as kube:
        table = proxy.table
        informers += [
            Informer(kube, "/api/v1/nodes", Node.read, table.node_changed),
            Informer(kube, "/api/v1/services", Service.read, table.service_changed),
            Informer(
                kube, "/apis/discovery.k8s.io/v1/endpointslices", EndpointSlice.read, table.slice_changed
            ),
            Informer(kube, "/api/v1/pods", Pod.read, table.pod_changed),
        ]
        await all_of(
            *(informer.run() for informer in informers),
            _find_cluster(lab_dir, proxy),
            _tell(informers, proxy),
        )


async def _tell(informers: list[Informer[Any]], proxy: Proxy) -> None:
    for informer in informers:
        await informer.synced.wait()
    table = proxy.table
    log.info("read %d nodes, %d Pods, %d Services", len(table.nodes), len(table.pods), len(table.services))


async def _find_cluster(lab_dir: Path, proxy: Proxy) -> None:
    """The sockets of the control plane, which the launcher writes down: one kubelet for all nodes, and the
    API server."""
    while True:
        cluster = read_json(lab_dir / "cluster.json")
        if cluster:
            proxy.table.kubelet = ("127.0.0.1", cluster["kubelet_port"])
            proxy.table.api_server = socket_of(cluster["api"])
            log.info(
                "the kubelets are on port %d, the API server is %s", cluster["kubelet_port"], cluster["api"]
            )
            return
        await asyncio.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.net", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    arguments = parser.parse_args()
    run(serve(arguments.lab_dir))


if __name__ == "__main__":
    main()
