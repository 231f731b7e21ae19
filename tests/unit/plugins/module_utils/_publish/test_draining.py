# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that keep their connections: disabled beside AS3, watched, and removed without a cut connection."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.by_hand import ONE, PATH, THREE, TWO, by_hand, in_store, key, on_device
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, addresses, app, member, never_more_than_half, pool

FOUR = "10.0.0.4:61004"
DRAIN: dict[str, Any] = {"applications": [app(terminating="drain")]}


def published(*members: str) -> World:
    """A world with these members on BIG-IP, and no request since."""
    world = World({"web": pool(*members)})
    world.publish(**DRAIN)
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    world.bigip.lost_answering.clear()
    return world


def connected(world: World, member: str, *ends: tuple[float, int], path: str = PATH) -> None:
    """The open connections of a member: so many from each time on."""

    def at(now: float) -> None:
        world.bigip.connections[path, key(member)] = [count for time, count in ends if time <= now][-1]
        before(now)

    before = world.clock.on_sleep
    world.clock.on_sleep = at
    at(world.clock.now)


def named(world: World) -> list[str]:
    return sorted(mark.draining(world.bigip.stored["T1"]["A1"], "pool"))


def draining(result: dict[str, Any]) -> list[str]:
    return [f"{item['address']}:{item['port']}" for item in result["tenants"]["T1"].get("members_draining", [])]


def test_a_member_is_removed_when_its_connections_are_closed() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(THREE, TWO, draining=(ONE,))
    connected(world, ONE, (0, 2), (7, 1), (11, 0))
    predicted = world.publish(check_mode=True, **DRAIN)
    assert not world.bigip.posts and not world.bigip.sessions and not world.bigip.reads["stats"]
    result = world.publish(**DRAIN)
    assert world.bigip.sessions == [(PATH, f"/Common/{ONE}", "user-disabled")]
    assert on_device(world) == {TWO: "enable", THREE: "enable"} and named(world) == []
    assert [len(body["T1"]["A1"]["pool"]["members"][0]["serverAddresses"]) for _tenant, body in world.bigip.posts] == [1, 1]
    assert world.clock.now == 12 and world.bigip.reads["stats"] == 7, "one request for each look"
    assert world.bigip.cut == [] and world.bigip.added_again == [] and result["warnings"] == []
    never_more_than_half(world)
    assert draining(result) == [ONE]
    for part in ("changed", "tenants", "counts", "diff", "declaration", "pools"):
        shown = {"T1": {**predicted[part]["T1"], "code": 200, "message": "success"}} if part == "tenants" else predicted[part]
        assert shown == result[part], part
    posts = len(world.bigip.posts)
    assert not world.publish(**DRAIN)["changed"] and len(world.bigip.posts) == posts and len(world.bigip.sessions) == 1
    world.cluster.by_service["web"] = pool(THREE, TWO)
    assert not world.publish(**DRAIN)["changed"]


def test_the_report_names_the_pod() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    result = world.publish(check_mode=True, **DRAIN)
    entry = {"application": "A1", "pool": "pool", "address": "10.0.0.1", "port": 61001, "pod": "web-61001", "node": "node-1"}
    assert result["tenants"]["T1"]["members_draining"] == result["tenants"]["T1"]["members_removed"] == [entry]
    assert "web-61001" in result["diff"][0]["before"] and "web-61001" not in result["diff"][0]["after"]
    world.cluster.by_service["web"] = pool(TWO, left_out=("web-61001",))
    assert "members_draining" not in world.publish(applications=[app(terminating="exclude")], check_mode=True)["tenants"]["T1"]


def test_without_connections_nothing_is_waited_for() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    assert world.publish(**DRAIN)["changed"]
    assert world.clock.now == 0 and addresses(world) == [TWO] and len(world.bigip.posts) == 2


def test_the_time_limit_cuts_the_connections_that_are_left() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    connected(world, ONE, (0, 3))
    result = world.publish(drain_timeout=30, **DRAIN)
    assert world.clock.now == 30 and addresses(world) == [TWO] and world.bigip.cut == [(PATH, key(ONE), 3)]
    assert result["warnings"] == [
        f"Pool {PATH}: these members still had connections 30 s after they got no new ones, and were removed: "
        f"{ONE} (3 connections). Set drain_timeout higher to wait longer."
    ]


def test_exclude_cuts_them_at_once() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, left_out=("web-61001",))
    connected(world, ONE, (0, 3))
    world.publish(applications=[app(terminating="exclude")])
    assert world.clock.now == 0 and world.bigip.cut == [(PATH, key(ONE), 3)] and not world.bigip.sessions


def test_new_members_must_be_up_first() -> None:
    world = published(ONE)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    world.bigip.state_of_new = "checking"

    def come_up(now: float) -> None:
        assert not world.bigip.sessions
        if now >= 5:
            world.bigip.device[PATH][key(TWO)] = member(*key(TWO))

    world.clock.on_sleep = come_up
    assert world.publish(**DRAIN)["changed"]
    assert world.clock.now == 5 and addresses(world) == [TWO]
    never_more_than_half(world)


def test_a_pool_of_terminating_pods_keeps_serving() -> None:
    """If no endpoint is ready, the members that end are the pool: also one that the run before disabled."""
    world = died_while_draining()
    world.cluster.by_service["web"] = pool(ONE)
    assert world.publish(**DRAIN)["changed"]
    assert on_device(world) == {ONE: "enable"} and named(world) == []
    assert not world.publish(**DRAIN)["changed"]


def died_while_draining() -> World:
    """A run of ONE and TWO that was killed after it had disabled ONE, which has a connection."""
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    world.bigip.connections[PATH, key(ONE)] = 1

    def kill(now: float) -> None:
        raise KeyboardInterrupt

    world.clock.on_sleep = kill
    with pytest.raises(KeyboardInterrupt):
        world.publish(**DRAIN)
    world.clock.on_sleep = lambda now: None
    assert on_device(world) == {ONE: "disable", TWO: "enable"} and named(world) == [ONE]
    assert in_store(world) == {ONE: "enable", TWO: "enable"}
    return world


def test_the_next_run_continues() -> None:
    world = died_while_draining()
    connected(world, ONE, (0, 1), (9, 0))
    result = world.publish(**DRAIN)
    assert result["changed"] and result["warnings"] == [] and world.clock.now == 10
    assert addresses(world) == [TWO] and world.bigip.cut == [] and len(world.bigip.sessions) == 1
    assert named(world) == [] and "members_disabled_by_hand" not in result["tenants"]["T1"]


def test_the_next_run_removes_a_member_whose_pod_is_gone() -> None:
    world = died_while_draining()
    now = world.clock.now
    world.cluster.by_service["web"] = pool(TWO)
    assert world.publish(**DRAIN)["changed"]
    assert world.clock.now == now and addresses(world) == [TWO] and world.bigip.reads["stats"] == 1


def test_another_pod_with_the_address_takes_traffic() -> None:
    """No operator disabled it. It is enabled beside AS3, so its connections stay too."""
    world = died_while_draining()
    world.cluster.by_service["web"] = pool(ONE, TWO)
    predicted = world.publish(check_mode=True, **DRAIN)
    result = world.publish(**DRAIN)
    assert predicted["changed"] and result["changed"] and result["warnings"] == []
    assert on_device(world) == {ONE: "enable", TWO: "enable"} and named(world) == []
    assert world.bigip.sessions[-1] == (PATH, f"/Common/{ONE}", "user-enabled")
    assert world.bigip.cut == [] and world.bigip.added_again == []
    assert not world.publish(**DRAIN)["changed"]


def test_a_post_meanwhile_repeats_the_state() -> None:
    """Another change of the tenant, by a run that drains too, does not enable the member or delete it."""
    world = died_while_draining()
    world.cluster.by_service["web"] = pool(TWO, THREE, draining=(ONE,))
    connected(world, ONE, (0, 1), (5, 0))
    assert world.publish(**DRAIN)["changed"]
    assert world.bigip.added_again == [] and world.bigip.cut == [] and addresses(world) == [TWO, THREE]
    assert len(world.bigip.sessions) == 1


def test_a_member_that_an_operator_disabled_drains_too() -> None:
    world = published(ONE, TWO)
    by_hand(world, ONE)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    connected(world, ONE, (0, 1), (5, 0))
    assert world.publish(**DRAIN)["changed"]
    assert world.clock.now == 6 and world.bigip.sessions == [] and addresses(world) == [TWO] and world.bigip.cut == []


def test_slices() -> None:
    world = published(ONE, TWO, THREE, FOUR)
    world.cluster.by_service["web"] = pool(FOUR, draining=(ONE, TWO, THREE))
    assert world.publish(**DRAIN)["changed"]
    assert [member.rpartition("/")[2] for _pool, member, _session in world.bigip.sessions] == [ONE, TWO, THREE]
    assert addresses(world) == [FOUR] and len(world.bigip.posts) == 2


ZERO: dict[str, Any] = {**DRAIN, "drain_timeout": 0}


def test_a_run_that_does_not_wait() -> None:
    """The first run disables, the next ones look, and the one that finds no connection removes."""
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    world.bigip.connections[PATH, key(ONE)] = 2
    result = world.publish(**ZERO)
    assert result["changed"] and result["tenants"]["T1"]["message"] == "2 open connections of 1 draining member"
    assert world.clock.now == 0 and on_device(world) == {ONE: "disable", TWO: "enable"} and named(world) == [ONE]
    posts = len(world.bigip.posts)
    assert not world.publish(**ZERO)["changed"] and len(world.bigip.posts) == posts and len(world.bigip.sessions) == 1
    world.bigip.connections.clear()
    assert world.publish(**ZERO)["changed"]
    assert addresses(world) == [TWO] and named(world) == [] and not world.publish(**ZERO)["changed"]


def test_a_run_that_does_not_wait_leaves_the_end_to_the_pod() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    world.bigip.connections[PATH, key(ONE)] = 2
    world.publish(**ZERO)
    world.cluster.by_service["web"] = pool(TWO)
    assert world.publish(**ZERO)["changed"] and addresses(world) == [TWO]


def test_other_tenants_do_not_wait() -> None:
    both = {"applications": [app(terminating="drain"), app(tenant="T2", service="api", terminating="drain")]}
    both["applications"][1]["virtual_server"]["virtualAddresses"] = ["192.0.2.11"]
    world = World({"web": pool(ONE, TWO), "api": pool(THREE)})
    world.publish(**both)
    world.cluster.by_service.update(web=pool(TWO, draining=(ONE,)), api=pool(THREE, FOUR))
    connected(world, ONE, (0, 1), (9, 0))
    world.progress.clear()
    assert world.publish(**both)["counts"]["update"] == 2
    assert "1 of 2 tenants done, waiting for connections to end in T1" in world.progress
    assert world.bigip.cut == []


def refused(*_words: Any) -> Any:
    raise Failure("bigip_refused", "Setting the session", said="HTTP 403: no right")


@pytest.mark.parametrize("request_", ["set_session", "members_stats"])
def test_a_request_that_bigip_refuses_fails_the_tenant(request_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    monkeypatch.setattr(world.bigip, request_, refused)
    result = world.publish(**DRAIN)
    assert [entry["code"] for entry in result["failure"]["tenants"]] == ["bigip_refused"]
    assert result["changed"] and sorted(addresses(world)) == [ONE, TWO]


def test_the_deadline_of_the_task_ends_the_wait() -> None:
    world = published(ONE, TWO)
    world.cluster.by_service["web"] = pool(TWO, draining=(ONE,))
    world.bigip.connections[PATH, key(ONE)] = 1
    result = world.publish(timeout=20, **DRAIN)
    assert [entry["code"] for entry in result["failure"]["tenants"]] == ["timeout"]
    assert on_device(world) == {ONE: "disable", TWO: "enable"} and named(world) == [ONE]


def test_a_group_is_synchronised_though_nothing_was_posted() -> None:
    world = died_while_draining()
    by_hand(world, ONE, "enable")
    world.publish(sync_to_group="/Common/dg", **ZERO)
    assert world.synchronised == ["/Common/dg"] and len(world.bigip.sessions) == 2
