# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure names the place in the user's input and the applications concerned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish import failures
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import TenantRun, Verdict
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Wanted
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, app, pool


def test_a_fault_of_one_tenant_holds_that_tenant_only() -> None:
    world = World(WEB)
    done = world.publish(applications=[app(), app("T2", service="nope", virtual_server=None)])
    assert done["tenants"]["T1"]["action"] == "create" and done["tenants"]["T2"]["action"] == "hold"
    assert done["failure"]["tenants"] == [
        {
            "tenant": "T2",
            "code": "service_not_found",
            "message": "Service not found. Create it.",
            "summary": "Service not found",
            "object": "/T2",
            "said": None,
            "response": None,
            "remedy": "Create it.",
            "path": "applications[1]",
            "input": "applications[1]",
            "applications": ["A1"],
        }
    ]
    assert list(world.bigip.stored) == ["T1"] and done["changed"]


def test_further_faults_of_a_tenant_are_listed_without_the_first() -> None:
    items = [
        app(service="nope", virtual_server=None),
        app(application="A2", service="none", virtual_server=None),
        app(application="A3", virtual_server=None),
    ]
    (failure,) = World(WEB).publish(applications=items)["failure"]["tenants"]
    assert (failure["path"], [fault["path"] for fault in failure["faults"]]) == (
        "applications[0]",
        ["applications[1]"],
    )
    assert failure["applications"] == ["A1", "A2"]


@pytest.mark.parametrize("tenant", [{}, {"tenant": ["T2"]}])
def test_the_path_in_a_refusal_of_applications_leads_to_the_users_own(tenant: dict[str, Any]) -> None:
    """AS3 judges a body of applications without the tenant around it."""
    world = World(WEB)
    error = "/A2/pool/members/0/servicePort: should be <= 65535"
    world.bigip.answers.append(
        lambda bigip, body, path: outcome_of(
            {"code": 422, "errors": [error], "message": "declaration is invalid", **tenant}
        )
    )
    done = world.publish(applications=[app("T2", "A1"), app("T2", "A2", virtual_server=None)])
    failure = done["failure"]["tenants"][0]
    assert failure["response"] == error and failure["path"] == "/T2/A2/pool/members/0/servicePort"
    assert (
        failure["applications"] == ["A2"] and failure["input"] == "applications[1].pool.members.0.servicePort"
    )


def test_a_property_that_as3_names_without_its_place() -> None:
    world = World(WEB)
    world.bigip.answers.append(
        lambda bigip, body, path: outcome_of({"code": 422, "message": "Invalid data property: virtualPrt"})
    )
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.11"], "virtualPrt": 80}
    (failure,) = world.publish(applications=[app(), app(application="A2", virtual_server=server)])["failure"][
        "tenants"
    ]
    assert (
        failure["path"] == "/T1/A2/vs/virtualPrt"
        and failure["input"] == "applications[1].virtual_server.virtualPrt"
    )
    assert failure["applications"] == ["A2"]


def test_a_fault_names_the_application_that_has_it() -> None:
    (failure,) = World(WEB).publish(
        applications=[app(), app(application="A2", service="nope", virtual_server=None)]
    )["failure"]["tenants"]
    assert failure["path"] == "applications[1]" and failure["applications"] == ["A2"]


def test_a_refusal_of_our_own_has_its_path_and_place() -> None:
    world = World(WEB)
    items = [app(), app(application="A2", virtual_server=None, service="other")]
    world.cluster.by_service["other"] = pool("10.0.0.9:61001", service="other")
    world.publish(applications=items)
    world.cluster.by_service["other"] = pool(service="other")
    failure = world.publish(applications=items)["failure"]["tenants"][0]
    assert (failure["path"], failure["input"], failure["applications"]) == (
        "/T1/A2/pool",
        "applications[1].pool",
        ["A2"],
    )
    failure = world.publish(applications=items, owner="another team")["failure"]["tenants"][0]
    assert (failure["code"], failure["path"], failure["input"], failure["applications"]) == (
        "not_ours",
        "/T1/A1",
        "applications[0]",
        ["A1"],
    )


def test_the_first_of_several_faults_is_the_reason() -> None:
    world = World(WEB)
    gone = Failure("service_port_not_found", "Service other has no port 80")
    world.cluster.by_service["other"] = gone
    items = [
        app(service="other", virtual_server=None),
        app(application="A2", service="none", virtual_server=None),
        app("T2", virtual_server=None),
    ]
    result = world.publish(applications=items)
    (failure,) = result["failure"]["tenants"]
    assert (failure["code"], failure["path"]) == ("service_port_not_found", "applications[0]")
    assert [(one["code"], one["path"]) for one in failure["faults"]] == [("service_not_found", "applications[1]")]
    assert result["failure"]["summary"] == "1 of 2 tenants failed" and result["failure"]["code"] == "tenants_failed"
    assert result["failure"]["message"] == "1 of 2 tenants failed. First, tenant T1: Service other has no port 80."


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("Invalid data property: virtualPrt", "/T1/A1/vs/virtualPrt"),
        ("Invalid data property: unheardOf", None),
        ("Something else: virtualPrt", None),
    ],
)
def test_only_a_property_that_an_object_has_leads_to_it(said: str, path: str | None) -> None:
    world = World(WEB)
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"code": 422, "message": said}))
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.11"], "virtualPrt": 80}
    other = app("T0", virtual_server={**server, "virtualAddresses": ["192.0.2.12"]})
    world.publish(applications=[other])
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"code": 422, "message": said}))
    result = world.publish(applications=[app(virtual_server=server)])
    (failure,) = result["failure"]["tenants"]
    assert failure["path"] == path and failure.get("input") == (path and "applications[0].virtual_server.virtualPrt")


def test_the_task_its_tenants_and_their_faults_have_the_same_keys() -> None:
    items = [app(application=name, service="nope", virtual_server=None) for name in ("A1", "A2")]
    failure = World(WEB).publish(applications=items)["failure"]
    (entry,) = failure["tenants"]
    (fault,) = entry["faults"]
    parts = set(Failure("unexpected", "It failed").as_dict())
    assert parts <= set(failure) and parts <= set(entry) and parts <= set(fault)
    summary = (failure["code"], failure["path"], failure["remedy"])
    assert summary == ("tenants_failed", None, "See failure.tenants for each.")
    assert (fault["path"], fault["input"]) == ("applications[1]", "applications[1]")


WANTED = Wanted(
    applications={
        "T1": {"T1": {"vs": {"virtualPrt": 80}}, "A2": {"vs": {"virtualPrt": 80}}},
        "T0": {"A1": {"vs": {"virtualPrt": 1}}},
    },
    paths={
        ("T1", "T1"): ["applications[1]", "applications[3]"],
        ("T1", "A2"): ["applications[0]"],
        ("T0", "A1"): ["applications[2]"],
    },
    objects={
        # as3_declaration leaves out the tenants and the applications that its options do not name
        ("T9", "A1", "vs"): "applications[4].virtual_server",
        ("T1", "A9", "vs"): "applications[5].virtual_server",
        ("T0", "A1", "vs"): "applications[2].virtual_server",
        ("T1", "T1", "pool"): "applications[1].pool",
        ("T1", "A2", "vs"): "applications[0].virtual_server",
        ("T1", "T1", "vs"): "applications[1].virtual_server",
    },
)  # fmt: skip


def refused(tenant: str, fault: Failure | None, verdict: Verdict | None = None) -> TenantRun:
    return TenantRun(TenantGoal(tenant, {}), TenantPlan(tenant, failure=fault), verdict)


def entry_of(wanted: Wanted, run: TenantRun) -> Any:
    """The entry of T1, the only tenant."""
    found = failures.failure(wanted, {"T1": run})
    assert found is not None and len(found["tenants"]) == 1
    return found["tenants"][0]


@pytest.mark.parametrize(
    ("said", "details", "place"),
    [
        (None, {"path": "/T1/T1/pool/members/0"},
         {"path": "/T1/T1/pool/members/0", "input": "applications[1].pool.members.0",
          "applications": ["T1"]}),
        (None, {"path": "/T1/A2/T1/x"},
         {"path": "/T1/A2/T1/x", "input": "applications[0]", "applications": ["A2"]}),
        (None, {"path": "/T1/A2"}, {"path": "/T1/A2", "input": "applications[0]", "applications": ["A2"]}),
        (None, {"path": "/T1/A7/pool"}, {"path": "/T1/A7/pool", "input": None, "applications": ["A2", "T1"]}),
        (None, {"path": "applications[0].x"},
         {"path": "applications[0].x", "input": "applications[0].x", "applications": ["A2", "T1"]}),
        (None, {"pool": "/T1/T1/pool", "application": "A2"},
         {"path": "/T1/T1/pool", "input": "applications[1].pool", "applications": ["T1"]}),
        (None, {"application": "T1"}, {"path": "/T1/T1", "input": "applications[1]", "applications": ["T1"]}),
        ("Invalid data property: virtualPrt", {},
         {"path": "/T1/A2/vs/virtualPrt", "input": "applications[0].virtual_server.virtualPrt",
          "applications": ["A2"]}),
        ("Invalid data property: virtualPrt of", {},
         {"path": None, "input": None, "applications": ["A2", "T1"]}),
        (None, {}, {"path": None, "input": None, "applications": ["A2", "T1"]}),
    ],
)  # fmt: skip
def test_the_entry_of_a_tenant(said: str | None, details: dict[str, Any], place: dict[str, Any]) -> None:
    fault = Failure("as3_refused", "It failed", said=said, remedy="Run again.", **details)
    entry = entry_of(WANTED, refused("T1", fault))
    own = {"tenant": "T1", "code": "as3_refused", "object": fault.object or "/T1"}
    assert entry == {**fault.as_dict(), **own, **place}


def test_the_entry_of_a_tenant_with_a_verdict() -> None:
    """AS3's code is the code, also where it is 0; a note is part of the message."""
    fault = Failure("as3_refused", "It failed", tenant="T1")
    for code in (0, "ENOTFOUND"):
        noted = Verdict(False, code, "It failed.", fault, note="Nothing was put back.")
        entry = entry_of(WANTED, refused("T1", None, noted))
        more = {"message": "It failed. Nothing was put back.", "note": "Nothing was put back."}
        assert entry == {**fault.as_dict(), "code": code, "applications": ["A2", "T1"], **more}


def test_the_entry_of_a_tenant_whose_request_has_faults() -> None:
    first, second = Failure("service_not_found", "One"), Failure("no_members", "Two", application="T1")
    faults = {"T1": [(first, "applications[3]"), (second, "applications[1].pool"), (second, "tenants.T1")]}
    entry = entry_of(replace(WANTED, faults=faults), refused("T1", first))
    own = {"tenant": "T1", "object": "/T1", "path": "applications[3]", "input": "applications[3]"}
    places = ("applications[1].pool", "tenants.T1")
    further = [{**second.as_dict(), "path": path, "input": path} for path in places]
    assert entry == {**first.as_dict(), **own, "faults": further, "applications": ["T1"]}
    faults = {"T1": [(first, "tenants.T1")]}
    entry = entry_of(replace(WANTED, faults=faults), refused("T1", first))
    assert (entry["applications"], "faults" in entry) == (["A2", "T1"], False)


STOPPED, FAULT = Failure("stopped", "Not published"), Failure("as3_refused", "It failed")


@pytest.mark.parametrize(
    ("faults", "number", "message", "tenants"),
    [
        ({"T2": STOPPED, "T1": STOPPED}, "2 of 2", "First, tenant T1: Not published.", ["T1", "T2"]),
        ({"T3": FAULT, "T2": None, "T1": STOPPED}, "2 of 3", "First, tenant T3: It failed.", ["T1", "T3"]),
        ({"T1": FAULT}, "1 of 1", None, ["T1"]),
        ({"T1": None}, None, None, []),
    ],
)  # fmt: skip
def test_the_failure_of_the_task(
    faults: dict[str, Failure | None], number: str | None, message: str | None, tenants: list[str]
) -> None:
    found = failures.failure(WANTED, {tenant: refused(tenant, fault) for tenant, fault in faults.items()})
    if found is None:
        assert number is None
        return
    summary = f"{number} tenants failed"
    assert [entry["tenant"] for entry in found.pop("tenants")] == tenants
    whole = Failure("tenants_failed", summary, remedy="See failure.tenants for each.").as_dict()
    assert found == {**whole, "message": f"{summary}. {message}" if message else "It failed."}
