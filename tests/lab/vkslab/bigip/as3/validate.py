# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a declaration against the rules of its classes, as ajv does for AS3: the first fault, in ajv's
words; defaults filled in.

Pointers, references to the device and secrets are noted on the way, for what comes after.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from .formats import Fault, is_address, is_uri, pattern, same, stringify, unique
from .terms import Rule


@dataclass
class Noted:
    """A value that needs another look once the whole declaration is known to be well formed."""

    where: str
    holder: Any  # the object (or list) that holds the value
    name: Any  # its property (or index) there
    value: Any
    fact: Any  # from the rule: classes, component


@dataclass
class Notes:
    pointers: dict[str, Noted] = field(default_factory=dict)
    components: dict[str, Noted] = field(default_factory=dict)
    secrets: dict[str, Noted] = field(default_factory=dict)


_TYPES: dict[str, Any] = {
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: (
        not isinstance(v, bool) and (isinstance(v, int) or isinstance(v, float) and v.is_integer())
    ),
    "number": lambda v: not isinstance(v, bool) and isinstance(v, int | float),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
    "null": lambda v: v is None,
}

_BIGIP_PATH = re.compile(r"^/[^\x00-\x19\x22#'*<>?\x5b-\x5d\x7b-\x7d\x7f]+$")
_POINTER = re.compile(
    r"^((@|[0-9]+)|(([0-9]*/)?((@|[0-9]+|[A-Za-z][0-9A-Za-z_]{0,63})/)*([0-9]+|([A-Za-z][0-9A-Za-z_]{0,63}))))?#?$"
)
_HOSTNAME = re.compile(
    r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-0-9a-z]{0,61}[0-9a-z])?)*$", re.I
)


_FORMATS: dict[str, Any] = {
    "f5ip": is_address,
    "f5ipv4": lambda t: t == "" or is_address(t) and ":" not in t,
    "f5ipv6": lambda t: t == "" or is_address(t) and ":" in t,
    "f5bigip": lambda t: _BIGIP_PATH.match(t) is not None,
    "f5pointer": lambda t: _POINTER.match(t) is not None,
    "hostname": lambda t: len(t) <= 255 and _HOSTNAME.match(t) is not None,
    "uri": is_uri,
    "url": is_uri,
}


class Validator:
    """Holds the named rules; ``check`` fills defaults into the value."""

    def __init__(self, rules: dict[str, Rule]) -> None:
        self._rules = rules

    def check(self, rule: Rule, value: Any, notes: Notes, where: str = "") -> Fault | None:
        return self._check(rule, value, where, notes, None, None, False)

    def _check(
        self, rule: Rule, value: Any, where: str, notes: Notes, holder: Any, name: Any, tentative: bool
    ) -> Fault | None:
        if "$ref" in rule:
            # ajv compiles a referenced rule by itself: it fills defaults even inside oneOf
            return self._check(self._rules[rule["$ref"]], value, where, notes, holder, name, False)
        types = rule.get("type")
        if types is not None:
            wanted = types if isinstance(types, list) else [types]
            if not any(_TYPES[t](value) for t in wanted):
                return Fault(where, f"should be {','.join(wanted)}")
        fault: Fault | None = None
        if isinstance(value, bool):
            pass
        elif isinstance(value, int | float):
            fault = _number(rule, value, where)
        elif isinstance(value, str):
            fault = _string(rule, value, where)
        elif isinstance(value, list):
            fault = self._array(rule, value, where, notes, tentative)
        elif isinstance(value, dict):
            fault = self._object(rule, value, where, notes, tentative)
        return fault or self._general(rule, value, where, notes, holder, name, tentative)

    def _array(self, rule: Rule, value: list[Any], where: str, notes: Notes, tentative: bool) -> Fault | None:
        if len(value) > rule.get("maxItems", len(value)):
            return Fault(where, f"should NOT have more than {rule['maxItems']} items")
        if len(value) < rule.get("minItems", 0):
            return Fault(where, f"should NOT have fewer than {rule['minItems']} items")
        items = rule.get("items")
        if items:
            for index, item in enumerate(value):
                fault = self._check(items, item, f"{where}/{index}", notes, value, index, tentative)
                if fault:
                    return fault
        if rule.get("uniqueItems"):
            return unique(value, where)
        return None

    def _object(
        self, rule: Rule, value: dict[str, Any], where: str, notes: Notes, tentative: bool
    ) -> Fault | None:
        properties: dict[str, Rule] = rule.get("properties", {})
        if not tentative:
            for name, inner in properties.items():
                if "default" in inner and name not in value:
                    value[name] = copy.deepcopy(inner["default"])
        if len(value) > rule.get("maxProperties", len(value)):
            return Fault(where, f"should NOT have more than {rule['maxProperties']} properties")
        if len(value) < rule.get("minProperties", 0):
            return Fault(where, f"should NOT have fewer than {rule['minProperties']} properties")
        for name in rule.get("required", ()):
            if name not in value:
                return Fault(where, f"should have required property '{name}'")
        for name, needs in rule.get("dependencies", {}).items():
            if name in value:
                fault = self._dependency(name, needs, value, where, notes)
                if fault:
                    return fault
        if "propertyNames" in rule:
            for name in value:
                fault = self._name(rule["propertyNames"], name, where)
                if fault:
                    return fault
        extra = rule.get("additionalProperties", True)
        if extra is not True:
            for name in [n for n in value if n not in properties]:
                if extra is False:
                    return Fault(where, "should NOT have additional properties")
                fault = self._check(extra, value[name], f"{where}/{name}", notes, value, name, tentative)
                if fault:
                    return fault
        for name, inner in properties.items():
            if name in value and inner:
                fault = self._check(inner, value[name], f"{where}/{name}", notes, value, name, tentative)
                if fault:
                    return fault
        return None

    def _dependency(
        self, name: str, needs: Any, value: dict[str, Any], where: str, notes: Notes
    ) -> Fault | None:
        if isinstance(needs, list):
            missing = [other for other in needs if other not in value]
            if missing:
                return Fault(
                    where, f"should have property {', '.join(needs)} when property {name} is present"
                )
            return None
        return self._check(needs, value, where, notes, None, None, True)

    def _name(self, rule: Rule, name: str, where: str) -> Fault | None:
        """A property's name. ajv reports the fault at the object that contains it."""
        for option in rule.get("oneOf", [rule]):
            if name in option.get("enum", ()):
                return None
        for option in rule.get("oneOf", [rule]):
            if len(name) > option.get("maxLength", len(name)):
                return Fault(where, f"should NOT be longer than {option['maxLength']} characters")
            if "pattern" in option and not pattern(option["pattern"]).search(name):
                return Fault(
                    where, f'propertyName {stringify(name)} should match pattern "{option["pattern"]}"'
                )
            return None
        return None

    def _general(
        self, rule: Rule, value: Any, where: str, notes: Notes, holder: Any, name: Any, tentative: bool
    ) -> Fault | None:
        if "const" in rule and not same(value, rule["const"]):
            return Fault(where, f"should be equal to constant {stringify(rule['const'])}")
        if "enum" in rule and not any(same(value, option) for option in rule["enum"]):
            return Fault(where, f"should be equal to one of the allowed values {stringify(rule['enum'])}")
        if "not" in rule and self._check(rule["not"], value, where, Notes(), holder, name, True) is None:
            return Fault(where, "should NOT be valid")
        if "anyOf" in rule:
            faults = [
                self._check(option, value, where, notes, holder, name, True) for option in rule["anyOf"]
            ]
            if all(faults):
                return faults[0]
        if "oneOf" in rule:
            faults = [
                self._check(option, value, where, notes, holder, name, True) for option in rule["oneOf"]
            ]
            matches = sum(fault is None for fault in faults)
            if matches == 0:
                return faults[0]
            if matches > 1:
                return Fault(where, "should match exactly one schema in oneOf")
        for inner in rule.get("allOf", ()):
            fault = self._check(inner, value, where, notes, holder, name, tentative)
            if fault:
                return fault
        if "if" in rule:
            met = self._check(rule["if"], value, where, Notes(), holder, name, True) is None
            branch = rule.get("then" if met else "else")
            if branch:
                fault = self._check(branch, value, where, notes, holder, name, tentative)
                if fault:
                    return fault
        if "select" in rule:  # the rule of an item's class: AS3 has one "if" for each
            branch = rule["select"].get(value.get("class")) if isinstance(value, dict) else None
            if branch:
                fault = self._check(branch, value, where, notes, holder, name, tentative)
                if fault:
                    return fault
        if "to" in rule and isinstance(value, str):
            notes.pointers.setdefault(where, Noted(where, holder, name, value, rule["to"]))
        if "component" in rule and isinstance(value, dict) and isinstance(value.get("bigip"), str):
            notes.components.setdefault(where, Noted(where, holder, name, value["bigip"], rule["component"]))
        if rule.get("secret") and isinstance(value, dict):
            notes.secrets.setdefault(where, Noted(where, holder, name, value, None))
        return None


def _number(rule: Rule, value: float, where: str) -> Fault | None:
    if "maximum" in rule and value > rule["maximum"]:
        return Fault(where, f"should be <= {rule['maximum']}")
    if "minimum" in rule and value < rule["minimum"]:
        return Fault(where, f"should be >= {rule['minimum']}")
    return None


def _string(rule: Rule, value: str, where: str) -> Fault | None:
    if "maxLength" in rule and len(value) > rule["maxLength"]:
        return Fault(where, f"should NOT be longer than {rule['maxLength']} characters")
    if "minLength" in rule and len(value) < rule["minLength"]:
        return Fault(where, f"should NOT be shorter than {rule['minLength']} characters")
    if "pattern" in rule and not pattern(rule["pattern"]).search(value):
        return Fault(where, f'data {stringify(value)} should match pattern "{rule["pattern"]}"')
    known = _FORMATS.get(rule.get("format", ""))
    if known and not known(value):
        return Fault(where, f'should match format "{rule["format"]}"')
    return None
