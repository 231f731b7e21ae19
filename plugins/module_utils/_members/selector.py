# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Label selectors as kubectl takes them: a=b, a!=b, a, !a, a in (b,c), a notin (b,c)."""

from __future__ import annotations

import re
from typing import Callable, Mapping

from .reasons import failure

Labels = Mapping[str, str]
_KEY = r"(?P<key>[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)"
_VALUE = r"[A-Za-z0-9]?(?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_EQUAL = re.compile(rf"{_KEY}\s*(?P<sign>==|=|!=)\s*(?P<value>{_VALUE})")
_SET = re.compile(rf"{_KEY}\s+(?P<sign>in|notin)\s*\((?P<values>[^()]*)\)")
_EXISTS = re.compile(rf"(?P<not>!?)\s*{_KEY}")
_PART = re.compile(r"((?:[^,(]|\([^()]*\)|\()*),")  # with the commas in brackets


def parse(text: str | None, path: str) -> Callable[[Labels], bool]:
    """A function that returns True if labels match. Empty text matches all."""
    if text is None or not text.strip():
        return lambda labels: True
    tests = [_requirement(part.strip(), text, path) for part in _PART.findall(f"{text},")]
    return lambda labels: all(test(labels) for test in tests)


def _requirement(part: str, text: str, path: str) -> Callable[[Labels], bool]:
    match = _EQUAL.fullmatch(part)
    if match:
        key, value = match["key"], match["value"]
        if match["sign"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    match = _SET.fullmatch(part)
    if match:
        key, values = match["key"], {value.strip() for value in match["values"].split(",")}
        if match["sign"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    match = _EXISTS.fullmatch(part)
    if match:
        key, negated = match["key"], bool(match["not"])
        return lambda labels: (key in labels) != negated
    raise failure(
        "node_selector_invalid",
        f"{path}: node_label_selector {text!r} is not valid",
        said=f"cannot read {part!r}",
    )
