# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual servers of BIG-IP: balancing, connections, TLS, redirects and policies."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from bigip_machine import Machine
from traffic_use import MEMBER, VIP, Tunnel, answers
from vkslab.bigip.balance import Balancer
from vkslab.bigip.device import Device, Other, Pool, PoolMember, Virtual
from vkslab.bigip.monitors import Monitors
from vkslab.bigip.target import Target, parse

# -- the pure parts


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"CONNECT 192.0.2.10:443 HTTP/1.1\r\nHost: x", Target("192.0.2.10", 443)),
        (b"CONNECT [2001:db8::10]:80 HTTP/1.1", Target("2001:db8::10", 80)),
        (
            b"GET http://192.0.2.10:81/a?b HTTP/1.1\r\nHost: shop\r\n"
            b"Proxy-Connection: Keep-Alive\r\nConnection: keep-alive",
            Target("192.0.2.10", 81, b"GET /a?b HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n", False),
        ),
        (
            b"GET http://192.0.2.10 HTTP/1.1",
            Target("192.0.2.10", 80, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        ),
        (
            b"GET http://[2001:db8::10]/ HTTP/1.1",
            Target("2001:db8::10", 80, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        ),
    ],
)
def test_what_a_client_may_say(head: bytes, expected: Target) -> None:
    assert parse(head) == expected


@pytest.mark.parametrize(
    "head", [b"hello", b"GET / HTTP/1.1", b"CONNECT 192.0.2.10 HTTP/1.1", b"GET https://192.0.2.10/ HTTP/1.1"]
)
def test_what_a_client_may_not_say(head: bytes) -> None:
    with pytest.raises(ValueError):
        parse(head)


def member(name: str, **properties: Any) -> PoolMember:
    return PoolMember(f"{name}:80", f"/T/{name}", name, 80, **properties)


@pytest.mark.parametrize(
    ("members", "pool", "expected"),
    [
        ([member("a"), member("b")], {}, {"a": 6, "b": 6}),
        ([member("a", ratio=3), member("b")], {}, {"a": 6, "b": 6}),
        ([member("a", ratio=3), member("b")], {"lb_mode": "ratio-member"}, {"a": 9, "b": 3}),
        ([member("a", session="user-disabled"), member("b")], {}, {"b": 12}),
        ([member("a", state="user-down"), member("b")], {}, {"b": 12}),
        (
            [
                member("a", availability="down"),
                member("b", availability="checking"),
                member("c", availability="up"),
            ],
            {},
            {"c": 12},
        ),
        ([member("a", priority_group=10), member("b", priority_group=5)], {}, {"a": 12}),
        (
            [member("a", priority_group=10), member("b", priority_group=5)],
            {"min_active": 2},
            {"a": 6, "b": 6},
        ),
        (
            [member("a", priority_group=10, availability="down"), member("b", priority_group=5), member("c")],
            {},
            {"b": 12},
        ),
        ([member("a", availability="down")], {}, {}),
        ([replace(member("a"), address="any6", fqdn="a.test"), member("b")], {}, {"b": 12}),
        ([], {}, {}),
    ],
)
def test_which_member_takes_the_connection(
    members: list[PoolMember], pool: dict[str, Any], expected: dict[str, int]
) -> None:
    device = Device()
    balancer = Balancer(device, Monitors(device, None))  # type: ignore[arg-type]  # no probe is sent
    found = Pool("/T/A/pool", members={one.path: one for one in members}, **pool)
    picked = [balancer.pick(found) for _ in range(12)]
    assert Counter(one.address for one in picked if one) == expected


def test_least_connections_and_the_limit_of_a_member() -> None:
    device = Device()
    balancer = Balancer(device, Monitors(device, None))  # type: ignore[arg-type]
    found = Pool(
        "/T/A/pool",
        lb_mode="least-connections-member",
        members={one.path: one for one in (member("a", connection_limit=1), member("b"))},
    )
    order = []
    for _ in range(3):
        one = balancer.pick(found)
        assert one
        balancer.counters[found.path, one.path].opened()
        order.append(one.address)
    assert order == ["a", "b", "b"]


# -- traffic


def test_requests_are_spread_over_the_members(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", "10.1.0.3")
    assert answers(bigip) == {"10.1.0.1": 2, "10.1.0.2": 2, "10.1.0.3": 2}
    assert sum(one["connections"] for one in bigip.control("pools", method="GET")["/T/A/pool"].values()) >= 6


def test_ipv6(bigip: Machine) -> None:
    bigip.network.members["[2001:db8:18::1]:80"] = "answer"
    bigip.pool("/T/A/pool", "2001:db8:18::1", virtual="2001:db8::10")
    assert bigip.request("http://[2001:0db8::10]/").text == "[2001:db8:18::1]:80\n"


@pytest.mark.parametrize("url", ["http://192.0.2.11/", "http://192.0.2.10:81/"])
def test_where_no_virtual_server_listens(bigip: Machine, url: str) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1")
    answer = bigip.request(url)
    assert answer.status_code == 502 and "connection refused" in answer.text


def test_a_disabled_virtual_server_does_not_listen(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1")
    assert bigip.call("PATCH", "/mgmt/tm/ltm/virtual/~T~A~vs", {"disabled": True}).status_code == 200
    assert bigip.request(VIP).status_code == 502


@pytest.mark.parametrize("addresses", [(), ("10.1.0.9",)])
def test_without_a_member_that_answers_the_client_is_reset(
    bigip: Machine, addresses: tuple[str, ...]
) -> None:
    bigip.pool("/T/A/pool", *addresses)
    with pytest.raises(requests.ConnectionError, match="reset"):
        bigip.request(VIP)


def test_a_dead_member_without_a_monitor_costs_its_share(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.9")
    outcomes = []
    for _ in range(4):
        try:
            outcomes.append(bigip.request(VIP).status_code)
        except requests.ConnectionError:
            outcomes.append(0)
    assert sorted(outcomes) == [0, 0, 200, 200]


def test_reselect_tries_another_member(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.9", reselect_tries=1)
    assert answers(bigip, 4) == {"10.1.0.1": 4}


def test_a_kept_connection_stays_with_its_member(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2")
    tunnel = Tunnel(bigip)
    assert tunnel.head.startswith("HTTP/1.1 200")
    assert len({tunnel.ask() for _ in range(4)}) == 1


@pytest.mark.parametrize(
    "change", [{"session": "user-disabled"}, {"session": "user-disabled", "state": "user-down"}, None]
)
def test_open_connections_outlive_a_disabled_and_a_removed_member(
    bigip: Machine, change: dict[str, str] | None
) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1")
    tunnel = Tunnel(bigip)
    assert tunnel.ask() == "10.1.0.1:80"
    assert bigip.call("PATCH" if change else "DELETE", MEMBER.format(1), change).status_code == 200
    assert tunnel.ask() == "10.1.0.1:80"
    with pytest.raises(requests.ConnectionError, match="reset"):
        bigip.request(VIP)


def test_a_test_may_ask_for_connections_of_removed_members_to_be_reset(bigip: Machine) -> None:
    bigip.control("dataplane", {"reset_removed": True})
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2")
    tunnels = [Tunnel(bigip) for _ in range(2)]
    by_member = {tunnel.ask(): tunnel for tunnel in tunnels}
    assert bigip.call("DELETE", MEMBER.format(1)).status_code == 200
    with pytest.raises(ConnectionResetError):
        by_member["10.1.0.1:80"].socket.recv(1)
    assert by_member["10.1.0.2:80"].ask() == "10.1.0.2:80"


@pytest.mark.parametrize("drained", [True, False])
def test_a_drained_member_keeps_its_connection_until_it_is_removed(bigip: Machine, drained: bool) -> None:
    """The session set beside AS3 keeps it, also through a POST that repeats it. adminState by a POST may not."""
    bigip.control("dataplane", {"reset_removed": True})
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.1.0.1"]}]}
    virtual = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80, "pool": "pool", "persistenceMethods": []}
    tenant = {"class": "Tenant", "A": {"class": "Application", "template": "generic", "pool": pool, "vs": virtual}}
    body = {"class": "ADC", "schemaVersion": "3.50.0", "T": tenant}
    declare = "/mgmt/shared/appsvcs/declare"
    assert bigip.call("POST", declare, body).status_code == 200
    tunnel = Tunnel(bigip)
    assert tunnel.ask() == "10.1.0.1:80"
    member = "/mgmt/tm/ltm/pool/~T~A~pool/members"
    if drained:
        assert bigip.call("PATCH", f"{member}/~T~10.1.0.1:80", {"session": "user-disabled"}).status_code == 200
    pool["members"][0]["adminState"] = "disable"  # type: ignore[index]
    result = bigip.call("POST", declare, body).json()["results"][0]
    assert (result["code"], result["message"]) == (200, "no change" if drained else "success")
    if not drained:
        with pytest.raises(ConnectionResetError):
            tunnel.socket.recv(1)
        return
    assert tunnel.ask() == "10.1.0.1:80"
    stats = bigip.call("GET", f"{member}/stats").json()["entries"]
    entries = next(iter(stats.values()))["nestedStats"]["entries"]
    assert entries["serverside.curConns"]["value"] == 1 and entries["sessionStatus"]["description"] == "user-disabled"
    with pytest.raises(requests.ConnectionError, match="reset"):
        bigip.request(VIP)


def test_connections_are_counted_and_forgotten_when_closed(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1")
    tunnel = Tunnel(bigip)
    tunnel.ask()
    assert bigip.control("dataplane", method="GET")["open_connections"] == 1
    tunnel.socket.close()
    bigip.wait_for(lambda: bigip.control("dataplane", method="GET")["open_connections"] == 0)


def test_hundreds_of_requests_a_second_while_members_come_and_go(bigip: Machine) -> None:
    """None is lost, however often the members change in between."""
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    stop = threading.Event()
    changes = 0

    def churn() -> None:
        nonlocal changes
        while not stop.wait(0.05):
            bigip.call(
                "POST", "/mgmt/tm/ltm/pool/~T~A~pool/members", {"name": "10.1.0.3:80", "partition": "T"}
            )
            stop.wait(0.05)
            bigip.call("DELETE", MEMBER.format(3))
            changes += 1

    churner = threading.Thread(target=churn)
    churner.start()
    statuses: Counter[int] = Counter()
    with ThreadPoolExecutor(4) as workers:
        while changes < 5 or statuses.total() < 400:
            statuses += Counter(workers.map(lambda _: bigip.request(VIP).status_code, range(100)))
    stop.set()
    churner.join()
    assert set(statuses) == {200}


# -- TLS


def tls_server(bigip: Machine, names: dict[str, str | None], *, ca: trustme.CA) -> None:
    """A virtual server on :443 with a certificate for each name (its value: matchToSNI), and its redirect on
    :80."""

    def put(device: Device) -> None:
        with device.transaction():
            for index, name in enumerate(names):
                leaf = ca.issue_cert(name)
                pem = {
                    "certificate": leaf.cert_chain_pems[0].bytes().decode(),
                    "privateKey": leaf.private_key_pem.bytes().decode(),
                }
                device.put_other(Other("sys file ssl-cert", f"/T/A/cert{index}", pem))
            entries = [
                {"certificate": f"cert{index}", **({"matchToSNI": sni} if sni else {})}
                for index, sni in enumerate(names.values())
            ]
            device.put_other(Other("ltm profile client-ssl", "/T/A/tls", {"certificates": entries}))
            device.put_virtual(
                Virtual("/T/A/vs", "192.0.2.10", 443, pool="/T/A/pool", profiles=("/Common/http", "/T/A/tls"))
            )
            device.put_virtual(Virtual("/T/A/vs-Redirect-", "192.0.2.10", 80, redirect_to="https"))

    bigip.on_device(put)


def certificate_of(bigip: Machine, name: str | None) -> bytes:
    """The certificate that the virtual server shows to a client with this server name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(Tunnel(bigip, "192.0.2.10:443").socket, server_hostname=name) as secured:
        found = secured.getpeercert(binary_form=True)
    assert found
    return found


def test_tls_ends_at_the_virtual_server_and_a_renewed_certificate_is_served(
    bigip: Machine, tmp_path: Path
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    bigip.pool("/T/A/pool", "10.1.0.1", virtual=None)
    tls_server(bigip, {"192.0.2.10": None}, ca=ca)
    before = certificate_of(bigip, None)
    for _ in range(2):
        assert bigip.request("https://192.0.2.10/", verify=str(tmp_path / "ca.pem")).text == "10.1.0.1:80\n"
        tls_server(bigip, {"192.0.2.10": None}, ca=ca)
    assert certificate_of(bigip, None) != before


def test_the_name_that_the_client_asks_for_chooses_the_certificate(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", virtual=None)
    tls_server(bigip, {"a.test": None, "b.test": "b.test"}, ca=trustme.CA())
    assert (
        certificate_of(bigip, "a.test") == certificate_of(bigip, "c.test") != certificate_of(bigip, "b.test")
    )


def test_a_certificate_that_cannot_be_used_fails_the_handshake(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", virtual=None)
    tls_server(bigip, {"a.test": None}, ca=trustme.CA())
    bigip.on_device(
        lambda device: device.put_other(
            Other("sys file ssl-cert", "/T/A/cert0", {"certificate": "no certificate"})
        )
    )
    with pytest.raises(ssl.SSLError):
        certificate_of(bigip, "a.test")


def test_the_virtual_server_on_port_80_redirects(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", virtual=None)
    tls_server(bigip, {"a.test": None}, ca=trustme.CA())
    answer = bigip.request("http://192.0.2.10/a?b=c", allow_redirects=False, headers={"Host": "shop.test:80"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.test/a?b=c")


def test_a_policy_chooses_the_pool_by_host_and_path(bigip: Machine) -> None:
    for number, name in enumerate(("shop", "cart", "rest"), start=1):
        bigip.pool(f"/T/A/{name}", f"10.1.0.{number}", virtual=None)

    def rule(pool: str, host: str, *segments: str) -> dict[str, Any]:
        conditions: list[dict[str, Any]] = [
            {"type": "httpHeader", "name": "host", "all": {"operand": "equals", "values": [host]}}
        ]
        for index, segment in enumerate(segments, start=1):
            conditions.append(
                {"type": "httpUri", "index": index, "pathSegment": {"operand": "equals", "values": [segment]}}
            )
        return {
            "conditions": conditions,
            "actions": [{"type": "forward", "select": {"pool": {"use": f"/T/A/{pool}"}}}],
        }

    def arrange(device: Device) -> None:
        device.put_other(
            Other(
                "ltm policy",
                "/T/A/policy",
                {"rules": [rule("cart", "shop.test", "cart"), rule("shop", "shop.test")]},
            )
        )
        properties = {"policies": {"/T/A/policy": {}}}
        device.put_virtual(Virtual("/T/A/chosen", "192.0.2.10", 80, properties=properties))
        device.put_virtual(Virtual("/T/A/or-rest", "192.0.2.11", 80, pool="/T/A/rest", properties=properties))

    bigip.on_device(arrange)

    def answer(address: str, host: str, path: str = "/") -> str:
        return (
            bigip.request(f"http://{address}{path}", headers={"Host": host}).text.strip().removesuffix(":80")
        )

    assert answer("192.0.2.10", "shop.test") == answer("192.0.2.10", "shop.test", "/cartoon") == "10.1.0.1"
    assert answer("192.0.2.10", "SHOP.test", "/cart/1?x=/") == "10.1.0.2"
    assert answer("192.0.2.11", "other.test") == "10.1.0.3"
    with pytest.raises(requests.ConnectionError):
        answer("192.0.2.10", "other.test")


# -- route domains

DOMAINS, SELF = "/mgmt/tm/net/route-domain", "/mgmt/tm/net/self"


def two_domains(bigip: Machine) -> None:
    """A pool and a virtual server with the same address in route domains 0 and 2."""
    bigip.call("POST", DOMAINS, {"name": "2"})
    bigip.call("POST", SELF, {"name": "in-2", "address": "10.1.255.2%2/16", "vlan": "/Common/internal"})
    bigip.pool("/T/A/pool", "10.1.0.1")
    bigip.pool("/U/A/pool", "10.1.0.2%2", virtual="192.0.2.10%2")


def test_an_address_in_two_route_domains(bigip: Machine) -> None:
    two_domains(bigip)
    assert answers(bigip, 2) == {"10.1.0.1": 2}
    assert Tunnel(bigip, "192.0.2.10%0:80").ask() == "10.1.0.1:80"
    assert Tunnel(bigip, "192.0.2.10%2:80").ask() == "10.1.0.2:80"
    assert " 502 " in Tunnel(bigip, "192.0.2.10%3:80").head
    bigip.on_device(lambda device: device.remove_virtual("/T/A/vs"))
    assert answers(bigip, 2) == {"10.1.0.2": 2}


def test_strict_isolation_of_route_domains(bigip: Machine) -> None:
    """Traffic crosses route domains only if neither is strict, or into the parent."""
    two_domains(bigip)
    bigip.pool("/V/A/pool", "10.1.0.3%2", virtual="192.0.2.11")
    bigip.pool("/W/A/pool", "10.1.0.3", virtual="192.0.2.12%2")

    def resets(address: str) -> bool:
        try:
            return not bigip.request(f"http://{address}/").text
        except requests.ConnectionError:
            return True

    assert resets("192.0.2.11") and resets("192.0.2.12")
    bigip.call("PATCH", f"{DOMAINS}/2", {"strict": "disabled"})
    assert resets("192.0.2.11")
    bigip.call("PATCH", f"{DOMAINS}/0", {"strict": "disabled"})
    assert not resets("192.0.2.11")
    bigip.call("PATCH", f"{DOMAINS}/0", {"strict": "enabled"})
    assert resets("192.0.2.11") and resets("192.0.2.12")
    bigip.call("PATCH", f"{DOMAINS}/2", {"parent": "/Common/0"})
    assert resets("192.0.2.11") and not resets("192.0.2.12")
