# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure names the place in the user's input and the applications concerned."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
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
