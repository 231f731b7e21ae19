# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting, round after round: replacements, the wait for monitors, and how a run ends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import SyncStatus
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.publishing import (
    WEB,
    World,
    addresses,
    app,
    member,
    never_more_than_half,
    pool,
)


def test_replacement_goes_union_first_and_waits_for_monitors() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "checking"

    def monitors(now: float) -> None:
        if now > 5:
            for states in world.bigip.device.values():
                for key in states:
                    states[key] = member(*key)

    world.clock.on_sleep = monitors
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", "10.0.1.2:31000", mode="nodeport")
    world.bigip.lost_answering.clear()
    done = world.publish(applications=[app()])
    assert "failure" not in done and world.clock.now > 5
    bodies = [
        [entry["serverAddresses"] for entry in post[1]["T1"]["A1"]["pool"]["members"]]
        for post in world.bigip.posts[1:]
    ]
    assert bodies == [[["10.0.0.1"], ["10.0.0.2"], ["10.0.1.1", "10.0.1.2"]], [["10.0.1.1", "10.0.1.2"]]]
    never_more_than_half(world)


def test_new_members_that_do_not_come_up_keep_the_union_and_fail() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "down"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    done = world.publish(applications=[app()], wait_up=10)
    assert done["failure"]["tenants"][0]["code"] == "members_not_up"
    assert "10.0.1.1:31000" in done["failure"]["message"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002", "10.0.1.1:31000"]
    assert 10 <= world.clock.now < 20


def test_scale_down_of_pods_that_still_answer_goes_in_slices() -> None:
    many = [f"10.0.0.{number}:61000" for number in range(1, 9)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.lost_answering.clear()
    world.cluster.by_service["web"] = pool(many[0], left_out=("a", "b"))
    world.publish(applications=[app()])
    assert addresses(world) == ["10.0.0.1:61000"]
    never_more_than_half(world)
    assert len(world.bigip.posts) == 4  # create, 8 -> 4 -> 2 -> 1


def test_slices_without_end_fail() -> None:
    """AS3 reports success, and stores nothing of it."""
    many = [f"10.0.0.{number}:61000" for number in range(1, 9)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.answers += [
        lambda bigip, body, tenant: outcome_of(
            {"results": [{"code": 200, "message": "success", "tenant": "T1"}]}
        )
    ] * 50
    world.cluster.by_service["web"] = pool(many[0], left_out=("a", "b"))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["code"] == "endless" and failure["message"].startswith(
        "Tenant T1 still differs from what was sent after 40 POSTs"
    )
    assert len(world.bigip.posts) == 41


def test_changed_ratio_goes_in_slices() -> None:
    many = [f"10.0.0.{number}:61000" for number in range(1, 5)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.lost_answering.clear()
    world.publish(applications=[app(member={"ratio": 5})])
    never_more_than_half(world)
    assert {state.ratio for state in world.bigip.device["/T1/A1/pool"].values()} == {5}


def test_drift_is_repaired() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    del world.bigip.device["/T1/A1/pool"][("10.0.0.2", 61002)]
    assert not world.publish(applications=[app()], detect_drift=False)["changed"]
    done = world.publish(applications=[app()])
    assert done["tenants"]["T1"]["action"] == "restore" and done["tenants"]["T1"]["drifted"] == [
        "/T1/A1/pool"
    ]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    assert not world.publish(applications=[app()])["changed"]


@pytest.mark.parametrize(
    ("by_hand", "setting"),
    [
        ({"ratio": 5}, {}),
        ({"ratio": 1}, {"ratio": 5}),
        ({"priority": 3}, {}),
        ({"limit": 1}, {"connectionLimit": 9}),
        ({}, {"adminState": "disable"}),
    ],
)
def test_settings_changed_by_hand_are_repaired_in_slices(
    by_hand: dict[str, int], setting: dict[str, Any]
) -> None:
    world = World({"web": pool(*(f"10.0.0.{number}:6100{number}" for number in range(1, 5)))})
    items = [app(member=setting)]
    world.publish(applications=items)
    stored = json.dumps(world.bigip.stored)
    assert not world.publish(applications=items)["changed"]
    world.bigip.device["/T1/A1/pool"] = {
        key: member(*key, **by_hand) for key in world.bigip.device["/T1/A1/pool"]
    }
    world.bigip.lost_answering.clear()
    predicted = world.publish(applications=items, check_mode=True)
    done = world.publish(applications=items)
    assert (
        predicted["tenants"]["T1"]["action"] == done["tenants"]["T1"]["action"] == "restore"
        and "failure" not in done
    )
    never_more_than_half(world)
    assert json.dumps(world.bigip.stored) == stored and not world.publish(applications=items)["changed"]


def test_device_group_is_synchronised_once_and_only_after_a_post() -> None:
    world = World(WEB)
    items = [app(), app("T2", virtual_server=None)]
    world.bigip.sync = SyncStatus(
        "high-availability", "Changes Pending", "yellow", "Changes pending on bigip2."
    )
    done = world.publish(applications=items)
    summary = "Changes pending on bigip2."
    assert done["sync"] == {"mode": "high-availability", "status": "Changes Pending", "summary": summary}
    assert any("Set sync_to_group" in text for text in done["warnings"])
    assert (
        world.publish(applications=items, sync_to_group="/Common/dg").get("sync") is None
        and world.synchronised == []
    )
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    world.publish(applications=items, sync_to_group="/Common/dg")
    assert world.synchronised == ["/Common/dg"]


def test_members_put_there_by_hand_go_after_the_stored_ones_are_up() -> None:
    """Another user set other members in LTM: AS3 would remove all of them in one POST."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.device["/T1/A1/pool"] = {
        ("10.0.9.1", 80): member("10.0.9.1", 80),
        ("10.0.9.2", 80): member("10.0.9.2", 80, ratio=2),
    }
    world.bigip.state_of_new = "checking"
    world.bigip.lost_answering.clear()

    def monitors(now: float) -> None:
        if now > 5:
            for states in world.bigip.device.values():
                for key, state in states.items():
                    states[key] = member(*key, ratio=state.ratio)

    world.clock.on_sleep = monitors
    predicted = world.publish(check_mode=True, applications=[app()])
    done = world.publish(applications=[app()])
    assert (
        "failure" not in done
        and done["tenants"]["T1"]["action"] == predicted["tenants"]["T1"]["action"] == "restore"
    )
    assert world.clock.now > 5 and addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    never_more_than_half(world)
    assert len(world.bigip.lost_answering) >= 2
    world.bigip.posts.clear()
    assert not world.publish(applications=[app()])["changed"] and not world.bigip.posts


def test_members_taken_away_by_hand_are_no_reason_to_hurry() -> None:
    """Another user removed one and added one: the one that answers stays until the missing one is up."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.device["/T1/A1/pool"] = {
        ("10.0.0.1", 61001): member("10.0.0.1", 61001, state="down"),
        ("10.0.9.1", 80): member("10.0.9.1", 80),
    }
    world.bigip.state_of_new = "down"
    done = world.publish(applications=[app()], wait_up=5)
    assert done["failure"]["tenants"][0]["code"] == "members_not_up"
    assert "10.0.9.1:80" in addresses(world) and "10.0.0.2:61002" in addresses(world)


def refusal(tenant: str, said: str = "0107176c:3: Invalid Node.") -> dict[str, Any]:
    return {"results": [{"code": 422, "message": "declaration failed", "response": said, "tenant": tenant}]}


def test_the_deadline_ends_the_wait_for_monitors() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "checking"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    begin = world.clock.now
    (failure,) = world.publish(applications=[app()], timeout=5, wait_up=30)["failure"]["tenants"]
    assert (failure["code"], failure["summary"]) == ("timeout", "Timed out after 5 s")
    assert failure["remedy"] == "Set timeout higher, or run again: the next run continues."
    assert world.clock.now - begin == 5 and len(world.bigip.posts) == 2
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002", "10.0.1.1:31000"], "the union stays"


def test_a_tenant_that_waits_for_monitors_when_the_run_ends_was_not_finished() -> None:
    world = World({**WEB, "other": pool("10.0.9.1:61001", service="other")})
    items = [app(), app("T2", service="other", virtual_server=None)]
    world.publish(applications=items)
    world.bigip.state_of_new = "checking"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    world.cluster.by_service["other"] = pool("10.0.1.9:31000", mode="nodeport", service="other")
    world.bigip.answers += [
        lambda bigip, body, tenant: None,
        lambda bigip, body, tenant: outcome_of(refusal("T2")),
    ]
    failures = world.publish(applications=items, on_error="stop")["failure"]["tenants"]
    assert [failure["code"] for failure in failures] == ["stopped", 422]
    assert failures[0]["summary"] == "Tenant T1 was not finished"


def test_progress_names_what_is_done_and_what_is_waited_for() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app("T2", virtual_server=None)])
    assert world.progress == ["posting T1", "posting T2", "2 of 2 tenants done"]
    world.progress.clear()
    items = [app(), app("T0", service="nope", virtual_server=None), app("T3", virtual_server=None)]
    world.publish(applications=items)
    assert world.progress == ["posting T3", "1 of 1 tenants done"], "T0 is held, and T1 does not change"
    world.bigip.state_of_new = "checking"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    world.progress.clear()
    world.publish(applications=[app()], wait_up=1)
    assert world.progress[:2] == ["posting T1", "0 of 1 tenants done"]
    assert world.progress[2] == "0 of 1 tenants done, waiting for monitors in T1"


def test_without_wait_up_no_monitor_is_waited_for() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "checking"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", "10.0.1.2:31000", mode="nodeport")
    begin = world.clock.now
    assert "failure" not in world.publish(applications=[app()], wait_up=0)
    assert world.clock.now == begin and addresses(world) == ["10.0.1.1:31000", "10.0.1.2:31000"]


@pytest.mark.parametrize(("members", "more"), [(1, ""), (5, ""), (6, ", ...")])
def test_at_most_five_members_that_are_not_up_are_named(members: int, more: str) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "down"
    places = [f"10.0.1.{number}:31000" for number in range(1, members + 1)]
    world.cluster.by_service["web"] = pool(*places, mode="nodeport")
    (failure,) = world.publish(applications=[app()], wait_up=3)["failure"]["tenants"]
    named = ", ".join(f"/T1/A1/pool {place}" for place in places[:5])
    assert failure["summary"] == f"Tenant T1: {members} new members were not up after 3 s: {named}{more}"
    assert len(failure["members"]) == members


@pytest.mark.parametrize("group", [None, "/Common/dg"])
def test_a_device_group_whose_status_cannot_be_read_is_a_warning(group: str | None) -> None:
    world = World(WEB)

    def sync_status() -> Any:
        raise Failure("bigip_refused", "Reading the config-sync status of BIG-IP")

    world.bigip.sync_status = sync_status  # type: ignore[method-assign]
    result = world.publish(applications=[app()], sync_to_group=group)
    assert (
        "sync" not in result and "failure" not in result and world.synchronised == ([group] if group else [])
    )
    unknown_state = (
        "The sync status of the device group is unknown. Reading the config-sync status of BIG-IP."
    )
    assert result["warnings"] == [unknown_state]


def test_a_new_member_that_is_down_is_waited_for_although_others_are_up() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "down"
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.3:61003", left_out=("web-61002",))
    (failure,) = world.publish(applications=[app()], wait_up=3)["failure"]["tenants"]
    assert failure["code"] == "members_not_up" and failure["members"] == ["/T1/A1/pool 10.0.0.3:61003"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003"]
    assert failure["remedy"] == (
        "The former members stay beside them. pool_status_info shows why members are down. "
        "Or set wait_up higher."
    )


def test_each_step_may_wait_for_the_whole_of_wait_up() -> None:
    """The new members of each POST are up after 4 s. In all, the run waits longer than wait_up."""
    world = World({"web": pool(*(f"10.0.0.{number}:61000" for number in range(1, 5)))})
    world.publish(applications=[app()])
    world.bigip.state_of_new = "checking"
    posted: list[float] = []

    def note(bigip: Any, body: Any, tenant: Any) -> None:
        posted.append(world.clock.now)

    world.bigip.answers += [note] * 9

    def monitors(now: float) -> None:
        if now - posted[-1] >= 4:
            for states in world.bigip.device.values():
                states.update({key: replace(state, state="up") for key, state in states.items()})

    world.clock.on_sleep = monitors
    assert "failure" not in world.publish(applications=[app(member={"ratio": 5})], wait_up=5)
    assert posted == [0, 4] and {state.ratio for state in world.bigip.device["/T1/A1/pool"].values()} == {5}


def test_the_wait_ends_when_wait_up_is_over() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "checking"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    begin = world.clock.now
    world.publish(applications=[app()], wait_up=3)
    assert world.clock.now - begin == 3 and world.bigip.reads["declaration"] == 3, "nothing was sent since"
    assert world.progress[-1] == "1 of 1 tenants done"


def test_a_group_that_is_synchronised_may_still_have_changes_pending() -> None:
    world = World(WEB)
    world.bigip.sync = SyncStatus("high-availability", "Changes Pending", "yellow", "Wait.")
    result = world.publish(applications=[app()], sync_to_group="/Common/dg")
    assert result["sync"] == {"mode": "high-availability", "status": "Changes Pending", "summary": "Wait."}
    assert result["warnings"] == [] and world.synchronised == ["/Common/dg"]
