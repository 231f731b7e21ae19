# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the arguments of a task with the argument spec of its module, as main() gives it to Ansible.

Also the options of a role, with the types in their descriptions: Ansible's own check gets raw and an empty choice, so an empty
text passes.
"""

from __future__ import annotations

import copy
import importlib
import re
from functools import cache
from typing import Any, Iterator
from unittest.mock import patch

import jinja2
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from runner.places import ROOT

COLLECTION = "vks.bigip."
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
CONDITIONS = ("when", "that", "until", "failed_when", "changed_when")
TEMPLATED = {"int": 1, "float": 1.0, "bool": True, "list": [], "dict": {}, "json": "{}"}


class _Seen(Exception):
    pass


def kind_of(option: dict[str, Any]) -> str:
    """The type of a role's variable, as int or list of str."""
    described = option["description"] if isinstance(option["description"], str) else option["description"][-1]
    found = re.search(r"Its type is ([a-z ]+)\.$", described)
    return found.group(1) if found else option["type"] + (f" of {option['elements']}" if "elements" in option else "")


def options_of_role(role: str) -> dict[str, dict[str, Any]]:
    """The options in a role's argument_specs, with the types in words, and without the empty choice."""
    specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    return {name: _in_words(option) for name, option in specs.items()}


def _in_words(option: dict[str, Any]) -> dict[str, Any]:
    outer, _of, elements = kind_of(option).partition(" of ")
    found = {**option, "type": outer, **({"elements": elements} if elements else {})}
    return {**found, "choices": [choice for choice in option["choices"] if choice]} if "choices" in option else found


@cache
def spec_of(module: str) -> dict[str, Any]:
    """The arguments of the module for AnsibleModule."""
    seen: dict[str, Any] = {}

    def init(self: AnsibleModule, argument_spec: dict[str, Any], **kwargs: Any) -> None:
        seen.update(kwargs, argument_spec=argument_spec)
        raise _Seen

    code = importlib.import_module(f"ansible_collections.vks.bigip.plugins.modules.{module}")
    with patch.object(AnsibleModule, "__init__", init):
        try:
            code.main()
        except _Seen:
            return seen
    raise AssertionError(f"{module}: main() made no AnsibleModule")


def faults(module: str, arguments: dict[str, Any]) -> list[str]:
    """The errors of Ansible for these arguments. A template counts as a value of the right type."""
    spec = spec_of(module)
    validator = ModuleArgumentSpecValidator(spec["argument_spec"], **{rule: spec.get(rule) for rule in RULES})
    result = validator.validate(_filled(arguments, spec["argument_spec"]))
    return list(result.error_messages)


def templates(document: Any, key: str = "") -> Iterator[str]:
    """Every text of a YAML document, with conditions as the templates that they are."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from templates(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from templates(value, key)
    elif isinstance(document, str):
        yield "{{ " + document + " }}" if key in CONDITIONS and "{{" not in document else document


def names_in(template: str) -> set[str]:
    """The variables that it reads."""
    return {node.name for node in jinja2.Environment().parse(template).find_all(jinja2.nodes.Name)}


def tasks(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every task of ours in a YAML document, however deep in plays and blocks: the module's name and the arguments."""
    if isinstance(document, list):
        for item in document:
            yield from tasks(item)
    elif isinstance(document, dict):
        for key, value in document.items():
            if isinstance(key, str) and key.startswith(COLLECTION):
                yield key.removeprefix(COLLECTION), value or {}
            elif key not in ("module_defaults", "vars"):
                yield from tasks(value)


def _filled(value: Any, options: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(given, options.get(name) or _alias(name, options)) for name, given in value.items()}


def _alias(name: str, options: dict[str, Any]) -> dict[str, Any]:
    return next((option for option in options.values() if name in option.get("aliases", ())), {})


def _value(given: Any, option: dict[str, Any]) -> Any:
    if isinstance(given, str) and "{{" in given:
        choices = option.get("choices")
        return choices[0] if choices else copy.copy(TEMPLATED.get(str(option.get("type", "str")), given))  # the validator fills in defaults
    if option.get("options") and isinstance(given, dict):
        return _filled(given, option["options"])
    if option.get("options") and isinstance(given, list):
        return [_filled(item, option["options"]) if isinstance(item, dict) else item for item in given]
    return given
