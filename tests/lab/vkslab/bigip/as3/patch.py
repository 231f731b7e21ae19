# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Patch (RFC 6902) on a declaration, with the refusals of AS3 and of its patch library."""

from __future__ import annotations

import copy
from typing import Any

from .answers import Refused
from .digest import Declaration


def touched(patch: list[dict[str, Any]]) -> list[str]:
    """The tenants that the paths begin with, each once."""
    return list(
        dict.fromkeys(operation["path"].split("/")[1] for operation in patch if "/" in operation["path"])
    )


def apply(patch: list[dict[str, Any]], declaration: Declaration) -> Declaration:
    if any(operation["op"] == "test" for operation in patch):
        raise Refused(422, "invalid patch - op 'test' is not supported")
    if any(
        operation["path"] == "/updateMode" and operation.get("value") != "selective" for operation in patch
    ):
        raise Refused(422, "invalid patch - updateMode value can only be 'selective'")
    result = copy.deepcopy(declaration)
    for operation in patch:
        _one(result, operation)
    return result


def _one(root: Any, operation: dict[str, Any]) -> None:
    kind, path = operation["op"], operation["path"]
    if kind in ("move", "copy"):
        holder, name = _find(root, operation["from"])
        value = copy.deepcopy(_get(holder, name, operation["from"]))
        if kind == "move":
            _remove(holder, name, operation["from"])
        _add(root, path, value)
    elif kind == "add":
        _add(root, path, operation.get("value"))
    elif kind == "remove":
        holder, name = _find(root, path)
        _remove(holder, name, path)
    elif kind == "replace":
        holder, name = _find(root, path)
        _get(holder, name, path)
        holder[_index(holder, name)] = operation.get("value")
    else:
        raise Refused(422, f"InvalidPatchOperationError: invalid op {kind}")


def _missing(path: str) -> Refused:
    return Refused(422, f"InvalidPatchOperationError: path does not exist {path}")


def _find(root: Any, path: str) -> tuple[Any, str]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    found = root
    for step in steps[:-1]:
        found = _get(found, step, path)
    return found, steps[-1]


def _index(holder: Any, name: str) -> Any:
    return int(name) if isinstance(holder, list) else name


def _get(holder: Any, name: str, path: str) -> Any:
    if isinstance(holder, dict) and name in holder:
        return holder[name]
    if isinstance(holder, list) and name.isdigit() and int(name) < len(holder):
        return holder[int(name)]
    raise _missing(path)


def _remove(holder: Any, name: str, path: str) -> None:
    _get(holder, name, path)
    del holder[_index(holder, name)]


def _add(root: Any, path: str, value: Any) -> None:
    holder, name = _find(root, path)
    if isinstance(holder, list):
        if name == "-":
            holder.append(value)
        elif name.isdigit() and int(name) <= len(holder):
            holder.insert(int(name), value)
        else:
            raise _missing(path)
    elif isinstance(holder, dict):
        holder[name] = value
    else:
        raise _missing(path)
