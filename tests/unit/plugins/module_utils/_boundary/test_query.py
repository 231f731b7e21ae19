# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option query."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import query
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.executed import executed

pytest.importorskip("jmespath")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("a[].b", [1, 2]), ("x", None), ("length(a)", 2), ("a[?b==`2`] | [0]", {"b": 2})],
)
def test_of(expression: str, expected: Any) -> None:
    assert query.Query(expression).of({"a": [{"b": 1}, {"b": 2}]}) == expected


def failure_of(expression: str, data: Any) -> tuple[str, str, str | None, str | None]:
    with pytest.raises(Failure) as caught:
        query.Query(expression).of(data)
    return caught.value.code, caught.value.what, caught.value.said, caught.value.remedy


def test_a_wrong_expression_fails_before_anything_is_read() -> None:
    with pytest.raises(Failure):
        query.Query("a[")
    code, what, said, remedy = failure_of("a[", {})
    assert (code, what, remedy) == ("query_invalid", "The option query is 'a['", "See https://jmespath.org.")
    assert said and said == " ".join(said.split()) and "Incomplete expression" in said


def test_an_expression_that_does_not_fit_the_data() -> None:
    code, what, said, remedy = failure_of("length(a)", {"a": 5})
    assert (code, what, remedy) == (
        "query_invalid",
        "The option query is 'length(a)'",
        "See https://jmespath.org.",
    )
    assert said and "length()" in said and "\n" not in said


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "HAS_JMESPATH", False)
    assert failure_of("a", {}) == (
        "library_missing",
        "The option query needs the Python library jmespath, and this Python does not have it",
        None,
        "Install it (pip install jmespath) for the Python that runs modules, or omit query.",
    )


def test_the_library_is_looked_for_when_the_file_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert executed(query).HAS_JMESPATH is True
    monkeypatch.setitem(sys.modules, "jmespath", None)
    assert executed(query).HAS_JMESPATH is False
