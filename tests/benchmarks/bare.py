# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bare script: fetches and parses the lists that a mode needs and joins them to members, and nothing else.

python bare.py MODE NAMESPACE... prints its time and memory. COMPRESSED=1 requests gzip. It shows the limit of the network
and the JSON parser in Python.
"""

from __future__ import annotations

import gc
import gzip
import http.client
import json
import os
import ssl
import sys
import tempfile
import time
from base64 import b64decode
from typing import Any, Iterator
from urllib.parse import quote, urlsplit

import yaml

METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class Api:
    def __init__(self, kubeconfig: str, compressed: bool = False) -> None:
        self._encoding = "gzip" if compressed else "identity"
        with open(kubeconfig) as file:
            config = yaml.safe_load(file)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        tls = ssl.create_default_context(cadata=b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile("wb") as pair:
            pair.write(b64decode(user["client-certificate-data"]) + b"\n" + b64decode(user["client-key-data"]))
            pair.flush()
            tls.load_cert_chain(pair.name)
        self._connection = http.client.HTTPSConnection(urlsplit(cluster["server"]).netloc, context=tls)
        self.requests = self.bytes = 0

    def each(self, path: str, accept: str = "application/json") -> Iterator[dict[str, Any]]:
        token = ""
        while True:
            headers = {"Accept": accept, "Accept-Encoding": self._encoding}
            self._connection.request("GET", f"{path}?limit=500" + (f"&continue={quote(token)}" if token else ""), headers=headers)
            answer = self._connection.getresponse()
            content = answer.read()
            self.requests += 1
            self.bytes += len(content)
            if answer.getheader("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            page = json.loads(content)
            yield from page["items"]
            token = page["metadata"].get("continue")
            if not token:
                return


def collect(api: Api, mode: str, namespaces: list[str]) -> list[dict[str, Any]]:
    places = [f"/namespaces/{name}" for name in namespaces] or [""]
    pods: dict[tuple[str, str], tuple[str, list[dict[str, Any]]]] = {}
    services = {}
    for place in places:
        for item in api.each(f"/api/v1{place}/services"):
            services[(item["metadata"]["namespace"], item["metadata"]["name"])] = item["spec"]
    slices = [item for place in places for item in _slices(api, place)]
    nodes = {item["metadata"]["name"]: item["status"]["addresses"][0]["address"] for item in api.each("/api/v1/nodes")} if mode != "cluster" else {}
    if mode == "nodeportlocal":
        for place in places:
            for item in api.each(f"/api/v1{place}/pods", METADATA):
                meta = item["metadata"]
                annotation = meta.get("annotations", {}).get("nodeportlocal.antrea.io")
                if annotation:
                    pods[(meta["namespace"], meta["name"])] = (meta["uid"], json.loads(annotation))
    pools: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for namespace, owner, ports, endpoints in slices:
        if (namespace, owner) not in services:
            continue
        pool = pools.setdefault((namespace, owner), [])
        for address, ready, node, pod, uid in endpoints:
            if not ready:
                continue
            if mode == "cluster":
                pool.extend({"address": address, "port": port, "node": node, "pod": pod} for port in ports)
            elif mode == "nodeportlocal" and (namespace, pod) in pods and pods[(namespace, pod)][0] == uid:
                pool.extend({"address": item["nodeIP"], "port": item["nodePort"], "node": node, "pod": pod} for item in pods[(namespace, pod)][1])
    if mode == "nodeport":
        for key in pools:
            pools[key] = [{"address": address, "port": port["nodePort"], "node": name} for port in services[key]["ports"] for name, address in nodes.items()]
    return [{"namespace": key[0], "service": key[1], "members": members} for key, members in sorted(pools.items())]


def _slices(api: Api, place: str) -> Iterator[tuple[str, str, list[int], list[tuple[Any, ...]]]]:
    for item in api.each(f"/apis/discovery.k8s.io/v1{place}/endpointslices"):
        owner = item["metadata"].get("labels", {}).get("kubernetes.io/service-name", "")
        endpoints = []
        for each in item["endpoints"] or []:
            target = each.get("targetRef", {})
            endpoints.append((each["addresses"][0], each["conditions"].get("ready"), each.get("nodeName"), target.get("name"), target.get("uid")))
        yield item["metadata"]["namespace"], owner, [port["port"] for port in item["ports"] or []], endpoints


def main(mode: str, *namespaces: str) -> None:
    gc.disable()
    api = Api(os.environ["K8S_AUTH_KUBECONFIG"], compressed=bool(os.environ.get("COMPRESSED")))
    begin, spent = time.perf_counter(), time.process_time()
    pools = collect(api, mode, list(namespaces))
    seconds, spent = time.perf_counter() - begin, time.process_time() - spent
    members = sum(len(pool["members"]) for pool in pools)
    print(json.dumps({"seconds": seconds, "cpu": spent, "pools": len(pools), "members": members, "requests": api.requests, "bytes": api.bytes}))


if __name__ == "__main__":
    main(*sys.argv[1:])
