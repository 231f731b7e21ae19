# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of one run, and what holds a tenant."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.plans import Plans
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import Verdict

FIRST, SECOND = Failure("first", "One"), Failure("second", "Two")


def planner(goal: TenantGoal, stored: Any, device: Any, rules: Rules) -> TenantPlan:
    return TenantPlan(goal.tenant, "update" if goal.remove else "none", stored=stored, device=device)


def plans(**more: Any) -> Plans:
    return Plans(
        **{
            "stored": {"T1": {"a": 1}},
            "device": None,
            "rules": Rules(),
            "planner": planner,
            "faults": {},
            **more,
        }
    )


def test_a_tenant_is_planned_from_what_is_read() -> None:
    made = plans()
    made.plan(TenantGoal("T1", {}))
    made.plan(TenantGoal("T2", {}))
    assert [plan.stored for plan in made.all] == [{"a": 1}, None] and made.held() == []
    made.device = {"/T1/A1/pool": {}}
    made.plan(TenantGoal("T1", {}, remove=frozenset({"A1"})))
    run = made.runs["T1"]
    assert (run.plan.action, run.plan.device, run.verdict) == ("update", made.device, None)


def test_the_first_fault_of_the_request_holds_its_tenant() -> None:
    made = plans(faults={"T1": [(FIRST, "a"), (SECOND, "b")]})
    for tenant in ("T2", "T1"):
        made.plan(TenantGoal(tenant, {}))
    assert made.held() == ["T1"] and made.runs["T1"].plan.failure is FIRST
    assert made.runs["T1"].plan.action == "hold" and made.held(["T2"]) == []


def test_what_is_held_has_a_failure_and_is_not_open() -> None:
    made = plans()
    for tenant in ("T1", "T2", "T3"):
        made.plan(TenantGoal(tenant, {}))
    made.hold({"T2": FIRST})
    made.runs["T3"].verdict = Verdict.failed(SECOND)
    assert [run.is_open for run in made.runs.values()] == [True, False, False]
    assert [run.failure for run in made.runs.values()] == [None, FIRST, SECOND]


def test_tenants_that_are_held_are_named_in_order() -> None:
    made = plans()
    for tenant in ("T3", "T1", "T4", "T2"):
        made.plan(TenantGoal(tenant, {}))
    made.hold({"T3": FIRST, "T1": SECOND, "T2": FIRST})
    assert made.held() == ["T1", "T2", "T3"]
    assert made.held(["T4", "T3", "T1"]) == ["T1", "T3"] and made.held([]) == []
