# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option as a doc fragment and an argument spec describe it, in one form."""

from __future__ import annotations

import re
from typing import Any

import yaml

_SAID = ("type", "elements", "choices", "default", "aliases", "required")


def fragment(module: Any) -> dict[str, Any]:
    """The options of a doc fragment."""
    return _form(yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)["options"], "suboptions")


def module(module: Any) -> dict[str, Any]:
    """The options that a module documents itself."""
    return _form(yaml.safe_load(module.DOCUMENTATION)["options"], "suboptions")


def spec(options: dict[str, Any]) -> dict[str, Any]:
    """The options of an argument spec."""
    return _form(options, "options")


def _form(options: dict[str, Any], below: str) -> dict[str, Any]:
    formed = {}
    for name, option in options.items():
        said = {key: option[key] for key in _SAID if option.get(key) not in (None, False, [])}
        if option.get("default") is False:
            said["default"] = False
        if below in option:
            said["options"] = _form(option[below], below)
        formed[name] = said
    return formed


def variables(options: dict[str, Any]) -> dict[str, list[str]]:
    """The environment variables of each option of an argument spec, suboptions by their path."""
    found: dict[str, list[str]] = {}
    for name, option in options.items():
        if "fallback" in option:
            found[name] = list(option["fallback"][1])
        found |= {f"{name}.{inner}": names for inner, names in variables(option.get("options", {})).items()}
    return found


def named(module: Any) -> dict[str, list[str]]:
    """The environment variables that the text of a doc fragment names as E(...) for each option, suboptions by their path."""
    found: dict[str, list[str]] = {}

    def look(options: dict[str, Any], path: str) -> None:
        for name, option in options.items():
            names = re.findall(r"E\((\w+)\)", str(option["description"]))
            if names:
                found[f"{path}{name}"] = names
            look(option.get("suboptions", {}), f"{path}{name}.")

    look(yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)["options"], "")
    return found
