# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit tests mirror the source, file by file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from runner.places import ROOT

SOURCE, UNIT = ROOT / "plugins", ROOT / "tests" / "unit" / "plugins"
MOST_LINES = 500

ACROSS = {
    "module_utils/_run/test_options.py": "the options of all modules, held against their argument specs",
    "module_utils/test_hostile_objects.py": "objects of any shape, through all packages of the pure core",
    "module_utils/test_hostile_sizes.py": "the cost of large declarations, in several packages",
    "module_utils/test_hostile_texts.py": "texts of any form, through all readers of foreign text",
    "module_utils/test_shapes.py": "answers of any shape, through all readers of BIG-IP and Kubernetes",
    "modules/test_deep_input.py": "deep values in the options of all modules",
    "modules/test_every_option.py": "unset values in each option of all modules",
    "modules/test_every_secret.py": "secret values in each option of all modules",
    "modules/test_removal.py": "empty values in the options of all modules that remove",
}
"""Tests that belong to no single file, each with its reason."""


def unit_tests(folder: Path) -> list[Path]:
    return sorted(folder.rglob("test_*.py"))


def belongs(test: str, source: str) -> bool:
    """test_client_writes.py belongs to client.py, and test_client.py does too."""
    stem, name = test.removesuffix(".py").removeprefix("test_"), source.removesuffix(".py").lstrip("_")
    return stem == name or stem.startswith(f"{name}_")


def sources(test: Path) -> list[Path]:
    """The files of the same folder to which a test belongs."""
    folder = SOURCE / test.parent.relative_to(UNIT)
    return [path for path in folder.glob("*.py") if path.stem != "__init__" and belongs(test.name, path.name)]


def is_tested(source: Path) -> bool:
    """A file of _run has the tests of its module."""
    place = source.parent.relative_to(SOURCE)
    folder = UNIT / "modules" if place.name == "_run" else UNIT / place
    return any(belongs(test.name, source.name) for test in folder.glob("test_*.py"))


def has_functions(source: Path) -> bool:
    """Methods of Protocols do nothing."""
    functions = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.FunctionDef)]
    bodies = [node for function in functions for node in function.body]
    return any(not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) for node in bodies)


def untested() -> list[str]:
    """The files with functions that have no test."""
    paths = [path for name in ("action", "modules", "module_utils") for path in (SOURCE / name).rglob("*.py")]
    return sorted(
        str(path.relative_to(SOURCE)) for path in paths if has_functions(path) and not is_tested(path)
    )


def test_each_test_belongs_to_a_file() -> None:
    stray = [str(test.relative_to(UNIT)) for test in unit_tests(UNIT) if not sources(test)]
    assert len(unit_tests(UNIT)) > 100 and sorted(stray) == sorted(ACROSS)


def test_each_file_has_a_test() -> None:
    assert untested() == []


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in (ROOT / "tests" / "unit").rglob("*.py")}
    assert [str(path) for path, lines in lengths.items() if lines > MOST_LINES] == []


@pytest.mark.parametrize(
    ("test", "source", "expected"),
    [
        ("test_client.py", "client.py", True),
        ("test_client_writes.py", "client.py", True),
        ("test_errors.py", "_errors.py", True),
        ("test_clients.py", "client.py", False),
        ("test_client.py", "client_writes.py", False),
        ("test_writes.py", "client.py", False),
    ],
)
def test_the_prefix(test: str, source: str, expected: bool) -> None:
    assert belongs(test, source) is expected
