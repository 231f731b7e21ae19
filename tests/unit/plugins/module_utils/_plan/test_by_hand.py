# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that an operator disabled: who counts as one, and what a POST repeats."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan import by_hand
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import unplanned
from ansible_collections.vks.bigip.tests.unit.support import planning

POOL = planning.POOL


def words(states: dict[tuple[str, int], str]) -> str:
    return " ".join(
        f"{address.removeprefix('10.0.0.')}={state}" for (address, _port), state in sorted(states.items())
    )


@pytest.mark.parametrize(
    ("stored", "seen", "shown", "named", "set_by_hand"),
    [
        # With a mark: what the device restricts more than the store, and what the mark names.
        ("A1@us=1 2", "A1=1 2", "1 2", "", None),
        ("A1@us=1 2", "?", "1 2", "", None),
        ("A1@us=1 2", "A1=1/off 2", "1/off 2", "1", "1=disable"),
        ("A1@us=1 2", "A1=1/dead 2/off", "1/dead 2/off", "1 2", "1=offline 2=disable"),
        ("A1@us=1/off 2", "A1=1/off 2", "1/off 2", "", ""),
        ("A1@us=1/off 2", "A1=1/dead 2", "1/dead 2", "1", "1=offline"),
        ("A1@us=1/off 2", "A1=1 2/off", "1/off 2/off", "2", "2=disable"),
        ("A1@us=1/off 2", "A1=1 2", "1/off 2", "", None),
        ("A1@us=1/off/named 2", "A1=1/off 2", "1/off 2", "1", "1=disable"),
        ("A1@us=1/off/named 2", "A1=1 2", "1 2", "", ""),
        ("A1@us=1/dead/named 2", "A1=1/off 2", "1/off 2", "1", "1=disable"),
        ("A1@us=1/off/named 2", "A1=2", "1/off 2", "1", "1=disable"),
        ("A1@us=1/off/named 2", "?", "1/off 2", "1", "1=disable"),
        # Without a mark each disabled member counts.
        ("A1=1/off 2", "A1=1/off 2", "1/off 2", None, "1=disable"),
        ("A1=1/off 2", "A1=1 2", "1 2", None, ""),
        ("A1=1 2", "A1=1/off 2", "1/off 2", None, "1=disable"),
        ("A1=1/off 2", "?", "1/off 2", None, "1=disable"),
        # One that was added by hand is known, and not written.
        ("A1@us=1", "A1=1 9/off", "1", "", "9=disable"),
        ("A1@us=1", "A1=1/off 9 8/dead", "1/off", "1", "1=disable 8=offline"),
    ],
)
def test_a_stored_application_as_operators_set_it(
    stored: str, seen: str, shown: str, named: str | None, set_by_hand: str | None
) -> None:
    body = planning.stored_of(stored)
    assert body
    value, found = by_hand.on_device(body["A1"], "T", "A1", planning.device_of(seen, body), 0)
    pool: Any = value[POOL]
    assert planning.shown(pool) == shown
    assert (value is body["A1"]) == (shown == planning.shown(body["A1"][POOL]))
    assert (words(found[POOL]) if POOL in found else None) == set_by_hand
    expected = {f"10.0.0.{number}:80" for number in (named or "").split()}
    if "=" in shown or shown != planning.shown(body["A1"][POOL]):
        assert named is None or mark.by_hand(value, POOL) == expected
    assert (mark.of(value) is None) == (named is None)


def test_what_operators_left_alone_is_the_same_object() -> None:
    body = planning.stored_of("A1+B@us=1 & 2")
    assert body and by_hand.on_device(body["A1"], "T", "A1", planning.device_of("A1=1; A1+B=2", body), 0) == (
        body["A1"],
        {},
    )


def test_each_pool_by_itself() -> None:
    body = planning.stored_of("A1+B@us=1/off/named & 2")
    assert body
    value, set_by_hand = by_hand.on_device(
        body["A1"], "T", "A1", planning.device_of("A1=1; A1+B=2/off", body), 0
    )
    assert (mark.of(value) or {})["disabled_by_hand"] == {"B": ["10.0.0.2:80"]}
    assert {pool: words(states) for pool, states in set_by_hand.items()} == {POOL: "", "B": "2=disable"}


def test_a_tenant_is_seen_as_far_as_it_is_named_or_ours() -> None:
    body = planning.stored_of("A1@us=1; A2=2; A3@them=3; A4@them=4")
    seen = planning.device_of("A1=1/off; A2=2/off; A3=3/off; A4=4/off", body)
    plan = by_hand.tenant_on_device(unplanned("T", body), seen, ["A2", "A3"], "us")
    assert sorted(plan.set_by_hand) == ["A1", "A2", "A3"] and plan.stored
    applications: Any = mark.applications(plan.stored)
    texts = {name: planning.shown(value[POOL]) for name, value in applications.items()}
    assert texts == {"A1": "1/off", "A2": "2/off", "A3": "3/off", "A4": "4"}
    assert body and planning.shown(body["A1"][POOL]) == "1"


def test_a_tenant_that_is_not_stored() -> None:
    plan = unplanned("T", None)
    assert by_hand.tenant_on_device(plan, {}, ["A1"], "us") is plan


def test_the_strictest_state_of_each_member() -> None:
    one, two = ("10.0.0.1", 80), ("10.0.0.2", 80)
    pools = [{one: "disable", two: "offline"}, {one: "offline"}, {two: "disable"}, {one: "enable"}]
    assert by_hand.strictest(pools) == {one: "offline", two: "offline"}
    assert (
        by_hand.strictest([{one: "enable"}, {one: "disable"}]) == {one: "disable"}
        and by_hand.strictest([]) == {}
    )


@pytest.mark.parametrize(
    ("wanted", "states", "shown", "kept"),
    [
        ("1 2", "1=disable", "1/off 2", "1=disable"),
        ("1 2", "1=offline 2=disable", "1/dead 2/off", "1=offline 2=disable"),
        ("1/off 2", "1=disable", "1/off 2", ""),
        ("1/dead 2", "1=disable", "1/dead 2", ""),
        ("1/off 2", "1=offline", "1/dead 2", "1=offline"),
        ("1 2", "1=enable", "1 2", ""),
        ("1 2", "3=disable", "1 2", ""),
        ("1 2", "", "1 2", ""),
    ],
)
def test_a_wanted_application_keeps_the_operators_states(
    wanted: str, states: str, shown: str, kept: str
) -> None:
    known = dict(word.split("=") for word in states.split())
    set_by_hand = {
        POOL: {(f"10.0.0.{number}", 80): state for number, state in known.items()},
        "other": {("10.0.0.1", 80): "offline"},
    }
    application = planning.application(wanted)
    value, found = by_hand.respected(application, set_by_hand, 0)
    pool: Any = value[POOL]
    assert planning.shown(pool) == shown and words(found.get(POOL, {})) == kept and set(found) <= {POOL}
    assert planning.shown(application[POOL]) == wanted


def test_members_are_enabled_again() -> None:
    stored = planning.entries("1/off 2/dead 3/off")
    assert by_hand.enabled(stored, [], 0) is stored
    entries: Any = by_hand.enabled(stored, [("10.0.0.1", 80), ("10.0.0.2", 80), ("10.0.0.9", 80)], 0)
    assert planning.shown({"members": entries}) == "1 2 3/off"


def test_members_in_the_mark() -> None:
    set_by_hand = {"b": {("10.0.0.10", 80): "disable", ("10.0.0.9", 80): "offline"}, "a": {}}
    assert by_hand.texts(set_by_hand) == {"b": ["10.0.0.9:80", "10.0.0.10:80"], "a": []}


def test_the_state_of_a_member() -> None:
    assert by_hand.admin_state({}) == "enable" == by_hand.admin_state({"adminState": None})
    assert by_hand.admin_state({"adminState": "offline"}) == "offline"
    assert by_hand.with_state({"ratio": 2, "adminState": "offline"}, "enable") == {"ratio": 2}
    assert by_hand.with_state({"ratio": 2}, "disable") == {"ratio": 2, "adminState": "disable"}


def test_a_state_that_as3_does_not_have_is_never_restricted() -> None:
    """Another writer may store any text there."""
    application = planning.application("1")
    application[POOL]["members"][0]["adminState"] = "asleep"
    value, kept = by_hand.respected(application, {POOL: {("10.0.0.1", 80): "offline"}}, 0)
    assert value == application and kept == {}


def test_members_in_a_route_domain() -> None:
    application = planning.application("1")
    application[POOL]["members"][0]["serverAddresses"] = ["10.0.0.1%4"]
    set_by_hand = {POOL: {("10.0.0.1", 80): "offline"}}
    assert (
        by_hand.respected(application, set_by_hand, 4)[1] == set_by_hand
        and by_hand.respected(application, set_by_hand, 0)[1] == {}
    )
    seen = planning.device_of("A1=1/off", None)
    assert by_hand.on_device(application, "T", "A1", seen, 4)[1] == {POOL: {("10.0.0.1", 80): "disable"}}
    assert POOL in by_hand.on_device(application, "T", "A1", seen, 0)[1]
