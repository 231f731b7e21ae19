# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that are nested deeper than any of AS3 are refused by a sentence, in each option that takes one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.modules import as3_declaration, publish
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module

PROVIDER = {"server": "127.0.0.1:1", "user": "admin", "password": "pass-word"}


def text(levels: int) -> str:
    head = '{"class": "ADC", "T1": {"class": "Tenant", "A1": {"class": "Application", "x": {"class": "Other", "deep": '
    return head + '{"a": ' * levels + '{"passphrase": "word-of-ours"}' + "}" * (levels + 4)


def nested(levels: int) -> Any:
    value: Any = {"passphrase": "word-of-ours"}
    for _level in range(levels):
        value = {"a": [value]}
    return value


def adc(levels: int) -> dict[str, Any]:
    return {"class": "ADC", "T1": {"class": "Tenant", "A1": {"class": "Application", "x": {"class": "Other", "deep": nested(levels)}}}}


ITEM = {"tenant": "T1", "application": "A1", "objects": {"x": {"class": "Other", "deep": nested(150)}}}
DEEP: dict[str, tuple[Any, dict[str, Any]]] = {
    "publish, text": (publish, {"declaration": text(3_000), "pools": []}),
    "publish, text that Python cannot parse": (publish, {"declaration": text(200_000), "pools": []}),
    "publish, brackets": (publish, {"declaration": "[" * 200_000, "pools": []}),
    "publish, dictionary": (publish, {"declaration": adc(150), "pools": []}),
    "publish, absent": (publish, {"declaration": text(3_000), "state": "absent"}),
    "publish, objects": (publish, {"applications": [ITEM]}),
    "publish, tenants": (publish, {"applications": [{"tenant": "T1", "application": "A1"}], "tenants": {"T1": nested(150)}}),
    "as3_declaration, text": (as3_declaration, {"content": text(3_000)}),
    "as3_declaration, text that Python cannot parse": (as3_declaration, {"content": text(200_000)}),
    "as3_declaration, dictionary": (as3_declaration, {"content": adc(150)}),
    "as3_declaration, per application": (as3_declaration, {"content": {"A1": adc(150)["T1"]["A1"]}, "tenant": "T1"}),
}


@pytest.mark.parametrize("name", DEEP)
def test_refused_by_a_sentence(name: str) -> None:
    module, options = DEEP[name]
    result = run_module(module.main, {"provider": PROVIDER, **options})
    assert result["failed"] and result["failure"]["code"] == "invalid_options" and "levels" in result["msg"]
    assert "word-of-ours" not in result.stdout and len(result["msg"]) < 1000
