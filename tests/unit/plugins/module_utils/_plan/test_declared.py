# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of as3_declaration. A line is: name | goal | stored | device | rules | action | steps | code.

In the rules, only=A1,A2 names the applications concerned, and absent removes them (support/planning.py).
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.declared import DeclaredPlanner
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, TenantGoal, TenantPlan
from ansible_collections.vks.bigip.tests.unit.support import planning

TABLE = """
a new tenant | A1=1; A2=2 | - |  |  | create | [A1=1, A2=2] |
a new tenant with a property | label=x; A1=1 | - |  |  | create | [A1=1] |
unchanged | A1=1 2 | A1=1 2 | = |  | none |  |
a property unchanged | label=x; A1=1 | label=x; A1=1 | = |  | none |  |
a property changed | label=x; A1=1 | label=y; A1=1 | = |  | update | [label=x] |
a property that content does not have | A1=1 | label=y; A1=1 | = |  | update | [label=None] |
a property added | label=x; A1=1 | A1=1 | = |  | update | [label=x] |
an application that content does not have | A1=1 | A1=1; A2=2 | = |  | update | [-A2] |
an application added | A1=1; A2=2 | A1=1 | = |  | update | [A2=2] |
a member added | A1=1 2 | A1=1 | = |  | update | [A1=1 2] |
replaced: union first | A1=3 4 | A1=1 2 | = |  | update | [A1=1 2 3 4] > [A1=3 4] |
a tenant removed | * | A1=1; A2=2 | = |  | delete | [-A1, -A2] |
a tenant without applications removed | * | label=x | = |  | delete | [] |
a tenant that is not stored | * | - |  |  | none |  |
absent: what content names | A1=1 | A1=1; A2=2 | = | only=A1 absent | update | -A1 |
absent: the last application | A1=1 | A1=1 | = | only=A1 absent | delete | -A1 |
absent: not stored | A9=1 | A1=1 | = | only=A9 absent | none |  |
absent: whole | * | A1=1; A2=2 | = | absent | delete | [-A1, -A2] |
only: others stay | A1=1 2 | A1=1; A2=2 | = | only=A1 | update | A1=1 2 |
only: properties stay | label=x; A1=1 2 | label=y; A1=1 | = | only=A1 | update | A1=1 2 |
only: a new one | A2=2 | A1=1 | = | only=A2 | update | A2=2 |
only: unchanged | A1=1 | A1=1; A2=2 | = | only=A1 | none |  |
only: a new tenant | A1=1 | - |  | only=A1 | create | A1=1 |
owner: of publish | A1=1 | A1@us=1 | = |  | hold |  | not_ours
owner: of publish, taken over | A1=1 | A1@us=1 | = | adopt=publish | update | [A1=1] |
owner: of publish, removed | A2=1 | A1@us=1; A2=1 | = |  | hold |  | not_ours
owner: of publish, stays beside | A2=1 2 | A1@us=1; A2=1 | = | only=A2 | update | A2=1 2 |
owner: of publish, absent | A1=1 | A1@us=1 | = | only=A1 absent | hold |  | not_ours
owner: of publish, absent and adopted | A1=1 | A1@us=1 | = | only=A1 absent adopt=publish | delete | -A1 |
cis: its tenant | A1=1 | label=k8s; Shared=1 | = |  | hold |  | cis_tenant
cis: its tenant, one application | A1=1 | label=k8s; Shared=1 | = | only=A1 | hold |  | cis_tenant
cis: its tenant, adopted | Shared=1 | label=k8s; Shared=1 | = | adopt=cis | update | [label=None] |
cis: no label | A1=1 | Shared=1 | = |  | update | [A1=1, -Shared] |
cis: another application | A1=1 | label=k8s; A1=1 | = |  | update | [label=None] |
drift: a member is missing | A1=1 2 | A1=1 2 | A1=1 |  | restore | [A1=1 2] |
drift: another ratio | A1=1 2 | A1=1 2 | A1=1/r5 2 |  | restore | [A1=1 2] |
drift and a property | label=x; A1=1 2 | A1=1 2 | A1=1 |  | update | [label=x, A1=1 2] |
drift of one that stays | A1=1; A2=2 | A1=1; A2=2 | A1=1; A2= | only=A1 | restore | A2=2 |
by hand: disabled is not drift | A1=1 2 | A1=1 2 | A1=1/off 2 |  | none |  |
by hand: offline is not drift | A1=1 2 | A1=1 2 | A1=1/dead 2 |  | none |  |
by hand: enabled by a POST | A1=1 2 3 | A1=1 2 | A1=1/off 2 |  | update | [A1=1 2 3] |
by hand: the user's own | A1=1/off 2 | A1=1/off 2 | A1=1/off 2 |  | none |  |
by hand: the user's, enabled | A1=1/off 2 | A1=1/off 2 | A1=1 2 |  | restore | [A1=1/off 2] |
by hand: less than the user does | A1=1/dead 2 | A1=1/dead 2 | A1=1/off 2 |  | restore | [A1=1/dead 2] |
by hand: named by publish | A1=1 2 | A1@us=1/off/named 2 | A1=1/off 2 | adopt=publish | update | [A1=1 2] |
"""
ROWS = planning.rows(TABLE)
POOL = planning.POOL


def planner_of(rules: str, check_mode: bool = False) -> tuple[DeclaredPlanner, str]:
    words = rules.split()
    only = next(
        (set(word.removeprefix("only=").split(",")) for word in words if word.startswith("only=")), None
    )
    rest = [word for word in words if not word.startswith("only=") and word != "absent"]
    return DeclaredPlanner(only, "absent" in words, check_mode), " ".join(rest)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_plan(row: list[str]) -> None:
    goal, stored, device, rules, action, steps, code = row[1:]
    planner, rest = planner_of(rules)
    first, sent, last = planning.run(goal, stored, device, rest, planner)
    assert (first.action, sent, first.failure.code if first.failure else "") == (action, steps, code)
    assert last.action == ("hold" if code else "none") and not first.warnings


def planned(goal: str, stored: str, device: str = "=", rules: str = "") -> TenantPlan:
    planner, rest = planner_of(rules)
    body = planning.stored_of(stored)
    target = planning.goal_of(goal, {}, frozenset())
    return planner(
        target, planning.locked(body), planning.device_of(device, body), planning.rules_of(rest)[0]
    )


def test_content_replaces_the_tenant_whole() -> None:
    plan = planned("label=x; A1=1", "remark=y; A1=1; A2=2")
    assert plan.properties == {"label": "x", "remark": None} and plan.to_remove == ["A2"] and plan.whole
    body = {name: value for name, value in plan.body(plan.wanted, plan.to_remove).items() if name != "A1"}
    assert body == {"class": "Tenant", "label": "x", "optimisticLockKey": "key"}


def test_applications_are_planned_in_the_order_of_their_names() -> None:
    plan = planned("A6=1; A3=1; A8=1; A1=1", "A6=1; A3=1; A7=1; A8=1; A1=1; A2=1", "")
    assert list(plan.changes) == ["A1", "A2", "A3", "A6", "A7", "A8"]
    assert plan.drifted == [f"/T/{name}/{POOL}" for name in ("A1", "A3", "A6", "A8")]


def test_a_removal_changes_no_properties() -> None:
    for goal in ("label=x; A1=1", "*"):
        plan = planned(goal, "label=y; A1=1; A2=2", rules="absent")
        assert (plan.action, plan.properties, plan.to_remove) == ("delete", {}, ["A1", "A2"])


def test_properties_that_say_what_as3_assumes_are_no_change() -> None:
    goal = TenantGoal("T", {"A1": planning.application("1")}, {"enable": True})
    stored = {**(planning.stored_of("A1=1") or {}), "controls": {"class": "Controls", "logLevel": "debug"}}
    planner = DeclaredPlanner(None, False, False)
    assert planner(goal, planning.locked(stored), {}, Rules()).properties == {}
    assert planner(replace(goal, properties={"enable": False}), stored, {}, Rules()).properties == {
        "enable": False
    }
    assert planner(replace(goal, properties={}), {**stored, "enable": True}, {}, Rules()).properties == {}
    plan = planner(replace(goal, properties={}), {**stored, "enable": False}, {}, Rules())
    assert plan.properties == {"enable": None}


def test_the_route_domain_is_that_of_content_or_of_the_store() -> None:
    goal = TenantGoal("T", {"A1": planning.application("1")}, {"defaultRouteDomain": 3})
    stored = {**(planning.stored_of("A1=1") or {}), "defaultRouteDomain": 2}
    assert DeclaredPlanner(None, False, False)(goal, stored, {}, Rules()).route_domain == 3
    assert DeclaredPlanner({"A1"}, False, False)(goal, stored, {}, Rules()).route_domain == 2


def test_the_refusals() -> None:
    failure = planned("A1=1", "A1@us=1").failure
    assert failure and failure.details == {"tenant": "T", "application": "A1"} and failure.code == "not_ours"
    assert failure.what == (
        "Application T/A1 on BIG-IP was published by vks.bigip.publish (owner 'us'), "
        "which would write it again"
    )
    assert failure.remedy and failure.remedy.startswith(
        "Use state: absent or released of vks.bigip.publish, or run "
    )
    failure = planned("A1=1; A2=1", "A6@us=1; A4@us=1; A3@us=1; A2@us=1; A1@us=1; A5@us=1").failure
    assert failure and failure.details["application"] == "A1"
    held = planned("A1=1", "A1@us=1")
    assert (
        held.declared
        and not held.declared.operators
        and not held.declared.blind
        and held.whole
        and held.wanted == {}
    )
    failure = planned("A1=1", "label=k8s; Shared=1").failure
    assert failure and failure.details == {"tenant": "T"} and failure.code == "cis_tenant"
    assert failure.what == (
        "Tenant T looks like one of F5 CIS (label 'k8s', application Shared), "
        "which would write it again while it runs"
    )
    assert failure.remedy == "Use another tenant. If no running CIS owns this one, run with adopt: cis."


def test_common_is_no_tenant_of_cis() -> None:
    goal = TenantGoal("Common", {"Shared": planning.application("1")}, {"label": "k8s"})
    stored = planning.stored_of("label=k8s; Shared=1")
    assert DeclaredPlanner(None, False, False)(goal, stored, {}, Rules()).failure is None
    labels = [({"label": 5}, None), ({"label": ""}, None), ({"label": "k8s"}, "cis_tenant")]
    for label, code in labels:
        plan = DeclaredPlanner(None, False, False)(
            replace(goal, tenant="T"), {**(stored or {}), **label}, {}, Rules()
        )
        assert (plan.failure.code if plan.failure else None) == code


@pytest.mark.parametrize(
    ("created", "absent", "text", "remedy"),
    [
        (
            "A2",
            False,
            "application A2 in tenant T during the run, and the next POST would remove it",
            "add it to content",
        ),
        (
            "A2",
            True,
            "application A2 in tenant T during the run, and the next POST would remove it",
            "name what to remove",
        ),
        (
            "A7 A3 A2 A5 A6 A4",
            False,
            "applications A2, A3, A4, A5, A6, A7 in tenant T during the run, and the next POST would remove them",
            "add them to",
        ),
    ],
)
def test_what_another_user_creates_during_the_run_is_not_removed(
    created: str, absent: bool, text: str, remedy: str
) -> None:
    planner = DeclaredPlanner(None, absent, False)
    goal = planning.goal_of("*" if absent else "A1=1 2", {}, frozenset())
    first = planner(goal, planning.stored_of("A1=1"), {}, Rules())
    assert first.failure is None
    more = "".join(f"; {name}=3" for name in created.split())
    failure = planner(goal, planning.stored_of("A1=1" + more), {}, Rules()).failure
    assert failure and (failure.code, failure.details["created"]) == (
        "created_meanwhile",
        sorted(created.split()),
    )
    assert failure.what == f"Another user or controller created {text}" and failure.details["tenant"] == "T"
    them = "it" if " " not in created else "them"
    assert failure.remedy and f"To remove {them}, run again: the diff " in failure.remedy
    assert f"To keep {them}, {remedy}" in failure.remedy


def test_what_another_user_creates_is_its_own_where_applications_are_named() -> None:
    planner = DeclaredPlanner({"A1"}, False, False)
    goal = planning.goal_of("A1=1 2", {}, frozenset())
    planner(goal, planning.stored_of("A1=1"), {}, Rules())
    assert planner(goal, planning.stored_of("A1=1; A2=3"), {}, Rules()).failure is None


def test_an_application_that_is_named_is_removed_whoever_created_it() -> None:
    planner = DeclaredPlanner({"A1"}, True, False)
    goal = planning.goal_of("A1=1", {}, frozenset())
    planner(goal, planning.stored_of("A2=1"), {}, Rules())
    plan = planner(goal, planning.stored_of("A1=1; A2=1"), {}, Rules())
    assert (plan.failure, plan.to_remove) == (None, ["A1"])


def test_each_tenant_is_remembered_by_itself() -> None:
    planner = DeclaredPlanner(None, False, False)
    goal = planning.goal_of("A1=1 2", {}, frozenset())
    planner(goal, planning.stored_of("A1=1"), {}, Rules())
    plan = planner(replace(goal, tenant="U"), planning.stored_of("A1=1; A2=3"), {}, Rules())
    assert plan.failure is None and plan.to_remove == ["A2"]


ONE = ("10.0.0.1", 80)


@pytest.mark.parametrize(
    ("goal", "stored", "seen", "rules", "operators"),
    [
        ("A1=1 2", "A1=1 2", "A1=1/off 2", "", {"A1": {POOL: {ONE: "disable"}}}),
        ("A1=1 2", "A1=1/off 2", "A1=1/dead 2", "", {"A1": {POOL: {ONE: "offline"}}}),
        ("A1=1/off 2", "A1=1 2", "A1=1/off 2", "", {"A1": {}}),
        ("A1=2", "A1=1 2", "A1=1/off 2", "", {"A1": {}}),
        ("A1=1 2; A2=1", "A1=1 2", "A1=1/off 2", "", {"A1": {POOL: {ONE: "disable"}}}),
        ("A2=1", "A1=1 2", "A1=1/off 2", "", {}),
        ("A1=1 2", "A1@us=1/off/named 2", "A1=1/off 2", "adopt=publish", {"A1": {POOL: {ONE: "disable"}}}),
        ("A1=1 2", "A1@us=1 2", "A1=1/off 2", "adopt=publish", {"A1": {POOL: {ONE: "disable"}}}),
        ("A1=1 2", "A1=1 2", "?", "", {"A1": {}}),
    ],
)
def test_members_that_operators_disabled(
    goal: str, stored: str, seen: str, rules: str, operators: Any
) -> None:
    plan = planned(goal, stored, seen, rules)
    assert plan.declared and plan.declared.operators == operators


def test_a_mark_that_names_a_member_which_content_disables_is_removed() -> None:
    plan = planned("A1=1/off 2", "A1@us=1/off/named 2", "A1=1/off 2", "adopt=publish")
    assert plan.action == "update" and list(plan.changes["A1"].paths) == [mark.PATH] and plan.drifted == []
    assert plan.declared and not plan.declared.blind and plan.declared.operators == {"A1": {}}


def test_a_mark_that_content_repeats_is_no_change() -> None:
    """The user may have copied the application from BIG-IP."""
    stored = planning.stored_of("A1@us=1 2") or {}
    goal = TenantGoal("T", {"A1": stored["A1"]})
    plan = DeclaredPlanner(None, False, False)(goal, stored, {}, Rules(adopt="publish"))
    assert (plan.action, plan.changes["A1"].kind, plan.drifted) == ("restore", "restore", [f"/T/A1/{POOL}"])


def test_a_change_beside_the_mark_is_named_itself() -> None:
    plan = planned("A1=1 2 3", "A1@us=1 2", "A1=1", "adopt=publish")
    change = plan.changes["A1"]
    assert (plan.action, change.kind, change.paths) == ("update", "update", [])
    assert change.pools[POOL].added == [("10.0.0.3", 80)] and plan.drifted == [f"/T/A1/{POOL}"]


def test_a_member_that_an_operator_enabled_again_differs_from_the_store() -> None:
    plan = planned("A1=1 2", "A1@us=1/off/named 2", "A1=1 2", "adopt=publish")
    assert (plan.action, plan.drifted) == ("update", [f"/T/A1/{POOL}"])


def cipher(text: str) -> dict[str, str]:
    """As AS3 gives a secret back."""
    protected = base64.b64encode(b'{"alg":"dir","enc":"f5sv"}').decode()
    return {"ciphertext": base64.b64encode(text.encode()).decode(), "protected": protected}


def with_secret(members: str, value: Any, **more: Any) -> dict[str, Any]:
    monitor = {"class": "Monitor", "monitorType": "http", "passphrase": value, **more}
    return planning.application(members, mon=monitor)


CLEAR = {"ciphertext": "c2VjcmV0"}


@pytest.mark.parametrize(
    ("wanted", "more", "blind"),
    [
        (with_secret("1", CLEAR), {}, True),
        (with_secret("1", cipher("x")), {}, False),
        (with_secret("1", cipher("y")), {}, False),
        (with_secret("1 2", CLEAR), {}, False),
        (with_secret("1", CLEAR, interval=7), {}, False),
        (with_secret("1", "in clear"), {}, True),
        (with_secret("1", CLEAR), {"label": "x"}, False),
        (with_secret("1", CLEAR), {"A2": planning.application("2")}, False),
    ],
)
def test_a_plan_is_blind_if_only_encrypted_secrets_may_differ(wanted: Any, more: Any, blind: bool) -> None:
    applications = {"A1": wanted, **{name: value for name, value in more.items() if isinstance(value, dict)}}
    properties = {name: value for name, value in more.items() if not isinstance(value, dict)}
    stored = {"class": "Tenant", "A1": with_secret("1", cipher("x"))}
    plan = DeclaredPlanner(None, False, False)(TenantGoal("T", applications, properties), stored, {}, Rules())
    assert plan.declared and plan.declared.blind is blind
    text = "Tenant T: secrets that AS3 keeps encrypted cannot be compared; AS3 compared them."
    assert plan.warnings == ([text] if blind else [])


def test_a_plan_is_not_blind_if_members_of_one_pool_change() -> None:
    pools = (POOL, "b")
    wanted = planning.application("1 & 2 3", pools, mon=with_secret("", CLEAR)["mon"])
    stored = {
        "class": "Tenant",
        "A1": planning.application("1 & 2", pools, mon=with_secret("", cipher("x"))["mon"]),
    }
    plan = DeclaredPlanner(None, False, False)(TenantGoal("T", {"A1": wanted}), stored, {}, Rules())
    assert plan.action == "update" and plan.declared and not plan.declared.blind


def test_a_changed_plain_secret_is_no_blind_change() -> None:
    """AS3 gives a privateKey back as it was."""
    applications = {"A1": planning.application("1", cert={"class": "Certificate", "privateKey": "new"})}
    stored = {
        "class": "Tenant",
        "A1": planning.application("1", cert={"class": "Certificate", "privateKey": "old"}),
    }
    plan = DeclaredPlanner(None, False, False)(TenantGoal("T", applications), stored, None, Rules())
    assert plan.action == "update" and plan.declared and not plan.declared.blind


def test_a_drifted_plan_is_not_blind() -> None:
    stored = {"class": "Tenant", "A1": with_secret("1", cipher("x")), "A2": planning.application("2")}
    goal = TenantGoal("T", {"A1": with_secret("1", CLEAR), "A2": planning.application("2")})
    device = planning.device_of("A1=1; A2=", None)
    plan = DeclaredPlanner(None, False, False)(goal, stored, device, Rules())
    assert plan.action == "update" and plan.declared and not plan.declared.blind
    device = planning.device_of("A1=1; A2=2", None)
    assert (
        DeclaredPlanner(None, False, False)(goal, stored, device, Rules()).declared or plan.declared
    ).blind


def test_the_warning_of_check_mode() -> None:
    goal = TenantGoal("T", {"A1": with_secret("1", CLEAR)})
    stored = {"class": "Tenant", "A1": with_secret("1", cipher("x"))}
    (text,) = DeclaredPlanner(None, False, True)(goal, stored, {}, Rules()).warnings
    assert text == (
        "Tenant T: secrets that AS3 keeps encrypted cannot be compared, "
        "so check mode assumes that they are unchanged."
    )
