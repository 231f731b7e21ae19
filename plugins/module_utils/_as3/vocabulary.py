# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""AS3's classes as this collection knows them: types, defaults, pointers.

AS3 decides: a class or property that is not known here is passed on unchanged.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from dataclasses import dataclass
from typing import Any

from .classes import WORDS

VARIANTS = {"Monitor": "monitorType", "Persist": "persistenceMethod"}

# Properties that hold the name of another object inside a nested part of a class:
# TLS_Server.certificates[].certificate
NESTED_POINTERS = frozenset({"certificate", "proxyCertificate"})


@dataclass(frozen=True)
class Property:
    """One property. types: letters of classes.py. default: None if AS3 has none."""

    types: str
    default: Any = None

    @property
    def is_pointer(self) -> bool:
        return "&" in self.types


@functools.cache
def _class(name: str) -> dict[str, Property] | None:
    line = WORDS.get(name)
    if line is None:
        return None
    class_properties = {}
    for word in line.split():
        head, dummy, default = word.partition("=")
        key, dummy, types = head.partition(":")
        class_properties[key] = Property(types, json.loads(default) if default else None)
    return class_properties


def properties(item: dict[str, Any]) -> dict[str, Property] | None:
    """The properties of this AS3 object by its class; None for an unknown class.

    monitorType or persistenceMethod select a variant of the class.
    """
    name = item.get("class")
    if not isinstance(name, str):
        return None
    variant = item.get(VARIANTS[name]) if name in VARIANTS else None
    return (_class(f"{name}/{variant}") if isinstance(variant, str) else None) or _class(name)


def member_properties() -> dict[str, Property]:
    """The properties of one entry of Pool.members."""
    return _class("Pool_Member") or {}


def tenant_properties() -> dict[str, Property]:
    """The properties of a tenant itself."""
    return _class("Tenant") or {}


def nearest(name: str, known: dict[str, Property]) -> str | None:
    """The known property that looks most like this one."""
    matches = difflib.get_close_matches(name.lower(), [key.lower() for key in known])
    return next((key for key in known if matches and key.lower() == matches[0]), None)


def convert(value: Any, kind: Property) -> Any:
    """The value in AS3's type. Templates of older ansible-core return numbers and booleans as text."""
    if isinstance(value, str):
        text = value.strip()
        if "i" in kind.types and re.fullmatch("-?[0-9]{1,18}", text):
            return int(text)
        if "b" in kind.types and text.lower() in ("true", "false"):
            return text.lower() == "true"
    return value


def convert_object(item: dict[str, Any]) -> dict[str, Any]:
    """A copy of an AS3 object whose known properties have AS3's types, members of a pool included."""
    known = properties(item)
    if known is None:
        return dict(item)
    converted = {key: convert(value, known[key]) if key in known else value for key, value in item.items()}
    if item.get("class") == "Pool" and isinstance(converted.get("members"), list):
        converted["members"] = [
            convert_member(entry) if isinstance(entry, dict) else entry for entry in converted["members"]
        ]
    return converted


def convert_member(entry: dict[str, Any]) -> dict[str, Any]:
    """The same for one entry of Pool.members."""
    known = member_properties()
    return {key: convert(value, known[key]) if key in known else value for key, value in entry.items()}
