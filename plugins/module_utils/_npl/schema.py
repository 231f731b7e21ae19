# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The place of NodePortLocal's settings in an OpenAPI schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from .._errors import some

Path = tuple[str, ...]
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Keys:
    """The paths of the settings in an object. None: its schema does not have the setting."""

    switch: Path
    gate: Path | None = None
    port_range: Path | None = None

    def below(self, *above: str) -> Keys:
        """Return the same settings in an object that has them under `above`."""

        def under(path: Path | None) -> Path | None:
            return None if path is None else (*above, *path)

        return Keys((*above, *self.switch), under(self.gate), under(self.port_range))


def of_definition(definition: Mapping[str, Any]) -> Schema:
    """Return the schema in an AddonConfigDefinition."""
    return ((definition.get("spec") or {}).get("schema") or {}).get("openAPIV3Schema") or {}


def find(schema: Schema) -> list[Keys]:
    """Return every nodePortLocal that can be switched, with the gate beside it."""
    return list(_walk(schema, ()))


def _walk(schema: object, above: Path) -> Iterator[Keys]:
    properties = _properties(schema)
    section = _properties(properties.get("nodePortLocal"))
    switch = next((name for name in ("enabled", "enable") if name in section), None)
    if switch:
        gate = (
            (*above, "featureGates", "NodePortLocal")
            if "NodePortLocal" in _properties(properties.get("featureGates"))
            else None
        )
        yield Keys(
            (*above, "nodePortLocal", switch),
            gate,
            (*above, "nodePortLocal", "portRange") if "portRange" in section else None,
        )
    for name, part in properties.items():
        if name != "nodePortLocal":
            yield from _walk(part, (*above, name))


def outline(schema: Schema) -> str:
    """Return the first two levels of settings, for a message."""
    names = []
    for name, part in sorted(_properties(schema).items()):
        inner = sorted(_properties(part))
        names += [f"{name}.{each}" for each in inner] or [name]
    return some(names, most=12)


def _properties(schema: object) -> Mapping[str, Any]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}
