# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks, warnings and refusals of a plan of state: present. test_tenant.py has its actions."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.guards import Limits
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import PoolFacts, Rules, TenantGoal
from ansible_collections.vks.bigip.plugins.module_utils._plan.tenant import plan
from ansible_collections.vks.bigip.tests.unit.support import planning

POOL = planning.POOL


def noted(found: Any, name: str = "A1") -> dict[str, Any]:
    return mark.of(found.wanted[name]) or {}


def test_the_mark() -> None:
    facts = {
        ("A1", "b"): PoolFacts("default/b:80/TCP", "nodeport", options={"exclude_nodes": ["n1"]}),
        ("A1", "a"): PoolFacts("default/a:80/TCP", "nodeport"),
        ("A2", POOL): PoolFacts("default/c:80/TCP", "cluster"),
    }
    applications = {
        "A1": planning.application("1 & 2", ("a", "b")),
        "A2": planning.application("3"),
        "A3": {"class": "Application"},
    }
    goal = TenantGoal("T", applications, facts=facts, origins={"A2": ["/cert/privateKey"]})
    found = plan(goal, None, None, Rules(owner="us", cluster="uid"))
    assert noted(found) == {
        "owner": "us",
        "cluster": "uid",
        "pool_member_type": "nodeport",
        "pools": {
            "a": {"service": "default/a:80/TCP", "pool_member_type": "nodeport"},
            "b": {"service": "default/b:80/TCP", "pool_member_type": "nodeport", "exclude_nodes": ["n1"]},
        },
    }
    assert list(noted(found)["pools"]) == ["a", "b"]
    assert noted(found, "A2")["from_secret"] == ["/cert/privateKey"]
    assert noted(found, "A3") == {"owner": "us", "cluster": "uid"}
    mixed = {**facts, ("A1", "a"): PoolFacts("default/a:80/TCP", "cluster")}
    found = plan(replace(goal, facts=mixed), None, None, Rules(owner="us"))
    assert noted(found)["pool_member_type"] == "mixed" and "cluster" not in noted(found)


def test_the_mark_alone_is_a_change() -> None:
    found = planning.planned("A1=1", "A1=1", "=", "adopt=unmarked")
    assert (found.changes["A1"].kind, list(found.changes["A1"].paths)) == ("update", [mark.PATH])
    found = planning.planned("A1=1 2", "A1=1", "=", "adopt=unmarked")
    assert (found.changes["A1"].kind, found.changes["A1"].paths) == ("update", [])
    found = planning.planned("A1=1", "A1@us=1", "=", "options=yes")
    assert list(found.changes["A1"].paths) == [mark.PATH] and found.changes["A1"].pools[POOL].after == 1
    assert planning.planned("A1=1", "A1@us=1", "=", "mode=cluster").action == "none"


@pytest.mark.parametrize(
    ("goal", "stored", "rules", "warnings"),
    [
        ("A1=1 2", "A1@us=1 2", "", []),
        ("A1=", "A1@us=", "", ["Pool /T/A1/web_pool has no members."]),
        ("A1=", "A1@us=1", "empty=publish", ["Pool /T/A1/web_pool has no members."]),
        ("A1=1", "A1@us=1", "", []),
        ("A1=1", "A1@us=1 2", "", []),
        ("A1=1", "A1@us=2", "", ["only"]),
        ("A1=1/r2", "A1@us=1", "", ["only"]),
        ("A1=1 2", "A1@us=2", "", []),
        ("A1~=", "A1@us=", "", []),
        ("A1~=1", "A1@us=2", "", []),
        ("A1=1; A2=", "-", "", ["only", "Pool /T/A2/web_pool has no members."]),
        ("A1=; A2=1", "A1@us=; A2@us=1 2", "min=1", []),
        ("A1+B= & 1", "-", "", ["Pool /T/A1/B has one", "Pool /T/A1/web_pool has no members."]),
    ],
)
def test_warnings(goal: str, stored: str, rules: str, warnings: list[str]) -> None:
    text = "Pool /T/A1/web_pool has one member only: while it is replaced or changed, requests can be lost."
    found = list(planning.planned(goal, stored, "=", rules).warnings)
    assert [one if one != text else "only" for one in found] == [
        next((one for one in found if one.startswith(word)), word) for word in warnings
    ]


def test_a_failure_keeps_the_warnings_before_it() -> None:
    found = planning.planned("A1+B= & 1", "A1+B@us=1 & 2")
    assert found.failure and found.failure.object == "/T/A1/web_pool"
    assert list(found.warnings) == [
        "Pool /T/A1/B has one member only: while it is replaced or changed, requests can be lost."
    ]


def test_the_first_failure_counts() -> None:
    found = planning.planned("A1=1; A2=", "A1@us=1 2 3; A2@us=1", "=", "percent=50")
    assert found.failure and found.failure.code == "max_removed_percent" and found.action == "hold"
    assert sorted(found.changes) == ["A1", "A2"] and sorted(found.wanted) == ["A1", "A2"]
    for stored, rules in (("A2@us=1; A1@us=1", ""), ("A2=1; A1=1", "empty=publish")):
        failure = planning.planned("A2=; A1=", stored, "=", rules).failure
        assert failure and str(failure.object).startswith("/T/A1")
    found = planning.planned("label=x; A1=1/priv", "A1@us=1; A2@them=1", "=", "share=1")
    assert found.failure and found.failure.code == "shared_nodes"


def test_the_refusal_of_a_shared_tenant() -> None:
    failure = planning.planned("remark=y; label=x; A1=1", "A1@us=1; A3=1; A2@them=2").failure
    assert failure and failure.details == {"tenant": "T"}
    assert failure.what == (
        "Tenant T also contains applications of other owners (A2, A3), "
        "and the task would change its label, remark"
    )
    assert failure.remedy == "Leave the tenant's properties to its owner, or publish to a tenant of your own."


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ("", "Look at left_out of the pool for the reasons. empty_pool: publish empties it"),
        (
            "distrusted=Reason_A",
            "Look at left_out of the pool for the reasons (such as: Reason_A). empty_pool: publish",
        ),
        ("unread=1", "Look at left_out of the pool for the reasons. empty_pool: keep"),
    ],
)
def test_the_refusal_of_an_empty_pool_names_reasons(rules: str, text: str) -> None:
    failure = planning.planned("A1=", "A1@us=1 2", "=", rules).failure
    assert failure and (failure.remedy or "").startswith(text)
    assert failure.details == {"pool": "/T/A1/web_pool", "before": 2, "after": 0}


def test_a_pool_that_no_service_fills_any_more_is_refused_by_its_own_reason() -> None:
    failure = planning.planned("A1~=", "A1@us=1 2").failure
    assert (
        failure
        and (failure.remedy or "").startswith("No Service fills it")
        and failure.details["before"] == 2
    )


@pytest.mark.parametrize(
    ("goal", "stored", "seen", "rules", "before", "removed"),
    [
        ("A1=1", "A1@us=1 2", "A1=1 2 3 4", "percent=24", 4, 1),
        ("A1=1", "A1@us=1 2", "A1=1", "percent=49", 2, 1),
        ("A1=", "A1@us=1 2", "A1=1 2 3", "percent=99 empty=publish", 3, 3),
        ("A1=1", "A1@us=1 2", "?", "percent=49 detect_drift=0", 2, 1),
    ],
)
def test_members_on_the_device_count_as_members_before(
    goal: str, stored: str, seen: str, rules: str, before: int, removed: int
) -> None:
    failure = planning.planned(goal, stored, seen, rules).failure
    assert failure and (failure.details["before"], failure.details["removed"]) == (before, removed)


def test_disabled_and_enforced_members() -> None:
    one = ("10.0.0.1", 80)
    found = planning.planned("A1=1 2", "A1@us=1 2", "A1=1/off 2")
    assert (found.disabled, found.enforced) == ({("A1", POOL): {one: "disable"}}, {})
    assert noted(found)["disabled_by_hand"] == {POOL: ["10.0.0.1:80"]}
    found = planning.planned("A1=1 2", "A1@us=1 2", "A1=1/off 2", "enforce=1")
    assert (found.disabled, found.enforced) == ({}, {("A1", POOL): {one: "disable"}})
    assert "disabled_by_hand" not in noted(found)


@pytest.mark.parametrize(
    ("goal", "stored", "seen", "rules", "shown"),
    [
        ("A1+B=2 & 1", "A1@us=1 2", "A1=1/off 2", "", "2 & 1"),
        ("A1=1 2", "A1+B@us=2 & 1", "A1=2; A1+B=1/off", "", "1 2"),
        ("A2=1 2", "A1@us=1 2", "A1=1/off 2", "", "1 2"),
        ("A2=1 2", "A1@us=1 2", "A1=1/dead 2", "remove=A1", "1/dead 2"),
        ("A2=1 2", "A1@us=1; A3@us=1", "A1=1/dead; A3=1/off", "remove=A3,A1", "1/dead 2"),
        ("A2=1 2", "A1@us=1; A2@us=2", "A1=1/dead; A2=2", "remove=A1", "1 2"),
    ],
)
def test_a_pool_that_replaces_another_keeps_its_disabled_members(
    goal: str, stored: str, seen: str, rules: str, shown: str
) -> None:
    found = planning.planned(goal, stored, seen, rules)
    (value,) = (value for name, value in found.wanted.items())
    pools: Any = [part for part in value.values() if isinstance(part, dict) and part.get("class") == "Pool"]
    assert " & ".join(planning.shown(pool) for pool in pools) == shown


def test_a_pool_that_is_renamed_keeps_its_disabled_members() -> None:
    goal = planning.goal_of("A1=1 2", {}, frozenset())
    value: Any = dict((goal.applications or {})["A1"])
    value["new_pool"] = value.pop(POOL)
    goal = replace(goal, applications={"A1": value}, facts={})
    body = planning.stored_of("A1@us=1 2")
    found = plan(goal, planning.locked(body), planning.device_of("A1=1/off 2", body), Rules(owner="us"))
    pool: Any = found.wanted["A1"]["new_pool"]
    assert planning.shown(pool) == "1/off 2" and found.disabled == {
        ("A1", "new_pool"): {("10.0.0.1", 80): "disable"}
    }


def test_the_refusal_to_leave_only_disabled_members() -> None:
    failure = planning.planned("A1=1 2", "A1@us=1 2 3 4", "A1=1/off 2/off 3 4/down", "left_out=1").failure
    assert failure and failure.details == {"pool": "/T/A1/web_pool", "removed": 1}
    assert "10.0.0.1:80, 10.0.0.2:80" in failure.what
    assert planning.planned("A1=1 5", "A1@us=1 3", "A1=1/off 3", "left_out=1").failure is None
    assert planning.planned("A1=1", "A1@us=1 3", "A1=1/off", "left_out=1").failure is None
    assert planning.planned("A1=1", "A1@us=1 3", "A1=1/off 3/off", "left_out=1").failure is None
    assert planning.planned("A1=1", "A1@us=1 3", "A1=1/off 3", "").failure is None
    for seen in ("", "?"):
        assert planning.planned("A1=1", "A1@us=1/off/named 3", seen, "left_out=1").failure is None


def test_members_that_bigip_fills_may_answer() -> None:
    discovered = {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"}
    goal = planning.goal_of("A1=1", {"left_out": 1}, frozenset())
    value: Any = (goal.applications or {})["A1"][POOL]
    value["members"].append(discovered)
    body = planning.stored_of("A1@us=1 3")
    found = plan(goal, planning.locked(body), planning.device_of("A1=1/off 3", body), Rules(owner="us"))
    assert found.failure is None and found.action == "update"


def test_a_route_domain_of_the_store_counts() -> None:
    body = planning.stored_of("A1@us=1") or {}
    body["A1"][POOL]["members"][0]["serverAddresses"] = ["10.0.0.1%4"]
    found = plan(
        planning.goal_of("A1=1", {}, frozenset()),
        planning.locked({**body, "defaultRouteDomain": 4}),
        planning.device_of("A1=1", body),
        Rules(owner="us"),
    )
    assert (found.action, found.route_domain) == ("none", 4)


def test_a_route_domain_of_the_goal_counts() -> None:
    body = planning.stored_of("A1@us=1") or {}
    body["A1"][POOL]["members"][0]["serverAddresses"] = ["10.0.0.1%4"]
    goal = replace(planning.goal_of("A1=1", {}, frozenset()), properties={"defaultRouteDomain": 4})
    found = plan(
        goal,
        planning.locked({**body, "defaultRouteDomain": 4}),
        planning.device_of("A1=1", body),
        Rules(owner="us"),
    )
    assert (found.action, found.route_domain, found.drifted) == ("none", 4, [])
    found = plan(goal, planning.locked(body), planning.device_of("A1=1", body), Rules(owner="us"))
    assert found.action == "update" and found.properties == {"defaultRouteDomain": 4}


def test_empty_pool_keep_keeps_what_the_user_set_and_not_what_an_operator_did() -> None:
    found = planning.planned("A1=", "A1@us=1/off 2", "A1=1/off 2/off", "empty=keep")
    pool: Any = found.wanted["A1"][POOL]
    assert planning.shown(pool) == "1/off 2/off" and found.action == "none"
    assert found.disabled == {("A1", POOL): {("10.0.0.2", 80): "disable"}}
    enforced = planning.planned("A1=", "A1@us=1/off 2", "A1=1/off 2/off", "empty=keep enforce=1")
    pool = enforced.wanted["A1"][POOL]
    assert planning.shown(pool) == "1/off 2"
    assert planning.planned("A1=", "A1@us=", "A1=", "empty=keep").failure is None


def test_a_pool_with_private_nodes_that_is_not_filled_has_no_members() -> None:
    goal = planning.goal_of("A1=", {}, frozenset())
    value: Any = (goal.applications or {})["A1"]
    del value[POOL]["members"]
    body = planning.stored_of("A1@us=1/priv")
    found = plan(goal, planning.locked(body), {}, Rules(owner="us", limits=Limits("publish")))
    assert found.wanted["A1"][POOL] == {"class": "Pool", "members": []}


def test_empty_pool_keep_adds_no_members_to_a_pool_without_any() -> None:
    body = planning.stored_of("A1@us=") or {}
    del body["A1"][POOL]["members"]
    goal = planning.goal_of("A1=", {}, frozenset())
    found = plan(goal, planning.locked(body), {}, Rules(owner="us", limits=Limits("keep")))
    assert found.wanted["A1"][POOL] == {"class": "Pool", "members": []}


def test_a_digest_of_this_release_stays() -> None:
    monitor = {"class": "Monitor", "monitorType": "http", "passphrase": {"ciphertext": "c2VjcmV0"}}
    goal = TenantGoal("T", {"A1": planning.application("1", mon=monitor)})
    first = plan(goal, None, None, Rules(owner="us"))
    stored = {"class": "Tenant", "A1": first.wanted["A1"]}
    goal = replace(goal, applications={"A1": planning.application("1 2", mon=monitor)})
    second = plan(goal, planning.locked(stored), planning.device_of("A1=1", stored), Rules(owner="us"))
    assert second.action == "update" and noted(second)["secrets"] == noted(first)["secrets"]


@pytest.mark.parametrize(
    ("members", "action", "renewed"), [("1 2", "none", False), ("1 2 3", "update", True)]
)
def test_a_digest_of_an_earlier_release_is_renewed_with_another_change_only(
    members: str, action: str, renewed: bool
) -> None:
    value = {"ciphertext": "c2VjcmV0"}
    encrypted = {"ciphertext": "JE0k", "protected": base64.b64encode(b'{"alg":"dir","enc":"f5sv"}').decode()}
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    derived = hashlib.pbkdf2_hmac("sha256", data, b"salt", 60_000)
    old = f"{base64.b64encode(b'salt').decode()}${base64.b64encode(derived).decode()}"
    monitor = {"class": "Monitor", "monitorType": "http"}
    goal = planning.goal_of(f"A1={members}", {}, frozenset())
    application = {**(goal.applications or {})["A1"], "mon": {**monitor, "passphrase": value}}
    goal = replace(goal, applications={"A1": application})
    stored = planning.stored_of("A1@us=1 2") or {}
    stored["A1"] = mark.with_digests(
        {**stored["A1"], "mon": {**monitor, "passphrase": encrypted}}, {"mon/passphrase": old}
    )
    found = plan(goal, planning.locked(stored), planning.device_of("A1=1 2", stored), Rules(owner="us"))
    assert found.action == action
    digest = noted(found)["secrets"]["mon/passphrase"]
    assert digest.startswith("pbkdf2-sha256$600000$") if renewed else digest == old
