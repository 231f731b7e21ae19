# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path of a real lab: Pods answer from their start to the end of their grace period, and node ports
as kube-proxy has them."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest

from lab_use import application, ask, pods
from running_lab import RunningLab, eventually

Labs = Callable[..., RunningLab]


@pytest.fixture
def cluster(lab: Labs) -> RunningLab:
    return lab(cni="calico", nodes=2)


def node_addresses(lab: RunningLab) -> dict[str, str]:
    return {
        node["metadata"]["name"]: node["status"]["addresses"][0]["address"]
        for node in lab.get("nodes")["items"]
    }


def node_port(lab: RunningLab, name: str) -> int:
    port: int = lab.get("service", name)["spec"]["ports"][0]["nodePort"]
    return port


def control(lab: RunningLab, method: str, path: str, body: str = "") -> Any:
    request = urllib.request.Request(f"{lab.env['LAB_PROXY']}/_lab/{path}", data=body.encode(), method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.load(answer)


def test_a_pod_answers_until_its_grace_period_has_passed(cluster: RunningLab) -> None:
    with application(cluster, replicas=1, grace=3) as name:
        pod = pods(cluster, name)[0]
        place = f"{pod['status']['podIP']}:8080"
        eventually(lambda: ask(cluster, place) == pod["metadata"]["name"])
        cluster.kubectl("delete", "pod", pod["metadata"]["name"], "--wait=false")
        end = cluster.get("pod", pod["metadata"]["name"])["metadata"]["deletionTimestamp"]
        answers = []
        while (answer := ask(cluster, place)) != "502":
            answers.append(answer)
        assert set(answers) == {pod["metadata"]["name"]}
        assert datetime.now(timezone.utc) >= datetime.fromisoformat(end.replace("Z", "+00:00"))


def test_a_node_port_answers_on_every_node_and_dies_with_its_service(cluster: RunningLab) -> None:
    with application(cluster, type="NodePort") as name:
        port = node_port(cluster, name)
        names = {pod["metadata"]["name"] for pod in pods(cluster, name)}
        for address in node_addresses(cluster).values():
            assert eventually(
                lambda place=f"{address}:{port}": {ask(cluster, place) for _ in range(12)} == names
            )
        cluster.kubectl("delete", "service", name)
        eventually(
            lambda: all(
                ask(cluster, f"{address}:{port}") == "502" for address in node_addresses(cluster).values()
            )
        )


def test_a_local_policy_and_its_health_check_node_port(cluster: RunningLab) -> None:
    here, there = node_addresses(cluster)
    addresses = node_addresses(cluster)
    with application(
        cluster, replicas=1, node=here, type="LoadBalancer", externalTrafficPolicy="Local"
    ) as name:
        port = node_port(cluster, name)
        health = cluster.get("service", name)["spec"]["healthCheckNodePort"]
        pod = pods(cluster, name)[0]["metadata"]["name"]
        eventually(lambda: ask(cluster, f"{addresses[here]}:{port}") == pod)
        assert ask(cluster, f"{addresses[there]}:{port}", 1) == "silent", "kube-proxy drops it"
        assert json.loads(ask(cluster, f"{addresses[here]}:{health}"))["localEndpoints"] == 1
        assert json.loads(ask(cluster, f"{addresses[there]}:{health}"))["localEndpoints"] == 0


def test_a_node_that_is_lost_does_not_answer(cluster: RunningLab) -> None:
    """One whose kubelet reports NotReady still does."""
    down, up = node_addresses(cluster)
    addresses = node_addresses(cluster)
    with application(cluster, type="NodePort", replicas=1, node=up) as name:
        port = node_port(cluster, name)
        pod = pods(cluster, name)[0]["metadata"]["name"]
        eventually(lambda: ask(cluster, f"{addresses[down]}:{port}") == pod)
        try:
            cluster.kubectl("annotate", "node", down, "lab.vks.bigip/ready=false")
            cluster.kubectl("wait", "--for=condition=Ready=False", f"node/{down}", "--timeout=60s")
            assert ask(cluster, f"{addresses[down]}:{port}") == pod
            cluster.kubectl("annotate", "--overwrite", "node", down, "lab.vks.bigip/ready=unknown")
            eventually(lambda: ask(cluster, f"{addresses[down]}:{port}", 1) == "silent")
            assert ask(cluster, f"{addresses[up]}:{port}") == pod
        finally:
            cluster.kubectl("annotate", "node", down, "lab.vks.bigip/ready-")
        eventually(lambda: ask(cluster, f"{addresses[down]}:{port}", 1) == pod)


def test_no_request_is_lost_while_pods_are_replaced(cluster: RunningLab) -> None:
    """Endpoints leave the node port before their Pods end, and come to it after their Pods have begun."""
    with application(cluster, replicas=4, grace=2, type="NodePort") as name:
        place = f"{next(iter(node_addresses(cluster).values()))}:{node_port(cluster, name)}"
        before = {pod["metadata"]["name"] for pod in pods(cluster, name)}
        eventually(lambda: ask(cluster, place) in before)
        answers: list[str] = []

        async def send(until: asyncio.Event) -> None:
            while not until.is_set():
                answers.append(await one_answer(cluster, place))
                await asyncio.sleep(0.01)

        async def replace() -> None:
            until = asyncio.Event()
            senders = [asyncio.ensure_future(send(until)) for _ in range(3)]
            await asyncio.to_thread(cluster.kubectl, "rollout", "restart", "deployment", name)
            await asyncio.to_thread(cluster.kubectl, "rollout", "status", "deployment", name)
            await asyncio.sleep(3)
            until.set()
            await asyncio.gather(*senders)

        asyncio.run(replace())
        after = {pod["metadata"]["name"] for pod in pods(cluster, name)}
        assert len(answers) > 100 and len(after) == 4 and not after & before
        assert set(answers) == before | after, "every Pod answered, and nothing else did"


async def one_answer(lab: RunningLab, place: str) -> str:
    """A request over a connection of its own. Returns the body, or the proxy's refusal."""
    proxy = urlsplit(lab.env["LAB_PROXY"])
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    writer.write(f"GET http://{place}/ HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer.partition("\r\n\r\n")[2].strip()


def test_behaviours_by_annotation(cluster: RunningLab) -> None:
    with application(cluster, replicas=1) as name:
        pod = pods(cluster, name)[0]
        place = f"{pod['status']['podIP']}:8080"
        eventually(lambda: ask(cluster, place) == pod["metadata"]["name"])
        cluster.kubectl("annotate", "pod", pod["metadata"]["name"], "lab.vks.bigip/behaviour=silent")
        eventually(lambda: ask(cluster, place, 1) == "silent")
        cluster.kubectl("annotate", "pod", pod["metadata"]["name"], "lab.vks.bigip/behaviour-")
        eventually(lambda: ask(cluster, place) == pod["metadata"]["name"])


def test_answers_are_counted_and_faults_are_set_from_a_test(cluster: RunningLab) -> None:
    with application(cluster, replicas=1) as name:
        pod = pods(cluster, name)[0]
        key, place = f"default/{pod['metadata']['name']}", f"{pod['status']['podIP']}:8080"
        eventually(lambda: ask(cluster, place) == pod["metadata"]["name"])
        control(cluster, "DELETE", "answers")
        ask(cluster, place)
        assert control(cluster, "GET", "answers") == {key: {"200": 1}}
        control(cluster, "PUT", f"faults/pod/{key}", "silent")
        assert ask(cluster, place, 1) == "silent"
        control(cluster, "DELETE", "faults")
        assert ask(cluster, place) == pod["metadata"]["name"]


def test_the_api_server_reaches_pods_and_services_through_it(cluster: RunningLab) -> None:
    with application(cluster, replicas=1) as name:
        pod = pods(cluster, name)[0]["metadata"]["name"]
        for path in (f"services/{name}:8080", f"pods/{pod}:8080"):
            assert (
                eventually(
                    lambda path=path: cluster.kubectl(
                        "get", "--raw", f"/api/v1/namespaces/default/{path}/proxy/"
                    )
                )
                == f"{pod}\n"
            )


def test_both_families(lab: Labs) -> None:
    dual = lab(cni="calico", nodes=1, ip_family="dual")
    with application(dual, replicas=1, type="NodePort", ipFamilyPolicy="RequireDualStack") as name:
        pod = pods(dual, name)[0]
        port = node_port(dual, name)
        node = dual.get("nodes")["items"][0]
        addresses = [
            entry["address"] for entry in node["status"]["addresses"] if entry["type"] == "InternalIP"
        ]
        places = [(entry["ip"], 8080) for entry in pod["status"]["podIPs"]]
        places += [(address, port) for address in addresses]
        places += [(address, 8080) for address in dual.get("service", name)["spec"]["clusterIPs"]]
        assert len(places) == 6
        for address, number in places:
            place = f"[{address}]:{number}" if ":" in address else f"{address}:{number}"
            eventually(lambda place=place: ask(dual, place) == pod["metadata"]["name"])
