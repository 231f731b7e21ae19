# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A file of variables for `ansible-playbook -e @FILE` whose text stays data.

Ansible takes each text of such a file for a template, unless it has the tag !unsafe.
"""

from __future__ import annotations

from typing import Any

from .. import _foreign

try:
    import yaml
except ImportError:  # a controller has it
    pass

# Templates begin with {{, {% or {#, or with other marks that a first line "#jinja2:" names. A play may
# join two texts that each have half of a mark.
_MARKS = "{#"
TAG = "!unsafe"


class NotAllowed(ValueError):
    """A value that such a file cannot hold. The message names its place."""


class _Data(str):
    """A text that is written with the tag."""


def dump(variables: Any) -> str:
    """The file's text. Raises NotAllowed."""
    value = _marked(variables, "")
    text = _text(value, unicode=True)
    return text if _foreign.visible(text) == text else _text(value, unicode=False)


def is_template(text: str) -> bool:
    """True if Ansible may evaluate a text in a file of variables, alone or joined with another."""
    return any(mark in text for mark in _MARKS)


def _text(value: Any, *, unicode: bool) -> str:
    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
            return super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(_Data, lambda dumper, text: dumper.represent_scalar(TAG, _plain(text)))
    return str(
        yaml.dump(
            value,
            Dumper=Dumper,
            explicit_start=True,
            sort_keys=False,
            allow_unicode=unicode,
            width=160,
        )
    )


def _marked(value: Any, path: str) -> Any:
    """A copy of plain types.

    Ansible's own types, which mark templates, differ between its versions.
    """
    if isinstance(value, dict):
        return {_key(key, path): _marked(part, f"{path}.{key}".lstrip(".")) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(part, f"{path}[{place}]") for place, part in enumerate(value)]
    if isinstance(value, str):
        text = _plain(value)
        return _Data(text) if is_template(text) else text
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise NotAllowed(f"{path or 'the value'} is of type {type(value).__name__}")


def _key(key: Any, path: str) -> Any:
    if not isinstance(key, str):
        return key
    if is_template(key):
        raise NotAllowed(f"{path or 'the value'} has a key that Ansible would take for a template")
    return _plain(key)


def _plain(text: str) -> str:
    return str.__str__(
        text
    )  # before ansible-core 2.19, str() of a text that Ansible must not evaluate is of that type too
