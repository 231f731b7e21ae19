# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house of ARCHITECTURE.md, held against the imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from runner.places import ROOT

UTILS = ROOT / "plugins" / "module_utils"
ABSOLUTE = "ansible_collections.vks.bigip.plugins.module_utils"
# From the top of the pipeline to its leaves. A package imports only what is below it.
ORDER = (
    "_run", "_verify", "_preflight", "_status", "_antrea", "_publish", "_watch", "_collect", "_cluster", "_npl", "_kube", "_bigip", "_module",
    "_boundary", "_bgp", "_routes", "_plan", "_request", "_as3", "_ownership", "_facts", "_members", "_cis", "_yaml", "_exchange",
    "_deadline", "_errors", "_codes", "_foreign",
)  # fmt: skip
LOOSE = ("_module", "_yaml", "_exchange", "_deadline", "_errors", "_codes", "_foreign")
PURE = ("_verify", "_preflight", "_npl", "_bgp", "_routes", "_plan", "_request", "_status", "_as3", "_ownership", "_facts", "_members", "_cis")
LEAVES = ("_errors", "_codes", "_deadline", "_foreign")
ANSIBLE = "ansible"
# Who may import what from outside. The package of each name is below plugins/module_utils.
OUTSIDE = {
    "_kube": {"kubernetes", "urllib3", "yaml", ANSIBLE},
    "_bigip": {"requests", "urllib3", "certifi", ANSIBLE},
    "_boundary": {"jmespath", "yaml", ANSIBLE},
    "_antrea": {"yaml"},
    "_watch": {"aiohttp", ANSIBLE},
    "_module": {ANSIBLE},
    "_yaml": {"yaml"},
}
FILES = sorted(UTILS.rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Absolute names of the modules that a file imports."""
    package = (ABSOLUTE, *file.parent.relative_to(UTILS).parts)
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def unit(parts: tuple[str, ...]) -> str:
    """The package, or the file beside the packages."""
    return parts[0].removesuffix(".py") if parts else ""


def inside(file: Path) -> set[str]:
    """The packages and files of module_utils that a file imports."""
    prefix = ABSOLUTE + "."
    return {unit(tuple(name.removeprefix(prefix).split("."))) for name in imported(file) if name.startswith(prefix)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(UTILS)))
def test_imports_from_outside(file: Path) -> None:
    roots = {name.split(".")[0] for name in imported(file)} - {"ansible_collections"}
    foreign = {name for name in roots if name not in sys.stdlib_module_names}
    allowed = OUTSIDE.get(unit(file.relative_to(UTILS).parts), set())
    assert foreign <= allowed, "only _kube talks to Kubernetes, only _bigip to BIG-IP, and the core is pure"


@pytest.mark.parametrize("package", PURE)
def test_the_core_knows_nothing_but_itself(package: str) -> None:
    for file in sorted((UTILS / package).rglob("*.py")):
        assert inside(file) <= {*PURE, *LEAVES}, file.name


def test_there_are_few_loose_files() -> None:
    assert {file.stem for file in UTILS.glob("*.py")} == set(LOOSE) and len(LOOSE) <= 7


def test_each_package_has_its_place() -> None:
    assert {unit(file.relative_to(UTILS).parts) for file in FILES} == set(ORDER)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(UTILS)))
def test_data_flows_one_way(file: Path) -> None:
    own = unit(file.relative_to(UTILS).parts)
    assert inside(file) - {own} <= set(ORDER[ORDER.index(own) + 1 :])


def test_no_files_import_each_other_in_a_circle() -> None:
    prefix = ABSOLUTE + "."
    names = {".".join(file.relative_to(UTILS).with_suffix("").parts): file for file in FILES}
    arrows = {name: {found.removeprefix(prefix) for found in imported(file)} & set(names) - {name} for name, file in names.items()}
    assert len(list(TopologicalSorter(arrows).static_order())) == len(names)  # raises CycleError for a circle


@pytest.mark.parametrize("file", sorted((ROOT / "plugins" / "modules").glob("*.py")), ids=lambda file: file.stem)
def test_a_module_is_documentation_and_wiring(file: Path) -> None:
    functions = [node for node in ast.parse(file.read_text()).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert sum(len(node.body) for node in functions) <= 12, "logic belongs into module_utils"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(UTILS)))
def test_what_takes_long_to_import_is_imported_when_it_is_needed(file: Path) -> None:
    todo = [node for node in ast.parse(file.read_text()).body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    at_start = {name.name.split(".")[0] for node in todo for inner in _at_import(node) if isinstance(inner, ast.Import) for name in inner.names}
    assert not at_start & {"kubernetes", "requests", "urllib3"}, "a module's start would take twice as long; see docs/performance.md"


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the file is imported: all but the bodies of functions."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for inner in ast.iter_child_nodes(node):
            yield from _at_import(inner)
