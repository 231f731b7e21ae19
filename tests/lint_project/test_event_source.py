# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source with 10,000 Pods: its memory, and what its requests and its event contain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from runner.places import BUILD
from support import tree

PODS, SERVICES = 10_000, 500
MEGABYTES = 80

SOURCE = """
import asyncio, json, re, sys
from pathlib import Path
from ansible_collections.vks.bigip.plugins.module_utils._watch.source import watch

class Queue:
    async def put(self, event):
        peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
        print(json.dumps({"event": event["vks"], "megabytes": peak}), flush=True)
        done.set()

async def main():
    global done
    done = asyncio.Event()
    task = asyncio.ensure_future(watch(json.loads(sys.argv[1]), Queue()))
    await asyncio.wait([task, asyncio.ensure_future(done.wait())], return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    await asyncio.gather(task)

asyncio.run(main())
"""

SERVER = """
import asyncio, sys
from pathlib import Path
from aiohttp import web

async def answer(request):
    response = web.StreamResponse()
    await response.prepare(request)
    with (Path(sys.argv[1]) / request.path.rpartition("/")[2]).open("rb") as lines:
        while piece := lines.read(65536):
            await response.write(piece)
    await asyncio.Event().wait()

async def main():
    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


def test_memory(tmp_path: Path) -> None:
    for resource, objects in (("pods", pods()), ("services", services()), ("endpointslices", slices())):
        with (tmp_path / resource).open("w") as file:
            file.writelines(f"{json.dumps({'type': 'ADDED', 'object': item})}\n" for item in objects)
            end = {"resourceVersion": "20000", "annotations": {"k8s.io/initial-events-end": "true"}}
            file.write(json.dumps({"type": "BOOKMARK", "object": {"metadata": end}}) + "\n")
    tree.link()
    environ = {**os.environ, "PYTHONPATH": str(BUILD / "dev")}
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin and server.stdout
        arguments = {
            "host": f"http://127.0.0.1:{server.stdout.readline().strip()}",
            "allow_http": True,
            "api_key": "t0ken",
            "namespaces": ["shop"],
            "pool_member_type": "nodeportlocal",
        }
        command = [sys.executable, "-c", SOURCE, json.dumps(arguments)]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300, check=False)
        server.stdin.close()
    result = json.loads(done.stdout or "{}")
    assert result, done.stderr
    assert result["event"]["type"] == "resync"
    assert 20 < result["megabytes"] <= MEGABYTES
    assert len(json.dumps(result["event"])) < 300


def pods() -> Iterator[dict[str, object]]:
    """As the API server sends the metadata of a Pod of a Deployment that Antrea has mapped."""
    for number in range(PODS):
        mapping = [{"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61000, "protocol": "tcp"}]
        fields = {f"f:field-{field}": {".": {}, "f:name": {}, "f:value": {}} for field in range(20)}
        written = {"f:metadata": {"f:annotations": {".": {}, "f:nodeportlocal.antrea.io": {}}}}
        metadata = {
            **named(pod(number), number),
            "labels": {"app": f"app-{number // 20}", "pod-template-hash": "5d8f7c9b6"},
            "annotations": {"nodeportlocal.antrea.io": json.dumps(mapping)},
            "managedFields": [
                {"manager": "kube-controller-manager", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": fields},
                {"manager": "antrea-agent", "operation": "Update", "subresource": "status", "fieldsType": "FieldsV1", "fieldsV1": written},
            ],
        }
        yield {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}


def services() -> Iterator[dict[str, object]]:
    for number in range(SERVICES):
        ports = [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]
        yield {"metadata": named(f"app-{number}", number), "spec": {"type": "ClusterIP", "selector": {"app": f"app-{number}"}, "ports": ports}}


def slices() -> Iterator[dict[str, object]]:
    for number in range(SERVICES):
        endpoints = [
            {
                "addresses": [f"100.96.{index // 250}.{index % 250}"],
                "conditions": {"ready": True, "serving": True, "terminating": False},
                "nodeName": "node-1",
                "targetRef": {"kind": "Pod", "namespace": "shop", "name": pod(index), "uid": uid(index)},
            }
            for index in range(number * 20, number * 20 + 20)
        ]
        metadata = {**named(f"app-{number}-x7k2p", number), "labels": {"kubernetes.io/service-name": f"app-{number}"}}
        yield {"metadata": metadata, "addressType": "IPv4", "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}], "endpoints": endpoints}


def named(name: str, number: int) -> dict[str, object]:
    return {"namespace": "shop", "name": name, "uid": uid(number), "resourceVersion": str(number + 1)}


def pod(number: int) -> str:
    return f"app-{number // 20}-5d8f7c9b6-{number:05d}"


def uid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"
