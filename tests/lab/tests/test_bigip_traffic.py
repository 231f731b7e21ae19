# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual servers as traffic sees them, and the monitors that decide on their members."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from bigip_machine import Machine, machine
from vkslab.bigip.balance import Balancer
from vkslab.bigip.dataplane import Target, parse
from vkslab.bigip.device import Device, Monitor, Other, Pool, PoolMember, Virtual
from vkslab.bigip.monitors import Monitors
from vkslab.processes import HANG

VIP = "http://192.0.2.10/"
MEMBER = "/mgmt/tm/ltm/pool/~T~A~pool/members/~T~10.1.0.{}:80"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("reset")
    shared.control("dataplane", {"reset": True, "reset_removed": False})
    shared.network.heard.clear()
    shared.network.members = {f"10.1.0.{number}:80": "answer" for number in (1, 2, 3)}
    return shared


def answers(bigip: Machine, count: int = 6, url: str = VIP) -> Counter[str]:
    return Counter(bigip.request(url).text.partition(":")[0] for _ in range(count))


class Tunnel:
    """A connection to the virtual server by CONNECT, spoken by hand."""

    def __init__(self, bigip: Machine, target: str = "192.0.2.10:80") -> None:
        host, port = bigip.facts["data_proxy"].removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=HANG)
        self.socket.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        self.head = self._until(b"\r\n\r\n").decode()

    def _until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            more = self.socket.recv(1)
            if not more:
                break
            data += more
        return data

    def ask(self) -> str:
        self.socket.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self._until(b"\r\n\r\n")
        return self._until(b"\n").decode().strip()


# -- the pure parts


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"CONNECT 192.0.2.10:443 HTTP/1.1\r\nHost: x", Target("192.0.2.10", 443)),
        (b"CONNECT [2001:db8::10]:80 HTTP/1.1", Target("2001:db8::10", 80)),
        (
            b"GET http://192.0.2.10:81/a?b HTTP/1.1\r\nHost: shop\r\nProxy-Connection: Keep-Alive\r\nConnection: keep-alive",
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


def test_ipv6_and_route_domains(bigip: Machine) -> None:
    bigip.network.members["[2001:db8:18::1]:80"] = "answer"
    bigip.pool("/T/A/pool", "2001:db8:18::1", virtual="2001:db8::10")
    bigip.pool("/U/A/pool", "10.1.0.1", virtual="192.0.2.20%2")
    assert bigip.request("http://[2001:0db8::10]/").text == "[2001:db8:18::1]:80\n"
    assert bigip.request("http://192.0.2.20/").text == "10.1.0.1:80\n"


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
    """What the virtual server shows to a client that asks for this name."""
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


# -- monitors


def test_a_member_takes_no_traffic_before_its_first_good_probe(bigip: Machine) -> None:
    bigip.network.members["10.1.0.2:80"] = "silent"
    patient = Monitor("/Common/patient", "http", send="GET /\\r\\n", timeout=100_000)
    bigip.on_device(lambda device: device.put_monitor(patient))
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=(patient.path,))
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "up")
    assert bigip.availability()["10.1.0.2:80"] == "checking"
    assert answers(bigip, 4) == {"10.1.0.1": 4}
    bigip.pool("/T/A/other", "10.1.0.2", virtual=None, monitors=("/Common/http",))
    bigip.wait_for(lambda: bigip.availability("/T/A/other")["10.1.0.2:80"] == "down")


def test_a_member_that_dies_goes_down_and_comes_back(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    bigip.network.members["10.1.0.1:80"] = "refused"
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "down")
    reason = bigip.control("pools", method="GET")["/T/A/pool"]["/T/10.1.0.1:80"]["reason"]
    assert reason.startswith("/Common/http: Unable to connect; ") and "refused" in reason
    assert answers(bigip, 4) == {"10.1.0.2": 4}
    bigip.network.members["10.1.0.1:80"] = "answer"
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "up")


@pytest.mark.parametrize(
    ("behaviour", "monitor", "expected"),
    [
        ("answer", {"type": "tcp"}, "up"),
        ("silent", {"type": "tcp"}, "up"),
        ("silent", {"type": "tcp", "send": "none", "receive": "none"}, "up"),  # as AS3 makes it
        ("silent", {"type": "tcp", "send": "hello"}, "down"),
        ("refused", {"type": "tcp"}, "down"),
        ("refused", {"type": "icmp"}, "up"),
        ("nobody", {"type": "icmp"}, "down"),
        ("silent", {"type": "udp"}, "up"),
        ("unavailable", {"type": "http", "send": "GET /\\r\\n"}, "up"),
        ("unavailable", {"type": "http", "send": "GET / HTTP/1.1\\r\\n", "receive": "200 OK"}, "down"),
        ("answer", {"type": "http", "send": "GET / HTTP/1.1\\r\\n", "receive": "200 OK"}, "up"),
        ("answer", {"type": "http", "send": "GET /\\r\\n", "receive": "none"}, "up"),
        ("answer", {"type": "http", "send": "GET /\\r\\n", "receive": "10.1", "reverse": True}, "down"),
        (
            "answer",
            {"type": "http", "send": "GET /\\r\\n", "receive": "never", "receive_down": "200 OK"},
            "down",
        ),
        ("silent", {"type": "http", "send": "GET /\\r\\n"}, "down"),
        ("answer", {"type": "https", "send": "GET /\\r\\n"}, "down"),
    ],
)
def test_what_a_monitor_makes_of_a_member(
    bigip: Machine, behaviour: str, monitor: dict[str, Any], expected: str
) -> None:
    bigip.network.members["10.1.0.1:80"] = behaviour
    bigip.on_device(lambda device: device.put_monitor(Monitor("/Common/mine", **monitor)))
    bigip.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/mine",))
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == expected)


@pytest.mark.parametrize(("minimum", "expected"), [(1, "up"), ("all", "down")])
def test_how_many_monitors_must_agree(bigip: Machine, minimum: Any, expected: str) -> None:
    bigip.on_device(
        lambda device: device.put_monitor(
            Monitor("/Common/picky", "http", send="GET /\\r\\n", receive="never")
        )
    )
    bigip.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/tcp", "/Common/picky"), min_monitors=minimum)
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == expected)


def test_a_member_deleted_and_added_again_is_checked_anew_but_an_unchanged_one_is_not(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})

    def delete_and_add(device: Device) -> list[str]:
        pool = device.pools["/T/A/pool"]
        one = replace(pool.members["/T/10.1.0.1:80"], ratio=2)
        device.delete_members(pool.path, [one.path])
        device.put_pool(
            replace(device.pools[pool.path], members={**device.pools[pool.path].members, one.path: one})
        )
        return [
            found.availability
            for found in sorted(device.pools[pool.path].members.values(), key=lambda found: found.name)
        ]

    assert bigip.on_device(delete_and_add) == ["checking", "up"]

    def make_again(device: Device) -> list[str]:
        pool = device.pools["/T/A/pool"]
        with device.transaction():
            device.remove_pool(pool.path)
            device.put_pool(
                replace(
                    pool,
                    members={
                        path: replace(one, availability="unchecked") for path, one in pool.members.items()
                    },
                )
            )
        return [found.availability for found in device.pools[pool.path].members.values()]

    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    assert bigip.on_device(make_again) == ["up", "up"]


def test_where_probes_are_rare_one_failure_is_not_a_death(bigip: Machine) -> None:
    """With thousands of members an up one is probed less often than its timeout."""
    monitors = bigip.lab.units[0].monitors
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    rate, monitors.seconds_between_probes = monitors.seconds_between_probes, 0.5
    try:
        time.sleep(1.0)
        bigip.network.tried.clear()
        bigip.network.members["10.1.0.1:80"] = "refused"
        bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "down")
    finally:
        monitors.seconds_between_probes = rate
    assert bigip.network.tried["10.1.0.1:80"] >= 3


def test_members_that_share_an_address_share_its_probes(bigip: Machine) -> None:
    for name in ("one", "two", "three"):
        bigip.pool(f"/T/A/{name}", "10.1.0.1", virtual=None, monitors=("/Common/http",))
    bigip.wait_for(
        lambda: all(
            set(bigip.availability(f"/T/A/{name}").values()) == {"up"} for name in ("one", "two", "three")
        )
    )
    bigip.pool("/T/A/alone", "10.1.0.2", virtual=None, monitors=("/Common/http",))
    bigip.network.tried.clear()
    bigip.wait_for(lambda: bigip.network.tried["10.1.0.2:80"] >= 6)
    assert 1 <= bigip.network.tried["10.1.0.1:80"] <= 9, (
        "as often as the address of one pool, not three times"
    )


def test_a_lab_that_was_busy_blames_no_member(bigip: Machine) -> None:
    """AS3 computes in the same process: while it does, no probe can succeed."""
    bigip.pool(
        "/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http", "/Common/tcp"), min_monitors="all"
    )
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    before = bigip.lab.units[0].monitors.generation
    bigip.on_device(lambda device: time.sleep(0.6))  # the timeout is 0.32 s
    for _ in range(10):
        assert set(bigip.availability().values()) == {"up"}
        time.sleep(0.03)
    assert bigip.lab.units[0].monitors.generation == before


def test_service_down_action_reset_ends_the_connections(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/http",), service_down_action="reset")
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    tunnel = Tunnel(bigip)
    assert tunnel.ask() == "10.1.0.1:80"
    bigip.network.members["10.1.0.1:80"] = "refused"
    with pytest.raises(ConnectionResetError):
        tunnel.socket.recv(1)


def test_thousands_of_members_are_seen_quickly(tmp_path: Path) -> None:
    addresses = [f"10.{2 + number // 250}.1.{number % 250 + 1}" for number in range(1500)]
    with machine(tmp_path, monitor_interval=1.0) as bigip:
        bigip.network.members = {f"{address}:80": "answer" for address in addresses}
        bigip.pool("/T/A/pool", *addresses, virtual=None, monitors=("/Common/http",))
        bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"}, pause=0.3)
        assert set(bigip.network.tried) == set(bigip.network.members)
