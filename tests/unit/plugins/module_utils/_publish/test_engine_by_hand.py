# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that an operator disables on BIG-IP: publish leaves them so, names them, and enables them only if the user wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

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
from ansible_collections.vks.bigip.tests.unit.support.publishing import app, pool


def test_what_the_user_disables_later_is_the_users() -> None:
    """The operator disables a member, a POST notes that, and the user disables it too. When the user takes that back, it ends."""
    world = published(ONE)
    by_hand(world, ONE)
    disabled = {"pool": {"monitors": ["tcp"]}, "member": {"adminState": "disable"}}
    world.publish(applications=[app(pool=disabled["pool"])])
    assert mark.by_hand(world.bigip.stored["T1"]["A1"], "pool") == {ONE}
    result = both(world, applications=[app(**disabled)])
    assert result["changed"] and result["tenants"]["T1"]["properties"] == {"A1": ["constants/vks_bigip"]}
    assert (
        "disabled_by_hand" in result["diff"][0]["before"]
        and "disabled_by_hand" not in result["diff"][0]["after"]
    )
    assert (
        mark.by_hand(world.bigip.stored["T1"]["A1"], "pool") == frozenset()
        and in_store(world)[ONE] == "disable"
    )
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
    assert (
        on_device(world, "/T1/A2/pool") == {ONE: "enable", TWO: "enable"}
        and on_device(world)[TWO] == "disable"
    )


def test_a_member_in_a_new_name_can_be_enabled() -> None:
    world = published()
    by_hand(world, TWO)
    renamed: dict[str, Any] = {"applications": [app(pool_name="web_pool")], "enforce_member_state": True}
    world.publish(**renamed)
    assert (
        on_device(world, "/T1/A1/web_pool") == {ONE: "enable", TWO: "enable"}
        and not world.publish(**renamed)["changed"]
    )


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
@pytest.mark.parametrize("last", ["enable", "offline"])
def test_the_operator_changes_it_again(last: str, options: dict[str, Any]) -> None:
    """The store has disable, because a POST repeated it; the state on the device counts."""
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
