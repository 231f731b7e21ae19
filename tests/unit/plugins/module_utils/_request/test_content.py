# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of as3_declaration, limited by tenant and application."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import DeclarationOptions
from ansible_collections.vks.bigip.plugins.module_utils._request import content
from ansible_collections.vks.bigip.plugins.module_utils._request.content import ContentRequest

A: dict[str, Any] = {"class": "Application"}
ADC: dict[str, Any] = {
    "class": "ADC", "schemaVersion": "3.50.0", "label": "ours", "controls": {"class": "Controls", "logLevel": "debug"},
    "T1": {"class": "Tenant", "label": "one", "A1": A, "A2": A}, "T2": {"class": "Tenant", "A3": A},
}  # fmt: skip
AS3 = {"class": "AS3", "declaration": ADC}
BY_APPLICATION = {
    "schemaVersion": "3.50.0",
    "controls": {"class": "Controls", "logLevel": "debug"},
    "A1": A,
    "A2": A,
}
GONE = {"class": "ADC", "T1": {"class": "Tenant"}}
BAD = {
    "class": "ADC",
    "T1": {"class": "Tenant", "A1": {"class": "Application", "p": {"class": "Pool", "members": "x"}}},
}


def check(given: Any = None, **options: Any) -> ContentRequest:
    params = {**({} if given is None else {"content": given}), **options}
    return content.check(DeclarationOptions.from_params(params))


@pytest.mark.parametrize(
    ("given", "options", "applications", "only", "head"),
    [
        (ADC, {}, {"T1": {"A1", "A2"}, "T2": {"A3"}}, None, {"schemaVersion", "label"}),
        (AS3, {}, {"T1": {"A1", "A2"}, "T2": {"A3"}}, None, {"schemaVersion", "label"}),
        (ADC, {"tenant": "T1"}, {"T1": {"A1", "A2"}}, None, {"schemaVersion", "label"}),
        (ADC, {"tenant": "T1", "application": "A2"}, {"T1": {"A2"}}, {"A2"}, {"schemaVersion", "label"}),
        (BY_APPLICATION, {"tenant": "T1"}, {"T1": {"A1", "A2"}}, {"A1", "A2"}, {"schemaVersion"}),
        (BY_APPLICATION, {"tenant": "T1", "application": "A2"}, {"T1": {"A2"}}, {"A2"}, {"schemaVersion"}),
        (GONE, {}, {"T1": set()}, None, set()),
        (None, {"state": "absent", "tenant": "T1"}, {"T1": set()}, None, set()),
        (None, {"state": "absent", "tenant": "T1", "application": "A1"}, {"T1": {"A1"}}, {"A1"}, set()),
        (ADC, {"state": "absent", "tenant": "T2"}, {"T2": {"A3"}}, None, {"schemaVersion", "label"}),
    ],
)
def test_what_is_deployed(
    given: Any, options: dict[str, Any], applications: dict[str, set[str]], only: Any, head: set[str]
) -> None:
    request = check(given, **options)
    found = {tenant: set(several) for tenant, several in request.wanted.applications.items()}
    assert (found, request.only, set(request.head)) == (applications, only, head)
    assert list(request.tenants) == sorted(applications) and request.prune == "none"
    assert bool(request.wanted.controls) == ("controls" in (given or {}) or given is AS3)
    assert set(request.wanted.properties) <= set(applications)


@pytest.mark.parametrize(
    ("given", "options", "starts"),
    [
        (None, {}, ["content: is missing"]),
        ("", {}, ["content: is not JSON"]),
        (None, {"state": "absent"}, ["content: is missing: state: absent needs content, or tenant"]),
        (None, {"state": "absent", "application": "A1"}, ["application: needs the tenant it is in"]),
        ("", {"state": "absent", "tenant": "T1"}, ["content: is empty: state: absent removes what is named"]),
        (ADC, {"tenant": ""}, ["tenant: is empty: it limits what is replaced; leave the option out"]),
        (ADC, {"tenant": "T1", "application": " "}, ["application: is empty: it limits", "application: "]),
        (ADC, {"tenant": "T 1"}, ["tenant: "]),
        (ADC, {"tenant": "label"}, ["tenant: "]),
        (ADC, {"tenant": "T9"}, ["tenant: is 'T9', which content does not have; it has T1, T2"]),
        (ADC, {"tenant": "T1", "application": "A9"}, ["application: is 'A9', which content does not have in T1"]),
        (BY_APPLICATION, {}, ["content: has no class, as the per-application form; that needs the option tenant"]),
        ({"schemaVersion": "3.50.0"}, {"tenant": "T1"}, ["content: has no application (class: Application)"]),
        ({"class": "ADC"}, {}, ["content: has no tenant (class: Tenant)"]),
        ({"class": "ADC", "T1": {"class": "Tenant", "label": "x"}}, {}, ["content.T1: has label and no application"]),
        ({"class": "AS3", "declaration": {"class": "ADC", "T1": {"class": "Tenant", "label": "x"}}}, {},
         ["content.declaration.T1: has label and no application (class: Application): a tenant without applications"]),
        (BAD, {}, ["content.T1.A1.p.members: must be a list of members"]),
        ({"A1": BAD["T1"]["A1"]}, {"tenant": "T1"}, ["content.A1.p.members: must be a list of members"]),
    ],
)  # fmt: skip
def test_what_is_refused(given: Any, options: dict[str, Any], starts: list[str]) -> None:
    with pytest.raises(Failure) as raised:
        check(given, **options)
    found = [f"{one['path']}: {one['message']}" for one in raised.value.details["problems"]]
    assert len(found) == len(starts) and all(text.startswith(start) for text, start in zip(found, starts)), (
        found
    )


@pytest.mark.parametrize("properties", [{"controls": {"class": "Controls"}}, {"optimisticLockKey": "x"}])
def test_a_tenant_with_nothing_but_how_to_handle_it_is_removed(properties: dict[str, Any]) -> None:
    assert check({"class": "ADC", "T1": {"class": "Tenant", **properties}}).wanted.applications == {"T1": {}}


def test_properties_alone_are_no_reason_to_refuse_a_removal() -> None:
    given = {"class": "ADC", "T1": {"class": "Tenant", "label": "x"}}
    assert check(given, state="absent").wanted.applications == {"T1": {}}


@pytest.mark.parametrize(
    ("given", "options", "place"),
    [
        (ADC, {}, "content.T1.A1"),
        (AS3, {}, "content.declaration.T1.A1"),
        (BY_APPLICATION, {"tenant": "T1"}, "content.A1"),
    ],
)
def test_places_are_in_the_users_own_words(given: Any, options: dict[str, Any], place: str) -> None:
    assert check(given, **options).wanted.paths[("T1", "A1")] == [place]


def test_a_reserved_name_holds_its_tenant_and_its_place_is_in_content() -> None:
    request = check({"class": "ADC", "T1": {"class": "Tenant", "A1": A, "label": A}, "T2": ADC["T2"]})
    assert [place for _failure, place in request.wanted.faults["T1"]] == ["content.T1.label"]


def test_a_refusal_takes_the_warnings_along() -> None:
    pool = {"class": "Pool", "monitorz": ["http"]}
    with pytest.raises(Failure) as raised:
        check({"class": "ADC", "T1": {"class": "Tenant", "A1": {**A, "p": pool}}}, tenant="T9")
    assert [text for text in raised.value.warnings if text.startswith("content.T1.A1.p.monitorz: ")]
