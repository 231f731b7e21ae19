# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests within the deadline, and the active unit."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import (
    BUSY,
    INFO,
    LOGIN,
    PAGE,
    carries,
    closed_port,
    get,
    login,
    logout,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

DEVICE = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"


def test_nothing_is_asked_before_the_first_request(clock: Clock) -> None:
    with ScriptedServer([]) as server, Session(provider(server), clock.deadline(60)):
        pass


def test_one_connection_is_kept(clock: Clock) -> None:
    ports: list[str] = []
    with ScriptedServer([login(), get(), get(), logout()]) as server:
        original = server._server.get_request

        def counted() -> Any:
            connection, address = original()
            ports.append(address)
            return connection, address

        server._server.get_request = counted  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
            session.request("GET", INFO)
    assert len(ports) == 1


def test_pauses_grow_to_a_cap_and_end_with_the_deadline(clock: Clock) -> None:
    with ScriptedServer([], any_order=True) as server:
        server.take = lambda request: login() if request.path == LOGIN else get(status=503, json={"code": 503, "message": BUSY})  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(120)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO, doing="Reading the version")
    failure = caught.value
    assert (failure.code, failure.said) == ("bigip_busy", f"HTTP 503: {BUSY}")
    assert failure.message.startswith("Reading the version (timed out after 120 s): HTTP 503")
    assert sum(session.requests.values()) < 30
    assert max(clock.slept) <= 8
    assert clock.slept[0] <= 0.5 < clock.slept[3]


OPTIONS = {
    "no server": ({"server": []}, "F5_SERVER"),
    "server of blanks": ({"server": [" "]}, "F5_SERVER"),
    "no password": ({"server": ["b"], "user": "u"}, "F5_PASSWORD"),
    "token, but basic": ({"server": ["b"], "token": "t", "auth": "basic"}, "F5_PASSWORD"),
    "http": ({"server": ["http://b"], "token": "t"}, "https"),
    "path": ({"server": ["b/mgmt"], "token": "t"}, "host name"),
    "bad port": ({"server": ["b:99999999"], "token": "t"}, "host name"),
    "no such file": ({"server": ["b"], "token": "t", "ca_cert": "/nonexistent/ca.pem"}, "/nonexistent/ca.pem"),
}


@pytest.mark.parametrize("options, named", OPTIONS.values(), ids=OPTIONS.keys())
def test_wrong_options_are_refused_before_anything_is_sent(clock: Clock, options: dict[str, Any], named: str) -> None:
    with pytest.raises(Failure) as caught:
        Session(options, clock.deadline(60))
    assert caught.value.code == "bigip_options"
    assert named in caught.value.message


def device(state: str, **kwargs: Any) -> Exchange:
    items = [
        {"name": "other", "selfDevice": "false", "failoverState": "active" if state == "standby" else "standby"},
        {"name": "self", "selfDevice": "true", "failoverState": state},
    ]
    return Exchange("GET", DEVICE, **({"json": {"items": items}} | kwargs))


def test_the_active_unit_is_asked(clock: Clock) -> None:
    with ScriptedServer([login("S"), device("standby"), logout("S")]) as standby:
        with ScriptedServer([login("A"), device("active"), get(expect=carries("A")), get(), logout("A")]) as active:
            with Session(provider(standby, active), clock.deadline(60)) as session:
                session.request("GET", INFO)
                session.request("GET", INFO)


def test_the_first_unit_is_down(clock: Clock) -> None:
    with ScriptedServer([login(), device("active"), get(), logout()]) as active:
        with Session(provider(closed_port(), active), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert not clock.slept


def test_after_a_retry_the_active_unit_is_asked_for_again(clock: Clock) -> None:
    first = [login("1"), device("active"), get(status=503, text=PAGE), device("standby"), logout("1")]
    with ScriptedServer(first) as one, ScriptedServer([login("2"), device("active"), get(expect=carries("2")), logout("2")]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session:
            assert session.request("GET", INFO).status == 200


def test_no_unit_is_active_yet(clock: Clock) -> None:
    first = [login("1"), device("standby"), device("active"), get(), logout("1")]
    with ScriptedServer(first) as one, ScriptedServer([login("2"), device("standby"), logout("2")]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session:
            assert session.request("GET", INFO).status == 200
    assert clock.slept


def test_no_unit_is_active_at_all(clock: Clock) -> None:
    with ScriptedServer([]) as one, ScriptedServer([]) as two:
        for server in (one, two):
            server.take = lambda request: {"POST": login(), "DELETE": logout()}.get(request.method, device("standby"))  # type: ignore[method-assign]
        with Session(provider(one, two), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_no_active_unit"
    assert f"127.0.0.1:{one.port} reports standby; 127.0.0.1:{two.port} reports standby" in (caught.value.said or "")


def test_servers_may_come_as_one_text(clock: Clock) -> None:
    with ScriptedServer([login("S"), device("standby"), logout("S")]) as one, ScriptedServer([login(), device("active"), get(), logout()]) as two:
        options = provider() | {"server": [f"127.0.0.1:{one.port}, 127.0.0.1:{two.port}"]}
        with Session(options, clock.deadline(60)) as session:
            session.request("GET", INFO)
