# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of codes, compared with the type `Code`, the calls that raise a code, and the modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _codes
from ansible_collections.vks.bigip.plugins.module_utils._codes import CODES, Code
from ansible_collections.vks.bigip.tests.unit.support.executed import executed
from ansible_collections.vks.bigip.tests.unit.support.imports import closure

UTILS = Path(_codes.__file__).parent
MODULES = sorted(file for file in (UTILS.parent / "modules").glob("*.py") if file.stem != "__init__")
MOST_WORDS = 20
_READS = {"It changes nothing.": "bigip_no_answer kubernetes_conflict"}
_MESSAGE = {"It reads Pod networks for a message only.": "read_incomplete"}
# Codes that a module does not return, though it imports a file that raises them: module -> reason -> codes.
UNREACHED: dict[str, dict[str, str]] = {
    "antrea_npl": {"It resolves no source.": "node_selector_invalid service_missing"},
    "as3_declaration": {
        "It reads no cluster.": "address_family_missing auto_undecided cis_running cis_unknown external_name "
        "kubernetes_* label_* node_selector_invalid nodeport_* not_validated npl_* owner_required secret_* "
        "service_*",
        "It knows no limits.": "empty_pool max_removed_percent min_members shared_* unmarked",
        "It has neither prune nor dry_run.": "dry_run_ignored put_back removed",
        "A lost answer is outcome_unknown.": "bigip_no_answer",
    },
    "as3_info": _READS,
    "cis_info": {
        **_READS,
        "It reads marks and judges no ownership.": "cis_running cis_tenant cis_unknown not_ours unmarked",
        "It reports what publish would refuse.": "invalid_options reserved_name secret_*",
    },
    "cluster_info": {
        **_READS,
        "It resolves no source.": "node_selector_invalid service_missing",
        "It changes no setting, so it looks for no owner.": "npl_*",
    },
    "pod_routes": {
        "A read that fails is read_incomplete, or owner_required.": "kubernetes_error kubernetes_expired "
        "kubernetes_forbidden kubernetes_not_found kubernetes_too_large",
        "It changes no cluster.": "kubernetes_conflict",
    },
    "pool_members_info": {**_READS, **_MESSAGE, "It needs neither owner nor Secret.": "owner_required secret_not_found"},
    "pool_status_info": {
        **_READS,
        **_MESSAGE,
        "It needs neither owner nor Secret.": "owner_required secret_not_found",
        "The mark of a pool names its Service.": "service_missing",
    },
    "preflight_info": {
        **_READS,
        "A check reports these Services.": "address_family_missing auto_undecided external_name "
        "node_selector_invalid nodeport_* npl_* service_*",
        "A check reports these of AS3.": "as3_missing as3_unreadable",
    },
    "publish": {
        **_MESSAGE,
        "A lost answer is outcome_unknown.": "bigip_no_answer",
        "It changes no cluster.": "kubernetes_conflict",
    },
}


@pytest.fixture(autouse=True)
def table() -> Any:
    """The table, made once more: for each test that compares it."""
    return executed(_codes)


def test_type_and_table_are_equal(table: Any) -> None:
    assert list(get_args(table.Code)) == sorted(table.CODES)


def test_each_code_is_listed_once(table: Any) -> None:
    assert len(table.CODES) == sum(len(group) for group in table.ORIGINS.values())
    assert [code for group in table.ORIGINS.values() for code in group] == list(table.CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_meaning_and_action_are_sentences(code: Code) -> None:
    meaning, action, modules = CODES[code]
    for text in (meaning, action):
        assert text.endswith(".") and "|" not in text
        for sentence in re.split(r"[.:] ", text):
            assert len(sentence.split()) <= MOST_WORDS, sentence
    assert modules and list(modules) == sorted(set(modules))


@cache
def trees() -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text()) for file in sorted(UTILS.rglob("*.py"))}


def is_code(annotation: ast.expr | None) -> bool:
    return annotation is not None and re.search(r"\bCode\b", ast.unparse(annotation)) is not None


@cache
def raisers() -> frozenset[str]:
    """The callables that take a code: Failure, its subclasses, and all whose first parameter is a `Code`."""
    found = {"Failure"}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base) for base in node.bases}
                made = [
                    one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
                ]
                if bases & found or any(
                    len(one.args.args) > 1 and is_code(one.args.args[1].annotation) for one in made
                ):
                    found.add(node.name)
            elif (
                isinstance(node, ast.FunctionDef) and node.args.args and is_code(node.args.args[0].annotation)
            ):
                found.add(node.name)
    return frozenset(found)


def texts(node: ast.expr) -> Iterator[str]:
    """The constants that an expression may be: those of both branches of `a if b else c`."""
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def raised(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in raisers():
                yield from texts(node.args[0])
        elif isinstance(node, ast.AnnAssign) and node.value is not None and is_code(node.annotation):
            yield from texts(node.value)
        elif isinstance(node, ast.FunctionDef) and is_code(node.returns):
            for inner in ast.walk(node):
                yield from returned(inner)


def returned(node: ast.AST) -> Iterator[str]:
    """The codes of a function that returns one, or pairs of one and a text: in a list or appended to one."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from texts(node.value)
    pairs = node.elts if isinstance(node, ast.List) else node.args if isinstance(node, ast.Call) else []
    for pair in pairs:
        if isinstance(pair, ast.Tuple) and pair.elts:
            yield from texts(pair.elts[0])


@cache
def origins() -> dict[str, set[Path]]:
    """Code -> the files that raise it."""
    found: dict[str, set[Path]] = {}
    for file, tree in trees().items():
        for code in raised(tree):
            found.setdefault(code, set()).add(file)
    return found


def test_the_calls_are_found() -> None:
    assert {"Failure", "Forbidden", "NoAnswer", "failure"} <= raisers()


def test_each_code_is_raised_and_no_other() -> None:
    assert set(origins()) == set(CODES)


@cache
def closures() -> dict[str, set[Path]]:
    return {file.stem: closure(file) for file in MODULES}


def is_unreached(module: str, code: str) -> bool:
    patterns = " ".join(UNREACHED.get(module, {}).values()).split()
    return any(fnmatchcase(code, pattern) for pattern in patterns)


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_modules_of_a_code(code: Code) -> None:
    possible = {module for module, files in closures().items() if files & origins()[code]}
    assert set(CODES[code].modules) == {module for module in possible if not is_unreached(module, code)}


def test_no_start_of_a_module_compiles_the_table() -> None:
    """An import at the top of a file, and not for a type checker alone, would be one more file to compile."""
    for file, tree in trees().items():
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert not any(node.module == "_codes" for node in imports), file
