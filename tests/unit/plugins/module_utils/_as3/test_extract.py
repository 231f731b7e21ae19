# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants and the application that a user asks for, of a stored ADC."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.extract import extract

A, B = ({"class": "Application", "remark": name} for name in "AB")
T1 = {"class": "Tenant", "optimisticLockKey": "k1", "label": "x", "A": A, "B": B}
T2 = {"class": "Tenant", "A": A}
ADC: dict[str, Any] = {"class": "ADC", "schemaVersion": "3.50.0", "T1": T1, "T2": T2}
HEAD = {"class": "ADC", "schemaVersion": "3.50.0"}
PLAIN = {key: value for key, value in T1.items() if key != "optimisticLockKey"}


@pytest.mark.parametrize(
    ("tenants", "application", "adc", "lock_keys"),
    [
        (None, None, {**HEAD, "T1": PLAIN, "T2": T2}, {"T1": "k1", "T2": ""}),
        (["T1"], None, {**HEAD, "T1": PLAIN}, {"T1": "k1"}),
        (["T1"], "A", {**HEAD, "T1": {"class": "Tenant", "label": "x", "A": A}}, {"T1": "k1"}),
        (["T2"], "B", {}, {}),
        (["T2"], "class", {}, {}),
        (["T3"], None, {}, {}),
    ],
)
def test_extract(
    tenants: Any, application: str | None, adc: dict[str, Any], lock_keys: dict[str, str]
) -> None:
    assert extract(ADC, tenants, application) == (adc, lock_keys)


def test_an_empty_store_without_tenants() -> None:
    assert extract({}, None, None) == ({}, {})
    assert extract(HEAD, None, None) == (HEAD, {})
