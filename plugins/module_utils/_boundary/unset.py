# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Unset options: null, an empty text, and a file without content count as not given.

AWX injects an unanswered question of a survey, and an empty field of a credential, as an empty text. 0,
false, an empty list and an empty dictionary are values.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, Iterator, Mapping

from ansible.module_utils.basic import AnsibleFallbackNotFound

from .. import _foreign

Options = Mapping[str, Mapping[str, Any]]
"""An argument spec: name to type, elements, options, aliases, ..."""

REMOVING_STATES = ("absent", "disabled", "released")
SELECTING = ("application", "content", "label_selector", "name", "namespace", "tenant")
"""These options select what is removed.

Unset would select more than the user named, so an empty value stays, and the module refuses it.
"""


LIMITING = ("canary_nodes", "namespaces", "nodes", "only_services", "tenant")
"""Lists of text that limit what a task touches or reports, where unset means all.

If all elements are empty, the task fails: the user meant a limit.
"""

_LIKE_A_LIST = re.compile(r"\s*(\[|-\s|---\s)")
_BRACKETED_ADDRESS = re.compile(r"\s*\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%\w+)?\](:\d+)?\s*(,|$)")


def without_unset(arguments: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """The arguments without those that count as unset, in suboptions too.

    A text becomes the list or dictionary that it describes. The result is for Ansible's own check of the
    options, which converts numbers and booleans and sets fallbacks and defaults.
    """
    removes = any(arguments.get(name) in REMOVING_STATES for name in ("state", "services_state"))
    return _set(structured(arguments, options), options, SELECTING if removes else ())


def faults(arguments: Mapping[str, Any], options: Options, prefix: str = "") -> list[str]:
    """A sentence for each list that cannot be read, and for each limit with only empty elements.

    prefix: what precedes the names of LIMITING in the variables of a role.
    """
    return list(_faults(structured(arguments, options), options, "", prefix))


def structured(arguments: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """All arguments, with lists and dictionaries in place of their texts. Empty values and null stay."""
    return {name: _structured(value, option_of(name, options)) for name, value in arguments.items()}


def option_of(name: str, options: Options) -> Mapping[str, Any]:
    """The specification of an option, by its name or an alias; empty if there is none."""
    return options.get(name) or next(
        (option for option in options.values() if name in option.get("aliases", ())), {}
    )


def _faults(arguments: Mapping[str, Any], options: Options, path: str, prefix: str) -> Iterator[str]:
    for name, value in arguments.items():
        option, place = option_of(name, options), f"{path}{name}"
        if option.get("type") == "list" and option.get("elements") != "dict":
            if isinstance(value, str) and value:
                yield (
                    f"{place} begins like a list in JSON or YAML, but cannot be read as one. "
                    "Correct it, or separate the elements by commas."
                )
            elif (
                isinstance(value, list)
                and value
                and name.removeprefix(prefix) in LIMITING
                and all(item in (None, "") for item in value)
            ):
                yield f"{place} has only empty elements. To set no limit, omit it."
        elif option.get("options"):
            items = (
                [(f"{place}[{index}].", item) for index, item in enumerate(value)]
                if isinstance(value, list)
                else [(f"{place}.", value)]
            )
            for below, item in items:
                if isinstance(item, dict):
                    yield from _faults(item, option["options"], below, "")


def loaded(text: str) -> Any:
    """The value of a text in JSON or YAML; the text itself if it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _yaml(text)


def environment(*names: str) -> str:
    """Like env_fallback, but an empty variable counts as unset."""
    for name in names:
        value = os.environ.get(name)
        if value:
            return value
    raise AnsibleFallbackNotFound


def environment_file(*names: str) -> str:
    """Like environment, for the path of a file: a file without content counts as unset too."""
    for name in names:
        value = os.environ.get(name)
        if value and not is_empty_file(os.path.expanduser(value)):
            return value
    raise AnsibleFallbackNotFound


def is_empty_file(path: str | None) -> bool:
    """True if the path names a file without content: AWX writes one for an empty field of a credential."""
    try:
        with open(path or "", "rb") as file:
            return not file.read(1024).strip()
    except (OSError, ValueError):
        return False


def _set(arguments: Mapping[str, Any], options: Options, kept: tuple[str, ...]) -> dict[str, Any]:
    set_arguments = {}
    for name, argument in arguments.items():
        option = option_of(name, options)
        value = _kept(argument, option) if name in kept else _value(argument, option, kept)
        if name in kept or not option or value not in (None, ""):
            set_arguments[name] = value
    return set_arguments


def _kept(argument: Any, option: Mapping[str, Any]) -> Any:
    """An empty value that the module refuses; null as empty text.

    ansible-core 2.16 refuses null in a suboption without naming the item.
    """
    return "" if argument is None and option.get("type", "str") == "str" else argument


def _value(argument: Any, option: Mapping[str, Any], kept: tuple[str, ...]) -> Any:
    """The argument without its empty parts.

    If all elements of a list of text are empty, the list counts as unset.
    """
    if isinstance(argument, list) and option.get("type") == "list":
        if option.get("elements") != "dict":
            return [item for item in argument if item not in (None, "")] or (None if argument else [])
        return [_value(item, {**option, "type": "dict"}, kept) for item in argument]
    # Without suboptions, a dictionary is content for AS3 or Kubernetes, where an empty
    # text may be a value.
    return (
        _set(argument, option["options"], kept)
        if isinstance(argument, dict) and option.get("options")
        else argument
    )


def _structured(argument: Any, option: Mapping[str, Any]) -> Any:
    if option.get("type") == "list" and option.get("elements") != "dict":
        return _listed(argument) if isinstance(argument, str) and argument else argument
    if option.get("type") not in ("list", "dict"):
        return argument
    value = _described(argument) if isinstance(argument, str) and argument else argument
    if option["type"] == "list" and isinstance(value, (dict, list)):
        return [
            _structured(item, {**option, "type": "dict"})
            for item in (value if isinstance(value, list) else [value])
        ]
    return (
        structured(value, option["options"]) if isinstance(value, dict) and option.get("options") else value
    )


def _listed(text: str) -> Any:
    """The list that a text describes: in JSON or YAML, or else separated by commas.

    The text itself if it only begins like JSON or YAML.
    """
    if not _LIKE_A_LIST.match(text) or _BRACKETED_ADDRESS.match(text):
        return [part.strip() for part in text.split(",")]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _yaml(text, "BaseLoader")  # a name such as on or 1.20 is text
    return (
        value
        if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value)
        else text
    )


def described(value: Any) -> Any:
    """A value of an option of type raw, with the list or dictionary in place of its text."""
    return _described(value) if isinstance(value, str) else value


def _described(text: str) -> Any:
    """The list or dictionary that a text describes.

    Other text stays as it is: Ansible knows key=value, or refuses it.
    """
    value = loaded(text)
    return value if value is None or isinstance(value, (dict, list)) else text


def _yaml(text: str, loader: str = "SafeLoader") -> Any:
    """The value of a text in YAML, or the text; None for a text of only comments or blanks."""
    try:
        import yaml  # here, because most arguments need no YAML, and the Python of a module may lack it
    except ImportError:
        return text
    try:
        return yaml.load(text, Loader=getattr(yaml, loader))
    except (yaml.YAMLError, *_foreign.SPOILED):  # a date such as 2024-13-45 is a ValueError
        return text
