# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path for the BIG-IP: the next hop of a connection decides if it arrives."""

from __future__ import annotations

import pytest

import cluster_objects as made
from net_use import FIRST, NODE_PORT, OTHER, POD, Running, add, run, table
from vkslab.net.next_hop import next_hop
from vkslab.net.routes import Kind

N1, N2, ROUTER = "198.18.0.1", "198.18.0.2", "198.18.255.1"
BORROWED = made.pod("hello-3", "100.96.0.9", node="n2", host_ip=N2, ports=[{"containerPort": 8080}])
IP = made.service("hello", NODE_PORT, clusterIP="100.64.0.9", clusterIPs=["100.64.0.9"])


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"CONNECT 100.96.0.1:80 HTTP/1.1\r\nHost: a\r\nX-Lab-Next-Hop: 198.18.0.1", "198.18.0.1"),
        (b"CONNECT 100.96.0.1:80 HTTP/1.1\r\nx-lab-next-hop:link\r\nHost: a", "link"),
        (b"CONNECT 100.96.0.1:80 HTTP/1.1\r\nHost: a", None),
    ],
)
def test_the_next_hop_in_a_head(head: bytes, found: str | None) -> None:
    assert next_hop(head) == found


@pytest.mark.parametrize(
    ("target", "hop", "kind", "reason"),
    [
        ("100.96.0.1:8080", None, Kind.POD, ""),
        ("100.96.0.1:8080", "link", Kind.POD, ""),
        ("100.96.0.1:8080", N1, Kind.POD, ""),
        ("100.96.0.1:8080", N2, Kind.SILENT, "node n2 does not have Pod default/hello-1"),
        ("100.96.0.1:8080", ROUTER, Kind.REFUSED, "router 198.18.255.1 has no route to 100.96.0.1"),
        ("100.96.0.1:8080", "198.18.0.99", Kind.SILENT, "no machine has the address 198.18.0.99"),
        ("100.96.0.1:9999", N1, Kind.REFUSED, "Pod default/hello-1 does not listen on port 9999"),
        ("100.96.0.77:8080", N1, Kind.REFUSED, "no running Pod and no Service has the address 100.96.0.77"),
        ("100.96.0.9:8080", N2, Kind.POD, ""),
        ("100.96.0.9:8080", N1, Kind.SILENT, "node n1 does not have Pod default/hello-3"),
        (f"{N1}:30080", "link", Kind.POD, ""),
        (f"{N1}:30080", ROUTER, Kind.POD, ""),
        ("100.64.0.9:80", N1, Kind.POD, ""),
        ("100.64.0.9:80", ROUTER, Kind.REFUSED, "router 198.18.255.1 has no route to 100.64.0.9"),
        ("192.0.2.10:80", ROUTER, Kind.BIGIP, ""),
    ],
)
def test_a_connection_by_its_next_hop(target: str, hop: str | None, kind: Kind, reason: str) -> None:
    host, port = target.split(":")
    route = table(POD, OTHER, BORROWED, IP, FIRST).resolve(host, int(port), hop)
    assert (route.kind, route.reason) == (kind, reason)


def test_a_gateway_that_is_lost_is_silent() -> None:
    filled = table(POD)
    add(filled, made.node("n3", "198.18.0.3", ready="Unknown"))
    assert filled.resolve("100.64.0.1", 80, "198.18.0.3").kind is Kind.SILENT
    assert ("node", "n1") in filled.resolve("100.96.0.1", 8080, N1).keys


@pytest.mark.parametrize("slowly", [False, True], ids=["in one piece", "in several pieces"])
@pytest.mark.parametrize(("hop", "status"), [(N1, 200), ("link", 200), (ROUTER, 502), (N2, 0)])
def test_the_proxy_honours_it(hop: str, status: int, slowly: bool) -> None:
    async def test(running: Running) -> None:
        client = await running.client()
        head = f"CONNECT 100.96.0.1:8080 HTTP/1.1\nHost: a\nX-Lab-Next-Hop: {hop}\n\n"
        for piece in (head[:40], head[40:]) if slowly else (head,):
            await client.send(piece)
        if not status:
            assert await client.quiet()
            return
        assert (await client.answer())[0] == status
        if status == 200:
            assert (await client.get())[2] == b"hello-1\n"

    run(test)
