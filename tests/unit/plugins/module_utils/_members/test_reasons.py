# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/reasons.md shows the table of the code, word for word."""

from __future__ import annotations

import builtins
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._codes import CODES, ORIGINS
from ansible_collections.vks.bigip.plugins.module_utils._members import nodeport, nodeportlocal, reasons
from ansible_collections.vks.bigip.tests.unit.plugins.module_utils._members import (
    test_auto,
    test_believed,
    test_endpoints,
    test_explain,
    test_mapping,
    test_nodeport,
    test_nodeportlocal,
    test_resolve_defects_of_cis,
    test_service,
)
from ansible_collections.vks.bigip.tests.unit.support.member_cases import Case

CASES: list[Case] = [
    *test_auto.CHOSEN, *test_believed.BELIEVED, *test_endpoints.SLICES, *test_endpoints.CONDITIONS,
    *test_explain.EXPLAINED, *test_mapping.SHAPES, *test_nodeport.NODEPORT, *test_nodeportlocal.ELIGIBLE,
    *test_nodeportlocal.JOIN, *test_resolve_defects_of_cis.CIS, *test_service.PORTS, *test_service.FAMILIES,
]  # fmt: skip
MODULE_UTILS = Path(reasons.__file__).parents[1]
DOCS = MODULE_UTILS.parents[1] / "docs" / "reasons.md"
ROW = re.compile(r"^\| `(?P<word>\w+)` \| (?P<meaning>.+) \| (?P<remedy>.+) \|$", re.MULTILINE)


def test_the_document_is_the_table() -> None:
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    shown = {row["word"]: reasons.Reason(row["meaning"], row["remedy"]) for row in ROW.finditer(DOCS.read_text())}
    assert shown == reasons.LEFT_OUT


def test_no_word_means_two_things() -> None:
    assert not set(reasons.LEFT_OUT) & set(CODES)


@pytest.mark.parametrize("word", reasons.LEFT_OUT)
def test_each_meaning_and_remedy_is_a_sentence(word: str) -> None:
    for text in reasons.LEFT_OUT[word]:
        assert text.endswith(".") and "|" not in text


def test_the_action_of_a_code_is_the_remedy_of_its_failure() -> None:
    known = reasons.failure("external_name", "Service default/web", said="it is an alias", service="default/web")
    assert (known.remedy, known.said, known.object) == (
        CODES["external_name"].action, "it is an alias", "Service default/web",
    )  # fmt: skip
    assert reasons.failure("external_name", "Service default/web", remedy="Use another one.").remedy == "Use another one."


@pytest.mark.parametrize("module", [reasons, nodeport, nodeportlocal], ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_table_of_codes_is_not_compiled_before_a_failure(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each start of a module compiles what it imports."""
    spec = importlib.util.spec_from_file_location(f"{module.__name__}_again", module.__file__ or "")
    assert spec and spec.loader
    imported: list[str] = []
    original = builtins.__import__

    def note(name: str, *more: Any, **named: Any) -> Any:
        imported.append(name)
        return original(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", note)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert "model" in imported and "_codes" not in imported


def test_the_document_names_the_member_that_no_reason_explains() -> None:
    """Antrea annotates it like any other, so only the documentation can warn of it."""
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    assert "`hostIP: 127.0.0.1`" in DOCS.read_text()
    documented = [MODULE_UTILS.parent / "doc_fragments" / "pool_source.py", MODULE_UTILS.parent / "modules" / "pool_members_info.py"]
    assert all("C(hostIP) V(127.0.0.1)" in path.read_text() for path in documented)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 150


def test_every_reason_and_member_failure_has_a_case() -> None:
    """A word that no case provokes is a word that no test has seen."""
    seen = {word.partition("=")[2] for case in CASES for word in case.left.split()}
    failed = {case.want[1:] for case in CASES if case.want.startswith("!")}
    assert seen == set(reasons.LEFT_OUT)
    others = {"service_missing", "pools_failed", "label_conflict", "label_pool_not_found"}
    others |= {"secret_not_found", "secret_key_not_found", "secret_not_text"}
    ours = set(ORIGINS["Services, pools and Secrets"]) - others
    assert failed == ours
