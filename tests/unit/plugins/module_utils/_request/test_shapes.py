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
ENTRY = "must be a dictionary, as in {servicePort: 8080, serverAddresses: [192.0.2.1]}, not"
EMPTY = "is empty: AS3 expects"

MEMBERS: dict[str, tuple[Any, list[Any], list[tuple[str, str]]]] = {
    # the value, the entries that can be read, and the faults
    "none": (None, [], []),
    "good": ([GOOD, GOOD], [GOOD, GOOD], []),
    "not a list": (GOOD, [], [("p", f"must be a list of members, not {GOOD!r:.60}")]),
    "an entry that is not a dictionary": ([GOOD, "x"], [GOOD], [("p[1]", f"{ENTRY} 'x'")]),
    "entries after a fault": (["x", GOOD, 5], [GOOD], [("p[0]", f"{ENTRY} 'x'"), ("p[2]", f"{ENTRY} 5")]),
    "addresses that are not a list": (
        [{"serverAddresses": "10.0.0.1"}],
        [],
        [("p[0].serverAddresses", "must be a list, not '10.0.0.1'")],
    ),
    "servers that are not a list": ([{"servers": {}}], [], [("p[0].servers", "must be a list, not {}")]),
    "no addresses": ([{"serverAddresses": None, "servers": None}], [{"serverAddresses": None, "servers": None}], []),
    "empty texts": (
        [{"serverAddresses": "", "servers": "", "ratio": ""}],
        [],
        [
            ("p[0].serverAddresses", f"{EMPTY} a list here. Give one, or omit it"),
            ("p[0].servers", f"{EMPTY} a list here. Give one, or omit it"),
            ("p[0].ratio", f"{EMPTY} a number here. Give one, or omit it"),
        ],
    ),
    "a port that is a text": (
        [{**GOOD, "servicePort": "80"}, GOOD],
        [GOOD],
        [("p[0].servicePort", "must be a number, not '80'")],
    ),
    "a port that is empty": ([{**GOOD, "servicePort": ""}], [], [("p[0].servicePort", "must be a number, not ''")]),
    "a route domain that is true": (
        [{**GOOD, "routeDomain": True}],
        [],
        [("p[0].routeDomain", "must be a number, not True")],
    ),
    "a route domain that is empty": (
        [{**GOOD, "routeDomain": ""}],
        [],
        [("p[0].routeDomain", "must be a number, not ''")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected", "faults"), MEMBERS.values(), ids=MEMBERS)
def test_members(value: Any, expected: list[Any], faults: list[tuple[str, str]]) -> None:
    problems = Problems()
    assert shapes.members(value, "p", problems) == expected
    assert problems.found == faults


@pytest.mark.parametrize(
    ("value", "fault"), [(80, False), (None, False), ("80", True), (True, True), (1.5, True), ([], True)]
)
def test_number(value: Any, fault: bool) -> None:
    problems = Problems()
    shapes.number({"virtualPort": value}, "virtualPort", "a", problems)
    assert problems.found == ([("a.virtualPort", f"must be a number, not {value!r}")] if fault else [])


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
    text = f"must be a list, as in [192.0.2.10], not {value!r}"
    assert problems.found == ([("a", text)] if fault else [])
