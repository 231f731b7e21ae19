# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of iControl REST in their parts: statistics, addresses, numbers."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import reads

STATS = {"a": {"value": 1}, "b": {"description": "up"}, "c": {}, "d": 5}


@pytest.mark.parametrize(("name", "expected"), [("a", 1), ("b", "up"), ("c", None), ("d", None), ("e", None)])
def test_value(name: str, expected: Any) -> None:
    assert reads.value(STATS, name) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, []),
        ({"entries": 5}, []),
        ({"entries": STATS}, [STATS]),
        ({"entries": {"https://x/0": {"nestedStats": {"entries": STATS}}}}, [STATS]),
        ({"entries": {"https://x/0": {"nestedStats": {}}}}, []),
        ({"entries": {"https://x/0": {"nestedStats": 5}}}, [{"https://x/0": {"nestedStats": 5}}]),
    ],
)
def test_nested(body: dict[str, Any], expected: list[Any]) -> None:
    assert list(reads.nested(body)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.0.1", ("10.1.0.1", None)),
        ("10.1.0.1%2", ("10.1.0.1", 2)),
        ("10.1.0.1%x", ("10.1.0.1", 0)),
        ("2001:db8:0::1%7", ("2001:db8::1", 7)),
        ("any6", (None, None)),
        ("", (None, None)),
    ],
)
def test_split_domain(text: str, expected: tuple[str | None, int | None]) -> None:
    assert reads.split_domain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("123456789", 123456789), ("1234567890", None), ("²", None), ("", None)]
)
def test_digits(text: str, expected: int | None) -> None:
    assert reads.digits(text) == expected
