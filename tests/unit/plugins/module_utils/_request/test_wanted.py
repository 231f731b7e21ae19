# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request of a task, and what is wrong with it."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems, Wanted


def test_an_application_is_created_once_and_knows_its_places() -> None:
    wanted = Wanted()
    first = wanted.application("T1", "A1", "applications[0]")
    assert wanted.application("T1", "A1", "applications[1]") is first
    wanted.application("T1", "A1", "applications[1]")
    assert wanted.paths == {("T1", "A1"): ["applications[0]", "applications[1]"]} and first == {
        "class": "Application"
    }
    assert wanted.application("T1", "Shared", "x") == {"class": "Application", "template": "shared"}


def test_a_tenant_that_as3_cannot_have_is_held_once() -> None:
    wanted = Wanted()
    items = [{"tenant": "T1"}, {"tenant": "label"}]
    assert wanted.possible(["T1", "label", "id"], items) == ["T1"]
    assert {tenant: [place for _failure, place in faults] for tenant, faults in wanted.faults.items()} == {
        "label": ["applications[1].tenant"],
        "id": ["tenants.id"],
    }
    wanted.possible(["label"], [])
    assert len(wanted.faults["label"]) == 1


def test_a_reserved_name_is_known_by_the_answer() -> None:
    wanted = Wanted()
    assert wanted.holds_reserved("object", "T1", "template", "applications[0].pool_name") is True
    assert wanted.holds_reserved("object", "T2", "web", "applications[1].pool_name") is False
    ((failure, path),) = wanted.faults["T1"]
    assert list(wanted.faults) == ["T1"] and path == "applications[0].pool_name"
    assert (failure.code, failure.what, failure.remedy) == (
        "reserved_name",
        "Tenant T1: the object name 'template' is reserved: in AS3 it is a property of the application",
        "Use another name.",
    )


def test_tenants_are_in_the_order_of_their_names() -> None:
    wanted = Wanted()
    for tenant in ("T3", "T1", "T2"):
        wanted.application(tenant, "A1", "x")
    assert wanted.tenants == ["T1", "T2", "T3"]


def test_a_failure_takes_the_warnings_along_and_keeps_its_own() -> None:
    wanted = Wanted(warnings=["first"])
    failure = Failure("x", "doing")
    failure.warnings = ["second"]
    with pytest.raises(Failure), wanted.warning_with_failure():
        raise failure
    assert failure.warnings == ["first", "second"]


def test_all_problems_are_reported_at_once() -> None:
    problems = Problems()
    problems.raise_if_any()
    problems.add("a", "is wrong")
    with pytest.raises(Failure) as raised:
        problems.raise_if_any()
    first = {"path": "a", "message": "is wrong"}
    assert (raised.value.code, raised.value.what, raised.value.summary, raised.value.details) == (
        "invalid_options", "a: is wrong", "The options are not valid: a", {"path": "a", "problems": [first]},
    )  # fmt: skip
    problems.add("b", "too")
    problems.add("a", "again")
    problems.add("c", "last")
    with pytest.raises(Failure) as raised:
        problems.raise_if_any()
    assert (raised.value.what, raised.value.summary, raised.value.details) == (
        "4 faults in the options: a: is wrong; b: too; a: again; c: last",
        "The options are not valid: a, b, c",
        {
            "path": "a",
            "problems": [
                first,
                {"path": "b", "message": "too"},
                {"path": "a", "message": "again"},
                {"path": "c", "message": "last"},
            ],
        },
    )
