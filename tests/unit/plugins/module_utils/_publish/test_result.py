# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a run: what it lists, in which order, and when it reports a change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.difference import ApplicationChange, PoolChange
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.result import Finished, result
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import TenantRun, Verdict
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Wanted
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, app, pool

ITEMS = [app(), app("T2", virtual_server=None)]


def grown() -> World:
    """T1 and T2 are published, and T1 gets one more member."""
    world = World({**WEB, "other": pool("10.0.9.1:61001")})
    world.publish(applications=[app(), app("T2", service="other", virtual_server=None)])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    return world


@pytest.mark.parametrize(
    ("details", "tenants", "pools", "declared", "diffs"),
    [
        ("changed", ["T1"], ["T1"], {"T1"}, 1),
        ("all", ["T1", "T2"], ["T1", "T2"], {"T1", "T2"}, 1),
        ("none", [], [], set(), 0),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_details(
    details: str, tenants: list[str], pools: list[str], declared: set[str], diffs: int, check_mode: bool
) -> None:
    items = [app(), app("T2", service="other", virtual_server=None)]
    result = grown().publish(check_mode, applications=items, details=details)
    assert result["changed"] and list(result["tenants"]) == tenants
    assert [one["tenant"] for one in result["pools"]] == pools
    assert set(result["declaration"]) - {"class"} == declared and len(result["diff"]) == diffs
    assert (result["counts"]["tenants"], result["counts"]["unchanged"], result["counts"]["update"]) == (
        2,
        1,
        1,
    )


def test_a_pool_in_the_result_is_named_and_has_its_members() -> None:
    (one,) = World(WEB).publish(applications=[app()])["pools"]
    assert (one["tenant"], one["application"], one["pool"], one["service"]) == ("T1", "A1", "pool", "web")
    assert [(member["address"], member["pod"]) for member in one["members"]] == [
        ("10.0.0.1", "web-61001"),
        ("10.0.0.2", "web-61002"),
    ]


def test_a_pool_without_a_change_is_listed_if_its_tenant_has_a_fault() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    result = world.publish(applications=[app(), app(application="A2", service="nope", virtual_server=None)])
    assert [(one["application"], one["pool"]) for one in result["pools"]] == [("A1", "pool")]


def test_a_new_pool_without_members_is_listed() -> None:
    result = World({"web": pool()}).publish(applications=[app()], empty_pool="publish")
    assert result["changed"] and [one["pool"] for one in result["pools"]] == ["pool"]


def test_tenants_are_in_order_also_where_prune_adds_one() -> None:
    world = World(WEB)
    world.publish(applications=[app("T0", virtual_server=None), app("T2")])
    result = world.publish(applications=[app("T1", virtual_server=None)], prune="owner")
    assert list(result["tenants"]) == ["T0", "T1", "T2"]
    assert [text.split(":")[0] for text in result["summary"]] == ["T0", "T1", "T2"]


def test_a_member_shows_the_pod_and_the_node_behind_it() -> None:
    world = World(WEB)
    (first, _second) = world.publish(applications=[app()])["tenants"]["T1"]["members_added"]
    assert first == {
        "application": "A1", "pool": "pool", "address": "10.0.0.1", "port": 61001, "pod": "web-61001", "node": "node-1",
    }  # fmt: skip


def test_a_member_in_a_route_domain_shows_it_too() -> None:
    world = World({"web": pool("10.0.0.1:61001", "10.0.0.2:61002", route_domain=7)})
    added = world.publish(applications=[app()])["tenants"]["T1"]["members_added"]
    assert [(one["address"], one["pod"]) for one in added] == [
        ("10.0.0.1%7", "web-61001"),
        ("10.0.0.2%7", "web-61002"),
    ]


def test_messages() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    items = [app(), app("T2", virtual_server=None)]
    predicted = world.publish(True, applications=items, details="all")["tenants"]
    assert {name: (one["code"], one["message"]) for name, one in predicted.items()} == {
        "T1": (None, "no change"),
        "T2": (None, "would create"),
    }
    result = world.publish(applications=items)["tenants"]
    assert (result["T2"]["code"], result["T2"]["message"]) == (200, "success")


def test_a_refusal_is_no_change_and_an_unknown_result_may_be_one() -> None:
    refused = {"results": [{"code": 422, "message": "declaration failed", "response": "no", "tenant": "T1"}]}
    world = World(WEB)
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of(refused))
    assert not world.publish(applications=[app()])["changed"]
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of({"code": 500, "message": "lost"})] * 9
    result = world.publish(applications=[app()])
    assert result["changed"] and result["tenants"]["T1"]["code"] == "outcome_unknown"


@pytest.mark.parametrize("check_mode", [True, False])
def test_with_on_error_stop_the_others_are_held(check_mode: bool) -> None:
    world = World(WEB)
    items = [*ITEMS, app("T3", service="nope", virtual_server=None)]
    result = world.publish(check_mode, applications=items, on_error="stop")
    assert not result["changed"] and not world.bigip.posts
    assert {name: one["action"] for name, one in result["tenants"].items()} == dict.fromkeys(
        ("T1", "T2", "T3"), "hold"
    )
    assert result["counts"]["hold"] == 3 and [one["tenant"] for one in result["failure"]["tenants"]] == ["T3"]
    if not check_mode:
        assert result["tenants"]["T1"]["message"] == "held: on_error is stop"
    assert result["summary"] == ["T1: held", "T2: held", "T3: held (service_not_found)"]


def test_each_warning_is_there_once_and_in_order() -> None:
    world = World(WEB)
    world.said_at_sign_out = ["Said twice.", "Said twice."]
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPrt": 80}
    warnings = world.publish(applications=[app(virtual_server=server)])["warnings"]
    assert len(warnings) == 2 and "virtualPrt" in warnings[0] and warnings[1] == "Said twice."


def test_requests_and_seconds() -> None:
    world = World(WEB)
    world.cluster.requests = 4
    read = world.bigip.pools

    def slow(partitions: Any = None) -> Any:
        world.clock.now += 2
        return read(partitions)

    world.publish(applications=[app()])
    world.bigip.pools = slow  # type: ignore[method-assign]
    result = world.publish(applications=[app()])
    assert result["requests"] == {"bigip": 0, "kubernetes": 4}
    assert result["timings"] == {"bigip": 2, "kubernetes": 0, "posting": 0, "total": 2}
    world.bigip.answers.append(lambda bigip, body, tenant: setattr(world.clock, "now", world.clock.now + 5))
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    assert world.publish(applications=[app()])["timings"] == {
        "bigip": 2,
        "kubernetes": 0,
        "posting": 5,
        "total": 7,
    }


def test_reading_the_pools_before_a_post_counts_as_reading() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    read = world.bigip.pools

    def slow(partitions: Any = None) -> Any:
        world.clock.now += 2
        return read(partitions)

    world.bigip.pools = slow  # type: ignore[method-assign]
    result = world.publish(state="released", owner=OWNER, tenants={"T1": {}})
    assert (result["timings"]["bigip"], result["timings"]["posting"]) == (2, 0)


def test_a_run_that_fails_takes_all_warnings_along() -> None:
    world = World(WEB, uid_failure=Failure("kubernetes_unreachable", "Reading the namespace kube-system"))
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPrt": 80}
    with pytest.raises(Failure) as raised:
        world.publish(applications=[app(virtual_server=server)])
    assert len(raised.value.warnings) == 1 and "virtualPrt" in raised.value.warnings[0]


def test_an_entry_has_nothing_that_did_not_happen() -> None:
    entry = World(WEB).publish(applications=[app()])["tenants"]["T1"]
    assert set(entry) == {"action", "code", "message", "members_added", "members_removed", "applications"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_applications_of_other_owners_are_not_in_the_declaration(check_mode: bool) -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    world.bigip.stored["T1"]["Theirs"] = {"class": "Application", "label": "theirs"}
    result = world.publish(check_mode, applications=[app(member={"ratio": 3})], prune=True)
    assert set(result["declaration"]["T1"]) == {"class", "A1"} and "Theirs" not in str(result["diff"])


def test_a_tenant_that_is_held_shows_what_is_stored_of_ours() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.stored["T1"]["Theirs"] = {"class": "Application"}
    world.cluster.by_service["web"] = pool()
    result = world.publish(applications=[app()])
    assert result["tenants"]["T1"]["action"] == "hold"
    assert (
        len(result["declaration"]["T1"]["A1"]["pool"]["members"]) == 2
        and "Theirs" not in result["declaration"]["T1"]
    )


FAULT = Failure("no_members", "No members.")
REFUSAL = Failure("as3_refused", "AS3 did not publish tenant T1")
SAID = REFUSAL.message
REFUSED, REFUSED_422 = Verdict.failed(REFUSAL), Verdict.failed(REFUSAL, 422)


def run(action: Any, verdict: Verdict | None = None, tenant: str = "T1", **more: Any) -> TenantRun:
    changed = more.pop("changed", False)
    content: dict[str, Any] = {"A1": {"class": "Application"}}
    kind = "none" if action == "hold" else action
    plan = TenantPlan(tenant, action, wanted=content, changes={"A1": ApplicationChange(kind)}, **more)
    return TenantRun(TenantGoal(tenant, {}), plan, verdict, changed=changed)


def finished(*runs: TenantRun, **more: Any) -> Finished:
    given: dict[str, Any] = {
        "wanted": Wanted(), "runs": {run.plan.tenant: run for run in runs}, "pools": {}, "details": "changed",
        "check_mode": False, "stopped": False, "seconds": {}, "requests": {}, "sync": None, "warnings": [],
    }  # fmt: skip
    return Finished(**{**given, **more})


def ok(message: str = "success") -> Verdict:
    return Verdict.success(message)


@pytest.mark.parametrize(
    ("one", "more", "entry", "changed", "line"),
    [
        (run("update", ok(), changed=True), {}, ("update", 200, "success"), True, "updated, 1 application"),
        (run("update", ok("no change")), {}, ("update", 200, "no change"), False, "updated, 1 application"),
        (run("update", REFUSED_422), {}, ("update", 422, SAID), False, "failed (422)"),
        (run("update", REFUSED), {}, ("update", "as3_refused", SAID), False, "failed (as3_refused)"),
        (run("update", REFUSED, changed=True), {}, ("update", "as3_refused", SAID), True,
         "failed (as3_refused)"),
        (run("hold", failure=FAULT), {}, ("hold", "no_members", "No members."), False, "held (no_members)"),
        (run("hold", failure=FAULT), {"stopped": True}, ("hold", "no_members", "No members."), False,
         "held (no_members)"),
        (run("create"), {"stopped": True}, ("hold", None, "held: on_error is stop"), False, "held"),
        (run("create"), {"stopped": True, "check_mode": True}, ("hold", None, "would create"), False, "held"),
        (run("create"), {"check_mode": True}, ("create", None, "would create"), True,
         "would be created, 1 application"),
        (run("create", ok(), changed=True), {"check_mode": True}, ("create", 200, "success"), True,
         "would be created, 1 application"),
        (run("create", ok()), {"check_mode": True}, ("create", 200, "success"), False,
         "would be created, 1 application"),
        (run("none"), {"details": "all"}, ("none", None, "no change"), False, None),
        (run("none"), {"details": "all", "stopped": True}, ("none", None, "no change"), False, None),
    ],
)  # fmt: skip
def test_the_words_of_a_tenant(
    one: TenantRun, more: dict[str, Any], entry: tuple[str, Any, str], changed: bool, line: str | None
) -> None:
    returned = result(finished(one, **more))
    found = returned["tenants"]["T1"]
    assert (found["action"], found["code"], found["message"]) == entry
    assert returned["changed"] is changed
    assert returned["summary"] == [f"T1: {line}" if line else "1 tenant unchanged"]


def test_a_result_has_these_parts() -> None:
    warned = run("none", tenant="T2", warnings=["of T2", "first"])
    runs = [warned, run("update", ok(), changed=True, warnings=["of T1"])]
    seconds = {"total": 1.23456, "bigip": 0.0}
    sync = {"mode": "standalone"}
    more = {"seconds": seconds, "requests": {"bigip": 3}, "warnings": ["first", "second"], "sync": sync}
    returned = result(finished(*runs, **more))
    assert set(returned) == {
        "changed", "summary", "tenants", "counts", "pools", "declaration", "diff", "timings", "requests",
        "warnings", "sync",
    }  # fmt: skip
    assert list(returned["timings"].items()) == [("bigip", 0.0), ("total", 1.235)]
    assert (returned["requests"], returned["sync"]) == ({"bigip": 3}, sync)
    assert returned["warnings"] == ["first", "second", "of T1", "of T2"]
    assert list(returned["tenants"]) == ["T1"] and "sync" not in result(finished(*runs))
    failed = result(finished(run("hold", failure=FAULT)))
    assert [one["tenant"] for one in failed["failure"]["tenants"]] == ["T1"]


def test_a_tenant_with_members_that_an_operator_disabled_is_shown() -> None:
    disabled = {("A1", "pool"): {("10.0.0.1", 80): "disable"}}
    returned = result(finished(run("none", disabled=disabled), run("none", tenant="T2")))
    assert list(returned["tenants"]) == ["T1"] and len(returned["warnings"]) == 1


def test_pools_are_listed_if_they_or_their_application_change() -> None:
    """In order; of a tenant with a fault all of them."""
    changed, new = PoolChange(0, 1, added=[("10.0.0.1", 80)]), PoolChange(0, 0)
    changes = {
        "B": ApplicationChange("update", pools={"same": PoolChange(before=1, after=1), "more": changed}),
        "A": ApplicationChange("create", pools={"new": new}),
    }
    wanted: dict[str, Any] = {"A": {"class": "Application"}, "B": {"class": "Application"}}
    plan = TenantPlan("T2", "update", wanted=wanted, changes=changes)
    places = [("B", "same"), ("B", "more"), ("B", "other"), ("A", "new"), ("C", "none")]
    of = pool("10.0.0.1:80")
    pools = {("T2", *place): of for place in places} | {("T1", "A1", "pool"): of, ("T3", "A1", "pool"): of}
    held = run("hold", failure=FAULT)
    runs = [TenantRun(TenantGoal("T2", {}), plan), held, run("none", tenant="T3")]
    every = [
        "T1/A1/pool", "T2/A/new", "T2/B/more", "T2/B/other", "T2/B/same", "T2/C/none", "T3/A1/pool",
    ]  # fmt: skip
    changing = ["T1/A1/pool", "T2/A/new", "T2/B/more"]
    for details, listed in (("changed", changing), ("all", every), ("none", [])):
        entries = result(finished(*runs, pools=pools, details=details))["pools"]
        assert ["/".join([one["tenant"], one["application"], one["pool"]]) for one in entries] == listed
        assert all(one["members"] for one in entries)
