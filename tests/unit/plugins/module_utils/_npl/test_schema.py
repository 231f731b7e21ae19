# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a schema has NodePortLocal's settings."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._npl import schema
from ansible_collections.vks.bigip.plugins.module_utils._npl.schema import Keys

SECTION = {"properties": {"enabled": {"type": "boolean"}, "portRange": {"type": "string"}}}
WITH = {
    "properties": {
        "antrea": {
            "properties": {
                "config": {
                    "properties": {
                        "nodePortLocal": SECTION,
                        "featureGates": {"properties": {"NodePortLocal": {}}},
                    }
                }
            }
        }
    }
}
WITHOUT = {
    "properties": {"antrea": {"properties": {"config": {}}}, "antreaNSX": {"properties": {"enable": {}}}}
}
AT = ("antrea", "config")
FULL = Keys(
    (*AT, "nodePortLocal", "enabled"),
    (*AT, "featureGates", "NodePortLocal"),
    (*AT, "nodePortLocal", "portRange"),
)
BARE = Keys(("nodePortLocal", "enable"))
ENABLED = Keys(("nodePortLocal", "enabled"))
IN_B = Keys(("b", "nodePortLocal", "enabled"), None, ("b", "nodePortLocal", "portRange"))
IN_A = FULL.below("a")
NESTED = {"properties": {"nodePortLocal": {"properties": {"enabled": {}, "deep": WITH}}}}


@pytest.mark.parametrize(
    "text, places",
    [
        (WITH, [FULL]),
        (WITHOUT, []),
        ({}, []),
        ({"properties": {"nodePortLocal": {"properties": {"enable": {}}}}}, [BARE]),
        ({"properties": {"nodePortLocal": {"properties": {"enable": {}, "enabled": {}}}}}, [ENABLED]),
        ({"properties": {"nodePortLocal": {"properties": {"portRange": {}}}}}, []),
        (
            {"properties": {"other": None, "b": {"properties": {"nodePortLocal": SECTION}}, "a": WITH}},
            [IN_B, IN_A],
        ),
        (NESTED, [ENABLED]),
        ({"properties": ["not", "a", "schema"]}, []),
    ],
)
def test_where_a_schema_has_it(text: Any, places: list[Keys]) -> None:
    assert schema.find(text) == places


def test_the_same_settings_below_another_place() -> None:
    assert FULL.below("spec", "values") == Keys(
        ("spec", "values", "antrea", "config", "nodePortLocal", "enabled"),
        ("spec", "values", "antrea", "config", "featureGates", "NodePortLocal"),
        ("spec", "values", "antrea", "config", "nodePortLocal", "portRange"),
    )
    assert BARE.below("spec") == Keys(("spec", "nodePortLocal", "enable"))


@pytest.mark.parametrize(
    "definition, found",
    [
        ({"spec": {"schema": {"openAPIV3Schema": WITH}}}, WITH),
        ({"spec": {"schema": {"openAPIV3Schema": None}}}, {}),
        ({"spec": {"schema": None}}, {}),
        ({"spec": None}, {}),
        ({}, {}),
    ],
)
def test_the_schema_of_a_definition(definition: dict[str, Any], found: dict[str, Any]) -> None:
    assert schema.of_definition(definition) == found


@pytest.mark.parametrize(
    "text, outline",
    [
        (WITHOUT, "antrea.config, antreaNSX.enable"),
        ({}, ""),
        ({"properties": {name: None for name in "dcba"}}, "a, b, c, d"),
        ({"properties": {"x": {"properties": {name: None for name in "dcba"}}}}, "x.a, x.b, x.c, x.d"),
        ({"properties": {name: {} for name in "abcdefghijkl"}}, "a, b, c, d, e, f, g, h, i, j, k, l"),
        (
            {"properties": {name: {} for name in "abcdefghijklm"}},
            "a, b, c, d, e, f, g, h, i, j, k, l and 1 more",
        ),
    ],
)
def test_the_outline_of_a_schema(text: Any, outline: str) -> None:
    assert schema.outline(text) == outline
