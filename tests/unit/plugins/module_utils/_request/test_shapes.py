# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of values that this collection reads itself."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._request import shapes
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems

GOOD = {"servicePort": 80, "serverAddresses": ["10.0.0.1"]}

MEMBERS: dict[str, tuple[Any, list[Any], list[str]]] = {
    # the value, the entries that can be read, and the places of the faults
    "none": (None, [], []),
    "good": ([GOOD, GOOD], [GOOD, GOOD], []),
    "not a list": (GOOD, [], ["p"]),
    "an entry that is not a dictionary": ([GOOD, "x"], [GOOD], ["p[1]"]),
    "addresses that are not a list": ([{"serverAddresses": "10.0.0.1"}], [], ["p[0].serverAddresses"]),
    "servers that are not a list": ([{"servers": {}}], [], ["p[0].servers"]),
    "a port that is a text": ([{**GOOD, "servicePort": "80"}, GOOD], [GOOD], ["p[0].servicePort"]),
    "a route domain that is true": ([{**GOOD, "routeDomain": True}], [], ["p[0].routeDomain"]),
}


@pytest.mark.parametrize(("value", "expected", "places"), MEMBERS.values(), ids=MEMBERS)
def test_members(value: Any, expected: list[Any], places: list[str]) -> None:
    problems = Problems()
    assert shapes.members(value, "p", problems) == expected
    assert [place for place, _text in problems.found] == places


@pytest.mark.parametrize(
    ("value", "fault"), [(80, False), (None, False), ("80", True), (True, True), (1.5, True), ([], True)]
)
def test_number(value: Any, fault: bool) -> None:
    problems = Problems()
    shapes.number({"virtualPort": value}, "virtualPort", "a", problems)
    assert [place for place, _text in problems.found] == (["a.virtualPort"] if fault else [])


@pytest.mark.parametrize(
    ("value", "expected", "fault"),
    [
        (["192.0.2.1"], ["192.0.2.1"], False),
        (None, [], False),
        ("", [], False),
        ("192.0.2.1", [], True),
        (5, [], True),
    ],
)
def test_addresses(value: Any, expected: list[Any], fault: bool) -> None:
    problems = Problems()
    assert shapes.addresses(value, "a", problems) == expected
    assert bool(problems.found) is fault
