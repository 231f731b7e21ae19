# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The form in which applications are compared: equal declarations become identical.

Values equal to AS3's defaults and our mark are left out. The order and grouping of members, and the spelling
of addresses and pointers, are unified. Secrets stay; difference.py compares them by the digests in the mark.
"""

from __future__ import annotations

import json
from typing import Any

from .._ownership import mark
from . import vocabulary
from .members import canonical, flatten, meaning, text

# The order of these lists means nothing.
_UNORDERED = frozenset({"monitors", "allowVlans", "rejectVlans", "securityLogProfiles", "snatAddresses"})
_ADDRESSES = frozenset({"virtualAddresses", "virtualAddress", "snatAddresses"})


def application(value: dict[str, Any], tenant: str, name: str, route_domain: int = 0) -> dict[str, Any]:
    """The comparable form of an Application."""
    comparable: dict[str, Any] = {}
    for key, item in mark.without(value).items():
        if isinstance(item, dict) and "class" in item and key != "constants":
            comparable[key] = _object(item, f"/{tenant}/{name}/", route_domain)
        else:
            comparable[key] = item
    known = vocabulary.properties(value) or {}
    return {key: item for key, item in comparable.items() if not _is_default(item, known.get(key))}


def _object(item: dict[str, Any], base: str, route_domain: int) -> dict[str, Any]:
    known = vocabulary.properties(item) or {}
    comparable: dict[str, Any] = {}
    for key, value in item.items():
        kind = known.get(key)
        if kind is not None:
            value = vocabulary.convert(value, kind)
        if item.get("class") == "Pool" and key == "members":
            value = _members(value, base, route_domain)
            if not value:
                continue
        else:
            value = _value(key, value, kind is not None and kind.is_pointer, base, route_domain)
        if kind is not None and kind.default is not None:
            if same(value, _value(key, kind.default, kind.is_pointer, base, route_domain)):
                continue
        if key == "metadata" and value == {}:
            continue
        comparable[key] = value
    return comparable


def _members(entries: Any, base: str, route_domain: int) -> dict[str, Any]:
    members = flatten(entries, route_domain)
    comparable: dict[str, Any] = {
        text(key): {
            name: _value(name, value, False, base, route_domain) for name, value in meaning(settings).items()
        }
        for key, settings in members.static.items()
    }
    if members.other:
        comparable["other"] = sorted((meaning(entry) for entry in members.other), key=_text)
    return comparable


def _value(key: str, value: Any, pointer: bool, base: str, route_domain: int) -> Any:
    if isinstance(value, str):
        if pointer:
            return {"use": absolute(value, base)}
        if key in _ADDRESSES:
            return canonical(value, route_domain)
        return value
    if isinstance(value, dict):
        if set(value) == {"use"} and isinstance(value["use"], str):
            return {"use": absolute(value["use"], base)}
        return {
            inner: _value(
                inner, part, inner in vocabulary.NESTED_POINTERS and isinstance(part, str), base, route_domain
            )
            for inner, part in value.items()
        }
    if isinstance(value, list):
        parts = [_value(key, part, pointer, base, route_domain) for part in value]
        return sorted(parts, key=_text) if key in _UNORDERED else parts
    return value


def absolute(pointer: str, base: str) -> str:
    """The whole path that a pointer means. base: /TENANT/APPLICATION/ of the object that has it."""
    if pointer.startswith("/@/@/"):
        return base + pointer[5:]
    if pointer.startswith("/@/"):
        return f"/{base.split('/')[1]}/{pointer[3:]}"
    return pointer if pointer.startswith("/") else base + pointer


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def same(one: Any, other: Any) -> bool:
    """True if two values are equal in JSON: true is not 1, as it is in Python."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(part, other[key]) for key, part in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _is_default(value: Any, kind: vocabulary.Property | None) -> bool:
    return kind is not None and kind.default is not None and same(value, kind.default)
