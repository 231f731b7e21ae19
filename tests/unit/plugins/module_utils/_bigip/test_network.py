# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BIG-IP's self IP addresses and routes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import network
from ansible_collections.vks.bigip.plugins.module_utils._bigip.network import Route, SelfIp
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


def test_a_self_ip() -> None:
    item = {
        "fullPath": "/Common/internal",
        "address": "10.1.0.5%2/24",
        "vlan": "/Common/vlan",
        "floating": "enabled",
        "trafficGroup": "/Common/traffic-group-1",
    }
    found = network.self_ip(item)
    assert found == SelfIp(
        "/Common/internal", "10.1.0.5", 24, 2, "/Common/vlan", True, "/Common/traffic-group-1"
    )
    assert found is not None and str(found.network) == "10.1.0.0/24"


def test_the_least_of_a_self_ip() -> None:
    assert network.self_ip({"name": "a", "address": "10.1.0.5"}) == SelfIp("a", "10.1.0.5", 32, None, "", False, "")
    floating = network.self_ip({"fullPath": "/Common/a", "name": "a", "address": "::1/64", "floating": "disabled"})
    assert floating == SelfIp("/Common/a", "::1", 64, None, "", False, "")


@pytest.mark.parametrize("address", [None, "", "/24", "any6", "10.1.0.5/x", "10.1.0.5/33"])
def test_a_self_ip_that_cannot_be_read(address: Any) -> None:
    assert network.self_ip({"name": "a", "address": address}) is None


ROUTES: dict[str, tuple[dict[str, Any], Route]] = {
    "a network": (
        {"network": "10.2.0.0%3/16", "gw": "10.1.0.1%3"},
        Route("r", "10.2.0.0/16", 3, "10.1.0.1", None, None, False, gateway_domain=3),
    ),
    "default": (
        {"network": "default", "gw": "10.1.0.1%4"},
        Route("r", "0.0.0.0/0", 4, "10.1.0.1", None, None, False, gateway_domain=4),
    ),
    "default of a route domain": (
        {"network": "default%0", "gw": "10.1.0.1%4"},
        Route("r", "0.0.0.0/0", 0, "10.1.0.1", None, None, False, gateway_domain=4),
    ),
    "default of IPv6": (
        {"network": "default-inet6", "pool": "/Common/p"},
        Route("r", "::/0", None, None, None, "/Common/p", False),
    ),
    "default by an IPv6 gateway": (
        {"network": "default", "gw": "2001:db8::1"},
        Route("r", "::/0", None, "2001:db8::1", None, None, False),
    ),
    "an interface": (
        {"network": "10.2.0.0/16", "tmInterface": "/Common/vlan"},
        Route("r", "10.2.0.0/16", None, None, "/Common/vlan", None, False),
    ),
    "nowhere": (
        {"network": "10.2.0.0/16", "blackhole": True},
        Route("r", "10.2.0.0/16", None, None, None, None, True),
    ),
    "a description": (
        {"network": "10.2.0.0/16", "gw": "10.1.0.1", "description": "by hand"},
        Route("r", "10.2.0.0/16", None, "10.1.0.1", None, None, False, "by hand"),
    ),
    "no network": ({}, Route("r", "", None, None, None, None, False)),
    "another text": ({"network": "x"}, Route("r", "x", None, None, None, None, False)),
}


@pytest.mark.parametrize(("item", "expected"), ROUTES.values(), ids=ROUTES)
def test_route(item: dict[str, Any], expected: Route) -> None:
    assert network.route({"name": "r", **item}) == expected


def run(clock: Clock, path: str, items: list[Any], read: Any) -> Any:
    with ScriptedServer([Exchange("GET", path, json={"items": items})]) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
            return read(session)


def test_port_lockdown(clock: Clock) -> None:
    items = [
        {"fullPath": "/Common/a", "allowService": "all"},
        {"fullPath": "/Common/b", "allowService": ["tcp:179", "default"]},
        {"fullPath": "/Common/c", "allowService": "none"},
        {"name": "d"},
    ]
    found = run(clock, "/mgmt/tm/net/self", items, network.port_lockdown)
    assert found == {"/Common/a": ("all",), "/Common/b": ("tcp:179", "default"), "/Common/c": (), "d": ()}


INSTANCES = "/mgmt/tm/net/routing/bgp"


@pytest.mark.parametrize(
    ("instances", "domains"),
    [
        (Exchange("GET", INSTANCES, status=404, json={"message": "01020036:3: not found"}), {2}),
        (Exchange("GET", INSTANCES, json={}), {2}),
        (Exchange("GET", INSTANCES, json={"items": [{"routeDomain": "/Common/three", "enabled": "true"}]}), {2, 3}),
        (Exchange("GET", INSTANCES, json={"items": [{"routeDomain": "/Common/0"}]}), {0, 2}),
        (Exchange("GET", INSTANCES, json={"items": [{"routeDomain": "/Common/0", "enabled": "false"}]}), {2}),
    ],
)
def test_bgp_domains(clock: Clock, instances: Exchange, domains: set[int]) -> None:
    """In Legacy mode, and in TMOS mode."""
    items = [
        {"fullPath": "/Common/0", "id": 0},
        {"fullPath": "/Common/two", "id": 2, "routingProtocol": ["BFD", "BGP"]},
        {"fullPath": "/Common/three", "id": 3, "routingProtocol": ["BFD"]},
    ]
    script = [Exchange("GET", "/mgmt/tm/net/route-domain", json={"items": items}), instances]
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        assert network.bgp_domains(session) == domains


def test_the_path_of_an_object_in_a_url() -> None:
    assert network.uri_path("/Common/a b%2?x") == "~Common~a%20b%252%3Fx"
