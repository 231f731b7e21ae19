# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that publish refuses before it reads anything."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._request import publishing
from ansible_collections.vks.bigip.plugins.module_utils._request.publishing import PublishRequest
from ansible_collections.vks.bigip.tests.unit.support.publishing import app

ADC: dict[str, Any] = {
    "class": "ADC",
    "T1": {"class": "Tenant", "A1": {"class": "Application", "p": {"class": "Pool"}}},
}
EMPTY: dict[str, Any] = {"class": "ADC", "T1": {"class": "Tenant"}}
DEEP: Any = []
for _level in range(2000):
    DEEP = [DEEP]


def check(check_mode: bool = False, **options: Any) -> PublishRequest:
    request = publishing.check(PublishOptions.from_params(options), check_mode)
    assert isinstance(request, PublishRequest)
    return request


def problems(check_mode: bool = False, **options: Any) -> list[str]:
    with pytest.raises(Failure) as raised:
        check(check_mode, **options)
    assert raised.value.code == "invalid_options"
    return [f"{one['path']}: {one['message']}" for one in raised.value.details["problems"]]


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ({}, ["applications: is missing: give applications, or a declaration"]),
        ({"applications": []}, ["applications: is missing"]),
        ({"applications": [], "prune": "all"}, ["applications: is missing", "prune: is 'all'"]),
        ({"prune": "owner"}, ["applications: is missing"]),
        ({"applications": [app()], "pools": [{}]}, ["pools: fills the pools of a declaration, but there is no"]),
        ({"declaration": ADC, "pools": ""}, ["pools: is empty: name the pools of the declaration to fill"]),
        ({"declaration": {"class": "Device"}, "pools": " "}, ["pools: is empty: name the pools of the declaration to"]),
        ({"applications": [app()], "tenants": {"T1": "x"}}, ["tenants.T1: must be a dictionary of AS3 Tenant"]),
        ({"applications": [app()], "tenants": {"T2": {}}}, ["tenants.T2: names a tenant in which nothing"]),
        ({"applications": [app()], "prune": "all"}, ["prune: is 'all': set it to false, true or owner"]),
        ({"declaration": EMPTY, "pools": [], "prune": "owner"}, ["prune: is owner, but no application is listed"]),
        ({"applications": [], "prune": True}, ["applications: is empty, which may", "applications: is missing"]),
        ({"applications": [app()], "prune": True, "owner": ""}, ["owner: is empty: name the owner"]),
        ({"applications": [app()], "dry_run": True}, ["dry_run: is for check mode only"]),
        ({"applications": [app()], "assume_cis_at_rest": ["a/b"]}, ["assume_cis_at_rest: is for check mode only"]),
        ({"applications": [{**app(), "objects": DEEP}], "tenants": DEEP, "pools": DEEP},
         ["applications: has more than", "tenants: has more than", "pools: has more than"]),
    ],
)  # fmt: skip
def test_what_is_refused(options: dict[str, Any], starts: list[str]) -> None:
    found = problems(**options)
    assert len(found) == len(starts) and all(text.startswith(start) for text, start in zip(found, starts)), (
        found
    )


@pytest.mark.parametrize(
    "options",
    [
        {"applications": [app()]},
        {
            "applications": [app()],
            "owner": "",
        },  # only where something is removed it may mean more than was named
        {"applications": [app()], "prune": True, "owner": "me"},
        {"applications": [app()], "prune": "owner"},
        {"declaration": ADC, "pools": []},
        {"declaration": EMPTY, "pools": [], "prune": True},
        {"declaration": {**ADC, "T2": {"class": "Tenant"}}, "pools": [], "prune": "owner"},
    ],
)
def test_what_is_taken(options: dict[str, Any]) -> None:
    request = check(**options)
    assert "T1" in request.tenants and not request.wanted.faults


def test_check_mode_may_ask_as3_and_assume_a_cis_to_be_scaled_to_0() -> None:
    assert check(True, applications=[app()], dry_run=True, assume_cis_at_rest=["a/b"]).tenants == ["T1"]


@pytest.mark.parametrize(("prune", "scope"), [(None, "none"), (True, "tenants"), ("owner", "owner")])
def test_the_scope_of_prune(prune: Any, scope: str) -> None:
    assert check(applications=[app()], prune=prune).prune == scope


def test_properties_of_tenants_are_those_of_as3() -> None:
    tenants = {"T1": {"class": "Tenant", "label": "ours", "optimisticLockKey": "x"}}
    assert check(applications=[app()], tenants=tenants).wanted.properties == {"T1": {"label": "ours"}}


def test_a_tenant_without_an_application_is_a_warning() -> None:
    declaration = {**ADC, "T2": {"class": "Tenant"}}
    warnings = check(declaration=declaration, pools=[]).wanted.warnings
    assert warnings == [
        "Tenant T2 of the declaration has no application and is left alone. state: absent removes what is yours in it."
    ]


def test_settings_of_members_that_are_not_known_are_a_warning() -> None:
    warnings = check(applications=[app(member={"ration": 2})]).wanted.warnings
    assert len(warnings) == 1 and warnings[0].startswith("applications[0].member.ration: 'ration' is not ")


def test_a_refusal_takes_the_warnings_along() -> None:
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPrt": 80}
    with pytest.raises(Failure) as raised:
        check(applications=[app(virtual_server=server)], tenants={"T2": {}})
    assert any("virtualPort" in text for text in raised.value.warnings)


def test_pools_that_services_may_fill_by_their_labels() -> None:
    assert check(declaration=ADC, label_namespaces=["web"]).labelled == {"T1": ["web"]}
    assert check(declaration=ADC, pools=[], label_namespaces=["web"]).labelled == {}
    assert problems(declaration=ADC)[0].startswith("label_namespaces: names no namespace for the pools")


def test_a_tenant_of_a_reserved_name_is_held_and_not_read() -> None:
    request = check(applications=[app(), app("label", virtual_server=None)])
    assert list(request.tenants) == ["T1"] and list(request.wanted.faults) == ["label"]
    assert [path for _failure, path in request.wanted.faults["label"]] == ["applications[1].tenant"]
