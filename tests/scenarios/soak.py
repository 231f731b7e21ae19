# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that never rests: rollouts, scaling, renewed certificates, and nodes that are replaced as an upgrade of VKS does it."""

from __future__ import annotations

import ipaddress
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import kubernetes
import urllib3

from .paced import Paced
from .rulebook import Rulebook
from .shop import SECURE, WEB, Shop
from .site import SERVICE, Site
from .waiting import HANGS

LOST = (kubernetes.client.ApiException, urllib3.exceptions.HTTPError)  # the API server restarts
BETWEEN = 0.2  # seconds between two looks at the Pods that are being deleted


class Endings:
    """Ends what is being deleted as soon as BIG-IP does without it. Use it in a with statement.

    In a real cluster, a grace period that is long enough does this, for example by a preStop hook that sleeps. Which one is
    enough depends on the machine and on the failures. So the soak measures it (`longest`), and sets none.
    """

    def __init__(self, site: Site, shop: Shop, book: Rulebook, stream: Paced) -> None:
        self.longest = 0.0
        """The most seconds for which a Pod had to serve after its deletion: the least grace period on this machine."""
        self._shop, self._book, self._stream = shop, book, stream
        client = kubernetes.config.new_client_from_config(str(site.kubeconfig()))
        self._api, self._discovery = kubernetes.client.CoreV1Api(client), kubernetes.client.DiscoveryV1Api(client)
        self._seen: dict[str, float] = {}
        self._enabled = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Endings:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing ends in the meantime."""
        with self._enabled:
            yield

    def wait(self, addresses: set[str], pool: str) -> None:
        """Wait until BIG-IP has none of these members, no play can add one, and no connection uses one."""
        mark = len(self._book.journal())
        self._book.until(lambda: self._is_free(addresses, pool, mark), f"without {sorted(addresses)}")
        self._stream.renewed()

    def _run(self) -> None:
        while not self._stop.wait(BETWEEN):
            with self._enabled:
                self._end()

    def _end(self) -> None:
        try:
            found = self._api.list_namespaced_pod("default", label_selector=f"app={SERVICE}", _preload_content=False, _request_timeout=HANGS).data
            slices = self._discovery.list_namespaced_endpoint_slice("default", _preload_content=False, _request_timeout=HANGS).data
        except LOST:  # before the answer, or in the middle of it
            return
        # A run that reads the slices later does not add a Pod that is not ready there.
        ready = {
            point["targetRef"]["name"]
            for one in json.loads(slices)["items"]
            for point in one["endpoints"] or ()
            if point["conditions"].get("ready") and point.get("targetRef")
        }
        deleted = {pod["metadata"]["name"]: pod for pod in json.loads(found)["items"] if pod["metadata"].get("deletionTimestamp")}
        for name in deleted.keys() - self._seen.keys():
            self._seen[name] = time.monotonic()
        free = [name for name, pod in deleted.items() if name not in ready and self._is_free(addresses(pod), WEB)]
        if free:
            self.longest = max(self.longest, *(time.monotonic() - self._seen[name] for name in free))
            self._stream.renewed()
        for name in free:
            with suppress(*LOST):  # it is tried again
                self._api.delete_namespaced_pod(name, "default", grace_period_seconds=0, _request_timeout=HANGS)

    def _is_free(self, members: set[str], pool: str, mark: int = 0) -> bool:
        return self._book.has_run(mark) and not members & self._shop.on_bigip()[pool]


def addresses(pod: dict[str, Any]) -> set[str]:
    """The members that lead to a Pod by NodePortLocal."""
    mappings = json.loads(pod["metadata"].get("annotations", {}).get("nodeportlocal.antrea.io", "[]"))
    return {f"{each['nodeIP']}:{each['nodePort']}" for each in mappings}


class Moves:
    """Changes of the cluster, in an order that is always the same."""

    def __init__(self, site: Site, shop: Shop, endings: Endings) -> None:
        self._site, self._shop, self._endings = site, shop, endings
        self._random = random.Random(18)
        self._numbers = count(1)
        self._replicas = 3
        self._next: list[Callable[[], None]] = []
        self.done: list[str] = []

    def one(self) -> None:
        """The next change. It has ended in the cluster, and BIG-IP may follow later."""
        if not self._next:
            self._next = [self.roll, self.scale, self.replace_node, self.roll, self.scale, self.renew]
            self._random.shuffle(self._next)
        self._next.pop()()

    def roll(self) -> None:
        with self.rolling():
            pass

    @contextmanager
    def rolling(self) -> Iterator[None]:
        """A rollout that is under way."""
        self.done.append("roll")
        template = {"metadata": {"annotations": {"soak": str(len(self.done))}}}  # "rollout restart" is refused twice in a second
        self._site.kubectl("patch", f"deployment/{SERVICE}", "-p", json.dumps({"spec": {"template": template}}))
        yield
        self._site.kubectl("rollout", "status", f"deployment/{SERVICE}", f"--timeout={HANGS}s")

    def scale(self) -> None:
        self.done.append("scale")
        self._replicas = self._random.choice([number for number in (3, 4, 5, 6) if number != self._replicas])
        self._site.kubectl("scale", f"deployment/{SERVICE}", f"--replicas={self._replicas}")
        self._site.settle(self._replicas)

    def renew(self) -> None:
        self.done.append("renew")
        self._shop.renew()

    def replace_node(self) -> None:
        """A new node comes, then the oldest one is cordoned, drained and deleted."""
        self.done.append("replace node")
        nodes = sorted(self._site.get("nodes")["items"], key=lambda node: (node["metadata"]["creationTimestamp"], node["metadata"]["name"]))
        old = nodes[0]["metadata"]["name"]
        new = self._new_node(nodes)
        self._site.kubectl("create", "-f", "-", stdin=json.dumps(new))
        self._site.kubectl("wait", "--for=condition=Ready", f"node/{new['metadata']['name']}", f"--timeout={HANGS}s")
        self._site.kubectl("drain", old, "--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={HANGS}s")
        self._endings.wait({f"{internal_ip(nodes[0])}:{self._shop.node_port()}"}, SECURE)
        self._site.kubectl("delete", "node", old)

    def _new_node(self, nodes: list[dict[str, Any]]) -> dict[str, Any]:
        """Another machine of the node pool, with an address that no node had. The control plane gives it a range for Pods."""
        model, number = nodes[-1], next(self._numbers)
        name = f"{self._site.name}-np-1-upgrade-{number}"
        address = str(ipaddress.ip_address("198.18.200.0") + number)
        labels = {**model["metadata"]["labels"], "kubernetes.io/hostname": name}
        kept = {key: model["status"][key] for key in ("allocatable", "capacity", "daemonEndpoints", "nodeInfo")}
        own = [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]
        spec = {"providerID": f"{model['spec']['providerID'][:-4]}{number:04}"}
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": spec, "status": {**kept, "addresses": own}}


def internal_ip(node: dict[str, Any]) -> str:
    return next(str(each["address"]) for each in node["status"]["addresses"] if each["type"] == "InternalIP")
