# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path: where addresses lead, what kube-proxy does, and the proxy itself on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

import cluster_objects as made
from vkslab.net import kubeproxy
from vkslab.net.control import Control
from vkslab.net.front import destination, plain
from vkslab.net.objects import EndpointSlice, Node, Pod, Service, ServicePort
from vkslab.net.proxy import Proxy
from vkslab.net.routes import Key, Kind, Table
from vkslab.processes import HANG

NODE_PORT = made.port(80, 8080, node_port=30080)


def table(*objects: dict[str, Any], ended: list[Key] | None = None) -> Table:
    """A table that has heard of two nodes and these objects."""
    filled = Table(ended.append) if ended is not None else Table()
    add(filled, made.node(), made.node("n2", "198.18.0.2"), *objects)
    return filled


def add(to: Table, *objects: dict[str, Any]) -> None:
    for each in objects:
        if "endpoints" in each:
            to.slice_changed(None, EndpointSlice.read(each))
        elif "conditions" in each.get("status", {}):
            to.node_changed(None, Node.read(each))
        elif "ports" in each["spec"]:
            to.service_changed(None, Service.read(each))
        else:
            to.pod_changed(None, Pod.read(each))


# -- where a connection leads

POD = made.pod("hello-1", "100.96.0.1", ports=[{"containerPort": 8080}])
OTHER = made.pod("hello-2", "100.96.1.1", node="n2", host_ip="198.18.0.2", ports=[{"containerPort": 8080}])
BOTH = made.endpoint_slice(made.endpoint("100.96.0.1"), made.endpoint("100.96.1.1", "n2"))
FIRST = made.endpoint_slice(made.endpoint("100.96.0.1"))
NP = made.service("hello", NODE_PORT, type="NodePort")
LOCAL = made.service("hello", NODE_PORT, type="NodePort", externalTrafficPolicy="Local")


@pytest.mark.parametrize(
    ("objects", "place", "kind", "pod_or_reason"),
    [
        # Pods
        pytest.param([POD], "100.96.0.1:8080", Kind.POD, "hello-1", id="containerPort"),
        pytest.param([POD], "100.96.0.1:8081", Kind.REFUSED, "does not listen on port 8081", id="no such port"),
        pytest.param([made.pod("p", "100.96.0.1"), made.service()], "100.96.0.1:8080", Kind.POD, "p", id="undeclared, named by a Service"),
        pytest.param([made.pod("p", "100.96.0.1"), made.service(namespace="other")], "100.96.0.1:8080", Kind.REFUSED, "does not listen", id="other namespace"),
        pytest.param(
            [made.pod("p", "100.96.0.1", ports=[{"name": "web", "containerPort": 9090}]), made.service("s", made.port(80, "web"))],
            "100.96.0.1:9090", Kind.POD, "p", id="named targetPort",
        ),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 53, "protocol": "UDP"}])], "100.96.0.1:53", Kind.REFUSED, "", id="UDP only"),
        pytest.param(
            [made.pod("p", "100.96.0.1", init=[{"restartPolicy": "Always", "ports": [{"containerPort": 9000}]}])],
            "100.96.0.1:9000", Kind.POD, "p", id="sidecar",
        ),
        pytest.param([made.pod("p", "100.96.0.1", init=[{"ports": [{"containerPort": 9000}]}])], "100.96.0.1:9000", Kind.REFUSED, "", id="init container"),
        pytest.param([made.pod("p", "2001:db8:96::1", ports=[{"containerPort": 80}])], "2001:0db8:0096:0::1:80", Kind.POD, "p", id="IPv6 in any spelling"),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80}], terminating=True)], "100.96.0.1:80", Kind.POD, "p", id="terminating"),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80}], phase="Succeeded")], "100.96.0.1:80", Kind.REFUSED, "no running", id="done"),
        pytest.param([made.pod("p", ports=[{"containerPort": 80}], phase="Pending", node="")], "100.96.0.1:80", Kind.REFUSED, "no running", id="unscheduled"),
        pytest.param(
            [made.pod("old", "100.96.0.1", phase="Failed", ports=[{"containerPort": 80}]), made.pod("new", "100.96.0.1", ports=[{"containerPort": 80}])],
            "100.96.0.1:80", Kind.POD, "new", id="an address used again",
        ),
        # node ports
        pytest.param([POD, NP, FIRST], "198.18.0.2:30080", Kind.POD, "hello-1", id="node port on another node"),
        pytest.param([POD, NP, FIRST], "n2:30080", Kind.POD, "hello-1", id="a node by its name"),
        pytest.param([POD, NP], "198.18.0.1:30080", Kind.REFUSED, "no endpoint is ready", id="node port without endpoints"),
        pytest.param([POD, LOCAL, FIRST], "198.18.0.1:30080", Kind.POD, "hello-1", id="Local, here"),
        pytest.param([POD, LOCAL, FIRST], "198.18.0.2:30080", Kind.SILENT, "this node has no endpoint", id="Local, elsewhere: dropped"),
        pytest.param([POD, LOCAL], "198.18.0.2:30080", Kind.REFUSED, "no endpoint is ready", id="Local, nowhere: rejected"),
        pytest.param([NP, FIRST], "198.18.0.1:30080", Kind.REFUSED, "no running Pod", id="the endpoint's Pod is gone"),
        pytest.param([NP], "198.18.0.1:30081", Kind.REFUSED, "nothing listens", id="not a node port"),
        pytest.param([made.service("s", made.port(53, 53, "UDP", node_port=30053), type="NodePort")], "198.18.0.1:30053", Kind.REFUSED, "", id="UDP node port"),
        pytest.param([made.node("n6", "2001:db8:18::6"), NP, FIRST, POD], "2001:db8:18::6:30080", Kind.REFUSED, "nothing", id="IPv4 Service by IPv6"),
        # nodes
        pytest.param([made.node("down", "198.18.0.3", ready="Unknown"), NP, FIRST, POD], "198.18.0.3:30080", Kind.SILENT, "not Ready", id="node not Ready"),
        pytest.param([made.node("n3", "198.18.0.3", ready="False"), made.pod("p", "100.96.3.1", node="n3", ports=[{"containerPort": 80}])], "100.96.3.1:80",
                     Kind.SILENT, "n3 is not Ready", id="a Pod of a node that is down"),
        pytest.param([], "198.18.0.9:30080", Kind.SILENT, "no node has the address", id="no such node"),
        pytest.param([made.node("ext", "198.18.0.3", external="198.18.9.9"), NP, FIRST, POD], "198.18.9.9:30080", Kind.POD, "hello-1", id="ExternalIP"),
        pytest.param([], "198.18.0.1:10250", Kind.FORWARD, "", id="kubelet"),
        # the host network, host ports
        pytest.param([made.pod("h", "198.18.0.1", host_network=True, ports=[{"containerPort": 9100}])], "198.18.0.1:9100", Kind.POD, "h", id="host network"),
        pytest.param([made.pod("h", "198.18.0.1", host_network=True, ports=[{"containerPort": 9100}])], "198.18.0.2:9100", Kind.REFUSED, "", id="its node"),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80, "hostPort": 8000}])], "198.18.0.1:8000", Kind.POD, "p", id="hostPort"),
        *(
            pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80, "hostPort": 8000, "hostIP": address}])], "198.18.0.1:8000", kind, named,
                         id=f"hostPort of {address}")
            for address, kind, named in (("127.0.0.1", Kind.REFUSED, "nothing listens"), ("198.18.0.2", Kind.REFUSED, "nothing listens"),
                                         ("198.18.0.1", Kind.POD, "p"), ("0.0.0.0", Kind.POD, "p"))
        ),
        pytest.param(
            [made.pod("h", "198.18.0.1", host_network=True, ports=[{"containerPort": 8080}]), NP, made.endpoint_slice(made.endpoint("198.18.0.1"))],
            "198.18.0.2:30080", Kind.POD, "h", id="a node port to the host network",
        ),
        # Services, and the rest
        pytest.param([POD, made.service(cluster_ips=["100.64.0.7"]), FIRST], "100.64.0.7:80", Kind.POD, "hello-1", id="ClusterIP"),
        pytest.param([POD, made.service(cluster_ips=["100.64.0.7"]), FIRST], "100.64.0.7:81", Kind.REFUSED, "no TCP port 81", id="ClusterIP, other port"),
        pytest.param([], "100.64.0.8:80", Kind.REFUSED, "no Service has the address", id="no such ClusterIP"),
        pytest.param([], "198.18.0.2:6443", Kind.REFUSED, "", id="a node is not the API server"),
        pytest.param([], "192.0.2.10:80", Kind.BIGIP, "", id="a virtual server"),
        pytest.param([], "2001:db8:1::10:80", Kind.BIGIP, "", id="an IPv6 virtual server"),
        pytest.param([], "example.org:80", Kind.REFUSED, "is not an address", id="a name"),
    ],
)  # fmt: skip
def test_where_a_connection_leads(
    objects: list[dict[str, Any]], place: str, kind: Kind, pod_or_reason: str
) -> None:
    filled = table(*objects)
    filled.kubelet = ("127.0.0.1", 1)
    host, _colon, port = place.rpartition(":")
    route = filled.resolve(host, int(port))
    assert route.kind is kind, route.reason
    if kind is Kind.POD:
        assert filled.pods[route.pod].name == pod_or_reason
    else:
        assert pod_or_reason in route.reason


def test_the_api_server_behind_the_service_kubernetes() -> None:
    filled = Table()
    filled.api_server = ("127.0.0.1", 7)
    slice_ = made.endpoint_slice(
        made.endpoint("198.18.0.2", ""), service="kubernetes", name="kubernetes", port=6443, port_name="https"
    )
    add(
        filled,
        made.service(
            "kubernetes", made.port(443, 6443, name="https"), selector={}, cluster_ips=["100.64.0.1"]
        ),
        slice_,
    )
    assert filled.resolve("100.64.0.1", 443).socket == ("127.0.0.1", 7)


def test_a_local_policy_spreads_over_the_node_only() -> None:
    filled = table(POD, OTHER, LOCAL, BOTH)
    assert {filled.pods[filled.resolve("198.18.0.2", 30080).pod].name for _ in range(20)} == {"hello-2"}


def test_a_cluster_policy_spreads_over_all() -> None:
    filled = table(POD, OTHER, NP, BOTH)
    assert {filled.pods[filled.resolve("198.18.0.2", 30080).pod].name for _ in range(50)} == {
        "hello-1",
        "hello-2",
    }


def test_new_endpoints_count_at_once() -> None:
    filled = table(POD, OTHER, NP, FIRST)
    assert filled.pods[filled.resolve("198.18.0.1", 30080).pod].name == "hello-1"
    moved = made.endpoint_slice(made.endpoint("100.96.1.1", "n2"))
    filled.slice_changed(EndpointSlice.read(FIRST), EndpointSlice.read(moved))
    assert filled.pods[filled.resolve("198.18.0.1", 30080).pod].name == "hello-2"


# -- kube-proxy

A, B, C = "100.96.0.1", "100.96.0.2", "100.96.0.3"
GOING = {"ready": False, "serving": True, "terminating": True}


@pytest.mark.parametrize(
    ("endpoints", "local", "chosen"),
    [
        pytest.param([made.endpoint(A), made.endpoint(B)], False, {A, B}, id="ready ones"),
        pytest.param([made.endpoint(A, ready=None)], False, {A}, id="no condition means ready"),
        pytest.param([made.endpoint(A), made.endpoint(B, ready=False)], False, {A}, id="not an unready one"),
        pytest.param(
            [made.endpoint(A), made.endpoint(B, **GOING)],
            False,
            {A},
            id="not a terminating one while another is ready",
        ),
        pytest.param(
            [made.endpoint(A, ready=False), made.endpoint(B, **GOING)],
            False,
            {B},
            id="a terminating one that serves, if none is ready",
        ),
        pytest.param(
            [made.endpoint(A, ready=False, serving=False, terminating=True)],
            False,
            kubeproxy.Verdict.REJECT,
            id="terminating, does not serve",
        ),
        pytest.param([made.endpoint(A, ready=False)], False, kubeproxy.Verdict.REJECT, id="none ready"),
        pytest.param([], False, kubeproxy.Verdict.REJECT, id="none at all"),
        pytest.param([made.endpoint(A), made.endpoint(B, "n2")], True, {A}, id="Local: those of the node"),
        pytest.param(
            [made.endpoint(A, **GOING), made.endpoint(B, "n2")],
            True,
            {A},
            id="Local: a terminating one here, though others are ready there",
        ),
        pytest.param(
            [made.endpoint(A, ready=False), made.endpoint(B, "n2")],
            True,
            kubeproxy.Verdict.DROP,
            id="Local: only there",
        ),
        pytest.param(
            [made.endpoint(A, "n2", **GOING)],
            True,
            kubeproxy.Verdict.DROP,
            id="Local: only a terminating one there",
        ),
        pytest.param([], True, kubeproxy.Verdict.REJECT, id="Local: nowhere"),
    ],
)
def test_kube_proxy_chooses(
    endpoints: list[dict[str, Any]], local: bool, chosen: set[str] | kubeproxy.Verdict
) -> None:
    got = kubeproxy.candidates(
        ServicePort("", "TCP", 80, 8080, 0),
        [EndpointSlice.read(made.endpoint_slice(*endpoints))],
        "n1",
        local,
    )
    assert (
        got == chosen if isinstance(got, kubeproxy.Verdict) else {address for address, _port in got} == chosen
    )


def test_kube_proxy_goes_by_the_name_of_the_port() -> None:
    web = EndpointSlice.read(made.endpoint_slice(made.endpoint(A), port=8080, port_name="web"))
    admin = EndpointSlice.read(
        made.endpoint_slice(made.endpoint(A), port=9090, port_name="admin", name="two")
    )
    assert kubeproxy.candidates(ServicePort("admin", "TCP", 81, "admin", 0), [web, admin], "n1", False) == [
        (A, 9090)
    ]


# -- what is taken away


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param(
            lambda t, r: t.pod_changed(r(POD), None), ("pod", POD["metadata"]["uid"]), id="the Pod is gone"
        ),
        pytest.param(
            lambda t, r: t.pod_changed(r(POD), r({**POD, "status": {"phase": "Failed"}})),
            ("pod", POD["metadata"]["uid"]),
            id="the Pod has failed",
        ),
        pytest.param(
            lambda t, r: t.service_changed(r(NP), None),
            ("nodePort", NP["metadata"]["uid"], "30080"),
            id="the Service is gone",
        ),
        pytest.param(
            lambda t, r: t.service_changed(
                r(NP), r({**NP, "spec": {**NP["spec"], "type": "ClusterIP", "ports": [made.port()]}})
            ),
            ("nodePort", NP["metadata"]["uid"], "30080"),
            id="the Service has no node port any more",
        ),
        pytest.param(
            lambda t, r: t.node_changed(r(made.node()), None), ("node", "n1"), id="the node is gone"
        ),
    ],
)
def test_what_is_taken_away_is_told(
    change: Callable[[Table, Callable[[dict[str, Any]], Any]], None], key: Key
) -> None:
    def read(obj: dict[str, Any]) -> Any:
        return (Pod if "containers" in obj["spec"] else Service if "ports" in obj["spec"] else Node).read(obj)

    ended: list[Key] = []
    filled = table(POD, NP, FIRST, ended=ended)
    route = filled.resolve("198.18.0.1", 30080)
    assert key in route.keys and not ended
    change(filled, read)
    assert key in ended
    assert filled.resolve("198.18.0.1", 30080).kind is not Kind.POD


def test_a_change_that_leaves_the_route_ends_nothing() -> None:
    ended: list[Key] = []
    filled = table(POD, NP, FIRST, ended=ended)
    labelled = {**POD, "metadata": {**POD["metadata"], "annotations": {"a": "b"}}}
    filled.pod_changed(Pod.read(POD), Pod.read(labelled))
    filled.service_changed(
        Service.read(NP), Service.read({**NP, "spec": {**NP["spec"], "selector": {"app": "other"}}})
    )
    assert ended == []


NPL = ("n1", "IPv4", "tcp", 61000)


def test_npl_mappings_lead_to_their_pod_and_die_at_once() -> None:
    ended: list[Key] = []
    filled = table(POD, OTHER, ended=ended)
    filled.npl_changed([], {NPL: ("100.96.0.1", 8080)})
    assert filled.pods[filled.resolve("198.18.0.1", 61000).pod].name == "hello-1"
    assert filled.resolve("198.18.0.2", 61000).kind is Kind.REFUSED, "a mapping is of one node"
    filled.npl_changed([], {NPL: ("100.96.1.1", 8080)})
    assert ended == [("npl", "n1", "IPv4", "tcp", "61000")], "the port leads to another Pod now"
    filled.npl_changed([NPL], {})
    assert filled.resolve("198.18.0.1", 61000).kind is Kind.REFUSED
    filled.npl_changed([], {NPL: ("100.96.0.1", 8080)})
    filled.npl_changed([], {}, replace_all=True)
    assert filled.resolve("198.18.0.1", 61000).kind is Kind.REFUSED


def test_an_annotation_alone_leads_nowhere() -> None:
    stale = made.pod(
        "p",
        "100.96.0.1",
        annotations={"nodeportlocal.antrea.io": '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61000}]'},
    )
    assert table(stale).resolve("198.18.0.1", 61000).kind is Kind.REFUSED


@pytest.mark.parametrize(
    "fault", ["node/n1", "pod/default/hello-1", "address/198.18.0.1", "address/198.18.0.1:30080"]
)
def test_faults(fault: str) -> None:
    filled = table(POD, NP, FIRST)
    for kind in (Kind.SILENT, Kind.REFUSED):
        filled.faults[fault] = kind.value
        assert filled.resolve("198.18.0.1", 30080).kind is kind
    filled.faults.clear()
    assert filled.resolve("198.18.0.1", 30080).kind is Kind.POD


# -- the proxy on a socket


class Client:
    """One connection to the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, text: str) -> None:
        self.writer.write(text.replace("\n", "\r\n").encode())
        await self.writer.drain()

    async def answer(self, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), HANG)).decode().split("\r\n")
        headers = {
            name.lower(): value for name, _colon, value in (line.partition(": ") for line in head[1:] if line)
        }
        body = (
            b"" if method == "HEAD" else await self.reader.readexactly(int(headers.get("content-length", 0)))
        )
        return int(head[0].split()[1]), headers, body

    async def connect(self, target: str) -> int:
        await self.send(f"CONNECT {target} HTTP/1.1\nHost: {target}\n\n")
        return (await self.answer())[0]

    async def get(
        self, path: str = "/", method: str = "GET", more: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        await self.send(f"{method} {path} HTTP/1.1\nHost: pod\n{more}\n")
        return await self.answer(method)

    async def ended(self) -> bool:
        return await asyncio.wait_for(self.reader.read(), HANG) == b""

    async def quiet(self, seconds: float = 0.1) -> bool:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.reader.read(1), seconds)
            return False
        return True


class Running:
    """A proxy that listens, and connections to it."""

    def __init__(self, data_proxy: tuple[str, int] | None = None) -> None:
        self.proxy = Proxy(lambda made: Control(made, lambda: True), lambda: data_proxy)
        self.port = 0
        self._clients: list[Client] = []

    async def client(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self._clients.append(client)
        return client

    async def __aenter__(self) -> Running:
        self.port = await self.proxy.listen()
        add(self.proxy.table, made.node(), made.node("n2", "198.18.0.2"), POD, OTHER, NP, BOTH)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for client in self._clients:
            client.writer.close()
        await self.proxy.close()


def run(test: Callable[[Running], Awaitable[None]], data_proxy: tuple[str, int] | None = None) -> None:
    async def body() -> None:
        async with Running(data_proxy) as running:
            await asyncio.wait_for(test(running), HANG)

    asyncio.run(body())


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
        # It is well again: an open connection hears of it.
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


# -- on to other sockets


@contextlib.asynccontextmanager
async def bigip(heard: list[str], refuse: str = "") -> AsyncIterator[tuple[str, int]]:
    """A listener as the BIG-IP has one, for CONNECT and absolute URIs, with an HTTP server in each of its
    virtual servers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if refuse:
            writer.write(
                f"HTTP/1.1 502 Bad Gateway\r\nContent-Length: {len(refuse)}\r\n\r\n{refuse}".encode()
            )
        else:
            tunnel = head.startswith("CONNECT ")
            if tunnel:
                heard.append(head)
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    if tunnel:
                        head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    length = next(
                        (
                            int(line.split(":")[1])
                            for line in head.lower().split("\r\n")
                            if line.startswith("content-length")
                        ),
                        0,
                    )
                    sent = (await reader.readexactly(length)).decode()
                    heard.append(head + sent)
                    answer = f"virtual {sent}".encode()
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                        % (len(answer), answer)
                    )
                    await writer.drain()
                    if not tunnel or "connection: close" in head.lower():
                        break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[:2]


def test_a_virtual_server_by_connect() -> None:
    async def body() -> None:
        heard: list[str] = []
        async with bigip(heard) as place, Running(place) as running:
            client = await running.client()
            assert await client.connect("192.0.2.10:443") == 200
            await client.send("GET / HTTP/1.1\nHost: a\n\n")
            assert b"virtual" in await client.reader.readuntil(b"0\r\n\r\n")
            assert heard[0].startswith("CONNECT 192.0.2.10:443 HTTP/1.1\r\n")

    asyncio.run(body())


def test_a_virtual_server_by_absolute_uri() -> None:
    async def body() -> None:
        heard: list[str] = []
        async with bigip(heard) as place, Running(place) as running, aiohttp.ClientSession() as session:
            proxy = f"http://127.0.0.1:{running.port}"
            async with session.post("http://192.0.2.10/a?b=c", data=b"x", proxy=proxy) as answer:
                assert (answer.status, await answer.text()) == (200, "virtual x")
            assert heard[0].startswith("POST http://192.0.2.10/a?b=c HTTP/1.1\r\n") and heard[0].endswith(
                "\r\n\r\nx"
            )

    asyncio.run(body())


TO_POD, TO_NOBODY = (
    "GET http://100.96.0.1:8080/ HTTP/1.1\nHost: a\n\n",
    "GET http://100.96.0.1:1/ HTTP/1.1\nHost: a\n\n",
)
TO_VIRTUAL, CONNECT = (
    "GET http://192.0.2.10/a HTTP/1.1\nHost: a\n\n",
    "CONNECT 192.0.2.10:80 HTTP/1.1\nHost: a\n\n",
)
INSIDE = "GET /a HTTP/1.1\nHost: a\nConnection: close\n\n"
IN_PIECES = [
    pytest.param([TO_VIRTUAL], id="in one piece"),
    pytest.param([TO_VIRTUAL[:20], TO_VIRTUAL[20:]], id="in two pieces"),
    pytest.param([TO_POD, TO_VIRTUAL], id="after a Pod"),
    pytest.param([TO_NOBODY, TO_VIRTUAL], id="after a refusal"),
    pytest.param([TO_POD + CONNECT + INSIDE], id="by CONNECT after a Pod, at once"),
    pytest.param([TO_NOBODY, CONNECT, INSIDE], id="by CONNECT after a refusal"),
]


@pytest.mark.parametrize("pieces", IN_PIECES)
def test_a_virtual_server_however_the_request_comes(pieces: list[str]) -> None:
    async def body() -> None:
        heard: list[str] = []
        async with bigip(heard) as place, Running(place) as running:
            client = await running.client()
            for piece in pieces:
                await client.send(piece)
                await asyncio.sleep(0.05)
            answer = await asyncio.wait_for(client.reader.read(), HANG)
            assert answer.lower().count(b"transfer-encoding: chunked") == 1 and answer.endswith(b"0\r\n\r\n")
            assert heard[-1].split("\r\n")[0] in ("GET http://192.0.2.10/a HTTP/1.1", "GET /a HTTP/1.1")

    asyncio.run(body())


def test_a_reset_of_the_virtual_server_is_a_reset_for_the_client() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.close()

    async def body() -> None:
        async with (
            await asyncio.start_server(serve, "127.0.0.1", 0) as server,
            Running(server.sockets[0].getsockname()) as running,
        ):
            client = await running.client()
            await client.send("GET http://192.0.2.10/ HTTP/1.1\nHost: a\n\n")
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(client.reader.read(), HANG)

    asyncio.run(body())


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("GET / HTTP/1.1|Host: a", (b"GET", True)),
        ("HEAD /a?b HTTP/1.1|Accept: */*|Host: a", (b"HEAD", True)),
        ("GET / HTTP/1.1|Host: a|Connection: Close", (b"GET", False)),
        ("GET / HTTP/1.0|Connection: keep-alive", (b"GET", False)),
        ("GET / HTTP/1.0", (b"GET", False)),
        ("GET / HTTP/1.1", None),
        ("GET / HTTP/1.1|Host: a|Host: b", None),
        ("GET / HTTP/1.1|Host: a|Connection: upgrade", None),
        ("GET / HTTP/1.1|Host: a|Upgrade: websocket", None),
        ("GET / HTTP/1.1|Host: a|content-LENGTH: 3", None),
        ("GET / HTTP/1.1|Host: a|Transfer-Encoding: chunked", None),
        ("GET / HTTP/1.1|Host: a|Expect: 100-continue", None),
        ("POST / HTTP/1.1|Host: a", None),
        ("GET / HTTP/1.1|Host: a| folded", None),
        ("GET / HTTP/1.1|Host: a|no colon", None),
        ("GET / HTTP/1.1|Host: a|a : b", None),
        ("GET / HTTP/2|Host: a", None),
        ("GET /a b HTTP/1.1|Host: a", None),
    ],
)
def test_what_is_plain_enough_for_an_answer_without_h11(head: str, found: tuple[bytes, bool] | None) -> None:
    assert plain(head.replace("|", "\r\n").encode()) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("CONNECT 192.0.2.1:80", (b"CONNECT", "192.0.2.1", 80)),
        ("CONNECT [2001:db8::1]:443", (b"CONNECT", "2001:db8::1", 443)),
        ("CONNECT n2:30080", (b"CONNECT", "n2", 30080)),
        ("CONNECT 192.0.2.1", None),
        ("CONNECT 192.0.2.1:0", None),
        ("CONNECT http://192.0.2.1:80", None),
        ("CONNECT 192.0.2.1:80/a", None),
        ("GET http://192.0.2.1/a?b", (b"GET", "192.0.2.1", 80)),
        ("PUT http://[2001:db8::1]:81?b", (b"PUT", "2001:db8::1", 81)),
        ("GET http://192.0.2.1:99999/", None),
        ("GET http://user@192.0.2.1/", None),
        ("GET https://192.0.2.1/", None),
        ("GET /_lab/status", None),
        ("GET 192.0.2.1:80", None),
    ],
)
def test_where_a_first_line_leads(line: str, found: tuple[bytes, str, int] | None) -> None:
    assert destination(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) == found


def test_what_the_bigip_refuses_is_told_in_its_words() -> None:
    async def body() -> None:
        async with bigip([], refuse="no virtual server at 192.0.2.10:80") as place, Running(place) as running:
            client = await running.client()
            await client.send("CONNECT 192.0.2.10:80 HTTP/1.1\nHost: x\n\n")
            status, _headers, answer = await client.answer()
            assert (status, answer) == (502, b"no virtual server at 192.0.2.10:80")

    asyncio.run(body())


def test_a_bigip_that_is_gone() -> None:
    async def body() -> None:
        async with bigip([]) as place:
            pass
        async with Running(place) as running:
            client = await running.client()
            assert await client.connect("192.0.2.10:80") == 502

    asyncio.run(body())


def test_a_virtual_server_closes_and_the_client_hears_of_it() -> None:
    async def body() -> None:
        async with bigip([]) as place, Running(place) as running:
            client = await running.client()
            assert await client.connect("192.0.2.10:80") == 200
            await client.send("GET / HTTP/1.1\nHost: a\nConnection: close\n\n")
            assert b"virtual" in await client.reader.read()

    asyncio.run(body())


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


@pytest.fixture(autouse=True)
def _no_proxy_of_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield
