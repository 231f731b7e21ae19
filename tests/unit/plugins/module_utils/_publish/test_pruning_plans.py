# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removals that prune adds to the plans of a run, and takes out of them again."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.guards import Limits
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish import pruning
from ansible_collections.vks.bigip.plugins.module_utils._publish.plans import Plans
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import Verdict

APPLICATION: dict[str, Any] = {"class": "Application"}
FAULT, TAKEN = Failure("no_members", "No members"), Failure("address_taken", "It is taken")


def tenant(*names: str, owner: str = "me") -> dict[str, Any]:
    """Each application holds a secret of its name."""
    found: dict[str, Any] = {"class": "Tenant"}
    for name in names:
        secret = {"class": "Certificate", "privateKey": f"KEY-OF-{owner}-{name}"}
        found[name] = mark.put({**APPLICATION, "cert": secret}, {"owner": owner})
    return found


STORED = {"T3": tenant("A1", "A2"), "T1": tenant("A3", "A1", "A2"), "T2": tenant("A1", owner="them")}


def planner(goal: TenantGoal, stored: Any, device: Any, rules: Rules) -> TenantPlan:
    return TenantPlan(goal.tenant, "update", wanted=goal.applications or {})


def plans(*tenants: str, faults: Any = None, percent: int = 100) -> Plans:
    """Application A1 is listed in these tenants."""
    rules = Rules(owner="me", limits=Limits(max_removed_percent=percent))
    made = Plans(STORED, None, rules, planner, faults or {})
    for name in tenants:
        made.plan(TenantGoal(name, {"A1": APPLICATION}))
    return made


def removed(made: Plans) -> dict[str, list[str]]:
    return {name: sorted(run.goal.remove) for name, run in made.runs.items()}


@pytest.mark.parametrize(
    ("scope", "listed", "expected", "hidden"),
    [
        ("none", ("T1",), {"T1": []}, set()),
        ("tenants", ("T1",), {"T1": ["A2", "A3"]}, {"T1"}),
        ("owner", ("T1",), {"T1": ["A2", "A3"], "T3": ["A1", "A2"]}, {"T1", "T3"}),
        ("owner", ("T4",), {"T4": [], "T1": ["A1", "A2", "A3"], "T3": ["A1", "A2"]}, {"T1", "T3"}),
    ],
)
def test_what_is_added(
    scope: str, listed: tuple[str, ...], expected: dict[str, list[str]], hidden: set[str]
) -> None:
    made, texts = plans(*listed), set[str]()
    assert pruning.add_removals(made, scope, texts.update) == []
    assert removed(made) == expected and made.held() == []
    assert bool(texts) == bool(hidden) and "KEY-OF-them-A1" not in texts
    assert ("KEY-OF-me-A3" in texts) == ("T1" in hidden)


def test_a_fault_keeps_everything() -> None:
    made = plans("T1", "T4", "T0", faults={"T4": [(FAULT, "a")], "T0": [(FAULT, "b")]})
    assert pruning.add_removals(made, "owner", set().update) == [
        "prune removed nothing, because of the fault in T0, T4. "
        "No longer listed: T1/A2, T1/A3, T3/A1, T3/A2."
    ]
    assert removed(made) == {"T1": [], "T4": [], "T0": []}


def test_a_fault_is_of_no_interest_if_nothing_is_to_be_removed() -> None:
    made = plans("T5", faults={"T5": [(FAULT, "a")]})
    assert pruning.add_removals(made, "tenants", set().update) == []


@pytest.mark.parametrize(("percent", "held"), [(79, ["T1", "T3"]), (80, [])])
def test_more_than_max_removed_percent_holds_each_tenant(percent: int, held: list[str]) -> None:
    made = plans("T1", percent=percent)
    assert pruning.add_removals(made, "owner", set().update) == []
    assert removed(made) == {"T1": ["A2", "A3"], "T3": ["A1", "A2"]}
    assert made.held() == held


def test_removals_are_taken_out_if_they_were_not_posted() -> None:
    """T3 has no listed application, so it is not planned any more. T1 was posted. Some faults stay."""
    made = plans("T6", "T5", "T1", "T0")
    for name in ("T6", "T5", "T1", "T3"):
        listed = {} if name == "T3" else {"A1": APPLICATION}
        made.plan(TenantGoal(name, listed, remove=frozenset({"A3", "A2"})))
    made.hold({"T6": TAKEN, "T5": FAULT, "T0": FAULT})
    made.runs["T1"].verdict = Verdict.success("success")
    (warning,) = pruning.drop_removals(made, "the fault in T9")
    assert warning == (
        "prune removed nothing, because of the fault in T9. "
        "No longer listed: T3/A2, T3/A3, T5/A2, T5/A3, T6/A2, T6/A3."
    )
    assert removed(made) == {"T1": ["A2", "A3"], "T0": [], "T5": [], "T6": []}
    assert made.held() == ["T0", "T6"]
    assert (made.runs["T0"].plan.failure, made.runs["T6"].plan.failure) == (FAULT, TAKEN)
    assert pruning.drop_removals(plans("T1"), "the fault in T9") == []
