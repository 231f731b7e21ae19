# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARCHITECTURE.md and docs/decisions name files and functions that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from runner.places import ROOT

UTILS = ROOT / "plugins" / "module_utils"
PAGE = (ROOT / "ARCHITECTURE.md").read_text()
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
LAB = ("tests/lab",)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of each row of the first table of a section."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if not line.startswith("|--")][1:]


def defined(file: Path) -> set[str]:
    """The functions, classes, methods (Class.method) and constants of a file."""
    names: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def place(text: str) -> Path:
    """A path of the page: of the project, or below plugins/module_utils."""
    return next((path for path in (ROOT / text, UTILS / text) if path.exists()), UTILS / text)


@pytest.mark.parametrize("row", rows("Where do I change"), ids=lambda row: row[0])
def test_where_to_change_what(row: list[str]) -> None:
    _what, files, names = row
    paths = [place(text) for text in re.findall(r"`([^`]+)`", files)]
    assert paths and all(path.is_file() for path in paths)
    wanted = set(re.findall(r"`([^`]+)`", names))
    assert wanted and wanted <= defined(paths[-1])


def test_the_table_has_twenty_rows() -> None:
    assert len(rows("Where do I change")) >= 20


def test_every_package_is_described() -> None:
    described = set(re.findall(r"`(_\w+)(?:/|\.py)`", section("The packages")))
    assert described == {path.stem for path in UTILS.iterdir() if path.name.startswith("_") and path.stem != "__pycache__"}


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_dated_and_names_its_place(path: Path) -> None:
    text = path.read_text()
    assert re.match(rf"# {int(path.name[:4])}\. .+\n\nDate: 20\d\d-\d\d-\d\d\n\n\*\*Decision\.\*\* ", text)
    assert len(text.splitlines()) < 30
    places = re.findall(r"`([^`]+)`", text.split("**Where.** ")[1])
    assert places and all(place(where).exists() for where in places)
    title = text.splitlines()[0].split(". ", 1)[1]
    assert f"({path.name})" in (index := (path.parent / "README.md").read_text()) and title in index
