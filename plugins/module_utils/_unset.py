# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as unset: null, an empty text, and a file without content. This module util is PRIVATE to the collection.

AWX injects an unanswered question of a survey, and an empty field of a credential, as an empty text. 0, false, an empty list and an
empty dictionary are values.
"""

from __future__ import annotations

import json
import os
from typing import Any, Mapping

from ansible.module_utils.basic import AnsibleFallbackNotFound

Options = Mapping[str, Mapping[str, Any]]
"""An argument spec: name to type, elements, options, aliases, ..."""

REMOVING_STATES = ("absent", "disabled", "released")
SELECTING = ("application", "content", "label_selector", "name", "namespace", "tenant")
"""These options select what is removed. Unset means more than the user named, so an empty value stays, for the module to refuse."""


def given(arguments: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """The arguments without those that count as unset, in suboptions too. A text becomes the list or dictionary that it describes.

    The result is for Ansible's own check of the options, which converts numbers and booleans and sets fallbacks and defaults.
    """
    removes = any(arguments.get(name) in REMOVING_STATES for name in ("state", "services_state"))
    return _given(arguments, options, SELECTING if removes else ())


def environment(*names: str) -> str:
    """Like env_fallback, but an empty variable counts as unset."""
    for name in names:
        value = os.environ.get(name)
        if value:
            return value
    raise AnsibleFallbackNotFound


def is_empty_file(path: str | None) -> bool:
    """Whether the path names a file without content: AWX writes one for an empty field of a credential."""
    try:
        with open(path or "", "rb") as file:
            return not file.read(1024).strip()
    except (OSError, ValueError):
        return False


def _given(arguments: Mapping[str, Any], options: Options, kept: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for name, argument in arguments.items():
        option = options.get(name) or next((option for option in options.values() if name in option.get("aliases", ())), None)
        value = argument if option is None or name in kept else _value(argument, option, kept)
        if option is None or name in kept or value not in (None, ""):
            found[name] = value
    return found


def _value(argument: Any, option: Mapping[str, Any], kept: tuple[str, ...]) -> Any:
    if option.get("type") == "dict":
        return _dictionary(argument, option, kept)
    if option.get("type") != "list":
        return argument
    if option.get("elements") != "dict":
        return _texts(argument)
    items = _structure(argument)
    if isinstance(items, dict):
        items = [items]
    return [_dictionary(item, option, kept) for item in items] if isinstance(items, list) else items


def _dictionary(argument: Any, option: Mapping[str, Any], kept: tuple[str, ...]) -> Any:
    """Without `options`, its content is in the words of AS3 or Kubernetes, where an empty text may be a value."""
    value = _structure(argument)
    return _given(value, option["options"], kept) if option.get("options") and isinstance(value, dict) else value


def _texts(argument: Any) -> Any:
    """The elements of a list that are not empty. If all are empty, the list counts as unset."""
    items = [part.strip() for part in argument.split(",")] if isinstance(argument, str) else argument
    if not isinstance(items, list) or not items:
        return items
    return [item for item in items if item not in (None, "")] or None


def _structure(argument: Any) -> Any:
    """The list or dictionary that a text of JSON or YAML describes. Other text stays as it is: Ansible knows key=value, or refuses it."""
    if not isinstance(argument, str) or not argument.strip():
        return argument.strip() if isinstance(argument, str) else argument
    try:
        value = json.loads(argument)
    except ValueError:
        value = _yaml(argument)
    return value if value is None or isinstance(value, (dict, list)) else argument


def _yaml(text: str) -> Any:
    """None for a text of comments alone."""
    try:
        import yaml  # here, because most arguments need no YAML, and the Python of a module may lack it
    except ImportError:
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text
