# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of this collection that a file imports, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def closure(file: Path) -> set[Path]:
    """The file and all that it imports, directly or not. Imports for a type checker do not count."""
    found: set[Path] = set()
    todo = [file]
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo += _imported(current)
    return found


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    return tuple(_targets(file, ast.parse(file.read_text())))


def _targets(file: Path, node: ast.AST) -> Iterator[Path]:
    """Imports inside this collection are relative."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.ImportFrom) and node.level:
        base = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        places = [base, *(base / name.name for name in node.names)]
        yield from (path for path in (place.with_suffix(".py") for place in places) if path.exists())
    for inner in ast.iter_child_nodes(node):
        yield from _targets(file, inner)
