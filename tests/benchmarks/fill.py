# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the objects into the API server: python -m benchmarks.fill LAB_DIR NAMESPACE SERVICES PODS_PER_SERVICE FIRST

It is a separate process, so its memory does not count for the measured process.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from vkslab.kube import MERGE_PATCH, Kube, KubeError

from . import objects

AT_ONCE = 24  # services at a time


class Filler:
    def __init__(self, kube: Kube, namespace: str, pods: int, first: int) -> None:
        self.kube, self.namespace, self.pods, self.first = kube, namespace, pods, first
        self.nodes: list[tuple[str, str]] = []

    async def run(self, services: int) -> None:
        for node in (await self.kube.get("/api/v1/nodes"))["items"]:
            address = next(item["address"] for item in node["status"]["addresses"] if item["type"] == "InternalIP")
            self.nodes.append((node["metadata"]["name"], address))
        await self._create("/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        await self._create(f"/api/v1/namespaces/{self.namespace}/serviceaccounts", {"metadata": {"name": "default"}})
        numbers = iter(range(services))

        async def worker() -> None:
            for number in numbers:
                await self._service(number)

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))

    async def _service(self, number: int) -> None:
        name, here = f"app-{number:04d}", f"/api/v1/namespaces/{self.namespace}"
        await self._create(f"{here}/services", objects.service(self.namespace, name))
        endpoints = []
        for index in range(self.pods):
            count = self.first + number * self.pods + index
            node, node_address = self.nodes[count % len(self.nodes)]
            address = objects.pod_address(count)
            made = await self.kube.request(
                "POST", f"{here}/pods", body=objects.pod(self.namespace, name, index, node, node_address, objects.NPL_PORT + count // len(self.nodes))
            )
            status = objects.pod_status(address, node_address)
            await self.kube.request("PATCH", f"{here}/pods/{made['metadata']['name']}/status", body=status, content_type=MERGE_PATCH)
            endpoints.append(objects.endpoint(address, made))
        for piece in objects.slices(self.namespace, name, endpoints):
            await self._create(f"/apis/discovery.k8s.io/v1/namespaces/{self.namespace}/endpointslices", piece)

    async def _create(self, path: str, body: dict[str, Any]) -> None:
        try:
            await self.kube.request("POST", path, body=body, timeout=120)
        except KubeError as error:
            if error.status != 409:
                raise


async def main(folder: str, namespace: str, services: str, pods: str, first: str) -> None:
    async with Kube.from_kubeconfig(Path(folder) / "kubeconfig", agent="vks-bench") as kube:
        await Filler(kube, namespace, int(pods), int(first)).run(int(services))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
