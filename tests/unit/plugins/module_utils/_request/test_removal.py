# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A removal covers what the user named, and nothing else: only a key that is missing means all."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._request import publishing
from ansible_collections.vks.bigip.plugins.module_utils._request.removal import RemovalRequest

A1: dict[str, Any] = {"class": "Application"}


def adc(**tenants: Any) -> dict[str, Any]:
    return {
        "class": "ADC",
        **{name: {"class": "Tenant", **applications} for name, applications in tenants.items()},
    }


def check(**options: Any) -> RemovalRequest:
    request = publishing.check(PublishOptions.from_params({"state": "absent", **options}), check_mode=False)
    assert isinstance(request, RemovalRequest)
    return request


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"applications": [{"tenant": "T1", "application": "A1"}]}, {"T1": {"A1"}}),
        (
            {"applications": [{"tenant": "T1", "application": name} for name in ("A1", "A2")]},
            {"T1": {"A1", "A2"}},
        ),
        ({"applications": [{"tenant": "T1"}]}, {"T1": None}),
        ({"applications": [{"tenant": "T1"}, {"tenant": "T1", "application": "A1"}]}, {"T1": None}),
        ({"applications": [{"tenant": "T1", "application": "A1"}, {"tenant": "T1"}]}, {"T1": None}),
        ({"tenants": {"T1": {}, "T2": {}}}, {"T1": None, "T2": None}),
        ({"declaration": adc(T1={"A1": A1}, T2={"A2": A1, "label": "x"})}, {"T1": {"A1"}, "T2": {"A2"}}),
        ({"declaration": adc(T1={"A1": A1}), "applications": [{"tenant": "T2"}]}, {"T1": {"A1"}, "T2": None}),
        ({"applications": [{"tenant": "T1", "application": "A1"}], "tenants": {"T1": {}}}, {"T1": {"A1"}}),
    ],
)
@pytest.mark.parametrize("state", ["absent", "released"])
def test_what_is_named(options: dict[str, Any], named: dict[str, Any], state: str) -> None:
    request = check(**options, state=state)
    assert request.named == named and list(request.tenants) == sorted(named)
    assert request.prune == "none" and not request.wanted.faults


NEEDS = "state: absent needs the applications or tenants"
EMPTY = "is empty, which may remove more than you mean. Leave the key out if nothing is to be listed there"
OWNER = (
    "is empty: name the owner whose applications are to be removed. Only without the key it is the cluster's UID"
)
NO_TENANT = "is empty: name the tenant to remove or release"
NO_APPLICATION = (
    "is empty: name the application to remove or release; "
    "only an item without this key means every application of yours in the tenant"
)
NOT_VALID = (
    "is not valid in AS3: it begins with a letter, then letters, digits, '_', '.' and '-' "
    "(a name that begins with a digit needs a prefix)"
)
NOT_LISTED = (
    "tenants.T2: names a tenant that is not in applications or declaration. "
    "To remove or release all your applications in it, list {tenant: T2} in applications"
)
DRY_RUN = (
    "is for check mode only. Otherwise the run would publish, whatever AS3 reports first. "
    'Run with --check, or set dry_run: "{{ ansible_check_mode }}"'
)


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({}, [f"applications: is missing: {NEEDS}"]),
        ({"declaration": adc(T1={})}, [f"declaration: names no application: {NEEDS}"]),
        ({"declaration": adc(T1={"A1": None})},
         ["declaration.T1.A1: is empty: a Tenant takes an application (class: Application) here. Give it, or omit the key"]),
        ({"declaration": {**adc(T1={"A1": A1}), "x": 5}},
         ["declaration.x: is neither a property of an ADC nor a Tenant (class: Tenant)"]),
        ({"declaration": adc(T1={"1": A1})}, [f"declaration.T1.application: application name '1' {NOT_VALID}"]),
        ({"declaration": []}, [f"declaration: {EMPTY}"]),
        ({"declaration": "", "tenants": {"T1": {}}}, [f"declaration: {EMPTY}"]),
        ({"applications": []}, [f"applications: {EMPTY}"]),
        ({"applications": [], "owner": " "}, [f"applications: {EMPTY}", f"owner: {OWNER}"]),
        ({"applications": [{"tenant": "", "application": "A1"}]}, [f"applications[0].tenant: {NO_TENANT}"]),
        ({"applications": [{"tenant": "T1", "application": None}, {"tenant": None}, {}]},
         [f"applications[0].application: {NO_APPLICATION}", f"applications[1].tenant: {NO_TENANT}",
          f"applications[2].tenant: {NO_TENANT}"]),
        ({"applications": [{"tenant": "T 1"}]}, [f"applications[0].tenant: tenant name 'T 1' {NOT_VALID}"]),
        ({"applications": [{"tenant": "T1", "application": "A/1"}]},
         [f"applications[0].application: application name 'A/1' {NOT_VALID}"]),
        ({"applications": [{"tenant": "T1"}], "tenants": {"T2": {}}}, [NOT_LISTED]),
        ({"declaration": adc(T1={"A1": A1}), "tenants": {"T1": {}, "T2": {}}}, [NOT_LISTED]),
        ({"applications": [{"tenant": "T1"}], "tenants": {" ": {}}}, [f"tenants. .tenant: {NO_TENANT}"]),
        ({"tenants": {"": {}}}, [f"tenants..tenant: {NO_TENANT}"]),
        ({"tenants": {"T1": {}}, "dry_run": True}, [f"dry_run: {DRY_RUN}"]),
    ],
)  # fmt: skip
def test_what_is_refused(options: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(Failure) as raised:
        check(**options)
    assert [f"{one['path']}: {one['message']}" for one in raised.value.details["problems"]] == problems


def test_a_tenant_of_a_reserved_name_is_held_and_not_read() -> None:
    request = check(applications=[{"tenant": "T1"}, {"tenant": "label"}])
    assert request.named == {"T1": None, "label": None} and list(request.tenants) == ["T1"]
    ((failure, path),) = request.wanted.faults["label"]
    assert failure.code == "reserved_name" and path == "applications[1].tenant"


@pytest.mark.parametrize(
    ("prune", "scope"), [(None, "none"), ("x", "none"), (True, "tenants"), ("owner", "owner")]
)
def test_the_scope_of_prune(prune: Any, scope: str) -> None:
    assert check(tenants={"T1": {}}, prune=prune).prune == scope
