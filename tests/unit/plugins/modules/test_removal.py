# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing removes more than was named: each way to remove something, with each value that may be empty, null, or a list with an empty element.

Refused here means: before anything is read, so both scripts are empty. Removals by a value that is not
empty are in test_publish.py, test_as3_declaration.py, test_antrea_npl.py and the molecule scenarios of the role cis.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.modules import antrea_npl, as3_declaration, pod_bgp, pod_routes, publish
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module

EMPTY = {"empty": "", "blank": " ", "null": None}
NAMED = {"tenant": "T1", "application": "A1"}
ADC = {"class": "ADC", "T1": {"class": "Tenant", "A1": {"class": "Application"}}}

NO_APPLICATION: list[Any] = [
    *(None, [], "", {"class": "Tenant"}, {"class": "Tenant", "A1": None}, {"class": "Tenant", "A1": {"class": "Pool"}}),
]

# The options, with VALUE where the empty value goes, and the path that the refusal names.
VALUE = "\0"
NO_OWNER: list[dict[str, Any]] = [
    *({"owner": VALUE, **named} for named in ({"applications": [NAMED]}, {"applications": [{"tenant": "T1"}]}, {"tenants": {"T1": {}}}, {"declaration": ADC})),
]
PUBLISH: list[tuple[dict[str, Any], str]] = [
    ({"applications": [{"tenant": "T1", "application": VALUE}]}, "applications[0].application"),
    ({"applications": [NAMED, {"tenant": "T1", "application": VALUE}]}, "applications[1].application"),
    ({"applications": [NAMED], "tenants": {" ": {}}}, "tenants. .tenant"),
    ({"tenants": {"": {}}}, "tenants..tenant"),
    ({"applications": [{"tenant": VALUE, "application": "A1"}]}, "applications[0].tenant"),
    ({"applications": [NAMED, {"tenant": VALUE}]}, "applications[1].tenant"),
    ({"declaration": {"class": "ADC", "T1": {"class": "Tenant", "": {"class": "Application"}}}}, "declaration.T1.application"),
    ({"declaration": {"class": "ADC", "": {"class": "Tenant", "A1": {"class": "Application"}}}}, "declaration..tenant"),
    ({"declaration": {"class": "ADC", "T1": {"class": "Tenant"}}}, "applications"),
    ({"declaration": VALUE}, "declaration"),
    ({"applications": []}, "applications"),
    ({"applications": None}, "applications"),
    ({"applications": [], "tenants": {}}, "applications"),
    ({"applications": [{}]}, "tenant found in applications"),
    *(({"tenants": {"T1": {}}, **given}, f"{next(iter(given))}: is empty") for given in ({"applications": VALUE}, {"applications": []}, {"declaration": None})),
    ({"tenants": {"T1": {}}, "applications": "null"}, "applications: is empty"),
    ({"tenants": {"T1": {}}, "declaration": ""}, "declaration: is empty"),
    ({"tenants": {"T1": {}}, "declaration": {}}, "declaration"),
    ({"tenants": {"T1": {}}, "declaration": "null"}, "declaration: is not an AS3 declaration"),
    ({"applications": [NAMED], "declaration": ""}, "declaration: is empty"),
    ({"declaration": ADC, "applications": []}, "applications: is empty"),
    *(({"tenants": {"T1": {}}, "declaration": {"class": "ADC", "T1": tenant}}, ".T1") for tenant in NO_APPLICATION),
    ({"applications": [NAMED], "tenants": {"T2": {}}}, "tenants.T2: "),
    ({"declaration": ADC, "tenants": {"T1": {}, "T2": {}}}, "tenants.T2: "),
    *((options, "owner: is empty") for options in NO_OWNER),
]
AS3_DECLARATION: list[tuple[dict[str, Any], str]] = [
    ({"tenant": "T1", "application": VALUE}, "application"),
    ({"tenant": "T1", "application": VALUE, "content": ADC}, "application"),
    ({"tenant": VALUE}, "tenant"),
    ({"tenant": VALUE, "content": ADC}, "tenant"),
    ({"tenant": VALUE, "application": "A1"}, "tenant"),
    ({"tenant": "T1", "content": VALUE}, "content"),
    ({"tenant": "T1", "content": {}}, "content"),
    ({"content": {"class": "ADC", "": {"class": "Tenant"}}}, "content."),
    ({"content": {"class": "ADC"}}, "content"),
]
ANTREA_NPL: list[tuple[dict[str, Any], str]] = [
    ({"services": [{"name": VALUE}]}, "services[0].name"),
    ({"services": [{"name": "web"}, {"label_selector": VALUE}]}, "services[1].label_selector"),
    ({"services": [{"namespace": VALUE, "label_selector": "app=web"}]}, "services[0].namespace"),
    ({"services": [{}]}, "name, label_selector"),
]


Given = Callable[[dict[str, Any]], dict[str, Any]]


def cases(table: list[tuple[dict[str, Any], str]], *values: str) -> list[Any]:
    """Each row with each value in place of VALUE; a row without VALUE once."""
    found = []
    for options, path in table:
        for name in values if holds(options) else values[:1]:
            found.append(pytest.param(filled(options, EMPTY[name]), path, id=f"{path} {name}"))
    return found


def holds(part: Any) -> bool:
    return part == VALUE or any(map(holds, part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()))


def filled(part: Any, value: Any) -> Any:
    if isinstance(part, dict):
        return {key: filled(each, value) for key, each in part.items()}
    return [filled(each, value) for each in part] if isinstance(part, list) else value if part == VALUE else part


def in_text(options: dict[str, Any]) -> dict[str, Any]:
    """The options as a survey, or -e name=value, gives them."""
    return {name: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in options.items()}


def refused(result: Result, path: str) -> None:
    assert result.get("failed") and not result.get("changed") and path in result["msg"], result


NOWHERE = {"provider": {"server": "127.0.0.1:1", "user": "admin", "password": "pass-word"}, "timeout": 1}


@pytest.mark.parametrize("given", [dict, in_text])
@pytest.mark.parametrize("state", ["absent", "released"])
@pytest.mark.parametrize(("options", "path"), cases(PUBLISH, *EMPTY))
def test_publish(state: str, options: dict[str, Any], path: str, given: Given) -> None:
    refused(run_module(publish.main, {**NOWHERE, "state": state, **given(options)}), path)


@pytest.mark.parametrize("given", [dict, in_text])
@pytest.mark.parametrize(("options", "path"), cases(AS3_DECLARATION, *EMPTY))
def test_as3_declaration(options: dict[str, Any], path: str, given: Given) -> None:
    refused(run_module(as3_declaration.main, {**NOWHERE, "state": "absent", **given(options)}), path)


@pytest.mark.parametrize("given", [dict, in_text])
@pytest.mark.parametrize("options", [{"state": "disabled"}, {"services_state": "absent"}])
@pytest.mark.parametrize(("services", "path"), cases(ANTREA_NPL, *EMPTY))
def test_antrea_npl(options: dict[str, Any], services: dict[str, Any], path: str, given: Given) -> None:
    refused(run_module(antrea_npl.main, {"host": "http://127.0.0.1:1", "allow_http": True, "api_key": "x", **options, **given(services)}), path)


@pytest.mark.parametrize("owner", EMPTY.values(), ids=EMPTY)
def test_pod_routes(owner: str | None) -> None:
    refused(run_module(pod_routes.main, {**NOWHERE, "state": "absent", "owner": owner}), "owner: ")


@pytest.mark.parametrize("owner", EMPTY.values(), ids=EMPTY)
def test_pod_bgp(owner: str | None) -> None:
    refused(run_module(pod_bgp.main, {**NOWHERE, "state": "absent", "owner": owner}), "owner: ")


@pytest.mark.parametrize("prune", [True, "owner"])
@pytest.mark.parametrize("listed", [{"applications": [NAMED]}, {"declaration": ADC}])
@pytest.mark.parametrize("value", ["", None, []])
def test_prune_with_a_list_that_is_empty(prune: Any, listed: dict[str, Any], value: Any) -> None:
    (other,) = {"applications", "declaration"} - set(listed)
    refused(run_module(publish.main, {**NOWHERE, "prune": prune, **listed, other: value}), other)


@pytest.mark.parametrize("prune", [True, "owner"])
@pytest.mark.parametrize("value", EMPTY.values(), ids=EMPTY.keys())
def test_prune_with_an_owner_that_is_empty(prune: Any, value: Any) -> None:
    refused(run_module(publish.main, {**NOWHERE, "prune": prune, "applications": [{**NAMED, "service": {"name": "web"}}], "owner": value}), "owner: is empty")


ITEM = {**NAMED, "service": {"name": "web"}, "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"]}}
POOLS = [{**NAMED, "pool": "pool", "service": {"name": "web"}}]


@pytest.mark.parametrize("given", [dict, in_text])
@pytest.mark.parametrize(
    ("options", "path"),
    [
        *(({"applications": [{**ITEM, key: value}]}, f"applications[0].{key}") for key in ("service", "virtual_server") for value in ("", None, "null")),
        ({"applications": [ITEM, {**ITEM, "application": "A2", "service": ""}]}, "applications[1].service"),
        *(({"declaration": ADC, "pools": value}, "pools") for value in ("", " ", None, "null")),
    ],
)
def test_present_with_a_part_that_is_empty(options: dict[str, Any], path: str, given: Given) -> None:
    """As if it were left out, objects would be removed from BIG-IP: the pool, the virtual server, the members of the pools."""
    refused(run_module(publish.main, {**NOWHERE, **given(options)}), f"{path}: is empty")
