# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds after a POST that failed: conflicts, lost answers, refusals, and members that are put back."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import (
    OWNER,
    WEB,
    World,
    addresses,
    app,
    member,
    pool,
)


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
    world.bigip.answers += [
        lambda bigip, body, tenant: outcome_of({"results": [{"code": 422, "message": text, "tenant": "T1"}]})
    ] * 9
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
        """Of the same owner, so the tenant stays one that is posted whole; and it is always the first."""
        bigip.stored["T1"]["A2"]["remark"] = f"change {len(bigip.posts)}"

    world.bigip.answers += [other_job] * 9
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["message"].endswith(
        f"Meanwhile changed: application A2 (owner {OWNER})."
    )
    assert done["failure"]["message"] == failure["message"]


def test_a_script_that_goes_on_alone_is_waited_for() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")

    def slow(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)] = member("10.0.0.3", 61003)
        said = "TMSH CLI script taking longer than expected"
        return outcome_of(
            {
                "results": [{"code": 422, "message": "declaration failed", "response": said, "tenant": "T1"}],
                "code": 422,
            }
        )

    before = world.clock.now
    world.bigip.answers.append(slow)
    done = world.publish(applications=[app()])
    assert "failure" not in done and done["changed"] and world.clock.now - before >= 5
    assert (
        len(world.bigip.stored["T1"]["A1"]["pool"]["members"]) == 3
        and not world.publish(applications=[app()])["changed"]
    )
    world.cluster.by_service["web"] = pool(*(f"10.0.0.{number}:6100{number}" for number in (1, 2, 3, 4)))
    world.bigip.answers += [slow] * 9
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert (
        failure["response"] == "TMSH CLI script taking longer than expected" and "busy" in failure["message"]
    )


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


def test_failed_script_that_deleted_members_is_repaired() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def fails_half_way(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"].clear()
        return outcome_of(
            {
                "results": [
                    {
                        "code": 422,
                        "message": "declaration failed",
                        "response": "0107176c:3: Invalid Node.",
                        "tenant": "T1",
                    }
                ],
                "code": 422,
            }
        )

    world.bigip.answers.append(fails_half_way)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert (
        failure["code"] == 422
        and failure["response"] == "0107176c:3: Invalid Node."
        and "were put back" in failure["message"]
    )
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]


def test_new_members_of_a_post_that_could_not_be_stored_are_not_taken_away_again() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def changed_but_not_stored(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)] = member("10.0.0.3", 61003)
        return outcome_of(
            {
                "results": [
                    {"code": 422, "message": "declaration failed", "response": "01020057:3", "tenant": "T1"}
                ]
            }
        )

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
    assert done["changed"] and [failure["code"] for failure in done["failure"]["tenants"]] == [
        "bigip_unreachable",
        "stopped",
    ]
    assert len(world.bigip.posts) == 2 and list(world.bigip.stored) == ["T1"]


def grown(world: World) -> None:
    """Another Pod, so a tenant is posted whole."""
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")


def refusal(tenant: str, said: str = "0107176c:3: Invalid Node.") -> dict[str, Any]:
    return {"results": [{"code": 422, "message": "declaration failed", "response": said, "tenant": tenant}]}


def failing_after_deletes(bigip: Any, body: Any, tenant: Any) -> Any:
    bigip.device["/T1/A1/pool"].clear()
    return outcome_of(refusal("T1"))


@pytest.mark.parametrize(
    ("on_error", "codes", "stored"), [("stop", [422, "stopped"], []), ("continue", [422], ["T2"])]
)
def test_on_error_stop_ends_the_run_after_a_refusal(
    on_error: str, codes: list[Any], stored: list[str]
) -> None:
    world = World(WEB)
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of(refusal("T1")))
    result = world.publish(applications=[app(), app("T2", virtual_server=None)], on_error=on_error)
    failures = result["failure"]["tenants"]
    assert [failure["code"] for failure in failures] == codes and list(world.bigip.stored) == stored
    assert result["changed"] == bool(stored) and len(world.bigip.posts) == 1 + len(stored)
    if on_error == "stop":
        assert failures[1]["message"] == "Tenant T2 was not published. The run ended before its turn."


def test_lost_members_that_cannot_be_put_back_are_reported() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    grown(world)
    world.bigip.answers += [
        failing_after_deletes,
        lambda bigip, body, tenant: outcome_of(refusal("T1", "01020036:3")),
    ]
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    lost = "AS3 had removed members of /T1/A1/pool before it failed, and they could not be put back: "
    assert (
        failure["note"].startswith(lost)
        and "01020036:3" in failure["note"]
        and failure["note"] in failure["message"]
    )
    assert failure["response"] == "0107176c:3: Invalid Node." and len(world.bigip.posts) == 3


def test_a_read_that_fails_after_a_failure_is_reported_beside_it() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    grown(world)

    def unreadable(bigip: Any, body: Any, tenant: Any) -> Any:
        def pools(partitions: Any = None) -> Any:
            raise Failure("bigip_unreachable", "Reading the pools of BIG-IP", said="connection refused")

        bigip.pools = pools
        return outcome_of(refusal("T1"))

    world.bigip.answers.append(unreadable)
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    note = "Could not check or restore lost members: Reading the pools of BIG-IP: connection refused."
    assert (failure["code"], failure["note"]) == (422, note)


@pytest.mark.parametrize("state", ["absent", "released"])
def test_a_removal_that_fails_repairs_nothing(state: str) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.answers.append(failing_after_deletes)
    (failure,) = world.publish(state=state, tenants={"T1": {}})["failure"]["tenants"]
    assert failure["code"] == 422 and "note" not in failure and len(world.bigip.posts) == 2


def test_a_read_that_fails_between_two_rounds_fails_what_is_unfinished() -> None:
    world = World(WEB)
    read = world.bigip.declaration

    def declaration(tenants: Any = None) -> Any:
        if world.bigip.posts:
            raise Failure("bigip_unreachable", "Reading the declaration from AS3")
        return read(tenants)

    world.bigip.declaration = declaration  # type: ignore[method-assign]
    world.bigip.answers.append(lambda bigip, body, tenant: unknown("HTTP 500"))
    result = world.publish(applications=[app(), app("T2", virtual_server=None)])
    assert [(one["tenant"], one["code"]) for one in result["failure"]["tenants"]] == [
        ("T1", "bigip_unreachable")
    ]
    assert result["tenants"]["T2"]["code"] == 200


def test_a_busy_as3_is_tried_five_times() -> None:
    world = World(WEB)
    busy = {
        "results": [{"code": 503, "message": "Configuration operation in progress on device", "tenant": "T1"}]
    }
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of(busy)] * 9
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    assert failure["code"] == 503 and len(world.bigip.posts) == 5 and "note" not in failure


def test_an_unmarked_application_that_another_user_changed_is_named() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    grown(world)

    def other_user(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.stored["T1"].setdefault("Theirs", {"class": "Application"})["remark"] = (
            f"change {len(bigip.posts)}"
        )
        conflict = "The hash you submitted does not match the hash on the current Tenant."
        return outcome_of({"results": [{"code": 422, "message": conflict, "tenant": "T1"}]})

    world.bigip.answers += [other_user] * 9
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    assert failure["note"] == "Meanwhile changed: application Theirs (unmarked)."
    assert failure["remedy"] == "Another user kept changing this tenant. Run again when they have finished."


@pytest.mark.parametrize(("is_known", "posts"), [(True, 2), (False, 3)])
def test_the_device_is_compared_after_an_unknown_result_only(is_known: bool, posts: int) -> None:
    """Without detect_drift, a member that another user removed on the device does not cause a POST."""
    world = World(WEB)
    world.publish(applications=[app()])
    grown(world)

    def answer(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.accept(body, tenant)
        del bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)]
        conflict = "The hash you submitted does not match the hash on the current Tenant."
        refused = {"results": [{"code": 422, "message": conflict, "tenant": "T1"}]}
        return outcome_of(refused) if is_known else unknown("the connection broke")

    world.bigip.answers.append(answer)
    result = world.publish(applications=[app()], detect_drift=False)
    assert "failure" not in result and len(world.bigip.posts) == posts


def test_all_that_others_changed_are_named_in_order() -> None:
    """Also those that they added or removed."""
    world = World(WEB)
    names = ("A2", "A3", "A4")
    items = [app(), *(app(application=name, virtual_server=None) for name in names)]
    world.publish(applications=items)
    grown(world)

    def other_user(bigip: Any, body: Any, tenant: Any) -> Any:
        stored = bigip.stored["T1"]
        stored["A2"]["remark"] = f"change {len(bigip.posts)}"
        stored.pop("A3", None)
        stored.update({name: {"class": "Application"} for name in ("B3", "B1", "B2")})
        stored["B2"] = mark.put({"class": "Application"}, {"owner": "them"})
        conflict = "The hash you submitted does not match the hash on the current Tenant."
        return outcome_of({"results": [{"code": 422, "message": conflict, "tenant": "T1"}]})

    world.bigip.answers += [other_user] * 9
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    ours = f"owner {OWNER}"
    owners = {"A2": ours, "A3": ours, "B1": "unmarked", "B2": "owner them", "B3": "unmarked"}
    changed = ", ".join(f"application {name} ({owner})" for name, owner in owners.items())
    assert failure["note"] == f"Meanwhile changed: {changed}."


def test_the_device_rests_as_long_as_one_tenant_of_a_post_needs() -> None:
    world = World(WEB)
    items = [app(), app("T2", virtual_server=None)]
    world.publish(applications=items)
    grown(world)
    said = "script taking longer than expected"
    slow = {"code": 422, "message": "failed", "response": said, "tenant": "T1"}

    def half(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.accept({"T2": body["T2"]})
        return outcome_of({"results": [slow, {"code": 200, "message": "success", "tenant": "T2"}]})

    world.bigip.answers.append(half)
    result = world.publish(applications=items, tenants_per_post=20)
    assert "failure" not in result and world.clock.now == 15 and len(world.bigip.posts) == 4


def test_a_bigip_that_is_lost_is_not_read_again() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    grown(world)
    world.bigip.reads.clear()

    def gone(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_unreachable", "Sending the declaration to AS3")

    world.bigip.answers.append(gone)
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    assert failure["code"] == "bigip_unreachable" and "note" not in failure
    assert world.bigip.reads == {"declaration": 1, "pools": 1, "info": 1}


def test_warnings_of_as3_are_in_the_result() -> None:
    world = World(WEB)
    said = {"code": 200, "message": "success", "tenant": "T1", "warnings": [{"message": "It is deprecated"}]}

    def warning(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.accept(body, tenant)
        return outcome_of({"results": [said]})

    world.bigip.answers.append(warning)
    assert world.publish(applications=[app()])["warnings"] == ["It is deprecated"]
