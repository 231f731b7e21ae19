# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes and self IPs with their route domains, and the requests of a change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.static_routes import StaticRoutes
from ansible_collections.vks.bigip.plugins.module_utils._bigip.transaction import Step
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Stored
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import self_ip, stored
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PARTITIONS = "/mgmt/tm/auth/partition?$select=name,defaultRouteDomain"
ROUTES, SELF = "/mgmt/tm/net/route", "/mgmt/tm/net/self"
DOMAINS = {"Common": 0, "Shop": 2}


def answered(path: str, *items: Any) -> Exchange:
    return Exchange("GET", path, json={"items": list(items)})


PARTITION = answered(PARTITIONS, {"name": "Common", "defaultRouteDomain": 0}, {"name": "Shop", "defaultRouteDomain": 2}, {"name": "Old"})


def run(clock: Clock, script: list[Exchange], work: Any) -> Any:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        return work(StaticRoutes(session))


A, NET = "198.18.0.1", "10.1.0.0/24"
READ: list[tuple[str, dict[str, Any], Stored | None]] = [
    ("r", {"network": NET, "gw": A, "description": "by hand"}, stored(NET, A, "by hand", name="r")),
    ("r", {"network": "10.1.0.0%2/24", "gw": f"{A}%2"}, stored(NET, A, name="r", domain=2)),
    ("r", {"network": "10.1.0.0%2/24", "gw": A}, stored(NET, None, name="r", domain=2)),  # into another route domain
    ("r", {"network": NET, "pool": "/Common/p"}, stored(NET, None, name="r")),
    ("r", {"network": NET, "tmInterface": "/Common/v"}, stored(NET, None, name="r")),
    ("r", {"network": NET, "blackhole": True, "gw": A}, stored(NET, None, name="r")),
    ("r", {"network": "default", "gw": A}, stored("0.0.0.0/0", A, name="r")),
    ("r", {"network": "2001:db8:96::/64", "gw": "2001:db8::1"}, stored("2001:db8:96::/64", "2001:db8::1", name="r")),
    ("r", {"network": "x", "gw": A}, None),
    ("r", {}, None),
]


@pytest.mark.parametrize(("name", "item", "expected"), READ)
def test_a_route(clock: Clock, name: str, item: dict[str, Any], expected: Stored | None) -> None:
    script = [PARTITION, answered(ROUTES, {"fullPath": f"/Common/{name}", **item})]
    assert run(clock, script, lambda routes: routes.read()) == (() if expected is None else (expected,))


def test_the_default_route_domain_of_a_partition(clock: Clock) -> None:
    items = [{"fullPath": f"/{name}/r", "network": NET, "gw": A} for name in ("Shop", "Old", "Unknown")]
    items.append({"fullPath": "/Shop/s", "network": "10.2.0.0%0/24", "gw": f"{A}%0"})
    found = run(clock, [PARTITION, answered(ROUTES, *items)], lambda routes: routes.read())
    assert [(route.path, route.route_domain, str(route.gateway)) for route in found] == [
        *(("/Shop/r", 2, A), ("/Old/r", 0, A), ("/Unknown/r", 0, A), ("/Shop/s", 0, A)),
    ]


def test_self_ips(clock: Clock) -> None:
    items = [
        {"fullPath": "/Common/self-198.18.0.9/16", "address": "198.18.0.9/16"},
        {"fullPath": "/Common/self-2001:db8::9/64", "address": "2001:db8::9%2/64", "floating": "enabled"},
        {"fullPath": "/Shop/s", "address": "10.0.0.9/8"},
        {"fullPath": "/Common/x", "address": "x"},
    ]
    found = run(clock, [PARTITION, answered(SELF, *items)], lambda routes: routes.self_ips())
    assert found[:2] == (self_ip("198.18.0.9/16"), self_ip("2001:db8::9/64", domain=2, floating=True))
    assert (len(found), found[2].route_domain) == (3, 2)


def test_the_partitions_are_read_once(clock: Clock) -> None:
    route = {"fullPath": "/Common/r", "network": NET, "gw": A}
    script = [PARTITION, answered(ROUTES, route), answered(SELF, {"fullPath": "/Common/s", "address": "10.0.0.9/8"}), answered(ROUTES, route)]
    assert len(run(clock, script, lambda routes: [routes.read(), routes.self_ips(), routes.read()])) == 3


IN_SHOP = {"name": "r", "partition": "Shop"}
NEW = stored(NET, A, "mark", name="vks-a_24")
BODY = {"name": "vks-a_24", "partition": "Common", "network": NET, "gw": A, "description": "mark"}
OF_NEW = f"{ROUTES}/~Common~vks-a_24"
STEPS: list[tuple[str, Stored | None, Stored | None, list[Step]]] = [
    ("created", None, NEW, [Step("POST", ROUTES, BODY)]),
    ("created in a route domain", None, NEW._replace(route_domain=2), [Step("POST", ROUTES, {**BODY, "network": "10.1.0.0%2/24", "gw": f"{A}%2"})]),
    ("created in its partition's domain", None, NEW._replace(path="/Shop/r", route_domain=2), [Step("POST", ROUTES, {**BODY, **IN_SHOP})]),
    ("created in another domain", None, NEW._replace(path="/Shop/r"), [
        Step("POST", ROUTES, {**BODY, **IN_SHOP, "network": "10.1.0.0%0/24", "gw": f"{A}%0"}),
    ]),
    ("another gateway", stored(NET, "198.18.0.2", name="vks-a_24"), NEW, [Step("PATCH", OF_NEW, {"gw": A, "description": "mark"})]),
    ("a pool before", stored(NET, None, name="vks-a_24"), NEW, [Step("DELETE", OF_NEW), Step("POST", ROUTES, BODY)]),
    ("removed", NEW, None, [Step("DELETE", OF_NEW)]),
    ("removed, a strange name", stored(NET, A, name="a b%2?"), None, [Step("DELETE", f"{ROUTES}/~Common~a%20b%252%3F")]),
    ("IPv6", None, stored("2001:db8:96::/64", "2001:db8::1", "mark", name="r", domain=3), [
        Step("POST", ROUTES, {"name": "r", "partition": "Common", "network": "2001:db8:96::%3/64", "gw": "2001:db8::1%3", "description": "mark"}),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), [case[1:] for case in STEPS], ids=[case[0] for case in STEPS])
def test_the_requests_of_a_change(clock: Clock, before: Stored | None, after: Stored | None, expected: list[Step]) -> None:
    session = Session({"server": ["192.0.2.1"], "token": "GIVEN"}, clock.deadline(60))
    assert StaticRoutes(session, DOMAINS).steps(before, after) == expected


def test_a_route_is_read_as_it_was_written(clock: Clock) -> None:
    session = Session({"server": ["192.0.2.1"], "token": "GIVEN"}, clock.deadline(60))
    for route in (NEW, NEW._replace(route_domain=2), NEW._replace(path="/Shop/r", route_domain=2), NEW._replace(path="/Shop/r")):
        (step,) = StaticRoutes(session, DOMAINS).steps(None, route)
        item = {**(step.body or {}), "fullPath": route.path}
        assert run(clock, [PARTITION, answered(ROUTES, item)], lambda routes: routes.read()) == (route,)
