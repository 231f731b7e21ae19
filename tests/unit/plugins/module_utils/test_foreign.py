# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that people with fewer rights wrote costs the task no more than a reason."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _foreign, _yaml

SPOILED_JSON = {
    "no text": None,
    "nothing": "",
    "brackets": "[" * 200_000,
    "objects": '{"a":' * 200_000,
    "closed brackets": "[" * 500 + "]" * 500,
    "a number of 5,000 digits": "9" * 5000,
    "half a text": '{"a": "',
    "half a byte sequence": b'"\xc3"',
    "half a character": '{"a": "\\ud800"}',
    "half a character in bytes": b'{"a": "\\uDC00"}',
    "no number": '{"a": NaN}',
    "a number that is infinite": '{"a": -1e999}',
    "too long": " " * (_foreign.LONGEST + 1),
}


@pytest.mark.parametrize("text", SPOILED_JSON.values(), ids=SPOILED_JSON)
def test_json_that_cannot_be_read(text: str | bytes | None) -> None:
    with pytest.raises(_foreign.Unreadable):
        _foreign.from_json(text)


def test_what_can_be_read() -> None:
    assert _foreign.from_json('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert _foreign.from_json(r'"\ud83d\ude00"') == "\U0001f600"
    assert _yaml.foreign("a: [1, {b: null}]\nc: 2026-01-01") is not None
    assert _yaml.foreign(None) is None


def test_the_words_hold_nothing_of_the_text() -> None:
    with pytest.raises(_foreign.Unreadable) as error:
        _foreign.from_json("\x1b[31mred")
    assert str(error.value) == "it is not JSON (JSONDecodeError)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße, 世界", "Grüße, 世界"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[2Jcleared", "\\x1b[2Jcleared"),
        ("\x9b31m", "\\x9b31m"),
        ("over\rwritten", "over\\x0dwritten"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("tag \U000e0041", "tag \\U000e0041"),
    ],
)
def test_characters_that_a_terminal_obeys_are_shown(text: str, shown: str) -> None:
    assert _foreign.visible(text) == shown


NUMBERS: list[tuple[Any, float | None]] = [(5, 5.0), (1.5, 1.5), *((value, None) for value in (True, "5", None, 10**400, float("inf"), float("nan"), []))]


@pytest.mark.parametrize("value, found", NUMBERS, ids=lambda value: str(value)[:10])
def test_numbers(value: Any, found: float | None) -> None:
    assert _foreign.number(value) == found


WHOLE: list[tuple[Any, int]] = [
    *((5, 5), (-5, -5), (5.9, 5), ("5", 5), (" -5 ", -5), ("9" * 19, 9999999999999999999)),
    *((value, 7) for value in (True, False, None, "", "x", "5.0", "٥", "²", "--5", "9" * 20, 10**400, 1e300, float("nan"), [5])),
]


@pytest.mark.parametrize("value, number", WHOLE, ids=lambda value: str(value)[:10])
def test_whole_numbers(value: Any, number: int) -> None:
    assert _foreign.whole(value, 7) == number


def test_a_text_of_gzip() -> None:
    packed = gzip.compress(b"a" * 200_000, mtime=0)
    assert _foreign.gunzip(packed, 200_000) == b"a" * 200_000
    assert _foreign.gunzip(packed + gzip.compress(b"b", mtime=0), 200_001)[-2:] == b"ab"


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (gzip.compress(b"a" * 200_000, mtime=0), "longer than 199999 bytes"),
        (gzip.compress(b"a", mtime=0)[:-1], "ends in the middle"),
        (b"\x1f\x8bhello", "not gzip"),
        (gzip.compress(b"", mtime=0) * 101, "more than 100 parts"),
    ],
)
def test_a_text_of_gzip_that_cannot_be_read(packed: bytes, why: str) -> None:
    with pytest.raises(_foreign.Unreadable, match=why):
        _foreign.gunzip(packed, 199_999)
