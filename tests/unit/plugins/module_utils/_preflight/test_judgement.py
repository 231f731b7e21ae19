# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judgements and the result of a check."""

from __future__ import annotations

from typing import Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._preflight import judgement
from ansible_collections.vks.bigip.plugins.module_utils._preflight.judgement import (
    CheckResult,
    Judgement,
    shown,
)


@pytest.mark.parametrize(
    ("judge", "texts", "expected"),
    [
        (judgement.good, ("a",), Judgement("pass", "a", "")),
        (judgement.bad, ("a", "b"), Judgement("bad", "a", "b")),
        (judgement.doubtful, ("a", "b"), Judgement("warn", "a", "b")),
        (judgement.open_question, ("a", "b"), Judgement("unknown", "a", "b")),
        (judgement.not_concerned, ("a",), Judgement("skipped", "a", "")),
    ],
)
def test_judgements(judge: Callable[..., Judgement], texts: tuple[str, ...], expected: Judgement) -> None:
    assert judge(*texts) == expected


def test_a_result_in_the_order_that_the_module_documents() -> None:
    result = CheckResult("P01", "title", "fail", "message", "remedy", None).as_dict()
    assert list(result.items()) == [
        ("id", "P01"),
        ("title", "title"),
        ("status", "fail"),
        ("message", "message"),
        ("remedy", "remedy"),
        ("link", None),
    ]


def test_the_first_five_of_many() -> None:
    assert shown("abcde") == "a, b, c, d, e"
    assert shown("abcdefg", "; ") == "a; b; c; d; e and 2 more"
