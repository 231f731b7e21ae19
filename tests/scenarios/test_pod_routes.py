# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of pod_routes on a pair: one clear error, nothing half-written, and no route of others is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from support import tree
from support.labs import Labs

from .faulty_api import ApiFault, FaultyApi
from .site import Site

ROUTE, SELF = "/mgmt/tm/net/route", "/mgmt/tm/net/self"
GROUP = "/Common/lab-group"
ROUTER = "198.18.255.1"
OTHER = "vks.bigip owner=team-b node=elsewhere"
FOREIGN = {
    "by-hand": {"network": "10.9.0.0/24", "gw": ROUTER},
    "described": {"network": "10.9.1.0/24", "gw": ROUTER, "description": "the backup network"},
    "of-team-b": {"network": "10.9.2.0/24", "gw": ROUTER, "description": OTHER},
}
STALE = "100.127.0.0/26"
"""A network that no node of the cluster has."""


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "calico", "--nodes", "3", "--bigip-units", "2"), tree.link()) as made:
        yield made


@pytest.fixture(scope="module")
def api(site: Site) -> Iterator[FaultyApi]:
    with FaultyApi(site.kubeconfig()) as made:
        yield made


class World:
    """BIG-IP with routes of others, and with three of four routes of the cluster; the fourth is missing, one is not needed."""

    def __init__(self, site: Site, api: FaultyApi) -> None:
        self.site, self.api = site, api
        self.undo: list[Callable[[], Any]] = []
        for name, route in FOREIGN.items():
            self.create(name, **route)
        created = self.run()
        assert created["counts"]["added"] == 3, created
        first, self.changed = created["routes"][:2]
        self.missing = str(first["network"])
        self.site.control("DELETE", f"{ROUTE}/{first['name']}")
        self.create("stale", network=STALE, gw=ROUTER, description=f"vks.bigip owner={created['owner']} node=gone")
        self.site.control("PATCH", f"{ROUTE}/{self.changed['name']}", {"gw": ROUTER})
        self.owner = str(created["owner"])
        self.before = self.routes()

    def create(self, name: str, **route: str) -> None:
        self.site.control("POST", ROUTE, {"name": name, **route})

    def routes(self, unit: int = 0) -> dict[str, dict[str, Any]]:
        items = self.site.control("GET", ROUTE, unit=unit)["items"]
        return {item["name"]: {key: item.get(key) for key in ("network", "gw", "description")} for item in items}

    def run(self, **options: Any) -> dict[str, Any]:
        given = {"provider": self.site.provider(), "kubeconfig": self.api.kubeconfig, "timeout": 20, "sync_to_group": GROUP}
        return self.site.module("pod_routes", **{**given, **options})


@pytest.fixture
def world(site: Site, api: FaultyApi) -> Iterator[World]:
    api.faults.clear()
    made = World(site, api)
    yield made
    api.faults.clear()
    for step in made.undo:
        step()


def mcpd(method: str, path: str) -> Callable[[World], None]:
    """mcpd refuses the change."""

    def begin(world: World) -> None:
        world.site.fault({"kind": "mcpd", "message": "01070000:3: not today."}, where={"method": method, "path": path})

    return begin


def api_fails(kind: str, path: str, **more: Any) -> Callable[[World], None]:
    return lambda world: world.api.faults.append(ApiFault(kind, path, count=0, **more))


def peer_is_unconnected(world: World) -> None:
    """The second unit has no self IP of its own in the nodes' network, and so no route by it."""
    control = world.site.control
    for item in control("GET", ROUTE, unit=1)["items"]:
        control("DELETE", f"{ROUTE}/{item['name']}", unit=1)
    for item in control("GET", SELF, unit=1)["items"]:
        if item["address"].startswith("198.18.") and item["floating"] == "disabled":
            control("DELETE", f"{SELF}/{item['name']}", unit=1)
            kept = {key: item[key] for key in ("name", "address", "vlan", "allowService", "trafficGroup") if key in item}
            world.undo.append(partial(control, "POST", SELF, kept, unit=1))


def in_the_way(**more: str) -> Callable[[World], None]:
    """A route of others leads to the missing network, to another gateway."""

    def begin(world: World) -> None:
        world.create("in-the-way", network=world.missing, gw=ROUTER, **more)

    return begin


@dataclass(frozen=True)
class Row:
    """text: what the message has. done: all changes are in place after the failure, and otherwise none."""

    name: str
    before: Callable[[World], None]
    code: str
    text: str
    done: bool = False


TABLE = (
    Row("nodes, the second page", api_fails("status", "/nodes.*continue=", status=500), "read_incomplete", "Nodes"),
    Row("blocks, the second page", api_fails("status", "/blockaffinities.*continue=", status=500), "read_incomplete", "BlockAffinities"),
    Row("blocks, a page that ends early", api_fails("half", "/blockaffinities.*continue="), "read_incomplete", "BlockAffinities"),
    Row("blocks, not allowed", api_fails("status", "/blockaffinities", status=403), "read_incomplete", "BlockAffinities"),
    Row("a conflict without description", in_the_way(), "route_conflict", "/Common/in-the-way"),
    Row("a conflict with a description", in_the_way(description="by hand"), "route_conflict", "/Common/in-the-way"),
    Row("a route of another cluster", in_the_way(description=OTHER), "pod_cidr_overlap", "owner 'team-b'"),
    Row("the peer is not connected", peer_is_unconnected, "gateway_not_connected", "BIG-IP 127.0.0.2"),
    Row("the transaction is refused", mcpd("PATCH", "/transaction/"), "bigip_refused", "not today"),
    Row("the save is refused", mcpd("POST", "/sys/config"), "save_failed", "not today", done=True),
    Row("the config-sync is refused", mcpd("POST", "/mgmt/tm/cm"), "sync_failed", "not today", done=True),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_fault(world: World, row: Row) -> None:
    row.before(world)
    before = world.routes()
    failed = world.run()
    after = world.routes()
    world.site.clear()
    world.api.faults.clear()
    assert failed.get("failed") and "exception" not in failed
    assert (failed["failure"]["code"], row.text in failed["msg"]) == (row.code, True), failed["msg"]
    assert {name: after[name] for name in FOREIGN} == {name: before[name] for name in FOREIGN}
    if row.done:
        assert "stale" not in after and world.missing in networks(after) and failed["changed"]
        assert len(failed["failure"]["in_place"]) == 3
    else:
        assert after == before and not failed.get("changed")


def networks(routes: dict[str, dict[str, Any]]) -> set[str]:
    return {str(route["network"]) for route in routes.values()}


def test_without_a_fault(world: World) -> None:
    predicted = world.run(_ansible_check_mode=True)
    assert world.routes() == world.before
    result = world.run()
    assert result["counts"] == predicted["counts"] and result["diff"] == predicted["diff"] and result["routes"] == predicted["routes"]
    assert {name: result["counts"][name] for name in ("added", "changed", "removed", "kept")} == {"added": 1, "changed": 1, "removed": 1, "kept": 1}
    assert world.routes(1) == world.routes() and result["saved"] and result["sync"]["status"] == "In Sync"
    again = world.run()
    assert not again["changed"] and again["requests"]["bigip"] <= 10


def test_two_owners(world: World) -> None:
    """They publish from one cluster. The second one uses the routes of the first, and removes none of them."""
    world.run()
    before = world.routes()
    second = world.run(owner="team-c")
    assert not second["changed"] and second["counts"]["foreign"] == 3
    assert not world.run(owner="team-c", state="absent")["changed"] and world.routes() == before
    first = world.run(state="absent")
    assert first["counts"]["removed"] == 3
    assert set(world.routes()) == {"default", *FOREIGN}
