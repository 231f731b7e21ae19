# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words to write the facts about AS3's classes with. Each gives a rule: a dict that ``validate`` understands.

The rules are JSON Schema's (draft 7), and three of our own: ``to`` (the string points to an object of these
classes), ``component`` (``bigip`` names an object of this kind on the device) and ``secret`` (kept as a
cryptogram).
"""

from __future__ import annotations

from typing import Any

Rule = dict[str, Any]

_NOTHING: Any = object()


def _rule(**facts: Any) -> Rule:
    return {name: fact for name, fact in facts.items() if fact is not None and fact is not _NOTHING}


def flag(default: Any = _NOTHING) -> Rule:
    return _rule(type="boolean", default=default)


def number(lo: int | None = None, hi: int | None = None, default: Any = _NOTHING) -> Rule:
    return _rule(type="integer", minimum=lo, maximum=hi, default=default)


def word(words: str, default: Any = _NOTHING) -> Rule:
    """One of these words."""
    return _rule(type="string", enum=words.split(), default=default)


def just(value: Any, default: Any = _NOTHING) -> Rule:
    return _rule(const=value, default=default)


def text(
    least: int | None = None,
    most: int | None = None,
    pattern: str | None = None,
    format: str | None = None,
    default: Any = _NOTHING,
    to: list[str] | None = None,
) -> Rule:
    return _rule(
        type="string", minLength=least, maxLength=most, pattern=pattern, format=format, default=default, to=to
    )


def many(
    items: Rule,
    least: int | None = None,
    most: int | None = None,
    unique: bool | None = None,
    default: Any = _NOTHING,
) -> Rule:
    return _rule(
        type="array", items=items, minItems=least, maxItems=most, uniqueItems=unique, default=default
    )


def one_of(*rules: Rule, default: Any = _NOTHING) -> Rule:
    return _rule(oneOf=list(rules), default=default)


def use(name: str) -> Rule:
    """The rule of that name in ``classes.RULES``."""
    return {"$ref": name}


def pointer(*classes: str, component: str | None = None) -> Rule:
    """{use: pointer to an object of these classes} or {bigip: path}."""
    return _rule(
        type="object",
        properties={
            "use": {"type": "string", "minLength": 1, "to": list(classes)},
            "bigip": {"type": "string", "format": "f5bigip"},
        },
        additionalProperties=False,
        minProperties=1,
        maxProperties=1,
        component=component,
    )


def name_or_pointer(*classes: str, component: str | None = None) -> Rule:
    return {
        "if": {"type": "string"},
        "then": {"to": list(classes)},
        "else": pointer(*classes, component=component),
    }


def word_or(words: str, other: Rule, default: Any = _NOTHING) -> Rule:
    """One of these words, or an object that follows the other rule."""
    return _rule(
        **{
            "if": {"not": {"type": "object"}},
            "then": {"type": "string", "enum": words.split()},
            "else": other,
        },
        default=default,
    )


def group(
    properties: dict[str, Any],
    closed: bool = False,
    required: str = "",
    least: int | None = None,
    most: int | None = None,
    default: Any = _NOTHING,
) -> Rule:
    return _rule(
        type="object",
        properties=properties,
        additionalProperties=False if closed else None,
        required=required.split() or None,
        minProperties=least,
        maxProperties=most,
        default=default,
    )


def kind(
    properties: dict[str, Any],
    closed: bool = False,
    required: str = "",
    when: list[tuple[str, str, str]] | None = None,
    also: list[Rule] | None = None,
    more: Rule | None = None,
) -> Rule:
    """An object. ``when``: (property, its values, rule that then holds too); a property left out counts as a
    match, as in JSON Schema."""
    rule = group(properties, closed, required)
    conditions: list[Rule] = [
        {"if": {"properties": {name: {"enum": values.split()}}}, "then": use(other)}
        for name, values, other in when or []
    ]
    if conditions or also:
        rule["allOf"] = conditions + (also or [])
    return {**rule, **(more or {})}


def names(words: str, required: str = "", closed: bool = True) -> Rule:
    """A class of which only the names of its properties are known here."""
    return group({name: {} for name in words.split()}, closed, required)
