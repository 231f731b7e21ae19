# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next POST of a plan: what is written, what is waited for, and what the mark contains meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.declared import DeclaredPlanner
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, Step, TenantGoal
from ansible_collections.vks.bigip.plugins.module_utils._plan.staging import Progress, next_step
from ansible_collections.vks.bigip.tests.unit.support import planning

PATH = "/T/A1/web_pool"
OLD = {"service": planning.SERVICE, "pool_member_type": planning.MODE}


def step_of(
    goal: str, stored: str, seen: str = "=", rules: str = "", settling: str = "", patient: bool = True
) -> Step:
    plan = planning.planned(goal, stored, seen, rules)
    device = planning.device_of(seen, planning.stored_of(stored, rules))
    sent = {PATH: [planning.key(word)[0] for word in settling.split()]} if settling else {}
    return next_step(plan, device, Progress(sent, patient))


def written(step: Step) -> dict[str, Any]:
    applications: Any = step.applications
    return {name: planning.shown(value["web_pool"]) for name, value in applications.items()}


def noted(step: Step, name: str = "A1") -> dict[str, Any]:
    return mark.of(step.applications[name]) or {}


def fresh(step: Step) -> dict[str, str]:
    return {
        path: " ".join(sorted(key[0].removeprefix("10.0.0.") for key in keys))
        for path, keys in step.settling.items()
    }


@pytest.mark.parametrize(
    ("goal", "stored", "seen", "rules", "settling", "sent", "waiting", "settles", "final"),
    [
        ("A1=1 2 3", "A1@us=1 2", "=", "", "", "1 2 3", "", "3", True),
        ("A1=3", "A1@us=1", "=", "left_out=1", "", "1 3", "", "3", False),
        ("A1=3", "A1@us=1 3", "A1=1 3/new", "left_out=1", "", None, "3", "", False),
        ("A1=3", "A1@us=1 3", "A1=1 3/down", "left_out=1", "3", None, "3", "", False),
        ("A1=3", "A1@us=1 3", "A1=1 3", "left_out=1", "3", "3", "", "", True),
        ("A1=1/r2 2/r2", "A1@us=1 2", "=", "", "", "1/r2 2", "", "1", False),
        ("A1=1 2", "A1@us=1 2", "A1=1 2/r5", "", "", "1 2", "", "2", True),
        ("A1=1 2", "A1@us=1 2", "A1=1", "", "", "1 2", "", "2", True),
        ("A1=1 2", "A1@us=1 2", "", "", "", "1 2", "", "1 2", True),
        ("A1=1 2", "A1@us=1 2", "A1=1", "", "2", "1 2", "", "", True),
        ("A1=1 2/x", "A1@us=1 2/x", "A1=", "", "", "1 2/x", "", "1", True),
        ("A1=1", "A1@us=1", "A1=1 9/r2/p3", "", "", "1", "", "", True),
        ("A1=1", "A1@us=1", "A1=1/new 9/r2/p3", "", "", "1 9/r2/p3", "", "", False),
        ("A1=1", "A1@us=1", "A1=1/down 9/off", "", "", "1", "", "", True),
        ("A1=1", "A1@us=1", "A1=1/new 9/down", "", "", "1", "", "", True),
        ("A1=1 2/x", "A1@us=1 2/x", "A1=1 2/r5", "", "", "1 2/x", "", "", True),
    ],
)
def test_one_pool(
    goal: str,
    stored: str,
    seen: str,
    rules: str,
    settling: str,
    sent: str | None,
    waiting: str,
    settles: str,
    final: bool,
) -> None:
    step = step_of(goal, stored, seen, rules, settling)
    assert written(step).get("A1") == sent
    assert list(step.waiting) == [f"{PATH} 10.0.0.{number}:80" for number in waiting.split()]
    assert (fresh(step).get(PATH, ""), step.final) == (settles, final)


def test_nothing_is_sent_while_members_come_up() -> None:
    step = step_of("A1=3", "A1@us=1 3", "A1=1 3/new", "left_out=1")
    assert (step.applications, step.remove, step.final) == ({}, [], False)
    assert step.waiting == [f"{PATH} 10.0.0.3:80"]
    impatient = step_of("A1=3", "A1@us=1 3", "A1=1 3/new", "left_out=1", patient=False)
    assert written(impatient) == {"A1": "3"} and not impatient.waiting and impatient.final


def test_other_applications_do_not_wait() -> None:
    step = step_of("A1=3; A2=5 6", "A1@us=1 3; A2@us=5", "A1=1 3/new; A2=5", "left_out=1")
    assert written(step) == {"A2": "5 6"} and not step.waiting and not step.final


@pytest.mark.parametrize("more", ["; A2=2", "; A2@us=2"])
def test_what_is_new_or_removed_does_not_wait(more: str) -> None:
    goal, stored = ("A1=3; A2=2", "A1@us=1 3") if "@" not in more else ("A1=3", "A1@us=1 3; A2@us=2")
    step = step_of(goal, stored, "A1=1 3/new; A2=2", "left_out=1 remove=A2")
    assert (list(step.applications), list(step.remove)) == ((["A2"], []) if "@" not in more else ([], ["A2"]))
    assert not step.waiting


def test_a_property_does_not_wait() -> None:
    step = step_of("label=x; A1=3", "A1@us=1 3", "A1=1 3/new", "left_out=1")
    assert step.applications == {} and not step.waiting and not step.final


def test_a_claim_is_an_application_without_objects() -> None:
    step = step_of("label=x; A1=1", "-", "")
    assert set(step.applications["A1"]) == {"class", "template", "constants"} and not step.final
    assert noted(step)["owner"] == "us" and not step.remove


def test_on_the_way_the_mark_has_the_former_source() -> None:
    step = step_of("A1=3", "A1@us=1", "=", "service=default/new:80/TCP")
    assert noted(step)["pools"] == {"web_pool": OLD}
    step = step_of("A1=3", "A1@us=1 3", "=", "service=default/new:80/TCP")
    assert noted(step)["pools"] == {"web_pool": {**OLD, "service": "default/new:80/TCP"}}


def test_on_the_way_a_pool_with_members_of_other_users_has_no_source() -> None:
    step = step_of("A1=3", "A1@us=1", "A1=1 9", "service=default/new:80/TCP")
    assert noted(step)["pools"] == {} and written(step) == {"A1": "1 3 9/r1/p0"}


def test_on_the_way_an_adopted_application_has_no_source() -> None:
    step = step_of("A1=3", "A1=1", "=", "adopt=unmarked")
    assert noted(step)["pools"] == {} and noted(step)["owner"] == "us"


def test_the_options_alone_are_sent_once() -> None:
    """While members come up, the mark keeps the former options, and this does not cause a POST."""
    step = step_of("A1=1 2", "A1@us=1 2 9", "A1=1 2/new 9", "options=yes left_out=1")
    assert step.applications == {} and step.waiting == [f"{PATH} 10.0.0.2:80"]
    alone = step_of("A1=1 2", "A1@us=1 2", "=", "options=yes")
    assert list(alone.applications) == ["A1"] and noted(alone)["pools"]["web_pool"]["trust"] == "yes"


def test_the_options_of_another_application_do_not_wait() -> None:
    step = step_of("A1=3; A2=2", "A1@us=1 3; A2@us=2", "A1=1 3/new; A2=2", "options=yes left_out=1")
    assert list(step.applications) == ["A2"] and not step.waiting


def test_on_the_way_members_stay_as_an_operator_set_them() -> None:
    step = step_of("A1=3 4", "A1@us=1 2", "A1=1/off 2", "left_out=1")
    assert written(step) == {"A1": "1/off 2 3 4"} and noted(step)["disabled_by_hand"] == {
        "web_pool": ["10.0.0.1:80"]
    }
    last = step_of("A1=3 4", "A1@us=1/off/named 2 3 4", "A1=1/off 2 3 4", "left_out=1")
    assert written(last) == {"A1": "3 4"} and "disabled_by_hand" not in noted(last)


def test_on_the_way_the_mark_names_the_disabled_members_of_the_other_pools() -> None:
    step = step_of("A1+B=3 & 2 5", "A1+B@us=1 & 2 5", "A1=1; A1+B=2/off 5", "left_out=1")
    assert written(step) == {"A1": "1 3"} and noted(step)["disabled_by_hand"] == {"B": ["10.0.0.2:80"]}
    step = step_of("A1=3", "A1@us=1", "A1=1 9/off", "left_out=1")
    assert written(step) == {"A1": "1 3"} and "disabled_by_hand" not in noted(step)


def test_on_the_way_a_member_that_is_enabled_again_is_not_named() -> None:
    step = step_of("A1=1 2 3", "A1@us=1/off/named 2/off/named", "A1=1/off 2/off", "enforce=1 left_out=1")
    assert noted(step).get("disabled_by_hand") is None and written(step) == {"A1": "1 2 3"}


def test_each_pool_of_an_application_moves_by_itself() -> None:
    step = step_of("A1+B=3 & 2 4", "A1+B@us=1 & 2", "=", "service=default/new:80/TCP")
    assert written(step) == {"A1": "1 3"} and noted(step)["pools"]["web_pool"] == OLD
    assert noted(step)["pools"]["B"]["service"] == "default/new:80/TCP"
    pool: Any = step.applications["A1"]["B"]
    assert planning.shown(pool) == "2 4" and fresh(step) == {PATH: "3", "/T/A1/B": "4"}


def test_a_new_pool_of_a_stored_application_is_complete_at_once() -> None:
    step = step_of("A1+B=1 & 2 4", "A1@us=1")
    pool: Any = step.applications["A1"]["B"]
    assert planning.shown(pool) == "2 4" and step.final and step.settling == {}


def test_restoring_writes_what_is_stored() -> None:
    step = step_of("A1=1 2", "A1@us=1 2", "A1=2", "")
    assert step.applications == {"A1": (planning.stored_of("A1@us=1 2") or {})["A1"]} and step.final
    step = step_of("A1=1 2", "A1@us=1 2", "A1=2", "mode=cluster")
    assert step.applications == {"A1": (planning.stored_of("A1@us=1 2") or {})["A1"]} and step.final


def test_restoring_keeps_the_form_of_the_members() -> None:
    body = planning.stored_of("A1@us=1 2") or {}
    body["A1"]["web_pool"]["members"] = [entry for word in "12" for entry in planning.entries(word)]
    goal = planning.goal_of("A1=1 2", {}, frozenset())
    device = planning.device_of("A1=2", body)
    plan = planning.plan(goal, planning.locked(body), device, planning.rules_of("")[0])
    assert next_step(plan, device, Progress({})).applications == {"A1": body["A1"]}


def test_a_pool_that_does_not_change_is_left_alone() -> None:
    step = step_of("A1+B=1 2 & 3 4", "A1+B@us=1 & 3 4", "A1=1; A1+B=3", "detect_drift=0")
    assert fresh(step) == {PATH: "2"} and step.final


def test_content_with_a_mark_moves_in_steps_too() -> None:
    stored, wanted = planning.stored_of("A1@us=1 2") or {}, planning.stored_of("A1@us=3 4") or {}
    device = planning.device_of("A1=1 2", stored)
    goal = TenantGoal("T", {"A1": wanted["A1"]})
    plan = DeclaredPlanner(None, False, False)(goal, stored, device, Rules(adopt="publish"))
    step = next_step(plan, device, Progress({}))
    assert written(step) == {"A1": "1 2 3 4"} and noted(step)["owner"] == "us"


@pytest.mark.parametrize(("before", "after"), [(True, True), (True, False), (False, True)])
def test_members_that_bigip_fills_stay_beside_those_that_move(before: bool, after: bool) -> None:
    discovered = {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"}
    body = planning.stored_of("A1@us=1") or {}
    body["A1"]["web_pool"]["members"] += [discovered] if before else []
    goal = planning.goal_of("A1~=3", {}, frozenset())
    value: Any = (goal.applications or {})["A1"]["web_pool"]
    value["members"] += [discovered] if after else []
    device = planning.device_of("A1=1 9", body)
    plan = planning.plan(goal, planning.locked(body), device, planning.rules_of("")[0])
    step = next_step(plan, device, Progress({}))
    members: Any = step.applications["A1"]["web_pool"]
    assert (discovered in members["members"]) is after and written(step) == {"A1": "1 3"}
