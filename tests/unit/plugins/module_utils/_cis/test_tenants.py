# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants that AS3 ConfigMaps name: the text of any editor of a namespace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import tenants


def named(addresses: Any) -> list[tenants.Named]:
    adc = {
        "class": "ADC",
        "Shop": {
            "class": "Tenant",
            "web": {"class": "Application", "vs": {"class": "Service_HTTP", "virtualAddresses": addresses}},
        },
    }
    return list(
        tenants.of_config_map(
            {"metadata": {"namespace": "evil", "name": "x"}, "data": {"template": json.dumps(adc)}},
            pytest.fail,
        )
    )


def test_addresses_with_and_without_sources() -> None:
    assert named(["192.0.2.2", ["192.0.2.1", "198.51.100.0/24"]]) == [("Shop", ["192.0.2.1", "192.0.2.2"])]


@pytest.mark.parametrize(
    "odd", [None, True, 5, 1.5, "192.0.2.1", {"use": "vip"}, [5], [[]], [None], [{"use": "vip"}]], ids=repr
)
def test_addresses_of_another_form_are_none(odd: Any) -> None:
    assert named(odd) == [("Shop", [])]


def of_config_map(*values: Any) -> tuple[list[tenants.Named], list[str]]:
    warnings: list[str] = []
    texts = {f"key{number}": json.dumps(value) for number, value in enumerate(values)}
    raw = {"metadata": {"namespace": "evil", "name": "x"}, "data": texts}
    return list(tenants.of_config_map(raw, warnings.append)), warnings


def test_only_virtual_addresses_count() -> None:
    """A pool may have the same addresses in another application."""
    pool = {
        "class": "Pool",
        "members": [{"serverAddresses": ["10.0.0.1"]}],
        "virtualAddresses": {"virtualAddresses": ["10.0.0.2"]},
    }
    web = {
        "class": "Application",
        "pool": pool,
        "a": {"virtualAddresses": ["b", "a"]},
        "b": {"virtualAddresses": ["a", "c"]},
    }
    shop = {"class": "Tenant", "web": web, "label": ["10.0.0.3"]}
    assert of_config_map(
        {"Shop": shop, "Other": {"class": "Tenant"}, "schema": {"class": "x"}, "class": "ADC"}
    ) == (
        [("Shop", ["a", "b", "c"]), ("Other", [])],
        [],
    )


def test_declarations_of_any_form() -> None:
    adc = {"class": "ADC", "Shop": {"class": "Tenant"}}
    as3 = {"class": "AS3", "declaration": adc}
    assert of_config_map(as3, adc, [adc], "text", {"declaration": [adc]}) == ([("Shop", [])] * 2, [])
    assert (
        list(tenants.of_config_map({"metadata": {"namespace": "a", "name": "b"}, "data": None}, pytest.fail))
        == []
    )


def test_a_text_that_cannot_be_read_is_skipped() -> None:
    warnings: list[str] = []
    raw = {
        "metadata": {"namespace": "evil", "name": "x"},
        "data": {"k" * 1_000: "{", "good": '{"Shop": {"class": "Tenant"}}'},
    }
    assert list(tenants.of_config_map(raw, warnings.append)) == [("Shop", [])]
    (warning,) = warnings
    assert warning.startswith("AS3 ConfigMap evil/x is skipped, because kkk") and warning.endswith(").")
    assert "k..." in warning and len(warning) < 400


@pytest.mark.parametrize("count", [20, 21])
def test_one_config_map_makes_one_warning(count: int) -> None:
    found, warnings = of_config_map(*[{"Shop": {"class": "Tenant"}}] * count)
    assert found == [("Shop", [])] * (20 if count == 20 else 0)
    assert warnings == ["AS3 ConfigMap evil/x is skipped, because it has more than 20 texts."] * (count - 20)


INGRESS = "virtual-server.f5.com"
GIVEN = {"loadBalancer": {"ingress": [{"ip": "192.0.2.2"}, {"hostname": "h"}]}}
RESOURCES: dict[str, tuple[str, Any, Any, Any, tenants.Named]] = {
    # the kind, its annotations, spec and status; the tenant and the addresses
    "a VirtualServer": (
        "VirtualServer",
        {f"{INGRESS}/partition": "x"},
        {
            "partition": "Shop",
            "virtualServerAddress": "192.0.2.3",
            "additionalVirtualServerAddresses": ["192.0.2.1", "192.0.2.3", None],
        },
        {"vsAddress": "192.0.2.2"},
        ("Shop", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]),
    ),
    "a VirtualServer without a partition": (
        "VirtualServer",
        None,
        {"virtualServerAddress": ""},
        {"vsAddress": "None"},
        ("", []),
    ),
    "an empty TransportServer": ("TransportServer", None, None, None, ("", [])),
    "an Ingress": (
        "Ingress",
        {f"{INGRESS}/partition": "Shop", f"{INGRESS}/ip": "192.0.2.1"},
        {"partition": "x"},
        GIVEN,
        ("Shop", ["192.0.2.1", "192.0.2.2"]),
    ),
    "an Ingress of the controller": (
        "Ingress",
        {f"{INGRESS}/ip": "controller-default", "cis.f5.com/partition": "x"},
        None,
        {},
        ("", []),
    ),
    "a Service": (
        "Service",
        {"cis.f5.com/partition": "Shop", "cis.f5.com/ip": "192.0.2.1"},
        {},
        GIVEN,
        ("Shop", ["192.0.2.1", "192.0.2.2"]),
    ),
    "a Service without annotations": ("Service", None, {}, {"loadBalancer": {"ingress": None}}, ("", [])),
    "a Service for Ingresses": (
        "Service",
        {f"{INGRESS}/partition": "x"},
        {},
        {"loadBalancer": None},
        ("", []),
    ),
}


@pytest.mark.parametrize(("kind", "notes", "spec", "status", "expected"), RESOURCES.values(), ids=RESOURCES)
def test_of_a_resource(kind: str, notes: Any, spec: Any, status: Any, expected: tenants.Named) -> None:
    assert (
        tenants.of_resource(kind, {"metadata": {"annotations": notes}, "spec": spec, "status": status})
        == expected
    )
