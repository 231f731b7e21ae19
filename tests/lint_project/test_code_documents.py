# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents that tests/tools/codes.py writes, compared with its tables."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import codes

HINT = "run: PYTHONPATH=.build/dev python tests/tools/codes.py"


def documented(file: Path) -> dict[str, Any]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RETURN":
            value: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return value
    raise AssertionError(f"{file.name} has no RETURN")


def test_the_page_of_codes_is_the_table() -> None:
    assert codes.CODES_PAGE.read_text() == codes.codes_page(), HINT


def test_the_page_of_reasons_has_the_table() -> None:
    page = codes.REASONS_PAGE.read_text()
    assert page == codes.reasons_page(page), HINT


@pytest.mark.parametrize("file", codes.MODULES, ids=lambda file: file.stem)
def test_the_module_documents_its_codes(file: Path) -> None:
    values = documented(file)
    for name, value in codes.returns(file.stem).items():
        assert values[name] == value, HINT


def test_a_block_is_replaced_and_a_new_one_comes_before_failure() -> None:
    source = 'RETURN = r"""\ncounts:\n  type: dict\nfailure:\n  type: str\n"""\n\nfailure:\n'
    written = codes.module_text("publish", source)
    assert codes.module_text("publish", written) == written
    (block,) = (yaml.safe_load(text) for text in written.split('"""')[1:2])
    assert list(block) == ["counts", "sync", "systems", "failure"] and block["failure"] == codes.failure("publish")
    assert written.endswith('"""\n\nfailure:\n')
