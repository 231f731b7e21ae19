# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declaration of many small parts, as an AS3 ConfigMap of a megabyte holds them, costs no more than their number: no square of it.

The tests count steps and bytes. A clock would judge the machine.
"""

from __future__ import annotations

import json
import tracemalloc
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import difference
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._request import cis_accepted
from ansible_collections.vks.bigip.tests.unit.support.publishing import World

MANY, FEW = 1_500, 50


def declaration(**tenants: dict[str, Any]) -> str:
    return json.dumps({"class": "ADC", **{name: {"class": "Tenant", **value} for name, value in tenants.items()}})


def application(**objects: Any) -> dict[str, Any]:
    return {"class": "Application", **objects}


def server(port: int, *addresses: Any) -> dict[str, Any]:
    return {"class": "Service_TCP", "virtualPort": port, "virtualAddresses": list(addresses)}


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[int]:
    """How many parts a function looks at in each call, from now on."""
    calls: list[int] = []
    original: Callable[..., Any] = getattr(module, name)

    def count(*args: Any) -> Any:
        calls.append(len(args[0] or ()))
        return original(*args)

    monkeypatch.setattr(module, name, count)
    return calls


def test_a_fault_names_a_few_objects_only() -> None:
    """All of them in each message would be gigabytes."""
    objects = {f"object{number}": {"class": "Pool"} for number in range(MANY)}
    monitors = {"class": "Pool", "monitors": [{"use": "missing"}] * MANY}
    fault = cis_accepted.declaration_fault(declaration(Shop={"web": application(**objects, monitors=monitors)}))
    assert fault is not None and fault[0].endswith("monitors[0].use")
    assert "object0" in fault[1] and len(fault[1]) < 1_000


def test_unknown_properties_cost_a_few_warnings() -> None:
    """Ansible prints each."""
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["192.0.2.9"]}], **{f"x{number}": 1 for number in range(MANY)}}
    result = World({}).publish(declaration=declaration(Shop={"web": application(pool=pool)}))
    assert len(result["warnings"]) < FEW * 2
    assert f"{MANY - 50} more properties are not known to this collection." in result["warnings"]


@pytest.mark.parametrize("several", [False, True], ids=["one virtual server", "many virtual servers"])
def test_two_tenants_of_one_address(several: bool) -> None:
    """All pairs of what they have would be gigabytes."""

    def tenant(first: int) -> dict[str, Any]:
        listed = {f"v{number}": server(number * 2 + first, "192.0.2.1") for number in range(MANY)}
        return {"web": application(**(listed if several else {"vs": server(first, *["192.0.2.1"] * MANY)}))}

    text, world = declaration(Shop=tenant(1), Evil=tenant(2)), World({})
    assert cis_accepted.declaration_fault(text) is None
    tracemalloc.start()
    try:
        result = world.publish(check_mode=True, declaration=text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [failure["code"] for failure in result["failure"]["tenants"]] == ["address_taken"]
    assert peak < 60_000_000


def test_many_references_in_a_tenant_of_many_applications(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch, mark, "applications")
    address = {"class": "Service_Address", "virtualAddress": "192.0.2.1"}
    web = application(va=address, vs=server(80, *[{"use": "va"}] * MANY))
    assert cis_accepted.declaration_fault(declaration(Shop={"web": web, **{f"a{number}": application() for number in range(MANY)}})) is None
    assert sum(calls) < FEW * MANY


@pytest.mark.parametrize("parts", ["pools", "applications"])
def test_many_parts_that_are_stored(parts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of all of them is made a few times, and not for each."""
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["192.0.2.9"]}]}
    shop = {f"a{number}": application() for number in range(MANY)}
    if parts == "pools":
        shop = {"web": application(**{f"p{number}": pool for number in range(MANY)})}
    text, world = declaration(Shop=shop), World({})
    world.publish(declaration=text)
    calls = counted(monkeypatch, difference, "pools_of") if parts == "pools" else counted(monkeypatch, mark, "applications")
    assert not world.publish(declaration=text)["changed"]
    assert sum(calls) < FEW * MANY
