# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the device differs from the store, and the plan that puts back members that a failed POST removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._plan import drift
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import LOCK, TenantPlan
from ansible_collections.vks.bigip.tests.unit.support import planning

PATH = "/T/A1/web_pool"


def device(text: str) -> Any:
    return planning.device_of(text, None)


@pytest.mark.parametrize(
    ("stored", "seen", "differs", "lacks"),
    [
        ("1 2", "A1=1 2", False, False),
        ("1 2", "A1=1 2/down", False, False),
        ("1 2", "A1=1", True, True),
        ("1 2", "A1=1 3", True, True),
        ("1 2", "A1=1 2 3", True, False),
        ("1 2", "", True, True),
        ("", "", True, False),
        ("", "A1=", False, False),
        ("1 2", "A1=1 2/off", True, False),
        ("1 2/off", "A1=1 2/off", False, False),
        ("1 2/off", "A1=1 2/dead", True, False),
        ("1 2/x", "A1=1", False, False),
        ("1 2/x", "A1=1 2", True, False),
        ("1 2/r2", "A1=1 2", True, False),
        ("1 2/r1", "A1=1 2", False, False),
        ("1 2/r0", "A1=1 2/r9", False, False),
        ("1 2/p0", "A1=1 2", False, False),
        ("1 2/p1", "A1=1 2", True, False),
        ("1 2/c0", "A1=1 2", False, False),
        ("1 2/c1", "A1=1 2", True, False),
        ("1 2", "?", False, False),
    ],
)
def test_the_pools_that_differ(stored: str, seen: str, differs: bool, lacks: bool) -> None:
    application = planning.application(stored)
    assert drift.drifted(application, "A1", "T", device(seen), 0) == ([PATH] if differs else [])
    assert seen == "?" or drift.lacking(application, "A1", "T", device(seen), 0) == ([PATH] if lacks else [])


def test_what_cannot_be_compared_is_no_drift() -> None:
    application = planning.application("1")
    assert drift.drifted({**application, "enable": False}, "A1", "T", {}, 0) == []
    discovered = {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"}
    application["web_pool"]["members"].append(discovered)
    assert drift.drifted(application, "A1", "T", {}, 0) == [] == drift.lacking(application, "A1", "T", {}, 0)


def test_each_pool_is_compared_by_itself_in_the_route_domain() -> None:
    application = planning.application("1 & 2", ("web_pool", "B"))
    assert drift.drifted(application, "A1", "T", device("A1=1; A1+B=3"), 0) == ["/T/A1/B"]
    application["web_pool"]["members"][0]["serverAddresses"] = ["10.0.0.1%4"]
    assert drift.drifted(application, "A1", "T", device("A1=1; A1+B=2"), 4) == []
    assert drift.drifted(application, "A1", "T", device("A1=1; A1+B=2"), 0) == [PATH]


@pytest.mark.parametrize(
    ("stored", "seen", "shown"),
    [
        ("1", "A1=1", {"shareNodes": True}),
        (
            "1/r2/p3/c4",
            "A1=1/r2/p3/c4",
            {"shareNodes": True, "ratio": 2, "priorityGroup": 3, "connectionLimit": 4},
        ),
        ("1/r2/p3/c4", "A1=1", {"shareNodes": True, "ratio": 1, "priorityGroup": 0, "connectionLimit": 0}),
        ("1", "A1=1/r2/p3/c4", {"shareNodes": True, "ratio": 2, "priorityGroup": 3, "connectionLimit": 4}),
        ("1/off", "A1=1", {"shareNodes": True, "adminState": "enable"}),
        ("1", "A1=1/dead", {"shareNodes": True, "adminState": "offline"}),
    ],
)
def test_a_member_as_on_the_device(stored: str, seen: str, shown: dict[str, Any]) -> None:
    (entry,) = planning.entries(stored)
    settings = {
        name: value for name, value in entry.items() if name not in ("servicePort", "serverAddresses")
    }
    (state,) = device(seen)[PATH].values()
    assert drift.as_on_device(state, settings) == shown


def restoring(stored: str, before: str, after: str, failed: str = "A1=1 2 3") -> TenantPlan | None:
    body = planning.stored_of(stored)
    plan = planning.planned(failed, stored, before)
    return drift.restoring(plan, planning.locked(body), device(after), planning.US)


@pytest.mark.parametrize(
    ("stored", "before", "after", "wanted"),
    [
        ("A1@us=1 2", "=", "A1=1 2", {}),
        ("A1@us=1 2", "=", "A1=1 2 3", {}),
        ("A1@us=1 2", "=", "A1=1", {"A1": "1 2"}),
        ("A1@us=1 2", "=", "", {"A1": "1 2"}),
        ("A1@us=1 2", "A1=1 2/off", "A1=1", {"A1": "1 2/off"}),
        ("A1@us=1 2", "A1=1 2/off", "A1=1/off", {"A1": "1/off 2/off"}),
        ("A1@us=1 2", "A1=1 2/off", "", {"A1": "1 2/off"}),
        ("A1@us=1 2; A2@us=3", "=", "A1=1", {"A1": "1 2"}),
        ("A1@us=1 2; A2@us=3", "=", "A1=1 2", {}),
    ],
)
def test_what_a_failed_post_removed_is_put_back(
    stored: str, before: str, after: str, wanted: dict[str, str]
) -> None:
    plan = restoring(stored, before, after)
    assert {
        name: planning.shown(value["web_pool"]) for name, value in (plan.wanted if plan else {}).items()
    } == wanted
    if plan:
        assert (plan.action, plan.drifted, plan.whole, plan.key) == ("restore", [PATH], True, "key")
        assert plan.stored and LOCK not in plan.stored


def test_putting_back_beside_others_is_by_application() -> None:
    plan = restoring("A1@us=1 2; A2@them=3", "=", "A1=1")
    assert plan and not plan.whole and list(plan.wanted) == ["A1"]


def test_putting_back_several_applications() -> None:
    plan = restoring("A2@us=3; A1@us=1 2", "=", "A1=1", failed="A1=1 2 3; A2=4; A3=5")
    assert plan and plan.drifted == [PATH, "/T/A2/web_pool"] and list(plan.wanted) == ["A1", "A2"]


def test_only_what_was_lost_is_put_back() -> None:
    plan = restoring("A1@us=1 2; A2@us=3", "=", "A1=1; A2=3", failed="A1=1 2 3; A2=4")
    assert plan and list(plan.wanted) == ["A1"] and plan.drifted == [PATH]


def test_applications_are_put_back_in_the_order_of_their_names() -> None:
    plan = planning.planned("A1=1 2; A2=3 4", "A1@us=1; A2@us=3")
    plan = replace(plan, changes=dict(reversed(plan.changes.items())))
    body = planning.stored_of("A1@us=1; A2@us=3")
    put_back = drift.restoring(plan, planning.locked(body), {}, planning.US)
    assert put_back and list(put_back.wanted) == ["A1", "A2"]


def test_a_tenant_that_is_gone_has_nothing_to_put_back() -> None:
    plan = planning.planned("A1=1 2 3", "A1@us=1 2")
    assert drift.restoring(plan, None, {}, planning.US) is None


def test_putting_back_without_what_the_device_had_before() -> None:
    body = planning.stored_of("A1@us=1 2")
    plan = replace(planning.planned("A1=1 2 3", "A1@us=1 2"), device=None)
    put_back = drift.restoring(plan, planning.locked(body), device("A1=1/off"), planning.US)
    pool: Any = put_back and put_back.wanted["A1"]["web_pool"]
    assert planning.shown(pool) == "1/off 2"


def test_putting_back_in_a_route_domain() -> None:
    body = planning.stored_of("A1@us=1 2")
    plan = planning.planned("A1=1 2 3", "A1@us=1 2")
    stored = {**(body or {}), "defaultRouteDomain": 4}
    put_back = drift.restoring(plan, stored, device("A1=1"), planning.US)
    assert put_back and put_back.route_domain == 4
