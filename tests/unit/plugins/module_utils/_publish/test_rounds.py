# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting, round after round: replacements, conflicts, lost answers and repairs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import SyncStatus
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, addresses, app, member, never_more_than_half, pool


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
    bodies = [[entry["serverAddresses"] for entry in post[1]["T1"]["A1"]["pool"]["members"]] for post in world.bigip.posts[1:]]
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
    """AS3 says that it has done it, and stores nothing of it."""
    many = [f"10.0.0.{number}:61000" for number in range(1, 9)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of({"results": [{"code": 200, "message": "success", "tenant": "T1"}]})] * 50
    world.cluster.by_service["web"] = pool(many[0], left_out=("a", "b"))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["code"] == "endless" and failure["message"].startswith("Tenant T1 still differs from what was sent after 40 POSTs")
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
    assert done["tenants"]["T1"]["action"] == "restore" and done["tenants"]["T1"]["drifted"] == ["/T1/A1/pool"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    assert not world.publish(applications=[app()])["changed"]


@pytest.mark.parametrize(
    ("by_hand", "setting"),
    [({"ratio": 5}, {}), ({"ratio": 1}, {"ratio": 5}), ({"priority": 3}, {}), ({"limit": 1}, {"connectionLimit": 9}), ({}, {"adminState": "disable"})],
)
def test_settings_changed_by_hand_are_repaired_in_slices(by_hand: dict[str, int], setting: dict[str, Any]) -> None:
    world = World({"web": pool(*(f"10.0.0.{number}:6100{number}" for number in range(1, 5)))})
    items = [app(member=setting)]
    world.publish(applications=items)
    stored = json.dumps(world.bigip.stored)
    assert not world.publish(applications=items)["changed"]
    world.bigip.device["/T1/A1/pool"] = {key: member(*key, **by_hand) for key in world.bigip.device["/T1/A1/pool"]}
    world.bigip.lost_answering.clear()
    foreseen = world.publish(applications=items, check_mode=True)
    done = world.publish(applications=items)
    assert foreseen["tenants"]["T1"]["action"] == done["tenants"]["T1"]["action"] == "restore" and "failure" not in done
    never_more_than_half(world)
    assert json.dumps(world.bigip.stored) == stored and not world.publish(applications=items)["changed"]


def test_lock_conflict_is_read_again_and_planned_again() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def someone_else(bigip: Any, body: Any, tenant: Any) -> None:
        bigip.stored["T1"]["Other"] = {"class": "Application", "constants": {"class": "Constants", "x": 1}}

    world.bigip.answers.append(someone_else)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    assert "failure" not in done and "Other" in world.bigip.stored["T1"] and len(addresses(world)) == 3


def test_conflicts_without_end_fail_and_say_so() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    text = "The hash you submitted does not match the hash on the current Tenant. This usually indicates ..."
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of({"results": [{"code": 422, "message": text, "tenant": "T1"}]})] * 9
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["response"] == text and len(world.bigip.posts) == 6


def test_a_conflict_without_end_names_who_changed_the_tenant() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.publish(applications=[app(application="A2", virtual_server=None)])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")

    def other_job(bigip: Any, body: Any, tenant: Any) -> None:
        """Of the same owner, so that the tenant stays one that is posted whole; and it is always the first."""
        bigip.stored["T1"]["A2"]["remark"] = f"change {len(bigip.posts)}"

    world.bigip.answers += [other_job] * 9
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["message"].endswith(f"Meanwhile changed: application A2 (owner {OWNER}).")
    assert done["failure"]["message"] == failure["message"]


def test_a_script_that_goes_on_alone_is_waited_for() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")

    def slow(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)] = member("10.0.0.3", 61003)
        said = "TMSH CLI script taking longer than expected"
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "response": said, "tenant": "T1"}], "code": 422})

    before = world.clock.now
    world.bigip.answers.append(slow)
    done = world.publish(applications=[app()])
    assert "failure" not in done and done["changed"] and world.clock.now - before >= 5
    assert len(world.bigip.stored["T1"]["A1"]["pool"]["members"]) == 3 and not world.publish(applications=[app()])["changed"]
    world.cluster.by_service["web"] = pool(*(f"10.0.0.{number}:6100{number}" for number in (1, 2, 3, 4)))
    world.bigip.answers += [slow] * 9
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == "TMSH CLI script taking longer than expected" and "busy" in failure["message"]


def test_lost_answer_after_the_post_was_done() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def lost(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.accept(body, tenant)
        return unknown("the connection broke")

    world.bigip.answers.append(lost)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    assert "failure" not in done and len(world.bigip.posts) == 2 and len(addresses(world)) == 3


def test_lost_answer_before_the_post_was_done() -> None:
    world = World(WEB)
    world.bigip.answers.append(lambda bigip, body, tenant: unknown("HTTP 500"))
    done = world.publish(applications=[app()])
    assert "failure" not in done and len(world.bigip.posts) == 2 and len(addresses(world)) == 2


def test_failed_script_that_deleted_members_is_healed() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def fails_half_way(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"].clear()
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "response": "0107176c:3: Invalid Node.", "tenant": "T1"}], "code": 422})

    world.bigip.answers.append(fails_half_way)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["response"] == "0107176c:3: Invalid Node." and "were put back" in failure["message"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]


def test_new_members_of_a_post_that_could_not_be_stored_are_not_taken_away_again() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def changed_but_not_stored(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)] = member("10.0.0.3", 61003)
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "response": "01020057:3", "tenant": "T1"}]})

    world.bigip.answers.append(changed_but_not_stored)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    assert "put back" not in done["failure"]["message"] and len(addresses(world)) == 3
    assert world.publish(applications=[app()])["changed"] and len(addresses(world)) == 3


def test_a_bigip_that_goes_away_in_the_middle_is_one_error_and_keeps_the_report() -> None:
    world = World(WEB)

    def gone(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_unreachable", "Sending the declaration to AS3", said="connection refused")

    world.bigip.answers += [lambda bigip, body, tenant: bigip.accept(body, tenant), gone]
    done = world.publish(applications=[app(), app("T2", virtual_server=None), app("T3", virtual_server=None)])
    assert done["changed"] and [failure["code"] for failure in done["failure"]["tenants"]] == ["bigip_unreachable", "stopped"]
    assert len(world.bigip.posts) == 2 and list(world.bigip.stored) == ["T1"]


def test_device_group_is_synchronised_once_and_only_after_a_post() -> None:
    world = World(WEB)
    items = [app(), app("T2", virtual_server=None)]
    world.bigip.sync = SyncStatus("high-availability", "Changes Pending", "yellow", "Changes pending on bigip2.")
    done = world.publish(applications=items)
    assert done["sync"]["status"] == "Changes Pending" and any("Set sync_to_group" in text for text in done["warnings"])
    assert world.publish(applications=items, sync_to_group="/Common/dg").get("sync") is None and world.synchronised == []
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    world.publish(applications=items, sync_to_group="/Common/dg")
    assert world.synchronised == ["/Common/dg"]


def test_members_put_there_by_hand_go_after_the_stored_ones_are_up() -> None:
    """Somebody pointed the pool at other members in LTM: AS3 would take them all away in one POST."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.device["/T1/A1/pool"] = {("10.0.9.1", 80): member("10.0.9.1", 80), ("10.0.9.2", 80): member("10.0.9.2", 80, ratio=2)}
    world.bigip.state_of_new = "checking"
    world.bigip.lost_answering.clear()

    def monitors(now: float) -> None:
        if now > 5:
            for states in world.bigip.device.values():
                for key, state in states.items():
                    states[key] = member(*key, ratio=state.ratio)

    world.clock.on_sleep = monitors
    foretold = world.publish(check_mode=True, applications=[app()])
    done = world.publish(applications=[app()])
    assert "failure" not in done and done["tenants"]["T1"]["action"] == foretold["tenants"]["T1"]["action"] == "restore"
    assert world.clock.now > 5 and addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    never_more_than_half(world)
    assert len(world.bigip.lost_answering) >= 2
    world.bigip.posts.clear()
    assert not world.publish(applications=[app()])["changed"] and not world.bigip.posts


def test_members_taken_away_by_hand_are_no_reason_to_hurry() -> None:
    """One was taken away and one put there: the one that answers stays until the missing one is up."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.device["/T1/A1/pool"] = {("10.0.0.1", 61001): member("10.0.0.1", 61001, state="down"), ("10.0.9.1", 80): member("10.0.9.1", 80)}
    world.bigip.state_of_new = "down"
    done = world.publish(applications=[app()], wait_up=5)
    assert done["failure"]["tenants"][0]["code"] == "members_not_up"
    assert "10.0.9.1:80" in addresses(world) and "10.0.0.2:61002" in addresses(world)
