# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Settings in the text of antrea-agent.conf. Every other line stays byte for byte.

The YAML parser returns the position of a value, so comments, order and quotes of the file are kept.
"""

from __future__ import annotations

import copy
from typing import Any, Mapping

from .. import _foreign
from .._errors import Failure

try:
    import yaml
except ImportError:  # comes with the kubernetes package, whose absence _kube.client reports
    pass

Path = tuple[str, ...]


def edit(text: str, settings: Mapping[Path, Any], where: str) -> str:
    """Return the text with these settings (paths of one or two names).

    Raises Failure for a text that cannot be edited in this way. `where` names the text in it.
    """
    edited = text
    try:
        for path, value in reversed(list(settings.items())):  # a new line goes to the top of its section
            edited = _put(edited, path, value)
        right = yaml.safe_load(edited) == _expected(text, settings)
    except (yaml.YAMLError, _Unclear, *_foreign.SPOILED):  # SPOILED: it is a list, for example
        right = False
    if not right:
        wanted = ", ".join(f"{'.'.join(path)}: {_scalar(value, '')}" for path, value in settings.items())
        raise Failure(
            "npl_text",
            f"editing {where}",
            said="its YAML is written in a way that does not allow to change one line",
            remedy=f"Nothing was written. Set {wanted} in it by hand.",
        )
    return edited


class _Unclear(Exception):
    """Raised for a form of YAML that is not edited."""


def _expected(text: str, settings: Mapping[Path, Any]) -> dict[str, Any]:
    content = copy.deepcopy(yaml.safe_load(text) or {})
    for path, value in settings.items():
        place = content
        for name in path[:-1]:
            place[name] = dict(place.get(name) or {})
            place = place[name]
        place[path[-1]] = value
    return dict(content)


def _put(text: str, path: Path, value: Any) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    newline = "\r\n" if "\r\n" in text else "\n"
    key, node = _entry(root, path[0])
    if key is None:
        lines = (
            [f"{path[0]}: {_scalar(value, '')}"]
            if len(path) == 1
            else [f"{path[0]}:", f"  {path[1]}: {_scalar(value, '')}"]
        )
        gap = "" if not text or text.endswith("\n") else newline
        return text + gap + "".join(line + newline for line in lines)
    if len(path) == 1:
        return _replace(text, node, value)
    if isinstance(node, yaml.MappingNode):
        inner, old = _entry(node, path[1])
        if inner is not None:
            return _replace(text, old, value)
        if node.flow_style:
            start = node.start_mark.index + 1
            return f"{text[:start]}{path[1]}: {_scalar(value, '')}{', ' if node.value else ''}{text[start:]}"
        return _below(text, key, " " * node.value[0][0].start_mark.column, path[1], value, newline)
    if node.tag == "tag:yaml.org,2002:null":
        cleared = text[: node.start_mark.index].rstrip(" ") + text[node.end_mark.index :]
        return _below(cleared, key, "  ", path[1], value, newline)
    raise _Unclear


def _entry(mapping: Any, name: str) -> tuple[Any, Any]:
    """Return the nodes of the key and of its value. Of a double key the last one counts, as in Antrea."""
    pairs = [] if mapping is None else mapping.value
    return next(((key, value) for key, value in reversed(pairs) if key.value == name), (None, None))


def _replace(text: str, node: Any, value: Any) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _Unclear
    start, end = node.start_mark.index, node.end_mark.index
    if start == end:  # a key without a value: the place behind its colon
        return f"{text[:start]} {_scalar(value, '')}{text[end:]}"
    return text[:start] + _scalar(value, node.style) + text[end:]


def _below(text: str, key: Any, indent: str, name: str, value: Any, newline: str) -> str:
    """Return the text with a line directly below that of the key."""
    place = key.end_mark.index
    line, end, tail = text[place:].partition("\n")
    return f"{text[:place]}{line}{end or newline}{indent}{name}: {_scalar(value, '')}{newline}{tail}"


def _scalar(value: Any, style: str | None) -> str:
    """Return the value as YAML. Text is quoted, except where the old value has no quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if style is None else f"'{value}'" if style == "'" else f'"{value}"'
