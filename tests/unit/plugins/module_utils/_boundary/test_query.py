# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option query."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import query
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure

pytest.importorskip("jmespath")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("a[].b", [1, 2]), ("x", None), ("length(a)", 2), ("a[?b==`2`] | [0]", {"b": 2})],
)
def test_of(expression: str, expected: Any) -> None:
    assert query.Query(expression).of({"a": [{"b": 1}, {"b": 2}]}) == expected


def test_a_wrong_expression_fails_before_anything_is_read() -> None:
    with pytest.raises(Failure) as caught:
        query.Query("a[")
    assert caught.value.code == "query_invalid" and "The option query is 'a['" in caught.value.message


def test_an_expression_that_does_not_fit_the_data() -> None:
    with pytest.raises(Failure) as caught:
        query.Query("length(a)").of({"a": 5})
    assert caught.value.code == "query_invalid"


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "HAS_JMESPATH", False)
    with pytest.raises(Failure) as caught:
        query.Query("a")
    assert caught.value.code == "library_missing" and "pip install jmespath" in caught.value.message
