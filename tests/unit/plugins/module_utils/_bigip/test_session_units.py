# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of a request, its time, and the units that are asked for their state."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.transport import Transport
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import INFO, PAGE, closed_port, get, login, logout
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

DEVICE = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
EXPIRED = {"code": 401, "message": "X-F5-Auth-Token does not exist."}


def device(state: str) -> Exchange:
    return Exchange("GET", DEVICE, json={"items": [{"selfDevice": "true", "failoverState": state}]})


def test_the_bytes_of_a_request(clock: Clock) -> None:
    with ScriptedServer([Exchange("GET", "/x?a=b"), Exchange("POST", "/x"), Exchange("POST", "/x")]) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
            session.request("GET", "/x", params={"a": "b"})
            session.request("POST", "/x", json={"a": 1, "b": [2, 3]})
            session.request("POST", "/x", json={})
    headers = {
        "User-Agent": "vks.bigip (Ansible collection)",
        **{"Accept": "application/json", "Accept-Encoding": "gzip", "Connection": "keep-alive"},
        **{"X-F5-Auth-Token": "GIVEN", "Host": f"127.0.0.1:{server.port}"},
    }
    json = {**headers, "Content-Type": "application/json"}
    assert [(request.headers, request.body) for request in server.requests] == [
        (headers, b""),
        ({**json, "Content-Length": "17"}, b'{"a":1,"b":[2,3]}'),
        ({**json, "Content-Length": "2"}, b"{}"),
    ]


def test_a_request_is_named_by_its_method_and_path(clock: Clock) -> None:
    refused = get(status=403, json={"message": "no"})
    with ScriptedServer([refused]) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        with pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.what == f"GET {INFO} on BIG-IP"


def test_the_time_that_is_left_bounds_each_exchange(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[float] = []

    def send(self: Transport, *arguments: Any, **options: Any) -> Response:
        seconds.append(options["seconds"])
        clock.now += 59.5 if len(seconds) == 1 else 0.45
        return Response(200, {})

    monkeypatch.setattr(Transport, "send", send)
    with Session({"server": ["b"], "token": "GIVEN"}, clock.deadline(60)) as session:
        for _number in range(3):
            session.request("GET", INFO)
        with pytest.raises(Failure) as caught:
            session.request("GET", INFO, doing="Reading")
    assert seconds == pytest.approx([60, 0.5, 0.1])
    expected = Failure("timeout", "Reading (timed out after 60 s)", said="the task timed out", remedy="Raise timeout.")
    assert caught.value.as_dict() == expected.as_dict()


def test_the_end_of_a_session_ends_its_connections(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Transport] = []
    monkeypatch.setattr(Transport, "close", lambda *transport: closed.extend(transport))
    session = Session({"server": ["b"], "token": "GIVEN"}, clock.deadline(60))
    with session:
        assert closed == []
    assert closed == [session._transport]


SERVERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "names": ({"server": ["a", "b"]}, ["https://a:443", "https://b:443"]),
    "blanks between them": ({"server": ["a, ,b,", ""]}, ["https://a:443", "https://b:443"]),
    "a port": ({"server": ["a", "b:444"], "server_port": 8443}, ["https://a:8443", "https://b:444"]),
    "no port": ({"server": ["a"], "server_port": None}, ["https://a:443"]),
}


@pytest.mark.parametrize(("options", "urls"), SERVERS.values(), ids=SERVERS)
def test_the_units_that_the_options_name(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], urls: list[str]
) -> None:
    monkeypatch.setattr("ansible_collections.vks.bigip.plugins.module_utils._bigip.transport._SCHEME", "https")
    session = Session({**options, "token": "GIVEN"}, clock.deadline(60))
    assert [unit.url for unit in session._units] == urls


@pytest.mark.parametrize("server", [None, [], [" , "]])
def test_no_unit_is_named(clock: Clock, server: Any) -> None:
    with pytest.raises(Failure) as caught:
        Session({"server": server, "token": "GIVEN"}, clock.deadline(60))
    remedy = "Set provider.server or the environment variable F5_SERVER."
    assert caught.value.as_dict() == Failure("bigip_options", "No BIG-IP is named", remedy=remedy).as_dict()


def state_of_first(clock: Clock, first: Any, **options: Any) -> dict[str, Any]:
    """The failure with a first unit that is not active and a second one that is standby."""
    with ScriptedServer([]) as second:
        second.take = lambda request: device("standby")  # type: ignore[method-assign]
        with pytest.raises(Failure) as caught, Session(
            provider(first, second, token="GIVEN", **options), clock.deadline(20)
        ) as session:
            session.request("GET", INFO, doing="Reading")
    shown = caught.value.as_dict()
    (shown["said"], *rest) = str(shown["said"]).split(f"; 127.0.0.1:{second.port} ")
    assert rest == ["reports standby"]
    return shown


REMEDY = "No unit was active in time: check the failover state of the units, and that provider.server names both."
STATES: dict[str, tuple[Exchange, str]] = {
    "standby": (device("standby"), " reports standby"),
    "no state": (Exchange("GET", DEVICE, json={}), " reports None"),
    "a refusal": (Exchange("GET", DEVICE, 400, json={"message": "no"}), " reports HTTP 400: no"),
    "a page": (Exchange("GET", DEVICE, 500, text=PAGE), ": HTTP 500: Oops Not here"),
    "no answer": (Exchange("GET", DEVICE, drop=True), ": Remote end closed connection without response"),
}


@pytest.mark.parametrize(("answer", "said"), STATES.values(), ids=STATES)
def test_why_a_unit_is_not_active(clock: Clock, answer: Exchange, said: str) -> None:
    with ScriptedServer([]) as first:
        first.take = lambda request: answer  # type: ignore[method-assign]
        shown = state_of_first(clock, first)
    name = f"127.0.0.1:{first.port}"
    assert (shown["code"], shown["summary"]) == ("bigip_no_active_unit", "Reading (timed out after 20 s)")
    assert (shown["said"], shown["remedy"]) == (f"{name}{said}", REMEDY)


def test_a_unit_that_is_not_reached_or_that_refuses_is_not_active(clock: Clock) -> None:
    first = closed_port()
    assert state_of_first(clock, first)["said"] == f"127.0.0.1:{first.port}: Connection refused"
    with ScriptedServer([]) as first:
        first.take = lambda request: Exchange("GET", DEVICE, 403, json={"message": "no"})  # type: ignore[method-assign]
        said = state_of_first(clock, first)["said"]
    assert said == "Reading: HTTP 403: no. The account needs the role Administrator in all partitions."


def test_units_that_never_answered_are_not_waited_for(clock: Clock) -> None:
    options = provider(closed_port(), closed_port(), token="GIVEN")
    with pytest.raises(Failure) as caught, Session(options, clock.deadline(600)) as session:
        session.request("GET", INFO, doing="Reading")
    assert caught.value.code == "bigip_no_active_unit" and sum(clock.slept) == pytest.approx(15)
    assert caught.value.what == "Reading (timed out after 15 s)"


def test_units_that_all_refuse_cost_no_wait(clock: Clock) -> None:
    """The failure is that of the first one."""
    refused = [Exchange("GET", DEVICE, 403, json={"message": word}) for word in ("first", "second")]
    with ScriptedServer(refused[:1]) as one, ScriptedServer(refused[1:]) as two:
        with pytest.raises(Failure) as caught, Session(provider(one, two, token="GIVEN"), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert caught.value.said == "HTTP 403: first" and not clock.slept


def test_a_token_that_a_unit_rejects_three_times(clock: Clock) -> None:
    """It signs in again each time. Then the other unit is asked."""
    rejected = Exchange("GET", DEVICE, 401, json=EXPIRED)
    first = [entry for token in "abc" for entry in (login(token), rejected)]
    with ScriptedServer([*first, *map(logout, "abc")]) as one:
        with ScriptedServer([login("d"), device("active"), get(), logout("d")]) as two:
            with Session(provider(one, two), clock.deadline(60)) as session:
                assert session.request("GET", INFO).status == 200
    assert not clock.slept


def test_a_token_that_a_unit_rejects_once(clock: Clock) -> None:
    first = [login("a"), Exchange("GET", DEVICE, 401, json=EXPIRED), login("b"), device("active"), get()]
    with ScriptedServer([*first, logout("a"), logout("b")]) as one, ScriptedServer([]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session:
            assert session.request("GET", INFO).status == 200
    assert not clock.slept


def test_a_request_of_a_transaction(clock: Clock) -> None:
    with ScriptedServer([Exchange("POST", "/x"), Exchange("POST", "/x")]) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
            session.request("POST", "/x", json={}, transaction="17")
            session.request("POST", "/x", json={})
    name = "X-F5-REST-Coordination-Id"
    assert [request.headers.get(name) for request in server.requests] == ["17", None]
    assert {request.headers["X-F5-Auth-Token"] for request in server.requests} == {"GIVEN"}


def test_the_unit_that_answers(clock: Clock) -> None:
    with ScriptedServer([device("standby")]) as first, ScriptedServer([device("active"), get()]) as second:
        with Session(provider(first, second, token="GIVEN"), clock.deadline(60)) as session:
            assert session.unit is None
            session.request("GET", INFO)
            assert session.unit == session.units[1]
    assert [unit.name for unit in session.units] == [f"127.0.0.1:{server.port}" for server in (first, second)]
