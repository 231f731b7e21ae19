# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that a test can cause, and what the client of the BIG-IP sees of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from bigip_machine import Machine
from vkslab.bigip import unit
from vkslab.bigip.faults import EFFECTS, Fault
from vkslab.processes import HANG

READ, MAKE = "/mgmt/tm/net/route", {"name": "made", "network": "10.9.0.0/16", "gw": "198.18.0.1"}
MADE = "/mgmt/tm/net/route/made"


@pytest.fixture
def bigip(shared: Machine) -> Iterator[Machine]:
    shared.control("reset")
    shared.control("requests", method="DELETE")
    yield shared
    shared.control("reset")


def outcome(bigip: Machine, method: str = "GET", path: str = READ, body: Any = None) -> int:
    """The status; 0 if there was no answer."""
    try:
        with bigip.session("admin") as session:
            return bigip.call(method, path, body, session=session).status_code
    except requests.ConnectionError:
        return 0


# -- which requests suffer


def hits(spec: dict[str, Any], calls: list[tuple[str, str, float]]) -> list[bool]:
    fault = Fault.read(1, {"effect": {"kind": "lost"}, **spec})
    return [fault.hit(method, target, "admin", now) for method, target, now in calls]


@pytest.mark.parametrize(
    ("spec", "calls", "expected"),
    [
        ({}, [("GET", "/a", 0), ("GET", "/a", 0)], [True, False]),
        ({"count": 2}, [("GET", "/a", 0)] * 3, [True, True, False]),
        ({"count": 0}, [("GET", "/a", 0)] * 3, [True, True, True]),
        ({"after": 1}, [("GET", "/a", 0)] * 3, [False, True, False]),
        ({"seconds": 2}, [("GET", "/a", 10), ("GET", "/a", 11), ("GET", "/a", 12)], [True, True, False]),
        ({"seconds": 2, "count": 1}, [("GET", "/a", 10), ("GET", "/a", 11)], [True, False]),
        ({"where": {"method": "POST|PATCH"}}, [("GET", "/a", 0), ("PATCH", "/a", 0)], [False, True]),
        ({"where": {"method": "POS"}}, [("POST", "/a", 0)], [False]),
        (
            {"where": {"path": "declare.*async=true"}},
            [("GET", "/declare", 0), ("GET", "/declare/T?async=true", 0)],
            [False, True],
        ),
        ({"where": {"user": "publisher"}}, [("GET", "/a", 0)], [False]),
        ({"match": {"method": "GET"}}, [("GET", "/a", 0)], [True]),
    ],
)
def test_which_requests_suffer(
    spec: dict[str, Any], calls: list[tuple[str, str, float]], expected: list[bool]
) -> None:
    assert hits(spec, calls) == expected


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"effect": {"kind": "explode"}},
        {"effect": {"kind": "lost"}, "times": 2},
        {"effect": {"kind": "lost"}, "where": {"verb": "GET"}},
        {"effect": {"kind": "lost", "when": "never"}},
    ],
)
def test_a_fault_that_is_written_wrong_is_refused(bigip: Machine, spec: dict[str, Any]) -> None:
    answer = bigip.call("POST", "/_lab/faults", spec, session=bigip.session(None))
    assert answer.status_code == 400 and "POST /_lab/faults: " in answer.json()["message"]
    assert bigip.control("faults", method="GET")["items"] == []


def test_faults_are_listed_with_their_hits_and_can_be_taken_back(bigip: Machine) -> None:
    bigip.fault("answer", count=0)
    bigip.fault("lost", {"method": "PUT"})
    assert outcome(bigip) == 500
    first, second = bigip.control("faults", method="GET")["items"]
    assert (first["hits"], second["hits"], first["live"]) == (1, 0, True)
    entry = bigip.control("requests", method="GET")["items"][-1]
    assert (entry["fault"], entry["status"]) == (first["id"], 500)
    bigip.control(f"faults/{first['id']}", method="DELETE")
    assert outcome(bigip) == 200
    bigip.control("faults", method="DELETE")
    assert bigip.control("faults", method="GET") == {"items": [], "kinds": sorted(EFFECTS)}


# -- what the client sees


@pytest.mark.parametrize(
    ("kind", "options", "status", "text"),
    [
        ("answer", {"status": 418, "body": {"code": 418}}, 418, '{"code":418}'),
        ("async_context_timeout", {}, 500, "Error 500 AsyncContext timeout"),
        ("unavailable", {}, 503, "<title>503 Service Unavailable</title>"),
        ("not_registered", {}, 404, "Public URI path not registered"),
        ("too_many_requests", {"retry_after": 3}, 429, "Too Many Requests"),
        ("token_store_full", {}, 400, "user publisher has reached maximum active login tokens"),
        ("html_page", {}, 200, "/tmui/login.jsp"),
        ("broken_json", {}, 200, '"mess'),
        ("unauthorized", {}, 401, "X-F5-Auth-Token does not exist."),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_in_place_of_the_real_one(
    bigip: Machine, kind: str, options: dict[str, Any], status: int, text: str, when: str
) -> None:
    bigip.fault(kind, {"method": "POST"}, when=when, **options)
    answer = bigip.call("POST", READ, {**MAKE, "username": "publisher"})
    assert answer.status_code == status and text in answer.text
    if kind == "too_many_requests":
        assert answer.headers["Retry-After"] == "3"
    assert outcome(bigip, path=MADE) == (200 if when == "after" else 404), (
        "after: the request was carried out all the same"
    )


@pytest.mark.parametrize(("when", "made"), [("before", 404), ("after", 200)])
@pytest.mark.parametrize("kind", ["lost", "refuse", "restart"])
def test_a_connection_lost_before_or_after_the_work(bigip: Machine, kind: str, when: str, made: int) -> None:
    bigip.fault(kind, {"method": "POST"}, when=when, down=0.1)
    assert outcome(bigip, "POST", READ, MAKE) == 0
    bigip.wait_for(lambda: outcome(bigip, path=MADE) == made)
    assert bigip.control("requests", method="GET")["items"][0]["status"] == 0


def test_an_answer_that_is_cut_in_the_middle(bigip: Machine) -> None:
    bigip.fault("cut", {"method": "POST"})
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError),
        match="(?i)incomplete|reset|broken|closed",
    ):
        bigip.call("POST", READ, MAKE)
    assert outcome(bigip, path=MADE) == 200


def test_a_slow_answer(bigip: Machine) -> None:
    bigip.fault("slow", ms=300)
    started = time.monotonic()
    assert outcome(bigip) == 200 and time.monotonic() - started > 0.29
    assert outcome(bigip) == 200
    assert [entry["fault"] is None for entry in bigip.control("requests", method="GET")["items"][-2:]] == [
        False,
        True,
    ]


def test_no_answer_at_all(bigip: Machine) -> None:
    bigip.fault("hang", limit=HANG)
    with pytest.raises(requests.ReadTimeout):
        bigip.http.get(bigip.url(READ), timeout=0.1)


def test_the_port_is_closed_and_opens_again(bigip: Machine) -> None:
    bigip.fault("refuse", down=HANG)
    assert outcome(bigip) == 0
    with pytest.raises(requests.ConnectionError, match="Connection refused"):
        bigip.call("GET", READ, session=bigip.session("admin"))
    open_soon(bigip)
    bigip.wait_for(lambda: outcome(bigip) == 200)


def open_soon(bigip: Machine) -> None:
    """The port that is closed, for as long as a test may need it closed, opens."""
    bigip.on_device(lambda device: bigip.lab.units[0].server.refuse(0.01))


def test_a_restart_goes_through_its_phases(bigip: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(unit, "time", SimpleNamespace(monotonic=lambda: now[0], time=time.time))
    info = "/mgmt/shared/appsvcs/info"
    bigip.control("restart", {"down": HANG, "unavailable": 20, "unregistered": 30})
    assert outcome(bigip, path=info) == 0
    open_soon(bigip)
    bigip.wait_for(lambda: outcome(bigip, path=info) != 0)
    seen = []
    for seconds in (HANG, 19, 2, 28, 2):
        now[0] += seconds
        seen.append(outcome(bigip, path=info))
    assert seen == [503, 503, 404, 404, 200]


def test_other_paths_are_there_while_as3_is_not_registered(bigip: Machine) -> None:
    bigip.control("restart", {"unregistered": 5})
    assert (outcome(bigip, path="/mgmt/shared/appsvcs/info"), outcome(bigip)) == (404, 200)


def test_a_bigip_without_as3(bigip: Machine) -> None:
    bigip.control("system", {"as3": False})
    answer = bigip.call("GET", "/mgmt/shared/appsvcs/info")
    assert answer.status_code == 404 and answer.json()["message"].startswith(
        "Public URI path not registered: /shared/appsvcs/info"
    )


def test_tokens_are_gone_in_the_middle_unless_the_401_passes(bigip: Machine) -> None:
    login = {"username": "admin", "password": bigip.facts["password"], "loginProviderName": "tmos"}

    def statuses(**options: Any) -> list[int]:
        token = bigip.call("POST", "/mgmt/shared/authn/login", login, session=bigip.session(None)).json()[
            "token"
        ]["token"]
        bigip.fault("unauthorized", {"path": READ}, **options)
        given = {"headers": {"X-F5-Auth-Token": token}, "session": bigip.session(None)}
        return [bigip.call("GET", READ, **given).status_code for _ in range(2)]

    assert statuses() == [401, 401]
    assert statuses(keep_tokens=True) == [401, 200]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("expired", "certificate has expired"),
        ("other_name", "certificate is not valid for"),
        ("untrusted", "unable to get local issuer|self.signed"),
    ],
)
def test_a_certificate_that_must_not_be_trusted(bigip: Machine, kind: str, message: str) -> None:
    bigip.control("certificate", {"kind": kind})
    with pytest.raises(requests.exceptions.SSLError, match=message):
        bigip.call("GET", READ, session=bigip.session("admin"))
    bigip.lab.units[0].use_certificate("good")
    assert outcome(bigip) == 200


def test_a_failover_in_the_middle(bigip: Machine) -> None:
    bigip.fault("failover", {"method": "POST"}, when="after")
    assert bigip.get("/mgmt/tm/cm/device")["items"][0]["failoverState"] == "active"
    assert outcome(bigip, "POST", READ, MAKE) == 200
    assert bigip.get("/mgmt/tm/cm/device")["items"][0]["failoverState"] == "standby"


@pytest.mark.parametrize("path", ["/_lab/nothing", "/_lab/failover", "/_lab/engine"])
def test_a_control_that_cannot_be(bigip: Machine, path: str) -> None:
    answer = bigip.call("POST", path, {"nonsense": 1}, session=bigip.session(None))
    assert answer.status_code in (400, 404) and answer.json()["message"]
