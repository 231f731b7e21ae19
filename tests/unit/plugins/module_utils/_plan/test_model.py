# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan's lock, the tenant that it posts, and the action that its changes need."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._as3.difference import ApplicationChange, Kind
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import (
    LOCK,
    NOT_STORED,
    Action,
    Declared,
    Rules,
    Step,
    TenantPlan,
    pool_path,
    unplanned,
)
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.modules import publish
from ansible_collections.vks.bigip.tests.unit.support import planning

A1, A2 = planning.application("1"), planning.application("2")
SHARED = {"class": "Application", "template": "shared"}


def test_the_lock() -> None:
    assert TenantPlan("T").lock == {LOCK: NOT_STORED} == {"optimisticLockKey": "not stored"}
    assert TenantPlan("T", stored={}, key="k").lock == {LOCK: "k"} and TenantPlan("T", stored={}).lock == {}


STORED = {"class": "Tenant", "label": "x", "A1": A1, "A2": A2}


@pytest.mark.parametrize(
    ("tenant", "stored", "properties", "write", "remove", "body"),
    [
        ("T", STORED, {}, {}, [], STORED),
        ("T", STORED, {}, {"A1": A2}, [], {**STORED, "A1": A2}),
        ("T", STORED, {}, {}, ["A1"], {"class": "Tenant", "label": "x", "A2": A2}),
        (
            "T",
            STORED,
            {"label": "y"},
            {"A3": A1},
            ["A2"],
            {"class": "Tenant", "label": "y", "A1": A1, "A3": A1},
        ),
        ("T", STORED, {}, {}, ["A1", "A2"], {"class": "Tenant"}),
        ("T", STORED, {"label": "y"}, {}, ["A1", "A2"], {"class": "Tenant"}),
        (
            "Common",
            STORED,
            {"remark": "y"},
            {},
            ["A1", "A2"],
            {"class": "Tenant", "label": "x", "remark": "y", "Shared": SHARED},
        ),
        ("T", None, {"label": "y"}, {"A1": A1}, [], {"class": "Tenant", "label": "y", "A1": A1}),
        ("T", None, {}, {}, [], {"class": "Tenant"}),
    ],
)
def test_the_tenant_to_post(
    tenant: str, stored: Any, properties: Any, write: Any, remove: list[str], body: dict[str, Any]
) -> None:
    plan = TenantPlan(tenant, stored=stored, key="k", properties=properties)
    assert plan.body(write, remove) == {**body, LOCK: NOT_STORED if stored is None else "k"}


@pytest.mark.parametrize(
    ("tenant", "write", "remove", "body"),
    [
        ("T", {}, [], {"class": "Tenant", "remark": "z", "A1": A1, "A2": A2}),
        ("T", {"A1": A2}, ["A2"], {"class": "Tenant", "remark": "z", "A1": A2}),
        ("T", {}, ["A1", "A2"], {"class": "Tenant"}),
        ("Common", {}, ["A1", "A2"], {"class": "Tenant", "Shared": SHARED}),
    ],
)
def test_content_replaces_the_tenants_properties(
    tenant: str, write: Any, remove: list[str], body: dict[str, Any]
) -> None:
    plan = TenantPlan(
        tenant, stored=dict(STORED), key="k", properties={"label": None}, declared=Declared({"remark": "z"})
    )
    assert plan.body(write, remove) == {**body, LOCK: "k"}


@pytest.mark.parametrize(
    ("stored", "kinds", "properties", "emptied", "action"),
    [
        (None, ["create"], {}, False, "create"),
        (None, [], {}, False, "none"),
        (STORED, [], {}, False, "none"),
        (STORED, ["none", "none"], {}, False, "none"),
        (STORED, ["none", "update"], {}, False, "update"),
        (STORED, ["restore", "none"], {}, False, "restore"),
        (STORED, ["restore", "update"], {}, False, "update"),
        (STORED, ["restore"], {"label": "y"}, False, "update"),
        (STORED, [], {"label": "y"}, False, "update"),
        (STORED, ["delete"], {}, False, "update"),
        (STORED, ["delete"], {}, True, "delete"),
        (STORED, [], {}, True, "delete"),
    ],
)
def test_the_action(stored: Any, kinds: list[Kind], properties: Any, emptied: bool, action: str) -> None:
    changes = {f"A{number}": ApplicationChange(kind) for number, kind in enumerate(kinds)}
    wanted = {name: A1 for name, change in changes.items() if change.kind != "delete"}
    plan = TenantPlan("T", stored=stored, wanted=wanted, changes=changes, properties=properties)
    assert plan.decided(emptied).action == action


def test_the_documentation_has_each_action_of_a_plan() -> None:
    tenants = yaml.safe_load(publish.RETURN)["tenants"]["contains"]
    listed = " ".join(tenants["action"]["description"]).partition(".")[0]
    assert set(re.findall(r"V\((\w+)\)", listed)) == set(get_args(Action))
    assert TenantPlan("T").decided(emptied=False).action in get_args(Action)


def test_a_task_that_sets_nothing_has_the_documented_rules() -> None:
    documented = yaml.safe_load(publish.DOCUMENTATION)["options"]
    names = ("state", "adopt", "bulk_create", "detect_drift", "enforce_member_state")
    rules = Rules()
    assert [getattr(rules, name) for name in names] == [documented[name]["default"] for name in names]
    assert rules == PublishOptions.from_params({}).rules(owner="", cluster=None)
    assert unplanned("T", None).decided(emptied=False).action == "none"


def test_a_step_is_the_last_unless_another_follows() -> None:
    assert Step({"A1": A1}) == Step({"A1": A1}, remove=(), waiting=(), settling={}, final=True)
    assert unplanned("T", None).to_remove == []


def test_a_plan_with_nothing_to_send() -> None:
    changes = {"A1": ApplicationChange("update", ["x"]), "A2": ApplicationChange("delete")}
    plan = TenantPlan("T", "update", stored=dict(STORED), changes=changes)
    assert plan.to_remove == ["A2"]
    failure = Failure("code", "doing")
    held = plan.held(failure)
    assert (held.action, held.failure, held.changes) == ("hold", failure, changes)
    same = plan.unchanged()
    assert (same.action, same.changes) == (
        "none",
        {"A1": ApplicationChange("none"), "A2": ApplicationChange("none")},
    )


def test_applications_are_removed_in_the_order_of_their_names() -> None:
    changes = {name: ApplicationChange("delete") for name in ("b", "a", "c")}
    assert TenantPlan("T", changes=changes).to_remove == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("stored", "properties", "route_domain"),
    [
        (None, None, 0),
        (None, {"defaultRouteDomain": 3}, 3),
        ({"defaultRouteDomain": 2}, None, 2),
        ({"defaultRouteDomain": 2}, {}, 0),
        ({"defaultRouteDomain": 2}, {"defaultRouteDomain": "3"}, 3),
    ],
)
def test_what_is_stored(stored: Any, properties: Any, route_domain: int) -> None:
    plan = unplanned("T", stored, properties)
    assert plan == TenantPlan(
        "T", "none", whole=False, stored=stored, key=None, route_domain=route_domain, reserve_first=False
    )


def test_the_key_is_no_part_of_what_is_stored() -> None:
    plan = unplanned("T", {"class": "Tenant", LOCK: "k"})
    assert (plan.stored, plan.key) == ({"class": "Tenant"}, "k")
    assert pool_path("T", "A1", "p") == "/T/A1/p"
