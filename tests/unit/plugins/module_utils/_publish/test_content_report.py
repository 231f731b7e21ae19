# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of as3_declaration: secrets that only AS3 can compare, and members that operators disabled."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.difference import ApplicationChange
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Declared, TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.content_report import content_result
from ansible_collections.vks.bigip.plugins.module_utils._publish.result import Finished
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import TenantRun, Verdict
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Wanted

POOL = {
    "class": "Pool",
    "members": [
        {"servicePort": 80, "serverAddresses": ["10.0.0.1"]},
        {"servicePort": 80, "serverAddresses": ["10.0.0.2"], "adminState": "offline"},
    ],
}
APPLICATION = {"class": "Application", "pool": POOL}
SET_BY_HAND = {"A1": {"pool": {("10.0.0.2", 80): "disable", ("10.0.0.1", 80): "disable"}}}


def run(*, blind: bool = False, verdict: Verdict | None = None, **more: Any) -> TenantRun:
    plan = {
        "action": "update",
        "whole": True,
        "wanted": {"A1": APPLICATION},
        "changes": {"A1": ApplicationChange("update")},
        "declared": Declared({}, blind, SET_BY_HAND if more.pop("set_by_hand", False) else {}),
        **more,
    }
    return TenantRun(
        TenantGoal("T1", {}),
        TenantPlan("T1", **plan),
        verdict,
        posts=1 if verdict else 0,
        changed=bool(verdict),
    )


def result(one: TenantRun, check_mode: bool = False) -> dict[str, Any]:
    return content_result(
        Finished(Wanted(), {"T1": one}, {}, "changed", check_mode, False, {}, {}, None, ["first"])
    )


@pytest.mark.parametrize(
    ("blind", "verdict", "check_mode", "changed"),
    [
        (True, None, True, False),
        (True, Verdict.success("no change"), False, False),
        (True, Verdict.success("success"), False, True),
        (False, Verdict.success("no change"), False, True),
        (False, None, True, True),
    ],
)
def test_a_tenant_whose_secrets_only_as3_can_compare(
    blind: bool, verdict: Verdict | None, check_mode: bool, changed: bool
) -> None:
    found = result(run(blind=blind, verdict=verdict), check_mode)
    assert found["changed"] == changed and bool(found["tenants"]) == changed
    assert found["counts"]["update"] == changed and found["counts"]["unchanged"] == (not changed)
    extent = "updated, 1 application"
    lines = {True: f"T1: would be {extent}", False: f"T1: {extent}"}
    assert found["summary"] == [lines[check_mode] if changed else "1 tenant unchanged"]
    assert found["warnings"] == ["first"]


KEPT = (
    "members_disabled_by_hand: tenant T1 keeps 2 members that an operator disabled on BIG-IP: "
    "/T1/A1/pool 10.0.0.1:80 (disable), /T1/A1/pool 10.0.0.2:80 (disable). A POST of this tenant for another reason "
    "enables them. To keep them disabled, set their adminState in content."
)
WOULD = "the run would enable, as AS3 does,"
ENABLED = (
    "members_disabled_by_hand: {} 2 members of tenant T1 that an operator disabled on BIG-IP: "
    "/T1/A1/pool 10.0.0.1:80 (disable, then enable), /T1/A1/pool 10.0.0.2:80 (disable, then offline). "
    "To disable them for longer, set their adminState in content."
)


@pytest.mark.parametrize(
    ("more", "check_mode", "warning"),
    [
        ({"action": "none"}, False, KEPT),
        ({}, True, ENABLED.format(WOULD)),
        ({"verdict": Verdict.success("success")}, False, ENABLED.format("AS3 enabled")),
        ({"verdict": Verdict(False, 422, "failed")}, False, ENABLED.format("AS3 may have enabled")),
        ({"verdict": Verdict.success("no change")}, False, KEPT),
        ({}, False, KEPT),
        ({"whole": False, "verdict": Verdict.success("success")}, False, ENABLED.format("AS3 enabled")),
        (
            {
                "whole": False,
                "changes": {"A1": ApplicationChange("none")},
                "verdict": Verdict.success("success"),
            },
            False,
            KEPT,
        ),
        ({"changes": {"A1": ApplicationChange("none")}}, True, ENABLED.format(WOULD)),
        ({"action": "hold"}, True, KEPT),
    ],
)
def test_members_that_an_operator_disabled(more: dict[str, Any], check_mode: bool, warning: str) -> None:
    assert result(run(set_by_hand=True, **more), check_mode)["warnings"] == ["first", warning]


def test_members_of_several_applications_are_in_order() -> None:
    """A1 is posted and A2 is not. Members without an adminState in content are enabled by AS3."""
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.0.0.9", "10.0.0.10"]}]}
    wanted = {"class": "Application", "a": pool, "b": pool}
    set_by_hand = {
        "b": {("10.0.0.9", 80): "offline"},
        "a": {("10.0.0.10", 80): "disable", ("10.0.0.9", 80): "offline"},
    }
    same, update = ApplicationChange("none"), ApplicationChange("update")
    one = run(
        whole=False,
        wanted={name: wanted for name in ("A1", "A2", "A3")},
        changes={"A3": same, "A2": same, "A1": update},
        declared=Declared(
            {}, False, {"A3": {"b": set_by_hand["b"]}, "A2": {"a": set_by_hand["a"]}, "A1": set_by_hand}
        ),
        verdict=Verdict.success("success"),
    )
    kept, enabled = (text.partition(": ")[2] for text in result(one)["warnings"][1:])
    assert kept == (
        "tenant T1 keeps 3 members that an operator disabled on BIG-IP: /T1/A2/a 10.0.0.9:80 (offline), "
        "/T1/A2/a 10.0.0.10:80 (disable), /T1/A3/b 10.0.0.9:80 (offline). A POST of this tenant for another "
        "reason enables them. To keep them disabled, set their adminState in content."
    )
    assert enabled == (
        "AS3 enabled 3 members of tenant T1 that an operator disabled on BIG-IP: "
        "/T1/A1/a 10.0.0.9:80 (offline, then enable), /T1/A1/a 10.0.0.10:80 (disable, then enable), "
        "/T1/A1/b 10.0.0.9:80 (offline, then enable). "
        "To disable them for longer, set their adminState in content."
    )


def test_a_plan_without_content_warns_of_nothing() -> None:
    """A tenant that is removed has no members in content."""
    assert result(run(action="delete", declared=None))["warnings"] == ["first"]
