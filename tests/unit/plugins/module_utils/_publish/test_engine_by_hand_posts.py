# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POSTs with members that an operator disabled: each repeats the operator's state."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.by_hand import (
    ONE,
    PATH,
    THREE,
    TWO,
    both,
    by_hand,
    in_store,
    key,
    named,
    on_device,
    published,
    warned,
)
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, member, pool


@pytest.mark.parametrize("options", [{}, {"detect_drift": False}])
@pytest.mark.parametrize("state", ["disable", "offline"])
def test_a_post_for_another_reason_neither_enables_it_nor_adds_it_again(
    state: str, options: dict[str, Any]
) -> None:
    world = published()
    by_hand(world, TWO, state)
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    result = both(world, applications=[app()], **options)
    assert (
        result["tenants"]["T1"]["action"] == "update"
        and len(world.bigip.posts) == 1
        and not world.bigip.added_again
    )
    assert on_device(world) == in_store(world) == {ONE: "enable", TWO: state, THREE: "enable"}
    assert named(result) == [(PATH, TWO, state)] and len(warned(result)) == 1
    assert mark.of(world.bigip.stored["T1"]["A1"])["disabled_by_hand"] == {"pool": [TWO]}  # type: ignore[index]


DRIFT: dict[str, dict[str, Any]] = {
    "a member is missing": {ONE: None},
    "a ratio": {ONE: {"ratio": 5}},
    "the ratio of the disabled member": {TWO: {"ratio": 5, "session": "user-disabled"}},
    "a member more": {"10.0.9.9:80": {}},
}


@pytest.mark.parametrize("changes", DRIFT.values(), ids=DRIFT.keys())
def test_other_drift_is_repaired_beside_it(changes: dict[str, Any]) -> None:
    world = published(ONE, TWO, THREE)
    by_hand(world, TWO)
    device = world.bigip.device[PATH]
    for text, change in changes.items():
        device.pop(key(text), None)
        if change is not None:
            device[key(text)] = member(*key(text), **change)
    result = both(world, applications=[app()])
    assert result["tenants"]["T1"]["action"] == "restore" and result["tenants"]["T1"]["drifted"] == [PATH]
    assert on_device(world) == {ONE: "enable", TWO: "disable", THREE: "enable"} and named(result) == [
        (PATH, TWO, "disable")
    ]
    assert {state.ratio for state in world.bigip.device[PATH].values()} == {1}


def test_a_step_on_the_way_keeps_it_disabled() -> None:
    """The run ends after the union of former and new members."""
    world = published()
    by_hand(world, TWO)

    def gone(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_unreachable", "Sending the declaration to AS3", said="connection refused")

    world.bigip.answers += [lambda bigip, body, tenant: None, gone]
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    assert world.publish(applications=[app()])["failure"]["tenants"][0]["code"] == "bigip_unreachable"
    assert on_device(world) == in_store(world) == {ONE: "enable", TWO: "disable", "10.0.1.1:31000": "enable"}
    world.cluster.by_service["web"] = pool(ONE, TWO)
    result = both(world, applications=[app()])
    assert on_device(world) == {ONE: "enable", TWO: "disable"} and named(result) == [(PATH, TWO, "disable")]


@pytest.mark.parametrize(
    "options",
    [
        {"applications": [app()]},
        {"applications": [app()], "enforce_member_state": True},
        {"applications": [{"tenant": "T1", "application": "A3"}], "state": "absent"},
        {"applications": [{"tenant": "T1", "application": "A3"}], "state": "released"},
        {"tenants": {"T1": {}}, "state": "released"},
    ],
)
def test_applications_that_are_posted_with_others_keep_theirs(options: dict[str, Any]) -> None:
    """A tenant that is all ours is posted whole, also with what the task does not name."""
    items = [app(), *(app(application=name, virtual_server=None) for name in ("A2", "A3"))]
    world = published(applications=items)
    by_hand(world, TWO, path="/T1/A2/pool")
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    result = world.publish(**options)
    assert (
        result["changed"]
        and on_device(world, "/T1/A2/pool")[TWO] == in_store(world, "A2")[TWO] == "disable"
        and not warned(result)
    )
    if options.get("tenants") is None:
        by_hand(world, TWO, "enable", path="/T1/A2/pool")
        world.cluster.by_service["web"] = pool(ONE, TWO)
        world.publish(applications=items)
        assert on_device(world, "/T1/A2/pool") == {ONE: "enable", TWO: "enable"}


def test_applications_in_a_tenant_of_several_owners() -> None:
    world = published()
    world.bigip.stored["T1"]["Theirs"] = {
        "class": "Application",
        "pool": {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.0.9.1"]}]},
    }
    world.bigip.apply("T1")
    by_hand(world, TWO)
    theirs = copy.deepcopy(world.bigip.stored["T1"]["Theirs"])
    by_hand(world, "10.0.9.1:80", path="/T1/Theirs/pool")
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    both(world, applications=[app()])
    assert on_device(world)[TWO] == "disable" and world.bigip.stored["T1"]["Theirs"] == theirs


def test_members_put_back_after_a_failure_are_as_the_operator_left_them() -> None:
    world = published()
    by_hand(world, TWO)

    def fails_half_way(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device[PATH].clear()
        return outcome_of(
            {
                "results": [
                    {"code": 422, "message": "declaration failed", "response": "0107176c:3", "tenant": "T1"}
                ],
                "code": 422,
            }
        )

    world.bigip.answers.append(fails_half_way)
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert "were put back" in failure["message"] and on_device(world) == {ONE: "enable", TWO: "disable"}
    by_hand(world, TWO, "enable")
    both(world, applications=[app()])
    assert set(on_device(world).values()) == {"enable"}


def test_a_member_that_is_disabled_is_no_replacement() -> None:
    """The new member is down, and the only other one that stays is disabled: the former member stays too."""
    world = published()
    by_hand(world, TWO)
    world.bigip.state_of_new = "down"
    world.cluster.by_service["web"] = pool(TWO, THREE, left_out=("web-61001",))
    failure = world.publish(applications=[app()], wait_up=5)["failure"]["tenants"][0]
    assert (
        failure["code"] == "members_not_up"
        and failure["members"] == [f"{PATH} {THREE}"]
        and on_device(world)[ONE] == "enable"
    )


def test_without_detect_drift_a_run_without_a_change_reads_no_pool() -> None:
    world = published()
    world.bigip.reads.clear()
    assert not world.publish(applications=[app()], detect_drift=False)["changed"] and world.bigip.reads == {
        "declaration": 1
    }


def test_without_detect_drift_a_post_reports_no_drift() -> None:
    """The pools are read for what operators disabled; what else was changed there is no reason for anything."""
    items = [app(), app(application="A2", service="other", virtual_server=None)]
    world = World({"web": pool(ONE), "other": pool(TWO, service="other")})
    world.publish(applications=items)
    world.bigip.device["/T1/A2/pool"][key(TWO)] = member(*key(TWO), ratio=5)
    world.cluster.by_service["web"] = pool(ONE, THREE)
    result = world.publish(applications=items, detect_drift=False)
    assert (
        result["tenants"]["T1"]["applications"] == {"A1": "update"}
        and "drifted" not in result["tenants"]["T1"]
    )


@pytest.mark.parametrize("detect_drift", [True, False])
def test_after_an_unknown_outcome_the_device_is_compared(detect_drift: bool) -> None:
    world = published()

    def lost(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.accept(body, tenant)
        del bigip.device[PATH][key(TWO)]
        return unknown("the connection broke")

    world.bigip.answers.append(lost)
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    assert "failure" not in world.publish(applications=[app()], detect_drift=detect_drift)
    assert set(on_device(world)) == {ONE, TWO, THREE}


def test_a_member_that_the_device_lost_comes_back_as_the_operator_left_it() -> None:
    world = published()
    by_hand(world, TWO)
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    world.publish(applications=[app()])
    del world.bigip.device[PATH][key(TWO)]
    result = both(world, applications=[app()])
    assert result["tenants"]["T1"]["action"] == "restore" and on_device(world)[TWO] == "disable"
    assert named(result) == [(PATH, TWO, "disable")]
