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
TWICE = {
    "properties": {
        "antrea": WITH["properties"]["antrea"],
        "other": {"properties": {"nodePortLocal": SECTION}},
    }
}


AT = ("antrea", "config")
FULL = Keys(
    (*AT, "nodePortLocal", "enabled"),
    (*AT, "featureGates", "NodePortLocal"),
    (*AT, "nodePortLocal", "portRange"),
)
BARE = Keys(("nodePortLocal", "enable"))


@pytest.mark.parametrize(
    "text, places",
    [
        (WITH, [FULL]),
        (WITHOUT, []),
        ({}, []),
        ({"properties": {"nodePortLocal": {"properties": {"enable": {}}}}}, [BARE]),
        ({"properties": {"nodePortLocal": {"properties": {"portRange": {}}}}}, []),
        ({"properties": ["not", "a", "schema"]}, []),
    ],
)
def test_where_a_schema_has_it(text: Any, places: list[Keys]) -> None:
    assert schema.find(text) == places
