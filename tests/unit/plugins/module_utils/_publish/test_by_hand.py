# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that an operator disables on BIG-IP: publish leaves them so, names them, and enables them only if told to."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import members
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, member, pool

ONE, TWO, THREE = "10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003"
PATH = "/T1/A1/pool"
SET = {
    "disable": {"session": "user-disabled"},
    "offline": {"session": "user-disabled", "state": "user-down"},
    "enable": {},
}


def key(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    return host, int(port)


def by_hand(world: World, text: str, state: str = "disable", path: str = PATH) -> None:
    world.bigip.device[path][key(text)] = member(*key(text), **SET[state])


def on_device(world: World, path: str = PATH) -> dict[str, str]:
    return {
        members.text(place): state.admin_state for place, state in sorted(world.bigip.device[path].items())
    }


def in_store(world: World, application: str = "A1", name: str = "pool") -> dict[str, str]:
    """adminState of each member in the stored declaration."""
    static = members.flatten(world.bigip.stored["T1"][application][name]["members"]).static
    return {
        members.text(place): settings.get("adminState", "enable")
        for place, settings in sorted(static.items())
    }


def named(result: dict[str, Any], which: str = "members_disabled_by_hand") -> list[tuple[str, str, str]]:
    """(pool, member, state) of the tenant's result."""
    entries = result["tenants"].get("T1", {}).get(which, [])
    return [
        (f"/T1/{entry['application']}/{entry['pool']}", f"{entry['address']}:{entry['port']}", entry["state"])
        for entry in entries
    ]


def warned(result: dict[str, Any]) -> list[str]:
    return [text for text in result["warnings"] if "members_disabled_by_hand" in text]


def both(world: World, **options: Any) -> dict[str, Any]:
    """A run; check mode before it predicts the same, and a second run changes nothing."""
    predicted = world.publish(check_mode=True, **options)
    result = world.publish(**options)
    for part in ("changed", "counts", "diff", "declaration", "warnings"):
        assert predicted[part] == result[part], part
    for part in ("members_disabled_by_hand", "members_enforced"):
        assert named(predicted, part) == named(result, part)
    posts, device = len(world.bigip.posts), on_device(world)
    assert (
        not world.publish(**options)["changed"]
        and len(world.bigip.posts) == posts
        and on_device(world) == device
    )
    return result


def published(*addresses: str, **options: Any) -> World:
    world = World({"web": pool(*addresses or (ONE, TWO))})
    world.publish(**{"applications": [app()], **options})
    world.bigip.posts.clear()
    return world


def test_what_the_user_disables_later_is_the_users() -> None:
    """The operator disables a member, a POST notes that, and the user disables it too. When the user takes that back, it ends."""
    world = published(ONE)
    by_hand(world, ONE)
    disabled = {"pool": {"monitors": ["tcp"]}, "member": {"adminState": "disable"}}
    world.publish(applications=[app(pool=disabled["pool"])])
    assert mark.by_hand(world.bigip.stored["T1"]["A1"], "pool") == {ONE}
    result = both(world, applications=[app(**disabled)])
    assert result["changed"] and result["tenants"]["T1"]["properties"] == {"A1": ["constants/vks_bigip"]}
    assert "disabled_by_hand" in result["diff"][0]["before"] and "disabled_by_hand" not in result["diff"][0]["after"]
    assert mark.by_hand(world.bigip.stored["T1"]["A1"], "pool") == frozenset() and in_store(world)[ONE] == "disable"
    result = both(world, applications=[app(pool=disabled["pool"])])
    assert on_device(world)[ONE] == "enable" and not warned(result)


@pytest.mark.parametrize("state", ["disable", "offline"])
@pytest.mark.parametrize(
    ("before", "renamed", "path"),
    [
        ({}, {"applications": [app(pool_name="web_pool")]}, "/T1/A1/web_pool"),
        ({}, {"applications": [app(application="A2")], "prune": True}, "/T1/A2/pool"),
        ({}, {"applications": [app(application="A2")], "prune": "owner"}, "/T1/A2/pool"),
        ({"pool_name": "web_pool"}, {"applications": [app(application="A2")], "prune": True}, "/T1/A2/pool"),
    ],
    ids=["pool", "application", "application, prune owner", "both"],
)
def test_a_member_stays_disabled_under_another_name(
    before: dict[str, Any], renamed: dict[str, Any], path: str, state: str
) -> None:
    world = published(ONE, TWO, applications=[app(**before)])
    by_hand(world, TWO, state, f"/T1/A1/{before.get('pool_name', 'pool')}")
    predicted = world.publish(check_mode=True, **renamed)
    result = world.publish(**renamed)
    assert named(predicted) == named(result) and predicted["warnings"] == result["warnings"]
    assert on_device(world, path) == {ONE: "enable", TWO: state}
    assert named(result) == [(path, TWO, state)] and path in warned(result)[0]
    posts = len(world.bigip.posts)
    again = world.publish(**renamed)
    assert not again["changed"] and len(world.bigip.posts) == posts and named(again) == [(path, TWO, state)]


def test_a_member_of_a_pool_that_stays_says_nothing_about_a_new_pool() -> None:
    world = published()
    by_hand(world, TWO)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    assert on_device(world, "/T1/A2/pool") == {ONE: "enable", TWO: "enable"} and on_device(world)[TWO] == "disable"


def test_a_member_in_a_new_name_can_be_enabled() -> None:
    world = published()
    by_hand(world, TWO)
    renamed: dict[str, Any] = {"applications": [app(pool_name="web_pool")], "enforce_member_state": True}
    world.publish(**renamed)
    assert on_device(world, "/T1/A1/web_pool") == {ONE: "enable", TWO: "enable"} and not world.publish(**renamed)["changed"]


def test_the_warning_names_ten_members_of_many() -> None:
    many = [f"10.1.0.{number}:80" for number in range(1, 201)]
    world = published(*many)
    for text in many:
        by_hand(world, text)
    (text,) = warned(both(world, applications=[app()]))
    assert "keeps 200 members" in text and "and 190 more. To enable" in text and len(text) < 900


@pytest.mark.parametrize("state", ["disable", "offline"])
@pytest.mark.parametrize("details", ["changed", "all"])
def test_a_member_disabled_by_hand_stays_so_and_is_named(state: str, details: str) -> None:
    world = published()
    by_hand(world, TWO, state)
    result = both(world, applications=[app()], details=details)
    assert not result["changed"] and not world.bigip.posts and on_device(world)[TWO] == state
    assert named(result) == [(PATH, TWO, state)] and result["tenants"]["T1"]["action"] == "none"
    assert result["tenants"]["T1"]["members_disabled_by_hand"][0]["pod"] == "web-61002"
    (text,) = warned(result)
    assert (
        PATH in text
        and TWO in text
        and "web-61002" in text
        and state in text
        and "enforce_member_state: true" in text
    )


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


@pytest.mark.parametrize("options", [{}, {"detect_drift": False}])
@pytest.mark.parametrize("last", ["enable", "offline"])
def test_the_operator_changes_it_again(last: str, options: dict[str, Any]) -> None:
    """The store says disable, because a POST repeated it; what counts is the device."""
    world = published()
    by_hand(world, TWO)
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    world.publish(applications=[app()])
    by_hand(world, TWO, last)
    posts = len(world.bigip.posts)
    assert not both(world, applications=[app()], **options)["changed"] and len(world.bigip.posts) == posts
    assert on_device(world)[TWO] == last and in_store(world)[TWO] == "disable"
    world.cluster.by_service["web"] = pool(ONE, TWO)
    result = both(world, applications=[app()], **options)
    assert on_device(world) == in_store(world) == {ONE: "enable", TWO: last} and not world.bigip.added_again
    assert named(result) == ([] if last == "enable" else [(PATH, TWO, last)])
    assert ("disabled_by_hand" in str(world.bigip.stored)) == (last != "enable")


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


@pytest.mark.parametrize("taken_over", [False, True], ids=["only on the device", "in the store too"])
@pytest.mark.parametrize("state", ["disable", "offline"])
def test_enforce_member_state_restores_it_and_shows_it(state: str, taken_over: bool) -> None:
    world = published()
    by_hand(world, TWO, state)
    if taken_over:
        world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
        world.publish(applications=[app()])
    result = both(world, applications=[app()], enforce_member_state=True)
    assert set(on_device(world).values()) == set(in_store(world).values()) == {"enable"}
    assert (
        result["changed"]
        and result["tenants"]["T1"]["action"] == "update"
        and not warned(result)
        and not named(result)
    )
    assert named(result, "members_enforced") == [(PATH, TWO, state)]
    (diff,) = result["diff"]
    line = f"- {TWO} Pod web-61002 on node-2"
    assert f'{line} {{"adminState": "{state}"}}\n' in diff["before"] and f"{line}\n" in diff["after"]
    assert world.bigip.added_again == [(PATH, key(TWO))] and "disabled_by_hand" not in str(world.bigip.stored)


OURS: dict[str, tuple[str, str, str, str, list[str]]] = {
    # adminState published before, what the operator made of it, adminState now: on the device afterwards, named
    "we disabled it": ("disable", "disable", "disable", "disable", []),
    "we enable what we disabled": ("disable", "disable", "enable", "enable", []),
    "we disable what the operator disabled": ("enable", "disable", "disable", "disable", []),
    "the operator enabled what we disabled": ("disable", "enable", "disable", "disable", []),
    "the operator forced offline what we disabled": ("disable", "offline", "disable", "offline", [TWO]),
    "and we enable it": ("disable", "offline", "enable", "offline", [TWO]),
    "we force offline what the operator disabled": ("enable", "disable", "offline", "offline", []),
    "the operator disabled what we forced offline": ("offline", "disable", "offline", "offline", []),
}


@pytest.mark.parametrize(("before", "hand", "now", "after", "names"), OURS.values(), ids=OURS.keys())
def test_what_the_user_disables_is_not_disabled_by_hand(
    before: str, hand: str, now: str, after: str, names: list[str]
) -> None:
    world = published(applications=[app(member={"adminState": before})])
    by_hand(world, TWO, hand)
    result = both(world, applications=[app(member={"adminState": now})])
    assert on_device(world) == {ONE: now, TWO: after} and [entry[1] for entry in named(result)] == names


def test_a_member_that_is_on_the_device_before_it_is_stored() -> None:
    world = published()
    by_hand(world, THREE)
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    result = both(world, applications=[app()])
    assert (
        on_device(world)[THREE] == "disable"
        and named(result) == [(PATH, THREE, "disable")]
        and not world.bigip.added_again
    )


def test_it_leaves_with_its_pod() -> None:
    world = published()
    by_hand(world, TWO)
    world.cluster.by_service["web"] = pool(ONE)
    result = both(world, applications=[app()])
    assert (
        on_device(world) == {ONE: "enable"}
        and len(world.bigip.posts) == 1
        and not named(result)
        and not warned(result)
    )
    world.cluster.by_service["web"] = pool(ONE, TWO)
    both(world, applications=[app()])
    assert on_device(world) == {ONE: "enable", TWO: "enable"}


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


def test_an_emptied_pool_that_is_kept_is_kept_as_the_operator_has_it() -> None:
    world = published()
    by_hand(world, TWO)
    world.cluster.by_service["web"] = pool()
    options = {"applications": [app(pool={"monitors": ["tcp"]})], "empty_pool": "keep"}
    result = both(world, **options)
    assert (
        result["changed"]
        and on_device(world) == {ONE: "enable", TWO: "disable"}
        and named(result) == [(PATH, TWO, "disable")]
    )
    by_hand(world, TWO, "enable")
    assert not both(world, **options)["changed"] and on_device(world)[TWO] == "enable"


def test_members_of_the_users_own_are_respected_too() -> None:
    items = [app(pool={"members": [{"servicePort": 80, "serverAddresses": ["10.0.9.1"]}]})]
    static = app(
        application="A2",
        service=None,
        virtual_server=None,
        pool={"members": [{"servicePort": 80, "serverAddresses": ["10.0.9.2", "10.0.9.3"]}]},
    )
    world = published(applications=[*items, static])
    by_hand(world, "10.0.9.1:80")
    by_hand(world, "10.0.9.2:80", "offline", "/T1/A2/pool")
    world.cluster.by_service["web"] = pool(ONE, TWO, THREE)
    result = both(world, applications=[*items, static])
    assert (
        named(result) == [(PATH, "10.0.9.1:80", "disable"), ("/T1/A2/pool", "10.0.9.2:80", "offline")]
        and len(warned(result)) == 2
    )
    assert on_device(world)["10.0.9.1:80"] == "disable" and on_device(world, "/T1/A2/pool") == {
        "10.0.9.2:80": "offline",
        "10.0.9.3:80": "enable",
    }
    assert not world.bigip.added_again


@pytest.mark.parametrize(
    "taken_over", [False, True], ids=["disabled before it is adopted", "disabled before it was released"]
)
def test_an_application_that_is_adopted(taken_over: bool) -> None:
    world = published()
    if taken_over:
        by_hand(world, TWO)
    world.publish(state="released", tenants={"T1": {}})
    assert (in_store(world)[TWO] == "disable") is taken_over and mark.of(
        world.bigip.stored["T1"]["A1"]
    ) is None
    by_hand(world, TWO)
    result = both(world, applications=[app()], adopt="unmarked")
    assert (
        result["changed"] and on_device(world)[TWO] == "disable" and named(result) == [(PATH, TWO, "disable")]
    )
    by_hand(world, TWO, "enable")
    assert not both(world, applications=[app()])["changed"]


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


@pytest.mark.parametrize(
    ("options", "left_out", "state", "held"),
    [
        ({}, ("web-61001",), "up", True),
        ({"empty_pool": "publish"}, ("web-61001",), "up", False),
        ({"enforce_member_state": True}, ("web-61001",), "up", False),
        ({}, (), "up", False),
        ({}, ("web-61001",), "down", False),
    ],
    ids=[
        "it may answer",
        "the user wants it",
        "the other is enabled",
        "its Pod is gone",
        "it does not answer",
    ],
)
def test_the_last_member_that_answers_beside_disabled_ones(
    options: dict[str, Any], left_out: tuple[str, ...], state: str, held: bool
) -> None:
    world = published()
    by_hand(world, TWO)
    world.bigip.device[PATH][key(ONE)] = replace(world.bigip.device[PATH][key(ONE)], state=state)
    world.cluster.by_service["web"] = pool(TWO, left_out=left_out)
    predicted = world.publish(check_mode=True, applications=[app()], **options)
    result = world.publish(applications=[app()], **options)
    assert ("failure" in predicted) is ("failure" in result) is held and (ONE in on_device(world)) is held
    if held:
        failure = result["failure"]["tenants"][0]
        assert (
            failure["code"] == "empty_pool"
            and failure["path"] == PATH
            and TWO in failure["message"]
            and "enforce_member_state: true" in failure["message"]
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
    assert result["tenants"]["T1"]["applications"] == {"A1": "update"} and "drifted" not in result["tenants"]["T1"]


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
