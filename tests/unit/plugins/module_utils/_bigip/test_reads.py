# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of iControl REST in their parts: statistics, addresses, numbers."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import reads
from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(400, {"code": 400, "message": "no"}, "HTTP 400: no"), (200, [], "HTTP 200: []"), (200, None, "HTTP 200")],
)
def test_an_answer_that_is_refused_or_odd(status: int, body: Any, said: str) -> None:
    with pytest.raises(Failure) as caught:
        reads.content(Response(status, body, "[]" if body == [] else ""), "Reading")
    assert caught.value.as_dict() == Failure("bigip_refused", "Reading", said=said).as_dict()
    assert reads.content(Response(200, {"a": 1}), "Reading") == {"a": 1}


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
