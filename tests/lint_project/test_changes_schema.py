# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON schema of the event source agrees with its documentation and with its code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.options import OPTIONS
from tools import changes_schema

SCHEMA: dict[str, Any] = json.loads(changes_schema.SCHEMA.read_text())
PROPERTIES: dict[str, Any] = SCHEMA["properties"]


def test_the_schema_is_written_from_the_documentation() -> None:
    assert changes_schema.SCHEMA.read_text() == changes_schema.schema(), "run: python tests/tools/changes_schema.py"


def test_the_schema_has_each_option_and_alias_of_the_code() -> None:
    assert set(PROPERTIES) == {each for name, option in OPTIONS.items() for each in (name, *option.get("aliases", ()))}
    assert SCHEMA["additionalProperties"] is False


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_has_the_type_the_choices_and_the_default_of_the_code(name: str) -> None:
    option, described = OPTIONS[name], PROPERTIES[name]
    assert described["type"] == changes_schema.TYPES[option["type"]]
    assert described.get("items") == ({"type": "string"} if option["type"] == "list" else None)
    assert described.get("enum") == (list(option["choices"]) if "choices" in option else None)
    assert described.get("default") == option.get("default")
    assert set(described.get("properties", ())) == set(option.get("options", ()))


def test_descriptions_are_text_without_markup() -> None:
    assert "Not read if host is given with api_key, username or client_cert." in PROPERTIES["kubeconfig"]["description"]
    assert changes_schema.SCHEMA.read_text().count("O(") == 0
