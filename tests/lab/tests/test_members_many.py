# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""3,000 endpoints behind one Service: 30 EndpointSlices, several pages of Pods, and each member answers from
the Pod that it names."""

from __future__ import annotations

import asyncio
import http.client
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from lab_use import service
from running_lab import RunningLab, eventually
from test_members_lab import Labs, collection, pool  # noqa: F401  (collection is a fixture)
from vkslab.kube import Kube

COUNT = 3000
PODS = "/api/v1/namespaces/default/pods"


async def run_pods(lab: RunningLab) -> None:
    """Spread over the nodes, and before their Service: for each Pod that comes, a controller looks at all
    that its Service has."""
    nodes = [node["metadata"]["name"] for node in lab.get("nodes")["items"]]
    containers = [{"name": "web", "image": "hello:1"}]
    at_once = asyncio.Semaphore(16)

    async def run(number: int) -> None:
        meta = {"name": f"many-{number}", "labels": {"app": "many"}}
        spec = {
            "nodeName": nodes[number % len(nodes)],
            "terminationGracePeriodSeconds": 1,
            "containers": containers,
        }
        async with at_once:
            assert await kube.create(
                PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
            )

    async with Kube.from_kubeconfig(Path(lab.env["KUBECONFIG"])) as kube:
        await asyncio.gather(*map(run, range(COUNT)))
        waiting = {"fieldSelector": "status.phase!=Running", "limit": "1"}
        while (await kube.request("GET", PODS, params=waiting))["items"]:
            await asyncio.sleep(0.3)


def test_three_thousand_endpoints(lab: Labs) -> None:
    big = lab(cni="antrea", nodes=30)
    asyncio.run(run_pods(big))
    big.api.create(service("many", npl="true"))
    slices = "-l", "kubernetes.io/service-name=many"
    eventually(
        lambda: sum(len(each["endpoints"]) for each in big.get("endpointslices", *slices)["items"]) == COUNT
    )
    found = pool(big, "many", "nodeportlocal", wait_for_mappings=600)
    assert found["left_out"] == [] and len(found["members"]) == COUNT
    assert len({(member["address"], member["port"]) for member in found["members"]}) == COUNT
    proxy = urlsplit(big.env["LAB_PROXY"])

    def answer(member: dict[str, object]) -> bool:
        connection = http.client.HTTPConnection(str(proxy.hostname), proxy.port)
        connection.request(
            "GET", f"http://{member['address']}:{member['port']}/", headers={"Connection": "close"}
        )
        said = connection.getresponse().read().decode().strip()
        connection.close()
        return said == member["pod"]

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(answer, found["members"])) == {True: COUNT}
