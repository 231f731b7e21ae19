# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of BIG-IP that are read for the Pod network: routes, units, and virtual servers."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.facts import Facts
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import BigIp, Route, Unit
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

NEAR, TABLE = ipaddress.ip_network("198.18.0.0/16"), "/mgmt/tm/net/route/stats"
DEVICES = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
PARTITIONS = "/mgmt/tm/auth/partition?$select=name,defaultRouteDomain"
VIRTUALS = "/mgmt/tm/ltm/virtual?$select=fullPath,pool,sourceAddressTranslation"
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"


def answered(path: str, *items: Any) -> Exchange:
    return Exchange("GET", path, json={"items": list(items)})


def self_ip(address: str, **more: str) -> dict[str, str]:
    return {"fullPath": "/Common/s", "address": address, **more}


def row(destination: str) -> dict[str, Any]:
    columns = {"destination": destination, "nextHop": "198.18.0.2", "origin": "dynamic"}
    return {"nestedStats": {"entries": {name: {"description": text} for name, text in columns.items()}}}


SELF = answered("/mgmt/tm/net/self", self_ip("198.18.0.250/16"))
STATIC = {"fullPath": "/Common/r", "network": "100.96.0.0/26", "gw": "198.18.0.1", "description": "mine"}
ROUTES = answered("/mgmt/tm/net/route", STATIC, {"fullPath": "/Common/two", "network": "10.0.0.0%2/24", "gw": "10.2.0.1%2"})
LEARNT = Exchange("GET", TABLE, json={"entries": {"a": row("100.96.1.0/26")}})


def read(clock: Clock, script: list[Exchange], *wanted: str, leads: bool = True, domain: int = 0) -> BigIp:
    with ScriptedServer(script) as server:
        given = provider(server, token="GIVEN")
        with Session(given, clock.deadline(60)) as session:
            facts = Facts(session, domain, given, lambda _texts: None)
            return facts.read(set(wanted), lambda _known: leads)


def ways(bigip: BigIp) -> list[Any]:
    assert callable(bigip.way)
    return [bigip.way(address) for address in ("198.18.0.1", "100.96.0.1", "100.96.1.1")]


MINE = Route("/Common/r", ipaddress.ip_network("100.96.0.0/26"), "198.18.0.1", "mine")


def test_learnt_routes_are_read_only_where_the_others_do_not_lead(clock: Clock) -> None:
    bigip = read(clock, [SELF, ROUTES], "self_ips", "pod_routes")
    assert bigip.routes == (MINE,) and ways(bigip) == ["connected", "routed", "none"]
    bigip = read(clock, [SELF, ROUTES, LEARNT], "self_ips", "pod_routes", leads=False)
    learnt = Route("100.96.1.0/26", ipaddress.ip_network("100.96.1.0/26"), "198.18.0.2")
    assert bigip.routes == (MINE, learnt) and ways(bigip) == ["connected", "routed", "routed"]
    bigip = read(clock, [SELF, ROUTES], "self_ips", "routes", leads=False)  # a check of nodes
    assert ways(bigip)[2] == "none"


def test_learnt_routes_that_cannot_be_read(clock: Clock) -> None:
    refused = Exchange("GET", TABLE, status=404, json={"message": "not found"})
    bigip = read(clock, [SELF, ROUTES, refused], "self_ips", "pod_routes", leads=False)
    assert bigip.routes == (MINE,) and "not found" in (bigip.not_learnt or "")
    unauthorized = Exchange("GET", TABLE, status=401, json={"message": "token"})
    with pytest.raises(Failure):
        read(clock, [SELF, ROUTES, unauthorized], "self_ips", "pod_routes", leads=False)


@pytest.mark.parametrize(
    ("self_ips", "peer", "domain", "unit"),
    [
        ([self_ip("198.18.0.250/16")], (), 0, ((NEAR,), ())),
        ([self_ip("198.18.0.250/16", floating="enabled")], (), 0, ((NEAR,), ())),
        ([self_ip("198.18.0.250/16", floating="enabled")], ("b",), 0, ((), (NEAR,))),
        ([self_ip("198.18.0.250%2/16")], (), 0, ((), ())),
        ([self_ip("198.18.0.250%2/16")], (), 2, ((NEAR,), ())),
    ],
)
def test_a_unit(clock: Clock, self_ips: list[Any], peer: tuple[str, ...], domain: int, unit: Any) -> None:
    """A floating self IP stays on the only unit, and not on one of a pair."""
    devices = [{"name": "a", "selfDevice": "true"}, *({"name": name, "selfDevice": "false"} for name in peer)]
    script = [answered(PARTITIONS), answered("/mgmt/tm/net/self", *self_ips), answered(DEVICES, *devices)]
    bigip = read(clock, script, "units", domain=domain)
    assert isinstance(bigip.units, tuple) and bigip.units == (Unit(bigip.units[0].name, *unit),)
    assert len(bigip.unasked) == len(peer)


def test_pools_are_read_only_for_a_virtual_server_without_snat(clock: Clock) -> None:
    plain = {"fullPath": "/T/A/vs", "pool": "/T/A/p", "sourceAddressTranslation": {"type": "none"}}
    members = [{"name": f"100.96.0.1:{port}", "address": "100.96.0.1", "state": "up"} for port in (80, 81)]
    pool = {"fullPath": "/T/A/p", "membersReference": {"items": members}}
    assert read(clock, [answered(VIRTUALS)], "virtuals").without_snat == {}
    assert read(clock, [answered(VIRTUALS, plain), answered(POOLS, pool)], "virtuals").without_snat == {"/T/A/vs": ("100.96.0.1",)}
    assert read(clock, [answered(VIRTUALS, plain), answered(POOLS)], "virtuals").without_snat == {"/T/A/vs": ()}
