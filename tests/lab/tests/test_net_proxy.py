# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path's proxy on a real socket, and its control routes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

import cluster_objects as made
from net_use import NODE_PORT, NP, NPL, POD, Running, add, run
from vkslab.net.objects import Node, Pod, Service
from vkslab.net.routes import Table

pytestmark = pytest.mark.usefixtures("no_proxy_variables")


def test_connect_to_a_pod_keeps_the_connection() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        assert await client.connect("100.96.0.1:8080") == 200
        for _ in range(3):
            status, headers, answer = await client.get()
            assert (status, headers["x-pod"], answer) == (200, "hello-1", b"hello-1\n")
        status, headers, answer = await client.get(method="HEAD")
        assert (status, headers["content-length"], answer) == (200, "8", b"")
        status, headers, _answer = await client.get(more="Connection: close\n")
        assert (status, headers["connection"]) == (200, "close")
        assert await client.ended()
        assert running.proxy.answers["default/hello-1"] == {"200": 5}

    run(body)


def test_what_is_sent_with_the_connect_is_not_lost() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        await client.send("CONNECT 100.96.0.1:8080 HTTP/1.1\nHost: x\n\nGET / HTTP/1.1\nHost: x\n\n")
        assert (await client.answer())[0] == 200
        assert (await client.answer())[2] == b"hello-1\n"

    run(body)


def test_http_1_0() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        await client.send("GET http://100.96.0.1:8080/ HTTP/1.0\n\n")
        assert (await client.answer())[2] == b"hello-1\n"
        assert await client.ended()

    run(body)


def test_absolute_uris_to_different_places_over_one_connection() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        for place, status, answer in (
            ("100.96.0.1:8080", 200, b"hello-1\n"),
            ("100.96.1.1:8080/path?query", 200, b"hello-2\n"),
            ("100.96.0.1:1", 502, b"100.96.0.1:1: Pod default/hello-1 does not listen on port 1\n"),
            ("100.96.0.1:8080", 200, b"hello-1\n"),
        ):
            got = await client.get(f"http://{place}")
            assert (got[0], got[2]) == (status, answer)

    run(body)


def test_ipv6() -> None:
    async def body(running: Running) -> None:
        add(running.proxy.table, made.pod("six", "2001:db8:96::1", ports=[{"containerPort": 8080}]))
        client = await running.client()
        assert (await client.get("http://[2001:db8:96::1]:8080/"))[2] == b"six\n"
        client = await running.client()
        assert await client.connect("[2001:db8:96:0::1]:8080") == 200
        assert (await client.get())[2] == b"six\n"

    run(body)


@pytest.mark.parametrize(
    "request_text",
    [
        pytest.param("POST {} HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello", id="length"),
        pytest.param("POST {} HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n", id="chunks"),
    ],
)
def test_bodies_are_read(request_text: str) -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        for _ in range(2):
            await client.send(request_text.format("http://100.96.0.1:8080/"))
            assert (await client.answer())[2] == b"hello-1\n"

    run(body)


def test_a_client_that_waits_for_100_continue() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        await client.send(
            "POST http://100.96.0.1:8080/ HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: 2\n\n"
        )
        assert (await client.answer())[0] == 100
        await client.send("ab")
        assert (await client.answer())[2] == b"hello-1\n"

    run(body)


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        ("100.96.0.99:8080", 502, "no running Pod and no Service has the address 100.96.0.99"),
        ("198.18.0.1:31000", 502, "nothing listens on port 31000 of node n1"),
        ("192.0.2.1:80", 502, "the lab has no BIG-IP yet"),
        ("100.96.0.1", 400, "is not ADDRESS:PORT"),
        ("100.96.0.1:0", 400, "is not ADDRESS:PORT"),
    ],
)
def test_a_connect_that_leads_nowhere_is_answered_at_once(target: str, status: int, text: str) -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        await client.send(f"CONNECT {target} HTTP/1.1\nHost: x\n\n")
        got, _headers, answer = await client.answer()
        assert got == status and text in answer.decode()

    run(body)


def test_no_http_is_answered_400() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        assert await client.connect("100.96.0.1:8080") == 200
        await client.send("\x16\x03\x01 no HTTP\n\n")
        assert (await client.answer())[0] == 400
        assert await client.ended()

    run(body)


def test_behaviours() -> None:
    async def body(running: Running) -> None:
        quiet, ill = (
            made.pod(name, ip, ports=[{"containerPort": 80}], annotations={"lab.vks.bigip/behaviour": name})
            for name, ip in (("silent", "100.96.0.8"), ("unavailable", "100.96.0.9"))
        )
        add(running.proxy.table, quiet, ill)
        client = await running.client()
        assert await client.connect("100.96.0.9:80") == 200
        status, _headers, answer = await client.get()
        assert (status, answer) == (503, b"unavailable\n")
        silent = await running.client()
        assert await silent.connect("100.96.0.8:80") == 200, "it accepts"
        await silent.send("GET / HTTP/1.1\nHost: x\n\n")
        assert await silent.quiet(), "and never answers"
        # The fault ends: an open connection notices it.
        well = {**ill, "metadata": {**ill["metadata"], "annotations": {}}}
        running.proxy.table.pod_changed(Pod.read(ill), Pod.read(well))
        assert (await client.get())[0] == 200

    run(body)


def test_silent_routes_get_no_answer() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        await client.send("CONNECT 198.18.0.77:80 HTTP/1.1\nHost: x\n\n")
        assert await client.quiet()
        client = await running.client()
        await client.send("GET http://198.18.0.77/ HTTP/1.1\nHost: x\n\n")
        assert await client.quiet()

    run(body)


@pytest.mark.parametrize(
    ("change", "target"),
    [
        pytest.param(lambda t: t.pod_changed(Pod.read(POD), None), "100.96.0.1:8080", id="the Pod"),
        pytest.param(
            lambda t: t.service_changed(Service.read(NP), None), "198.18.0.1:30080", id="the node port"
        ),
        pytest.param(lambda t: t.npl_changed([NPL], {}), "198.18.0.1:61000", id="the NPL mapping"),
        pytest.param(
            lambda t: t.node_changed(Node.read(made.node()), None), "198.18.0.1:61000", id="the node"
        ),
    ],
)
def test_open_connections_die_with(change: Callable[[Table], None], target: str) -> None:
    async def body(running: Running) -> None:
        running.proxy.table.npl_changed([], {NPL: ("100.96.0.1", 8080)})
        stays, dies = await running.client(), await running.client()
        assert await stays.connect("100.96.1.1:8080") == 200
        assert await dies.connect(target) == 200
        assert (await dies.get())[0] == 200
        change(running.proxy.table)
        assert await dies.ended()
        assert (await stays.get())[0] == 200

    run(body)


def test_a_fault_reaches_open_connections() -> None:
    async def body(running: Running) -> None:
        client = await running.client()
        assert await client.connect("100.96.0.1:8080") == 200
        running.proxy.table.faults["pod/default/hello-1"] = "silent"
        await client.send("GET / HTTP/1.1\nHost: x\n\n")
        assert await client.quiet()
        client = await running.client()
        assert await client.connect("100.96.1.1:8080") == 200
        running.proxy.table.faults["node/n2"] = "refused"
        await client.send("GET / HTTP/1.1\nHost: x\n\n")
        assert await client.ended()

    run(body)


def test_the_health_check_node_port() -> None:
    async def body(running: Running) -> None:
        service = made.service(
            "lb", NODE_PORT, type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=32000
        )
        slice_ = made.endpoint_slice(
            made.endpoint("100.96.0.1"), made.endpoint("100.96.0.2", ready=False), service="lb", name="lb-1"
        )
        add(running.proxy.table, service, slice_)
        client = await running.client()
        for address, status, count in (("198.18.0.1", 200, 1), ("198.18.0.2", 503, 0)):
            got, headers, answer = await client.get(f"http://{address}:32000/healthz")
            assert (got, headers["x-load-balancing-endpoint-weight"]) == (status, str(count))
            assert json.loads(answer) == {
                "service": {"namespace": "default", "name": "lb"},
                "localEndpoints": count,
                "serviceProxyHealthy": True,
            }

    run(body)


# -- the control API


def test_control() -> None:
    async def body(running: Running) -> None:
        client = await running.client()

        async def call(method: str, path: str, text: str = "") -> tuple[int, Any]:
            await client.send(f"{method} {path} HTTP/1.1\nHost: net\nContent-Length: {len(text)}\n\n{text}")
            status, _headers, answer = await client.answer()
            return status, json.loads(answer)

        assert await call("GET", "/_lab/status") == (
            200,
            {"synced": True, "pods": 2, "nodes": 2, "services": 1, "npl": 0},
        )
        assert (await call("GET", "/_lab/route/100.96.0.1:8080"))[1] == {
            "kind": "pod",
            "reason": "",
            "pod": "default/hello-1",
        }
        assert (await call("GET", "/_lab/routes"))[1]["nodePorts"] == [
            {"port": 30080, "service": "default/hello", "local": False}
        ]
        assert await call("PUT", "/_lab/faults/pod/default/hello-1", "silent") == (
            200,
            {"pod/default/hello-1": "silent"},
        )
        assert (await call("GET", "/_lab/route/100.96.0.1:8080"))[1]["kind"] == "silent"
        assert (await call("PUT", "/_lab/faults/pod/default/hello-1", "slow"))[0] == 400
        assert (await call("PUT", "/_lab/faults/hello-1", "silent"))[0] == 400
        assert await call("DELETE", "/_lab/faults/pod/default/hello-1") == (200, {})
        assert (await client.get("http://100.96.0.1:8080/"))[0] == 200
        assert await call("GET", "/_lab/answers") == (200, {"default/hello-1": {"200": 1}})
        await call("DELETE", "/_lab/answers")
        assert await call("GET", "/_lab/answers") == (200, {})
        assert (await call("GET", "/nothing"))[0] == 404

        mapping = [*NPL, "100.96.0.1", 8080]
        status, answer = await call(
            "POST", "/_lab/npl", json.dumps({"instance": "", "put": [mapping], "drop": []})
        )
        assert status == 409 and (await call("GET", "/_lab/status"))[1]["npl"] == 0
        assert (await call("POST", "/_lab/npl", json.dumps({"all": True, "put": [mapping], "drop": []})))[
            0
        ] == 200
        assert (await client.get("http://198.18.0.1:61000/"))[0] == 200
        await call("POST", "/_lab/npl", json.dumps({**answer, "put": [], "drop": [NPL]}))
        assert (await client.get("http://198.18.0.1:61000/"))[0] == 502

    run(body)


def test_many_connections_at_once() -> None:
    """As many as wait when a BIG-IP's monitors and a load test fall together: none is lost."""

    async def body(running: Running) -> None:
        async def one() -> bytes:
            client = await running.client()
            assert await client.connect("198.18.0.1:30080") == 200
            return (await client.get())[2]

        answers = await asyncio.gather(*(one() for _ in range(400)))
        assert set(answers) == {b"hello-1\n", b"hello-2\n"}

    run(body)
