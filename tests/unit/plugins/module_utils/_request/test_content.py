# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of as3_declaration, limited by tenant and application."""

from __future__ import annotations

import json
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


VS = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.1"]}


def check(given: Any = None, **options: Any) -> ContentRequest:
    params = {**({} if given is None else {"content": given}), **options}
    return content.check(DeclarationOptions.from_params(params))


HEAD = {"schemaVersion": "3.50.0", "label": "ours"}
CONTROLS = {"class": "Controls", "logLevel": "debug"}
LABEL = {"T1": {"label": "one"}}


@pytest.mark.parametrize(
    ("given", "options", "applications", "only", "head", "properties"),
    [
        (ADC, {}, {"T1": {"A1", "A2"}, "T2": {"A3"}}, None, HEAD, LABEL),
        (AS3, {}, {"T1": {"A1", "A2"}, "T2": {"A3"}}, None, HEAD, LABEL),
        (json.dumps(AS3), {}, {"T1": {"A1", "A2"}, "T2": {"A3"}}, None, HEAD, LABEL),
        (ADC, {"tenant": "T1"}, {"T1": {"A1", "A2"}}, None, HEAD, LABEL),
        (ADC, {"tenant": "T2"}, {"T2": {"A3"}}, None, HEAD, {}),
        (ADC, {"tenant": "T1", "application": "A2"}, {"T1": {"A2"}}, {"A2"}, HEAD, LABEL),
        (BY_APPLICATION, {"tenant": "T1"}, {"T1": {"A1", "A2"}}, {"A1", "A2"}, {"schemaVersion": "3.50.0"}, {}),
        (BY_APPLICATION, {"tenant": "T1", "application": "A2"}, {"T1": {"A2"}}, {"A2"}, {"schemaVersion": "3.50.0"}, {}),
        (BY_APPLICATION, {"tenant": "T1", "state": "absent"}, {"T1": {"A1", "A2"}}, {"A1", "A2"},
         {"schemaVersion": "3.50.0"}, {}),
        (GONE, {}, {"T1": set()}, None, {}, {}),
        (None, {"state": "absent", "tenant": "T1"}, {"T1": set()}, None, {}, {}),
        (None, {"state": "absent", "tenant": "T1", "application": "A1"}, {"T1": {"A1"}}, {"A1"}, {}, {}),
        (ADC, {"state": "absent", "tenant": "T2"}, {"T2": {"A3"}}, None, HEAD, {}),
    ],
)  # fmt: skip
def test_what_is_deployed(
    given: Any, options: dict[str, Any], applications: dict[str, set[str]], only: Any, head: Any, properties: Any
) -> None:
    request = check(given, **options)
    found = {tenant: set(several) for tenant, several in request.wanted.applications.items()}
    assert (found, request.only, request.head) == (applications, only, head)
    assert list(request.tenants) == sorted(applications) and request.prune == "none"
    assert request.wanted.controls == ({} if given is None or given is GONE else CONTROLS)
    assert request.wanted.properties == properties and not request.wanted.faults


def test_the_users_own_properties_of_the_declaration() -> None:
    own = {"schemaVersion": "3.50.0", "id": "x", "label": "x", "remark": "x", "constants": {"class": "Constants"},
           "scratch": "x"}  # fmt: skip
    given = {"class": "ADC", "updateMode": "selective", "$schema": "x", **own, "T1": {"class": "Tenant", "A1": A}}
    assert check(given).head == own
    request = check({"$schema": "x", "schemaVersion": "3.50.0", "A1": A}, tenant="T1")
    assert request.head == {"schemaVersion": "3.50.0"} and request.wanted.properties == {}


def test_names_of_tenants_and_applications_that_are_properties_elsewhere() -> None:
    """AS3 reserves them: the tenant is held, and the name is not taken for the property."""
    request = check({"class": "ADC", "label": {"class": "Tenant", "A1": A}, "T2": ADC["T2"]})
    assert request.head == {} and list(request.tenants) == ["T2"] and list(request.wanted.faults) == ["label"]
    request = check({"controls": A, "schemaVersion": "3.50.0"}, tenant="T1")
    assert request.only == {"controls"} and list(request.wanted.faults) == ["T1"]
    assert request.wanted.controls == {}
    request = check({"A1": A, "label": "x"}, tenant="T1")
    assert set(request.wanted.applications["T1"]) == {"A1"} and request.wanted.properties == {"T1": {"label": "x"}}


IS_MISSING = "is missing: state: absent needs content, or tenant"
NEEDS_TENANT = "needs the tenant it is in: set tenant"
REMOVES, LIMITS = "state: absent removes what is named", "it limits what is replaced"
HINT = "leave the option out if you mean all that the others name"
VALID = (
    "is not valid in AS3: it begins with a letter, then letters, digits, '_', '.' and '-' "
    "(a name that begins with a digit needs a prefix)"
)
ALONE = (
    "and no application (class: Application): a tenant without applications is removed. "
    "Give its applications, or {class: Tenant} alone to remove it"
)


@pytest.mark.parametrize(
    ("given", "options", "problems"),
    [
        (None, {}, [("content", "is missing")]),
        (None, {"tenant": "T1"}, [("content", "is missing")]),
        (None, {"state": "absent"}, [("content", IS_MISSING)]),
        (None, {"state": "absent", "application": "A1"}, [("application", NEEDS_TENANT)]),
        ("", {"state": "absent", "tenant": "T1"}, [("content", f"is empty: {REMOVES}; {HINT}")]),
        (ADC, {"state": "absent", "tenant": "", "application": " "},
         [("tenant", f"is empty: {REMOVES}; {HINT}"), ("application", f"is empty: {REMOVES}; {HINT}"),
          ("application", NEEDS_TENANT), ("application", f"application name ' ' {VALID}")]),
        (ADC, {"tenant": ""}, [("tenant", f"is empty: {LIMITS}; {HINT}")]),
        (ADC, {"tenant": "T1", "application": " "},
         [("application", f"is empty: {LIMITS}; {HINT}"), ("application", f"application name ' ' {VALID}")]),
        (ADC, {"tenant": "T 1"}, [("tenant", f"tenant name 'T 1' {VALID}")]),
        (ADC, {"tenant": "label"},
         [("tenant", "the tenant name 'label' is reserved: in AS3 it is a property of the declaration")]),
        (ADC, {"tenant": "T1", "application": "label"},
         [("application", "the application name 'label' is reserved: in AS3 it is a property of the tenant")]),
        (ADC, {"tenant": "T9"}, [("tenant", "is 'T9', which content does not have; it has T1, T2")]),
        ({"class": "ADC"}, {"tenant": "T9"}, [("tenant", "is 'T9', which content does not have; it has none")]),
        (ADC, {"tenant": "T9", "application": "A1"},
         [("tenant", "is 'T9', which content does not have; it has T1, T2")]),
        (ADC, {"tenant": "T1", "application": "A9"},
         [("application", "is 'A9', which content does not have in T1")]),
        (BY_APPLICATION, {"tenant": "T1", "application": "A9"},
         [("application", "is 'A9', which content does not have in T1")]),
        (BY_APPLICATION, {}, [("content", "has no class, as the per-application form; that needs the option tenant")]),
        ({"A1": BAD["T1"]["A1"]}, {}, [("content", "has no class, as the per-application form; that needs the option tenant")]),
        ({"schemaVersion": "3.50.0"}, {"tenant": "T1"}, [("content", "has no application (class: Application)")]),
        ({"class": "ADC"}, {}, [("content", "has no tenant (class: Tenant)")]),
        ([], {}, [("content", "is not an AS3 declaration: it must be a dictionary or JSON text of one")]),
        ({"schemaVersion": "3.50.0", "label": "x"}, {"tenant": "T1"},
         [("content", "has no application (class: Application)")]),
        ({"class": "ADC", "T1": {"class": "Tenant", "label": "x", "enable": True, "remark": "x", "b": 1, "c": 1, "a": 1,
                                 "controls": {}}}, {},
         [("content.T1", f"has a, b, c, enable, label, remark {ALONE}")]),
        ({"class": "AS3", "declaration": {"class": "ADC", "T1": {"class": "Tenant", "label": "x"}}}, {},
         [("content.declaration.T1", f"has label {ALONE}")]),
        (BAD, {}, [("content.T1.A1.p.members", "must be a list of members, not 'x'")]),
        (BAD, {"tenant": "T9"}, [("content.T1.A1.p.members", "must be a list of members, not 'x'")]),
        ({**BAD, "T2": {"class": "Tenant", "label": "x"}}, {},
         [("content.T1.A1.p.members", "must be a list of members, not 'x'")]),
        ({"A1": BAD["T1"]["A1"]}, {"tenant": "T1"}, [("content.A1.p.members", "must be a list of members, not 'x'")]),
        ({"class": "ADC", "T1": {"class": "Tenant", "A1": {**A, "vs": VS, "v2": VS}}}, {},
         [("content.T1.A1.v2.virtualAddresses", "has 192.0.2.1 port 80 (tcp), which content.T1.A1.vs has already")]),
    ],
)  # fmt: skip
def test_what_is_refused(given: Any, options: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    with pytest.raises(Failure) as raised:
        check(given, **options)
    assert [(one["path"], one["message"]) for one in raised.value.details["problems"]] == problems


def test_content_that_is_not_json() -> None:
    for text in ("", "{"):
        with pytest.raises(Failure, match="^content: is not JSON: ") as raised:
            check(text)
        assert len(raised.value.details["problems"]) == 1


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
    given = json.loads(json.dumps(given))
    adc = given.get("declaration", given)
    adc.get("T1", adc)["A1"]["p"] = {"class": "Pool", "monitorz": []}
    wanted = check(given, **options).wanted
    assert wanted.paths[("T1", "A1")] == [place]
    assert wanted.objects == {("T1", "A1", "p"): f"{place}.p"}
    assert [text.partition(":")[0] for text in wanted.warnings] == [f"{place}.p.monitorz"]


def test_the_place_of_an_application_without_content_is_the_option() -> None:
    wanted = check(state="absent", tenant="T1", application="A1").wanted
    assert wanted.paths == {("T1", "A1"): ["application"]}


def test_the_warning_of_many_properties_has_no_place() -> None:
    pool = {"class": "Pool", **{f"unknown{number}": 1 for number in range(53)}}
    warnings = check({"class": "ADC", "T1": {"class": "Tenant", "A1": {**A, "p": pool}}}).wanted.warnings
    assert len(warnings) == 51 and all(text.startswith("content.T1.A1.p.unknown") for text in warnings[:50])
    assert warnings[50] == "3 more properties are not known to this collection."


def test_a_reserved_name_holds_its_tenant_and_its_place_is_in_content() -> None:
    request = check({"class": "ADC", "T1": {"class": "Tenant", "A1": A, "label": A}, "T2": ADC["T2"]})
    assert [place for _failure, place in request.wanted.faults["T1"]] == ["content.T1.label"]


def test_a_refusal_takes_the_warnings_along() -> None:
    pool = {"class": "Pool", "monitorz": ["http"]}
    with pytest.raises(Failure) as raised:
        check({"class": "ADC", "T1": {"class": "Tenant", "A1": {**A, "p": pool}}}, tenant="T9")
    assert [text for text in raised.value.warnings if text.startswith("content.T1.A1.p.monitorz: ")]
