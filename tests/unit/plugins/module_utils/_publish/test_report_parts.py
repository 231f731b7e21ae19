# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a result, each from a plan with several applications, pools and members."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.difference import ApplicationChange, PoolChange
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish import report

ONE, TWO, TEN, SIX = ("10.0.0.1", 80), ("10.0.0.2", 80), ("10.0.0.10", 80), ("2001:db8::6", 80)
BEHIND = {"pod": "web-1", "node": "node-1"}
NAMES: Any = {("T1", "B", "q"): {ONE: BEHIND, SIX: {"node": "node-6"}}, ("T2", "B", "p"): {ONE: BEHIND}}
PLAN = TenantPlan(
    "T1",
    "update",
    changes={
        "D": ApplicationChange("delete", pools={"p": PoolChange(before=2, after=0, removed=[ONE, TWO])}),
        "C": ApplicationChange("update", ["vs/x", "label"]),
        "B": ApplicationChange(
            "update",
            pools={
                "q": PoolChange(before=3, after=4, added=[ONE, SIX], removed=[TEN]),
                "p": PoolChange(before=1, after=2, added=[TWO]),
            },
        ),
        "A": ApplicationChange("none", pools={"p": PoolChange(before=5, after=5)}),
    },
    drifted=["/T1/B/q", "/T1/B/p"],
    disabled={("B", "q"): {TEN: "disable", ONE: "offline", SIX: "disable"}, ("B", "p"): {TWO: "disable"}},
    enforced={("C", "p"): {TEN: "offline", ONE: "disable"}, ("B", "q"): {ONE: "disable"}},
)


def at(application: str, pool: str, key: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"application": application, "pool": pool, "address": key[0], "port": key[1], **more}


BY_HAND = [
    at("B", "p", TWO, state="disable"),
    at("B", "q", ONE, state="offline", **BEHIND),
    at("B", "q", TEN, state="disable"),
    at("B", "q", SIX, state="disable", node="node-6"),
]


def test_an_entry_of_tenants() -> None:
    entry = report.tenant_entry(PLAN, "update", NAMES, 200, "success")
    assert entry == {
        "action": "update",
        "code": 200,
        "message": "success",
        "members_added": [at("B", "p", TWO), at("B", "q", ONE, **BEHIND), at("B", "q", SIX, node="node-6")],
        "members_removed": [at("B", "q", TEN), at("D", "p", ONE), at("D", "p", TWO)],
        "applications": {"B": "update", "C": "update", "D": "delete"},
        "properties": {"C": ["vs/x", "label"]},
        "drifted": ["/T1/B/p", "/T1/B/q"],
        "members_disabled_by_hand": BY_HAND,
        "members_enforced": [
            at("B", "q", ONE, state="disable", **BEHIND),
            at("C", "p", ONE, state="disable"),
            at("C", "p", TEN, state="offline"),
        ],
    }
    assert list(entry["applications"]) == ["B", "C", "D"]


def test_an_entry_of_a_tenant_that_is_held() -> None:
    """No member is added, removed or enabled."""
    assert report.tenant_entry(PLAN, "hold", NAMES, "no_members", "No members.") == {
        "action": "hold",
        "code": "no_members",
        "message": "No members.",
        "members_added": [],
        "members_removed": [],
        "applications": {"B": "update", "C": "update", "D": "delete"},
        "properties": {"C": ["vs/x", "label"]},
        "drifted": ["/T1/B/p", "/T1/B/q"],
        "members_disabled_by_hand": BY_HAND,
    }


def test_properties_of_several_applications_are_in_order() -> None:
    changes = {name: ApplicationChange("update", [f"{name}/x"]) for name in ("B", "A")}
    entry = report.tenant_entry(TenantPlan("T1", changes=changes), "update", {}, 200, "success")
    assert list(entry["properties"].items()) == [("A", ["A/x"]), ("B", ["B/x"])]
    assert list(entry["applications"]) == ["A", "B"]


def test_the_warnings_of_members_that_an_operator_disabled() -> None:
    names: Any = {("T1", "B", "q"): {ONE: {"pod": "web-1"}, SIX: {"node": "node-6"}}}
    enable = "To enable, use BIG-IP or set enforce_member_state: true."
    assert report.hand_warnings(PLAN, names) == [
        "members_disabled_by_hand: pool /T1/B/p keeps 1 member that an operator disabled on BIG-IP: "
        f"10.0.0.2:80 (adminState disable). {enable}",
        "members_disabled_by_hand: pool /T1/B/q keeps 3 members that an operator disabled on BIG-IP: "
        "10.0.0.1:80 (Pod web-1, adminState offline), 10.0.0.10:80 (adminState disable), "
        f"[2001:db8::6]:80 (node node-6, adminState disable). {enable}",
    ]


ZEROS = {
    **dict.fromkeys(("tenants", "unchanged", "create", "update", "restore", "delete", "release", "hold"), 0),
    **dict.fromkeys(("applications", "pools", "members", "members_added", "members_removed"), 0),
}


@pytest.mark.parametrize(
    ("actions", "counted"),
    [
        ({}, {}),
        ({"T1": "none"}, {"unchanged": 1, "members": 11, "members_added": 3, "members_removed": 3}),
        ({"T1": "update"}, {"update": 1, "members": 11, "members_added": 3, "members_removed": 3}),
        ({"T1": "hold"}, {"hold": 1, "members": 11}),
        (
            {"T1": "hold", "T2": "release"},
            {"hold": 1, "release": 1, "members": 22, "members_added": 3, "members_removed": 3},
        ),
    ],
)
def test_counts(actions: dict[str, str], counted: dict[str, int]) -> None:
    size = len(actions)
    plans = [replace(PLAN, tenant=tenant) for tenant in actions]
    every = {"tenants": size, "applications": 4 * size, "pools": 4 * size}
    assert report.counts(plans, actions) == {**ZEROS, **every, **counted}


@pytest.mark.parametrize(
    ("action", "code", "check_mode", "line"),
    [
        ("create", None, False, "T1: created, 11 members (+3 -3) in 4 pools"),
        ("update", None, True, "T1: would be updated, 11 members (+3 -3) in 4 pools"),
        ("restore", None, False, "T1: restored, 11 members (+3 -3) in 4 pools"),
        ("delete", None, False, "T1: deleted, 11 members in 4 pools"),
        ("release", None, True, "T1: would be released, 11 members (+3 -3) in 4 pools"),
        ("update", 422, False, "T1: failed (422)"),
        ("update", 0, False, "T1: failed (0)"),
        ("hold", "no_members", True, "T1: held (no_members)"),
        ("hold", None, False, "T1: held"),
        ("none", None, False, "1 tenant unchanged"),
    ],
)
def test_the_line_of_a_tenant(action: Any, code: Any, check_mode: bool, line: str) -> None:
    assert report.summary([(PLAN, action, code)], check_mode) == [line]


def test_the_lines_of_several_tenants() -> None:
    plain = replace(PLAN, changes={"A": ApplicationChange("update")})
    outcomes: Any = [(PLAN, "none", None), (plain, "update", None), (PLAN, "none", None)]
    assert report.summary(outcomes, False) == ["T1: updated, 1 application", "2 tenants unchanged"]


def of(label: str, **more: Any) -> dict[str, Any]:
    return mark.put({"class": "Application", "label": label, **more}, {"owner": "us"})


def test_the_declaration_after_a_run() -> None:
    """Without what other owners have, without what is removed, and without secrets."""
    rule = {"class": "iRule", "iRule": "from a Secret"}
    from_secret = {"owner": "us", "from_secret": ["/rule/iRule"]}
    stored = {
        "class": "Tenant",
        "Theirs": of("theirs"),
        "Kept": mark.put({"class": "Application", "rule": rule}, from_secret),
        "Gone": of("gone"),
        "A1": of("old"),
    }
    wanted = {"New": of("new", cert={"class": "Certificate", "privateKey": "KEY"}), "A1": of("new")}
    kinds: dict[str, Any] = {"New": "create", "Kept": "none", "Gone": "delete", "A1": "update"}
    changes = {name: ApplicationChange(kind) for name, kind in kinds.items()}
    parts: dict[str, Any] = {"stored": stored, "wanted": wanted, "changes": changes}
    plan = TenantPlan("T2", "update", properties={"label": "of T2"}, **parts)
    held = replace(plan, tenant="T1", action="hold", properties={})
    removed = replace(plan, tenant="T0", wanted={}, stored={"Gone": stored["Gone"]})
    secret = {"class": "Certificate", "privateKey": "********"}
    kept = mark.put({"class": "Application", "rule": {**rule, "iRule": "********"}}, from_secret)
    found = report.declaration([plan, held, removed])
    assert found == {
        "class": "ADC",
        "T1": {"class": "Tenant", "A1": of("old"), "Kept": kept},
        "T2": {
            "class": "Tenant",
            "label": "of T2",
            "A1": of("new"),
            "Kept": kept,
            "New": of("new", cert=secret),
        },
    }
    assert list(found) == ["class", "T1", "T2"]
    assert list(found["T2"]) == ["class", "label", "A1", "Kept", "New"]
