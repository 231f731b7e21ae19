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
    adc = {"class": "ADC", "Shop": {"class": "Tenant", "web": {"class": "Application", "vs": {"class": "Service_HTTP", "virtualAddresses": addresses}}}}
    return list(tenants.of_config_map({"metadata": {"namespace": "evil", "name": "x"}, "data": {"template": json.dumps(adc)}}, pytest.fail))


def test_addresses_with_and_without_sources() -> None:
    assert named(["192.0.2.2", ["192.0.2.1", "198.51.100.0/24"]]) == [("Shop", ["192.0.2.1", "192.0.2.2"])]


@pytest.mark.parametrize("odd", [None, True, 5, 1.5, "192.0.2.1", {"use": "vip"}, [5], [[]], [None], [{"use": "vip"}]], ids=repr)
def test_addresses_of_another_form_are_none(odd: Any) -> None:
    assert named(odd) == [("Shop", [])]


def test_one_config_map_makes_one_warning() -> None:
    warnings: list[str] = []
    raw = {"metadata": {"namespace": "evil", "name": "x"}, "data": dict.fromkeys(map(str, range(1_000)), "{")}
    assert list(tenants.of_config_map(raw, warnings.append)) == []
    assert warnings == ["AS3 ConfigMap evil/x is skipped, because it has more than 20 texts."]
