# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The self IPs of each unit."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.peers import unit_self_ips
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.static_routes import StaticRoutes
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import closed_port, login, logout
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

DEVICE = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
SELF, ROUTE = "/mgmt/tm/net/self", Exchange("GET", "/mgmt/tm/net/route", json={"items": []})
DOMAINS = {"Common": 0}
Hidden = list[str]


def devices(*peers: str, state: str = "active") -> Exchange:
    own = {"name": "own", "selfDevice": "true", "failoverState": state}
    return Exchange("GET", DEVICE, json={"items": [own, *({"name": peer, "selfDevice": "false"} for peer in peers)]})


def self_ips(address: str) -> Exchange:
    return Exchange("GET", SELF, json={"items": [{"fullPath": "/Common/s", "address": address}]})


def read(clock: Clock, *servers: Any, **options: Any) -> tuple[list[tuple[str, str, bool]], list[str], int, Hidden]:
    hidden: Hidden = []
    given = provider(*servers, **options)
    with Session(given, clock.deadline(100), hidden.extend) as session:
        routes = StaticRoutes(session, DOMAINS)
        routes.read()
        found, warnings = unit_self_ips(session, routes, given, hidden.extend)
    units = [(one.unit, str(one.self_ips[0].address), one.paired) for one in found]
    return units, warnings, sum(session.requests.values()), hidden


def test_one_unit(clock: Clock) -> None:
    with ScriptedServer([ROUTE, self_ips("10.0.0.1/8"), devices()]) as server:
        units, warnings, _requests, _hidden = read(clock, server, token="GIVEN")
    assert (units, warnings) == ([(f"127.0.0.1:{server.port}", "10.0.0.1", False)], [])


def test_a_peer_that_the_provider_does_not_name(clock: Clock) -> None:
    with ScriptedServer([ROUTE, self_ips("10.0.0.1/8"), devices("/Common/bigip2")]) as server:
        units, (warning,), _requests, _hidden = read(clock, server, token="GIVEN")
    assert units[0][2] and "BIG-IP has the peer /Common/bigip2, which provider.server does not name." in warning


@pytest.mark.parametrize("first", ["active", "standby"])
def test_both_units(clock: Clock, first: str) -> None:
    """The second unit gets a session of its own, which deletes its token."""
    asked = [login("A"), devices(state=first)]
    one = (
        [*asked, ROUTE, self_ips("10.0.0.1/8"), logout("A")] if first == "active" else [*asked, login("C"), self_ips("10.0.0.1/8"), logout("C"), logout("A")]
    )
    two = [login("B"), self_ips("10.0.0.2/8"), logout("B")] if first == "active" else [login("B"), devices(), ROUTE, self_ips("10.0.0.2/8"), logout("B")]
    with ScriptedServer(one) as server, ScriptedServer(two) as other:
        units, warnings, requests, hidden = read(clock, server, other)
    names = [f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}"]
    expected = [(names[0], "10.0.0.1", True), (names[1], "10.0.0.2", True)]
    assert units == (expected if first == "active" else expected[::-1]) and warnings == []
    assert {"A", "B"} <= set(hidden)
    assert requests == len(one) + len(two)


def test_a_unit_that_is_down(clock: Clock) -> None:
    gone = closed_port()
    with ScriptedServer([login("A"), devices(), ROUTE, self_ips("10.0.0.1/8"), logout("A")]) as server:
        units, (warning,), _requests, _hidden = read(clock, server, gone)
    assert [unit for unit, _address, _paired in units] == [f"127.0.0.1:{server.port}"]
    assert warning.startswith(f"The self IPs of BIG-IP 127.0.0.1:{gone.port} cannot be read,")
    assert sum(clock.slept) < 31


def test_a_unit_that_refuses_the_password(clock: Clock) -> None:
    refused = Exchange("POST", "/mgmt/shared/authn/login", 401, json={"code": 401, "message": "Authentication failed."})
    with ScriptedServer([login("A"), devices(), ROUTE, self_ips("10.0.0.1/8"), logout("A")]) as server, ScriptedServer([refused]) as other:
        with pytest.raises(Failure) as caught:
            read(clock, server, other)
    assert caught.value.code == "bigip_auth"
