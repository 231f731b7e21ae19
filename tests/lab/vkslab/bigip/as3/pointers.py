# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pointers from one part of a declaration to another, made absolute; AS3's messages for broken ones."""

from __future__ import annotations

import re
from typing import Any

from .formats import Fault
from .validate import Noted

_SIMPLE = re.compile(
    r"^((@|[0-9]+)|(([0-9]*/)?((@|[0-9]+|([A-Za-z_][0-9A-Za-z_.]{0,188}))/)*([0-9]+|([A-Za-z_][0-9A-Za-z_.]{0,188}))))?#?$"
)
# inside an application a name needs two characters: the reason why "pool": "p" is refused
_IN_APPLICATION = re.compile(
    r"^((@|[0-9]+)|(([0-9]*/)?((@|[0-9]+|([A-Za-z_][0-9A-Za-z_.-]{0,188}[0-9A-Za-z_.]*))/)*([0-9]+|([A-Za-z_][0-9A-Za-z_.-]{0,188}[0-9A-Za-z_.]))))?#?$"
)


class _Wrong(Exception):
    pass


def resolve(declaration: dict[str, Any], noted: Noted) -> Fault | None:
    """Replaces a relative pointer by the absolute one."""
    if not noted.value:
        return None
    try:
        path, target = _follow(declaration, noted)
    except _Wrong as wrong:
        return Fault(noted.where, str(wrong))
    classes = noted.fact
    if classes and not (isinstance(target, dict) and target.get("class") in classes):
        return Fault(noted.where, f"AS3 pointer {noted.value} does not point to required object type")
    if noted.holder is not None:
        noted.holder[noted.name] = path
    return None


def _follow(declaration: dict[str, Any], noted: Noted) -> tuple[str, Any]:
    path: str = noted.value
    source = noted.where.split("/")
    in_application = len(source) > 4 and not (
        isinstance(noted.holder, dict) and noted.holder.get("class") == "Constants"
    )
    if path == "#" or not (_IN_APPLICATION if in_application else _SIMPLE).match(path):
        raise _Wrong("contains an invalid path (invalid character)")
    path = path.removesuffix("#")
    if source[-1] in ("use", "copyFrom", "reuseFrom"):
        source = source[:-1]
    steps = _steps(declaration, path, source)
    if len(steps) < 3:
        raise _Wrong("contains invalid path (cross-/T/A)")
    if len(steps) == 3:
        return _tenant_level(declaration, steps, source)
    found: Any = declaration
    for index, step in enumerate(steps[1:-1], 1):
        if step == "@":
            if index >= len(source):
                raise _Wrong("contains path with too many @ tokens")
            step = steps[index] = source[index]
        if (
            not isinstance(found, dict | list)
            or _child(found, step) is None
            or not isinstance(_child(found, step), dict | list)
        ):
            raise _Wrong(f"contains path to non-existent object {step}")
        found = _child(found, step)
        outside = (index == 1 and step not in ("Common", source[1])) or (
            index == 2 and step != "Shared" and (index >= len(source) or step != source[index])
        )
        if outside:
            raise _Wrong(
                "must contain path pointing into same Application (or /same-Tenant/Shared or /Common/Shared)"
            )
    target = _child(found, steps[-1])
    if target is None:
        raise _Wrong(f"contains path to non-existent object {steps[-1]}")
    return "/".join(steps), target


def _steps(declaration: dict[str, Any], path: str, source: list[str]) -> list[str]:
    """The path from the root."""
    if path.startswith("@"):
        steps = source[:-1]
        found: Any = declaration
        depth = 1
        while (
            depth < len(steps)
            and isinstance(found, dict)
            and isinstance(found.get(steps[depth]), dict)
            and "class" in found[steps[depth]]
        ):
            found = found[steps[depth]]
            depth += 1
        rest = path[2:]
        return steps[:depth] + (rest.split("/") if rest else [])
    if path[:1].isdigit():
        digits = re.match(r"[0-9]+", path)
        up = int(digits[0]) if digits else 0
        if up >= len(source) or up > 99:
            raise _Wrong("contains relative JSON pointer with too-big prefix")
        rest = path[len(str(up)) :] if digits else ""
        steps = source[: len(source) - up]
        if rest:
            if not rest.startswith("/"):
                raise _Wrong("contains invalid relative JSON pointer")
            steps = steps + rest[1:].split("/")
        return steps
    if path.startswith("/"):
        return path.split("/")
    if len(source) < 4:
        raise _Wrong("contains relative path valid only within /Tenant/Application")
    return source[:3] + path.split("/")


def _tenant_level(declaration: dict[str, Any], steps: list[str], source: list[str]) -> tuple[str, Any]:
    leaf = source[1] if steps[-1] == "@" else steps[-1]
    if leaf not in (source[1], "Common"):
        raise _Wrong("contains invalid path (Tenant without application)")
    if leaf not in declaration:
        raise _Wrong(f"contains path to non-existent object {leaf}")
    return "/".join([*steps[:-1], leaf]), declaration[leaf]


def _child(found: Any, step: str) -> Any:
    name = step.replace("~1", "/").replace("~0", "~")
    if isinstance(found, dict):
        return found.get(name)
    if isinstance(found, list) and name.isdigit() and int(name) < len(found):
        return found[int(name)]
    return None
