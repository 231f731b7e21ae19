# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rolls one Service as its controllers would, and watches its pool on BIG-IP: python -m benchmarks.rollout < PLAN

It is a separate process, so neither the writes nor the watching wait for another measurement. PLAN is JSON, the
fields of Plan. It writes a line of JSON for each rollout: `written` (what was written, for which member, when) and
`seen` (what the pool has gained or lost, and when), in seconds since 1970.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from vkslab.kube import MERGE_PATCH, Kube

from . import objects

SURGE = 4  # a batch is a quarter of the Pods: maxSurge 25 %, maxUnavailable 0
APART = 0.05  # seconds between two writes of one controller
SANDBOX, PROBED, GRACE = 0.5, 1.0, 1.0  # seconds: a Pod gets its address, becomes ready after that, and ends after SIGTERM
LATE = 3.0  # seconds from the ready endpoint to the mapping, in the last rollout
POLL = 0.04  # seconds between two reads of the pool
QUIET = 3.0  # seconds without an event, after which the next rollout begins
HANGS = 120.0  # seconds; a member that is not published until then is missing
FIRST_NUMBER, FIRST_PORT, PORTS = 50_000, 61_200, 800  # of the new Pods: no other Pod has them
Row = tuple[float, str, str]


@dataclass(frozen=True)
class Plan:
    lab_dir: str
    namespace: str
    service: str
    pool: str  # its path on BIG-IP
    rounds: int
    journal: str
    output: str
    bigip: dict[str, Any]


@dataclass
class Replica:
    """A Pod of the Service, and its endpoint."""

    name: str
    member: str
    endpoint: dict[str, Any]


class Pool:
    """The members of the pool, as iControl REST returns them."""

    def __init__(self, plan: Plan, session: aiohttp.ClientSession) -> None:
        self._path = f"{plan.bigip['url']}/mgmt/tm/ltm/pool/{plan.pool.replace('/', '~')}/members"
        self._session = session
        self.members: set[str] = set()
        self.seen: list[Row] = []

    async def watch(self) -> None:
        while True:
            began = time.monotonic()
            async with self._session.get(self._path, params={"$select": "name"}) as answer:
                content = await answer.json()
            now, members = time.time(), {item["name"] for item in content.get("items", ())}
            self.seen += [(now, "added", name) for name in members - self.members]
            self.seen += [(now, "removed", name) for name in self.members - members]
            self.members = members
            await asyncio.sleep(max(0.0, began + POLL - time.monotonic()))


class Cluster:
    """The writes of the Deployment's controllers, of kubelets and of Antrea's agents."""

    def __init__(self, kube: Kube, plan: Plan) -> None:
        self._kube = kube
        self._plan = plan
        self._pods = f"/api/v1/namespaces/{plan.namespace}/pods"
        self._slice = f"/apis/discovery.k8s.io/v1/namespaces/{plan.namespace}/endpointslices/{plan.service}-000"
        self._nodes: list[tuple[str, str]] = []
        self._count = 0
        self._writing = asyncio.Lock()
        self.replicas: list[Replica] = []
        self.ending: list[Replica] = []
        self.written: list[Row] = []
        self._replacing: list[asyncio.Future[None]] = []

    async def read(self) -> None:
        for node in (await self._kube.get("/api/v1/nodes"))["items"]:
            address = next(item["address"] for item in node["status"]["addresses"] if item["type"] == "InternalIP")
            self._nodes.append((node["metadata"]["name"], address))
        for endpoint in (await self._kube.get(self._slice))["endpoints"]:
            made = await self._kube.get(f"{self._pods}/{endpoint['targetRef']['name']}")
            mapping = json.loads(made["metadata"]["annotations"][objects.NPL])[0]
            self.replicas.append(Replica(made["metadata"]["name"], f"{mapping['nodeIP']}:{mapping['nodePort']}", endpoint))

    async def replace(self, old: Replica, delay: float, late: bool) -> None:
        """Create a Pod, and end the old one when the new one is ready."""
        await asyncio.sleep(delay)
        number, self._count = self._count, self._count + 1
        node, node_address = self._nodes[number % len(self._nodes)]
        port, address = FIRST_PORT + number % PORTS, objects.pod_address(FIRST_NUMBER + number)
        pod = objects.pod(self._plan.namespace, self._plan.service, FIRST_NUMBER + number, node, node_address, port)
        mapping = {"metadata": {"annotations": pod["metadata"].pop("annotations")}}
        made = await self._kube.request("POST", self._pods, body=pod)
        new = Replica(made["metadata"]["name"], f"{node_address}:{port}", objects.endpoint(address, made))
        await asyncio.sleep(SANDBOX)
        if not late:
            await self._map(new, mapping)
        await asyncio.sleep(PROBED)
        body = objects.pod_status(address, node_address)
        await self._kube.request("PATCH", f"{self._pods}/{new.name}/status", body=body, content_type=MERGE_PATCH)
        self.replicas.append(new)
        await self._endpoints("ready", new)
        if late:
            await asyncio.sleep(LATE)
            await self._map(new, mapping)
            return
        await asyncio.sleep(APART)
        await self.end(old)

    async def _map(self, new: Replica, mapping: dict[str, Any]) -> None:
        await self._kube.request("PATCH", f"{self._pods}/{new.name}", body=mapping, content_type=MERGE_PATCH)
        self.written.append((time.time(), "mapped", new.member))

    async def end(self, old: Replica) -> None:
        path = f"{self._pods}/{old.name}"
        await self._kube.request("DELETE", path, params={"gracePeriodSeconds": "30"})
        self.replicas.remove(old)
        self.ending.append(old)
        old.endpoint["conditions"] = {"ready": False, "serving": True, "terminating": True}
        await self._endpoints("terminating", old)
        await asyncio.sleep(GRACE)
        self.ending.remove(old)
        await self._kube.request("DELETE", path, params={"gracePeriodSeconds": "0"})
        await self._endpoints("gone", old)

    async def _endpoints(self, what: str, replica: Replica) -> None:
        """Write the EndpointSlice as it is now. As in the controller, one write at a time."""
        async with self._writing:
            body = {"endpoints": [one.endpoint for one in (*self.replicas, *self.ending)]}
            await self._kube.request("PATCH", self._slice, body=body, content_type=MERGE_PATCH)
            self.written.append((time.time(), what, replica.member))

    async def roll(self) -> None:
        """Replace each Pod, in batches: the next one begins when the Pods of the last one are ready."""
        old, self._replacing = list(self.replicas), []
        size = -(-len(old) // SURGE)
        for first in range(0, len(old), size):
            batch = old[first : first + size]
            self._replacing += [asyncio.ensure_future(self.replace(one, index * APART, False)) for index, one in enumerate(batch)]
            await asyncio.sleep(SANDBOX + PROBED + APART * len(batch))
        await asyncio.gather(*self._replacing)


def is_idle(journal: Path, quiet: float) -> bool:
    """Each event has its run, and nothing was appended for some seconds."""
    if time.time() - journal.stat().st_mtime < quiet:
        return False
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    runs = {line["sequence"] for line in lines if line["kind"] == "run"}
    return all(line["sequence"] in runs for line in lines if line["kind"] == "event")


async def main(plan: Plan) -> None:
    login = base64.b64encode(f"{plan.bigip['user']}:{plan.bigip['password']}".encode()).decode()
    tls = ssl.create_default_context(cafile=plan.bigip["ca"])
    async with (
        Kube.from_kubeconfig(Path(plan.lab_dir) / "kubeconfig", agent="vks-bench") as kube,
        aiohttp.ClientSession(
            headers={"Authorization": f"Basic {login}"}, connector=aiohttp.TCPConnector(ssl=tls), raise_for_status=True
        ) as session,
    ):
        pool, cluster = Pool(plan, session), Cluster(kube, plan)
        watching = asyncio.ensure_future(pool.watch())
        await cluster.read()
        await reached(pool, cluster, plan)
        for number in range(plan.rounds + 1):
            cluster.written.clear()
            pool.seen.clear()
            if number < plan.rounds:
                await cluster.roll()
            else:
                old = cluster.replicas[0]
                await cluster.replace(old, 0, True)
            await reached(pool, cluster, plan)
            line = {"written": cluster.written, "seen": pool.seen, "late": number == plan.rounds, "end": time.time()}
            with open(plan.output, "a") as output:
                output.write(f"{json.dumps(line)}\n")
        await cluster.end(old)  # so that the Service has as many Pods as before
        await reached(pool, cluster, plan)
        watching.cancel()


async def reached(pool: Pool, cluster: Cluster, plan: Plan) -> None:
    """Until the pool has the members of the cluster, and no run is under way."""
    end = time.monotonic() + HANGS
    while pool.members != {one.member for one in cluster.replicas} or not is_idle(Path(plan.journal), QUIET):
        if time.monotonic() > end:
            sys.exit(f"After {HANGS:.0f} s, BIG-IP has {sorted(pool.members)} and not {sorted(one.member for one in cluster.replicas)}")
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(Plan(**json.load(sys.stdin))))
