# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write extensions/eda/schemas/changes.json, the JSON schema of the event source's arguments, from its documentation.

    python tests/tools/changes_schema.py

tests/lint_project/test_changes_schema.py compares them.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "extensions" / "eda" / "plugins" / "event_source" / "changes.py"
FRAGMENTS = ROOT / "plugins" / "doc_fragments"
SCHEMA = ROOT / "extensions" / "eda" / "schemas" / "changes.json"
TYPES: dict[str, Any] = {
    "bool": "boolean",
    "dict": "object",
    "float": "number",
    "int": "integer",
    "list": "array",
    "path": "string",
    "raw": ["string", "object", "array"],
    "str": "string",
}
"""The type of an option, and that of its value in JSON."""

_MARKUP = re.compile(r"\b[A-Z]\(([^)]*)\)")


def documentation(file: Path) -> dict[str, Any]:
    """The DOCUMENTATION of a plugin, or of the class of a documentation fragment."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION":
            value: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return value
    raise ValueError(f"{file.name} has no DOCUMENTATION")


def options() -> dict[str, Any]:
    """The options of the event source with those of its fragments."""
    own = documentation(SOURCE)
    found: dict[str, Any] = dict(own["options"])
    for fragment in own["extends_documentation_fragment"]:
        found |= documentation(FRAGMENTS / f"{fragment.removeprefix('vks.bigip.')}.py")["options"]
    return found


def schema() -> str:
    """The text of the schema."""
    own = documentation(SOURCE)
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The arguments of the event source vks.bigip.changes",
        "description": own["short_description"],
        **_object(options()),
    }
    return json.dumps(described, indent=2) + "\n"


def _object(described: dict[str, Any]) -> dict[str, Any]:
    properties = {}
    for name, option in sorted(described.items()):
        for each in (name, *option.get("aliases", ())):
            properties[each] = _option(option)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _option(option: dict[str, Any]) -> dict[str, Any]:
    sentences = option["description"]
    text = sentences if isinstance(sentences, str) else " ".join(sentences)
    found: dict[str, Any] = {"description": _MARKUP.sub(r"\1", text), "type": TYPES[option.get("type", "str")]}
    if "suboptions" in option:
        found |= _object(option["suboptions"])
    if "elements" in option:
        found["items"] = {"type": TYPES[option["elements"]]}
    if "choices" in option:
        found["enum"] = option["choices"]
    if "default" in option:
        found["default"] = option["default"]
    return found


if __name__ == "__main__":
    SCHEMA.parent.mkdir(exist_ok=True)
    SCHEMA.write_text(schema())
