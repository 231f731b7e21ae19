# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings and the result of a check."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._preflight import finding
from ansible_collections.vks.bigip.plugins.module_utils._preflight.finding import Finding, Result, shown


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (finding.good("a"), Finding("pass", "a")),
        (finding.bad("a", "b"), Finding("bad", "a", "b")),
        (finding.doubtful("a", "b"), Finding("warn", "a", "b")),
        (finding.open_question("a", "b"), Finding("unknown", "a", "b")),
        (finding.not_concerned("a"), Finding("skipped", "a")),
    ],
)
def test_findings(made: Finding, expected: Finding) -> None:
    assert made == expected


def test_a_result_in_the_order_that_the_module_documents() -> None:
    result = Result("P01", "title", "fail", "message", "remedy", None).as_dict()
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
