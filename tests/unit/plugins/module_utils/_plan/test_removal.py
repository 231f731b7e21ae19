# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""state: absent and released: what is removed, released, and left alone. test_tenant.py has the actions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support import planning


def planned(goal: str, stored: str, state: str = "absent") -> Any:
    return planning.planned(goal, stored, "?", f"state={state}")


def test_absent_counts_the_members() -> None:
    plan = planned("*", "A1@us=1 2; A2@us=3")
    assert {
        name: (change.kind, change.pools["web_pool"].before) for name, change in plan.changes.items()
    } == {
        "A1": ("delete", 2),
        "A2": ("delete", 1),
    }
    assert plan.wanted == {} and plan.warnings == [] and plan.whole and plan.to_remove == ["A1", "A2"]


def test_released_keeps_all_but_the_mark() -> None:
    plan = planned("*", "A1@us=1 2", "released")
    stored = planning.stored_of("A1=1 2")
    assert stored and plan.wanted == {"A1": stored["A1"]} and plan.to_remove == []
    assert [(change.kind, change.paths) for change in plan.changes.values()] == [("release", [mark.PATH])]


@pytest.mark.parametrize("state", ["absent", "released"])
def test_applications_of_others_are_named(state: str) -> None:
    text = "Tenant T also contains applications of other owners; they stay unchanged: A0, A3, A4, A5, A6, A7."
    plan = planned("*", "A6=1; A3@them=3; A5=1; A1@us=1; A7=1; A0=2; A4@them=1", state)
    assert plan.warnings == [text] and not plan.whole
    assert planned("A1~=", "A3@them=3; A1@us=1; A0=2", state).warnings == []


@pytest.mark.parametrize("state", ["absent", "released"])
def test_applications_are_planned_in_the_order_of_their_names(state: str) -> None:
    plan = planned("A3~=; A1~=; A2~=", "A2@us=1; A3@us=1; A1@us=1", state)
    assert list(plan.changes) == ["A1", "A2", "A3"] and plan.whole
    failure = planned("A3~=; A1~=; A2~=", "A2@us=1; A3@them=1; A1@them=1", state).failure
    assert failure.details == {"tenant": "T", "application": "A1"}
    nothing = planned("A9~=", "A1@us=1", state)
    assert (nothing.action, nothing.whole, nothing.changes) == ("none", False, {})


@pytest.mark.parametrize("state", ["absent", "released"])
def test_another_owner(state: str) -> None:
    failure = planned("A1~=", "A1@them=1", state).failure
    assert failure.code == "not_ours" and failure.details == {"tenant": "T", "application": "A1"}
    assert failure.what == "Application T/A1 on BIG-IP belongs to owner 'them', not to 'us'"
    assert (
        failure.remedy
        == "This module removes and releases only what this owner published. Set owner if it is yours."
    )


def test_without_a_mark() -> None:
    failure = planned("A1~=", "A1=1").failure
    assert failure.code == "unmarked" and failure.details == {"tenant": "T", "application": "A1"}
    assert failure.what == "Application T/A1 on BIG-IP was not published by this module"
    assert failure.remedy.startswith("This module removes and releases only what it published. Use the tool ")


def test_released_skips_what_has_no_mark_and_releases_the_rest() -> None:
    plan = planned("A1~=; A2~=", "A1=1; A2@us=1", "released")
    assert plan.action == "release" and list(plan.wanted) == ["A2"] and not plan.whole
