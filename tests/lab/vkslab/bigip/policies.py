# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LTM policies that choose a pool: by host header and by segments of the path, in AS3's form.

Rules are tried in their order, with any strategy. A connection stays with the pool that its first request
chose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .device import Device, Virtual

KIND = "ltm policy"
_OPERANDS: dict[str, Callable[[str, str], bool]] = {
    **dict.fromkeys(("equals", "equal"), str.__eq__),
    **dict.fromkeys(("starts-with", "start-with"), str.startswith),
    **dict.fromkeys(("ends-with", "end-with"), str.endswith),
    **dict.fromkeys(("contains", "contain"), str.__contains__),
}


def of(device: Device, virtual: Virtual) -> list[dict[str, Any]]:
    """The rules of all policies of a virtual server."""
    found = [device.others.get((KIND, path)) for path in virtual.properties.get("policies") or ()]
    return [rule for policy in found if policy for rule in policy.properties.get("rules") or ()]


def pool(rules: list[dict[str, Any]], head: bytes) -> str | None:
    """The pool that the first rule that matches a request forwards to."""
    line, *fields = head.decode("latin1").split("\r\n")
    path = (line.split(" ") + ["/"])[1].partition("?")[0]
    headers = {
        name.strip().lower(): value.strip()
        for name, _colon, value in (field.partition(":") for field in fields)
    }
    for rule in rules:
        if not all(_holds(condition, path, headers) for condition in rule.get("conditions") or ()):
            continue
        for action in rule.get("actions") or ():
            chosen = (action.get("select") or {}).get("pool")
            if action.get("type") == "forward" and chosen:
                return (
                    str(chosen.get("use") or chosen.get("bigip")) if isinstance(chosen, dict) else str(chosen)
                )
    return None


def _holds(condition: dict[str, Any], path: str, headers: dict[str, str]) -> bool:
    if condition["type"] == "httpHeader":
        return _compares(condition.get("all"), headers.get(str(condition.get("name", "")).lower(), ""))
    if condition["type"] == "httpUri":
        segments = [part for part in path.split("/") if part]
        index = condition.get("index", 1) - 1
        segment = segments[index] if 0 <= index < len(segments) else ""
        return ("pathSegment" not in condition or _compares(condition["pathSegment"], segment)) and (
            "path" not in condition or _compares(condition["path"], path)
        )
    return False


def _compares(wanted: dict[str, Any] | None, text: str) -> bool:
    if wanted is None:
        return True
    operand: str = wanted.get("operand", "equals")
    compare = _OPERANDS.get(operand.removeprefix("does-not-"))
    hit = compare is not None and any(
        compare(text.lower(), str(value).lower()) for value in wanted.get("values") or ()
    )
    return hit != operand.startswith("does-not-")
