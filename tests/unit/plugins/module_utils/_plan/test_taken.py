# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which plans take an address of another tenant. _publish/test_engine_taken.py has each kind of address."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan import taken
from ansible_collections.vks.bigip.plugins.module_utils._plan.declared import DeclaredPlanner
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._plan.tenant import plan

HTTP = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80}
OTHER_PORT = {**HTTP, "virtualPort": 8080}
HTTPS = {**HTTP, "class": "Service_HTTPS", "virtualPort": 443, "serverTLS": {"bigip": "/Common/clientssl"}}
ADDRESS = {"class": "Service_Address", "virtualAddress": "192.0.2.10"}


def using(pointer: str) -> dict[str, Any]:
    return {**HTTP, "virtualAddresses": [{"use": pointer}]}


def on(address: str) -> dict[str, Any]:
    return {**HTTP, "virtualAddresses": [address]}


def tenant(application: str = "A9", owner: str | None = None, **objects: Any) -> dict[str, Any]:
    constants = {"constants": {"class": "Constants", "vks_bigip": {"owner": owner}}} if owner else {}
    return {"class": "Tenant", application: {"class": "Application", **objects, **constants}}


def stored(name: str, owner: str | None = None, **objects: Any) -> dict[str, Any]:
    return {name: tenant("A9", owner, **objects)}


def planned(
    goal: dict[str, dict[str, Any]], before: dict[str, Any] | None, name: str = "T1", remove: str = ""
) -> TenantPlan:
    """The plan of a tenant from its applications, by the objects of each."""
    wanted: dict[str, Any] = {key: {"class": "Application", **objects} for key, objects in goal.items()}
    target = TenantGoal(name, wanted, remove=frozenset(remove.split()))
    return plan(target, before, None, Rules(owner="us"))


def owned(**applications: dict[str, Any]) -> dict[str, Any]:
    return {
        "class": "Tenant",
        **{name: tenant(name, "us", **objects)[name] for name, objects in applications.items()},
    }


def test_whether_the_other_tenants_matter() -> None:
    same, new = (
        planned({"A1": {"vs": HTTP}}, owned(A1={"vs": HTTP})),
        planned({"A1": {"vs": HTTP}}, None, "T2"),
    )
    gone = planned({}, owned(A1={"vs": HTTP}), "T3", "A1")
    assert taken.takes_new([same, new]) and taken.takes_new([new]) and not taken.takes_new([same, gone])
    assert not taken.takes_new([]) and (same.action, new.action, gone.action) == ("none", "create", "delete")
    assert taken.takes_new([planned({"A1": {"vs": OTHER_PORT}}, owned(A1={"vs": HTTP}))])
    held = new.held(Failure("code", "doing"))
    assert not taken.takes_new([held])


def test_the_addresses_of_applications() -> None:
    body = owned(A1={"vs": HTTP}, A2={"vs": on("192.0.2.11"), "v2": on("192.0.2.12")})
    assert taken.addresses("T1", body, None) == {"192.0.2.10", "192.0.2.11", "192.0.2.12"}
    assert taken.addresses("T1", body, ["A2"]) == {"192.0.2.11", "192.0.2.12"}
    assert taken.addresses("T1", body, []) == set() == taken.addresses("T1", None, None)


def test_removals_that_free_an_address() -> None:
    moves = planned({}, owned(A1={"vs": HTTP}, A2={"vs": on("192.0.2.11")}), "T1", "A1 A2")
    taker, other = (
        planned({"A1": {"vs": OTHER_PORT}}, None, "T2"),
        planned({"A1": {"vs": on("192.0.2.12")}}, None, "T3"),
    )
    second = planned({"A1": {"vs": HTTP}}, None, "T4")
    removed = {"T1": ["A1", "A2"], "T2": []}
    assert taken.freed([moves, taker, other, second], removed) == {"T1": {"A1": {"T2", "T4"}}}
    assert taken.freed([moves, other], removed) == {} == taken.freed([moves, taker], {"T1": ["A2"]})
    assert taken.freed([moves, taker], {}) == {} == taken.freed([moves, taker], {"T1": []})
    stays = planned({"A1": {"vs": on("192.0.2.13")}}, owned(A1={"vs": HTTP}), "T1")
    assert taken.freed([stays, taker], {"T1": ["A1"]}) == {}
    itself = planned({"A3": {"vs": OTHER_PORT}}, owned(A1={"vs": HTTP}), "T1", "A1")
    assert taken.freed([itself], {"T1": ["A1"]}) == {}


def no_names() -> list[str]:
    raise AssertionError("the device is not asked")


def test_the_device_is_asked_where_common_decides() -> None:
    one = planned({"A1": {"vs": OTHER_PORT}}, None)
    others = stored("T9", vs=HTTP)
    asked: list[int] = []

    def in_common() -> list[str]:
        asked.append(1)
        return ["192.0.2.10/32", "192.0.2.11"]

    assert taken.refusals([one], others, in_common) == {} and asked == [1]
    assert list(taken.refusals([one], others, lambda: ["192.0.2.11"])) == ["T1"]
    assert list(taken.refusals([planned({"A1": {"va": ADDRESS}}, None)], others, no_names)) == ["T1"]
    assert list(taken.refusals([one], stored("T9", va=ADDRESS), no_names)) == ["T1"]
    assert list(taken.refusals([planned({"A1": {"vs": HTTP}}, None)], others, no_names)) == ["T1"]
    assert taken.refusals([planned({"A1": {"vs": on("192.0.2.12")}}, None)], others, no_names) == {}


def only(failures: dict[str, Failure]) -> Failure:
    """The one failure of a refusal."""
    assert len(failures) == 1
    return failures.popitem()[1]


def test_existing_tenants_are_posted_before_new_ones() -> None:
    changed = planned({"A1": {"vs": HTTP}}, owned(A1={"vs": on("192.0.2.11")}), "T2")
    new = planned({"A1": {"vs": OTHER_PORT}}, None, "T1")
    found = taken.refusals([new, changed], {}, list)
    assert list(found) == ["T1"] and found["T1"].details["taken_by"]["tenant"] == "T2"


def test_what_a_refusal_holds() -> None:
    failure = only(taken.refusals(
        [planned({"A1": {"vs": HTTP}}, None)], stored("T9", vs=HTTP, owner="team"), no_names
    ))
    assert failure.code == "address_taken" and failure.details == {
        "tenant": "T1",
        "application": "A1",
        "path": "/T1/A1/vs/virtualAddresses",
        "taken_by": {"tenant": "T9", "application": "A9", "object": "vs", "owner": "team"},
    }
    assert failure.what == (
        "Virtual server /T1/A1/vs needs 192.0.2.10 port 80 (tcp), "
        "which virtual server /T9/A9/vs of tenant T9 (owner 'team') has"
    )
    failure = only(taken.refusals(
        [planned({"A1": {"va": ADDRESS}}, None)], stored("T9", vs=HTTP), no_names
    ))
    assert failure.details["path"] == "/T1/A1/va/virtualAddress"
    assert failure.what == (
        "Service_Address /T1/A1/va needs 192.0.2.10, which tenant T9 has in its own partition, "
        "for virtual server /T9/A9/vs"
    )
    failure = only(taken.refusals(
        [planned({"A1": {"vs": HTTPS}}, None)], stored("T9", vs=HTTP), no_names
    ))
    assert failure.details["path"] == "/T1/A1/vs/redirect80"
    failure = only(taken.within([planned({"A1": {"vs": HTTP}}, {**owned(A1={}), **tenant(vs=HTTP)})]))
    assert failure.details["path"] == "/T1/A1/vs/virtualAddresses" and failure.details["application"] == "A1"


def test_an_address_that_only_one_of_two_shares() -> None:
    shared = {**HTTP, "shareAddresses": True}
    text = "Use another address, or another port with shareAddresses: true in both virtual servers. "
    failure = only(taken.refusals(
        [planned({"A1": {"vs": shared}}, None)], stored("T9", vs=HTTP), no_names
    ))
    assert failure.remedy == text + "Or remove it from tenant T9 first."
    failure = only(taken.refusals(
        [planned({"A1": {"vs": HTTP}}, None)], stored("T9", vs=shared), no_names
    ))
    assert failure.remedy == "Use another address, or another port. Or remove it from tenant T9 first."


def test_within_a_tenant_only_a_new_place_is_refused() -> None:
    both = {**owned(A1={"vs": HTTP}), **tenant(vs=HTTP)}
    assert taken.within([planned({"A1": {"vs": {**HTTP, "remark": "x"}}}, both)]) == {}
    assert list(taken.within([planned({"A1": {"v2": HTTP}}, both)])) == ["T1"]
    assert taken.within([planned({}, both, "T1", "A1"), planned({"A1": {"vs": HTTP}}, both)]) == {}


def test_other_applications_of_a_tenant_that_is_posted_by_application_stay() -> None:
    """A tenant with applications of others is not posted whole, and keeps their addresses."""
    shared = {**owned(A1={"vs": on("192.0.2.11")}), **tenant(vs=HTTP)}
    first = planned({"A1": {"vs": on("192.0.2.12")}}, shared)
    assert not first.whole
    second = planned({"A1": {"vs": OTHER_PORT}}, None, "T2")
    assert list(taken.refusals([first, second], {}, list)) == ["T2"]
    assert taken.refusals([first, planned({"A1": {"vs": on("192.0.2.11")}}, None, "T2")], {}, list) == {}


def test_the_common_of_the_same_task() -> None:
    common = planned({"Shared": {"va": ADDRESS}}, None, "Common")
    using_it = planned({"A1": {"vs": using("/Common/Shared/va")}}, None, "T1")
    assert (
        taken.refusals([common, using_it, planned({"A1": {"vs": on("192.0.2.11")}}, None, "T2")], {}, no_names)
        == {}
    )
    found = taken.refusals([common, using_it, planned({"A1": {"vs": HTTP}}, None, "T2")], {}, no_names)
    assert list(found) == ["T2"]
    second = planned({"A1": {"vs": using("/Common/Shared/va")}}, None, "T2")
    assert list(taken.refusals([common, using_it, second], {}, list)) == ["T2"]
    users = stored("T9", vs=using("/Common/Shared/va"))
    assert taken.refusals([common], users, list) == {}


def test_an_address_of_the_device_in_the_partition_common() -> None:
    one = planned({"A1": {"vs": OTHER_PORT}}, None)
    for folder, refused in (("/Common/Shared", ["T1"]), ("/Common", [])):
        address = {**HTTP, "virtualAddresses": [{"bigip": f"{folder}/192.0.2.10"}]}
        assert list(taken.refusals([one], stored("T9", vs=address), list)) == refused


def test_a_tenant_keeps_its_route_domain_where_only_some_applications_are_replaced() -> None:
    before = {**tenant("A1", vs=on("192.0.2.11")), "defaultRouteDomain": 2}
    goal = TenantGoal("T1", {"A1": {"class": "Application", "vs": HTTP}})
    for only, refused in ((["A1"], []), (None, ["T1"])):
        change = DeclaredPlanner(only, False, False)(goal, before, None, Rules())
        assert list(taken.refusals([change], stored("T9", vs=HTTP), list)) == refused


def test_only_what_a_plan_takes_anew_is_refused() -> None:
    others = stored("T9", vs=HTTP)
    changed = planned({"A1": {"vs": {**HTTP, "remark": "x"}}}, owned(A1={"vs": HTTP}))
    assert changed.action == "update" and taken.refusals([changed], others, no_names) == {}
    held = planned({"A1": {"vs": HTTP}}, None).held(Failure("code", "doing"))
    assert taken.refusals([held], others, no_names) == {} == taken.within([held])
    assert taken.refusals([held, planned({"A1": {"vs": HTTP}}, None, "T2")], {}, no_names) == {}


def test_a_tenant_that_is_refused_takes_nothing() -> None:
    first = planned({"A1": {"vs": HTTP, "v2": on("192.0.2.11")}}, None, "T1")
    second = planned({"A1": {"vs": on("192.0.2.11")}}, None, "T2")
    assert list(taken.refusals([first, second], stored("T9", vs=HTTP), no_names)) == ["T1"]
    assert list(taken.refusals([first, second], {}, no_names)) == ["T2"]


def test_a_tenant_does_not_take_an_address_from_itself() -> None:
    both = {"vs": HTTP, "v2": {**OTHER_PORT, "shareAddresses": True}}
    plan_of_both = planned({"A1": both}, owned(A1={"vs": HTTP}))
    assert plan_of_both.action == "update" and taken.refusals([plan_of_both], {}, no_names) == {}
