# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts of a CIS's resources publish would accept. The others are left out with a reason: one of them would stop the rest.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

from typing import Any

from . import _foreign
from ._as3 import build, check, from_secret, template
from ._as3.wanted import Problems, Wanted

_SECRET = "Text of the cluster cannot refer to a Secret. Write it as an application or a declaration of your own."
_LONGEST_TEXT = 4096  # characters; the longest that CIS takes is what a monitor sends
_UNPRINTABLE = "It is too long to be shown, or a terminal obeys its characters. Correct it, or write it as an application of your own."
_ODD = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


def declaration_fault(text: Any) -> tuple[str, str] | None:
    """Where and why publish refuses the text of an AS3 ConfigMap; None if it does not."""
    try:
        value = _foreign.from_json(text)
    except _foreign.Unreadable as error:
        return "", f"It is not an AS3 declaration: {error}."
    place = from_secret.first(value, "declaration")
    if place:
        return place, _SECRET
    wanted, problems = Wanted(), Problems()
    try:
        template.add(wanted, value, None, problems)
        check.check(wanted, problems)
    except _ODD as error:
        return "", f"It is not an AS3 declaration ({type(error).__name__})."
    return problems.found[0] if problems.found else None


def application_fault(made: dict[str, Any]) -> tuple[str, str] | None:
    """Where and why publish refuses an application by itself; None if it does not. Nor is one taken whose texts cannot be shown."""
    place = from_secret.first(made, "")
    if place:
        return place, _SECRET
    place = _unprintable(made, "")
    if place:
        return place, _UNPRINTABLE
    wanted, problems = Wanted(), Problems()
    build.add_items(wanted, [made], problems)
    check.check(wanted, problems)
    return (problems.found[0][0].removeprefix("applications[0]").lstrip("."), problems.found[0][1]) if problems.found else None


def _unprintable(node: Any, path: str) -> str | None:
    """The place of the first text that cannot be shown; None if there is none. A monitor may send what ends a line."""
    if isinstance(node, str):
        text = node.replace("\r", "")
        return path if len(text) > _LONGEST_TEXT or _foreign.visible(text) != text else None
    if isinstance(node, dict):
        parts = ((key, value, f"{path}.{key}".lstrip(".")) for key, value in node.items())
        return next((place for key, value, inner in parts if (place := _unprintable(key, path) or _unprintable(value, inner))), None)
    if isinstance(node, list):
        return next((place for number, value in enumerate(node) if (place := _unprintable(value, f"{path}[{number}]"))), None)
    return None
