# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write plugins/module_utils/_as3/classes.py from AS3's published schema.

    python tests/tools/as3_vocabulary.py as3-schema-3.56.0.json > plugins/module_utils/_as3/classes.py

For each class one line: its properties, each with the types it takes and its default.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Iterator

CODES = {"boolean": "b", "integer": "i", "number": "n", "string": "s", "array": "a", "object": "o"}
VARIANTS = {"Monitor": ("monitorType", "Monitor_"), "Persist": ("persistenceMethod", "Persist_")}
LONGEST = 98  # characters of a text: its line then has at most 110
HEADER = '''# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""AS3's classes and their properties, made by tests/tools/as3_vocabulary.py.

A line is a class; a word is ``property:types=default``. Types: b boolean, i integer, n number, s string, a array,
o object, & a name of another object of the declaration. A class with a variant is written ``Monitor/http``.
"""

from __future__ import annotations

'''


class Reader:
    def __init__(self, schema: dict[str, Any]) -> None:
        self.definitions: dict[str, Any] = schema["definitions"]

    def resolve(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            node = self.definitions[node["$ref"].rsplit("/", 1)[1]]
        return node

    def types(self, node: Any, depth: int = 0) -> set[str]:
        """The type codes a value may have."""
        node = self.resolve(node)
        if not isinstance(node, dict) or depth > 6:
            return set()
        found: set[str] = set()
        given = node.get("type")
        for name in given if isinstance(given, list) else [given]:
            if name in CODES:
                found.add(CODES[name])
        if not given:
            if "enum" in node:
                found |= {"b" if isinstance(value, bool) else "i" if isinstance(value, int) else "s" for value in node["enum"]}
            if "const" in node:
                found.add("b" if isinstance(node["const"], bool) else "i" if isinstance(node["const"], int) else "s")
        if node.get("f5PostProcess", {}).get("tag") == "pointer" and "o" not in found:
            found |= {"&", "s"}
        for key in ("oneOf", "anyOf", "allOf"):
            for part in node.get(key, []):
                found |= self.types(part, depth + 1)
        if "then" in node:
            inner = self.types(node["then"], depth + 1)
            found |= inner
            if node.get("if", {}).get("type"):
                found |= self.types(node["if"], depth + 1) | self.types(node.get("else", {}), depth + 1)
        if "items" in node and "a" in found and "&" in self.types(node["items"], depth + 1):
            found.add("&")
        return found

    def properties(self, node: Any, conditions: bool = False) -> dict[str, tuple[set[str], Any, bool]]:
        """property -> (types, default, has a default), with all that is included."""
        node = self.resolve(node)
        found: dict[str, tuple[set[str], Any, bool]] = {}

        def take(more: dict[str, tuple[set[str], Any, bool]]) -> None:
            for name, (types, default, has) in more.items():
                if name in found:
                    before = found[name]
                    found[name] = (before[0] | types, before[1] if before[2] else default, before[2] or has)
                else:
                    found[name] = (types, default, has)

        for name, value in node.get("properties", {}).items():
            if value is False or name == "class":
                continue
            resolved = self.resolve(value)
            resolved = resolved if isinstance(resolved, dict) else {}
            default = value["default"] if isinstance(value, dict) and "default" in value else resolved.get("default")
            take({name: (self.types(value), default, "default" in resolved or isinstance(value, dict) and "default" in value)})
        for part in node.get("allOf", []):
            part = self.resolve(part)
            if "if" not in part:
                take(self.properties(part))
            else:
                for branch in ("then", "else"):
                    if isinstance(part.get(branch), dict) and "$ref" not in part[branch]:
                        take({name: (types, None, False) for name, (types, _, _) in self.properties(part[branch]).items()})
        for branch in ("then", "else"):
            if isinstance(node.get(branch), dict):
                take({name: (types, None, False) for name, (types, _, _) in self.properties(node[branch]).items()})
        for key in ("oneOf", "anyOf"):
            for part in node.get(key, []):
                if isinstance(part, dict):
                    take({name: (types, None, False) for name, (types, _, _) in self.properties(part).items()})
        return found

    def classes(self) -> Iterator[tuple[str, dict[str, tuple[set[str], Any, bool]]]]:
        for name, node in sorted(self.definitions.items()):
            const = node.get("properties", {}).get("class", {})
            const = const.get("const") if isinstance(const, dict) else None
            if not const or const in ("ADC", "AS3", "Constants") or name == "Application_Shared" or const != name and name.startswith("Monitor_"):
                continue
            words = self.properties(node)
            variant = VARIANTS.get(const)
            if variant:
                for part in node.get("allOf", []):
                    condition = part.get("if", {}).get("properties", {}).get(variant[0], {})
                    for value in condition.get("enum", [condition.get("const")]):
                        if value:
                            inner = self.properties(part["then"])
                            inner.update(self.properties(self.resolve(part["then"]).get("then", {})))
                            yield f"{const}/{value}", {**words, **inner}
            yield const, words
        yield "Pool_Member", self.properties(self.definitions["Pool_Member"])


def word(name: str, types: set[str], default: Any, has: bool) -> str:
    text = f"{name}:{''.join(code for code in 'binsao&' if code in types)}"
    if has and default is not None and " " not in json.dumps(default, separators=(",", ":")):
        text += "=" + json.dumps(default, separators=(",", ":"))
    return text


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        reader = Reader(json.load(file))
    print(HEADER + "WORDS: dict[str, str] = {")
    for name, properties in sorted(reader.classes()):
        words = [word(key, *value) for key, value in sorted(properties.items())]
        print(f"    {json.dumps(name)}: (")
        line = ""
        for text in words:
            if line and len(line) + len(text) > LONGEST:
                print(f"        {json.dumps(line)}" if "'" in line else f"        {line!r}")
                line = ""
            line += text + " "
        print(f"        {line!r}")
        print("    ),")
    print("}")


if __name__ == "__main__":
    main()
