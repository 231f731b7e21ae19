# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that people with fewer rights wrote costs the task no more than a reason."""

from __future__ import annotations

import datetime
import gzip
import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _foreign, _yaml

DEEP = "it is nested too deep to be read as JSON"
SPOILED_JSON: dict[str, tuple[Any, str]] = {
    "no text": (None, "it is not a text"),
    "a number": (5, "it is not a text"),
    "nothing": ("", "it is not JSON (JSONDecodeError)"),
    "brackets": ("[" * 200_000, DEEP),
    "objects": ('{"a":' * 200_000, DEEP),
    "closed brackets": ("[" * 101 + "]" * 101, "it has more than 100 levels"),
    "closed objects": ('{"a":' * 101 + "{}" + "}" * 101, "it has more than 100 levels"),
    "a number of 5,000 digits": ("9" * 5000, "it is not JSON (ValueError)"),
    "what a terminal obeys": ("\x1b[31mred", "it is not JSON (JSONDecodeError)"),
    "half a text": ('{"a": "', "it is not JSON (JSONDecodeError)"),
    "half a byte sequence": (b'"\xc3"', "it is not JSON (UnicodeDecodeError)"),
    "half a character": ('{"a": "\\ud800"}', "it is not JSON (UnicodeEncodeError)"),
    "half a character in bytes": (b'{"a": "\\uDC00"}', "it is not JSON (UnicodeEncodeError)"),
    "no number": ('{"a": NaN}', "it is not JSON (ValueError)"),
    "infinity": ('{"a": -Infinity}', "it is not JSON (ValueError)"),
    "a number that is infinite": ('{"a": -1e999}', "it is not JSON (ValueError)"),
    "too long": (
        " " * (_foreign.LONGEST + 1),
        "it is 4194305 characters long, and at most 4194304 are read",
    ),
}


@pytest.mark.parametrize(("text", "why"), SPOILED_JSON.values(), ids=SPOILED_JSON)
def test_json_that_cannot_be_read(text: Any, why: str) -> None:
    with pytest.raises(_foreign.Unreadable) as caught:
        _foreign.from_json(text)
    assert str(caught.value) == why


def test_what_can_be_read() -> None:
    assert _foreign.from_json('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert _foreign.from_json(b'{"a": 1.5}') == {"a": 1.5}
    assert _foreign.from_json('"\u00fc"'.encode("utf-16")) == "ü"
    assert _foreign.from_json(r'"\ud83d\ude00"') == _foreign.from_json(rb'"\uD83D\uDE00"') == "\U0001f600"
    assert (
        _foreign.from_json("9" * 5) == 99999 and _foreign.from_json(" " * (_foreign.LONGEST - 1) + "1") == 1
    )
    assert _yaml.foreign("a: [1, {b: null}]\nc: 2026-01-01") == {
        "a": [1, {"b": None}],
        "c": datetime.date(2026, 1, 1),
    }


@pytest.mark.parametrize(("longest", "good"), [(4, True), (3, False)])
def test_the_longest_text(longest: int, good: bool) -> None:
    if good:
        assert _foreign.from_json("[12]"[:4], longest) == [12]
        return
    with pytest.raises(_foreign.Unreadable, match="it is 4 characters long, and at most 3 are read"):
        _foreign.from_json("[12]", longest)


def levels(count: int) -> str:
    return "[" * count + "]" * count


def test_levels_are_counted_where_they_matter() -> None:
    assert _foreign.from_json(levels(100)) == json.loads(levels(100))
    assert _foreign.from_json(levels(150), any_depth=True) == json.loads(levels(150))
    assert not _foreign.is_deep(json.loads(levels(100))) and _foreign.is_deep(json.loads(levels(101)))
    assert not _foreign.is_deep("x" * 200) and not _foreign.is_deep([1, {"a": [2]}, [[3]]])
    nested: Any = 1
    for number in range(100):
        nested = {"a": 5, "b": nested} if number % 2 else [5, nested]
    assert not _foreign.is_deep(nested) and _foreign.is_deep({"a": 1, "b": nested})
    inside: Any = {"a": 1}
    for _level in range(99):
        inside = {"a": 5, "b": inside}
    assert not _foreign.is_deep(inside) and _foreign.is_deep([inside])
    wide: Any = [1]
    for _level in range(90):
        wide = [wide, wide]
    assert not _foreign.is_deep(wide), "a part in several places counts once"
    assert _foreign.flat([1]) == [1]


def failing(error: BaseException) -> Any:
    def parse(_text: str) -> Any:
        raise error

    return parse


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (RecursionError(), "it is nested too deep to be read as X"),
        (MemoryError(), "it is too large to be read"),
        (ValueError("secret"), "it is not X (ValueError)"),
        (TypeError(), "it is not X (TypeError)"),
        (KeyError(), "it is not X (KeyError)"),
        (AttributeError(), "it is not X (AttributeError)"),
        (OverflowError(), "it is not X (OverflowError)"),
    ],
    ids=repr,
)
def test_the_reason_holds_nothing_of_the_text(error: Exception, why: str) -> None:
    with pytest.raises(_foreign.Unreadable) as caught:
        _foreign.checked("text", failing(error), "X")
    assert str(caught.value) == why
    assert isinstance(error, _foreign.SPOILED)
    assert str(_foreign.unexpected(error)) == f"it has an unexpected structure ({type(error).__name__})"


def test_a_fault_of_the_code_is_no_fault_of_the_text() -> None:
    with pytest.raises(NameError):
        _foreign.checked("text", failing(NameError()), "X")


SPLIT: list[tuple[bytes, list[tuple[bytes, bytes]]]] = [
    (
        b'{"a": 1, "b": [2, {"c": 3}], "d": {"e": [4]}}',
        [(b'"a"', b"1"), (b'"b"', b'[2, {"c": 3}]'), (b'"d"', b'{"e": [4]}')],
    ),
    (b' [1, [2, 3], {"a": 4} ] ', [(b"", b"1"), (b"", b"[2, 3]"), (b"", b'{"a": 4}')]),
    (b"{}", []),
    (b"[ ]", []),
    (b"[[]]", [(b"", b"[]")]),
    (b"5", []),
    (b"", []),
    (b'"a", "b"', []),
    (b'{"a\\"}:": "[,]", "b": 2} trailing, [3]', [(b'"a\\"}:"', b'"[,]"'), (b'"b"', b"2")]),
    (b'{"a": "no end, ]', []),
    (b'{"a": 1, "b": [2', [(b'"a"', b"1")]),
    (b'[{"a": 1}, {"b": 2}, ', [(b"", b'{"a": 1}'), (b"", b'{"b": 2}')]),
    (b'{"a": 1, 2, "b": 3}', [(b'"a"', b"1"), (b"", b"2"), (b'"b"', b"3")]),
    (b'"x" {"a": 1}', [(b'"a"', b"1")]),
]


@pytest.mark.parametrize(("data", "parts"), SPLIT, ids=lambda value: str(value)[:20])
def test_the_parts_of_one_value(data: bytes, parts: list[tuple[bytes, bytes]]) -> None:
    assert list(_foreign.split(data)) == parts


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Grüße", "Grüße"),
        ("two\nlines\tand a tab", r"two\nlines and a tab"),
        ("\x1b[2J\n", r"\x1b[2J\n"),
        ("\x7f\x9f\u2028\u2029\uffff", "\\x7f\\x9f\\u2028\\u2029\uffff"),
        ("\U000e0001\xad", r"\U000e0001\xad"),
    ],
)
def test_a_message_of_one_line(text: str, shown: str) -> None:
    assert _foreign.line(text) == shown


NUMBERS: list[tuple[Any, float | None]] = [
    (5, 5.0),
    (1.5, 1.5),
    *((value, None) for value in (True, "5", None, 10**400, float("inf"), float("nan"), [])),
]


@pytest.mark.parametrize("value, found", NUMBERS, ids=lambda value: str(value)[:10])
def test_numbers(value: Any, found: float | None) -> None:
    assert _foreign.number(value) == found


WHOLE: list[tuple[Any, int]] = [
    *(
        (5, 5),
        (-5, -5),
        (5.9, 5),
        ("5", 5),
        (" -5 ", -5),
        ("9" * 19, 9999999999999999999),
        ("-" + "9" * 18, -999999999999999999),
    ),
    *(
        (2**63 - 1, 2**63 - 1),
        (2**63, 7),
        (-(2**63), -(2**63)),
        (-(2**63) - 1, 7),
        (0, 0),
        ("0", 0),
        ("-", 7),
        ("-" + "9" * 19, 7),
    ),
    *(
        (value, 7)
        for value in (
            True,
            False,
            None,
            "",
            "x",
            "5.0",
            "٥",
            "²",
            "--5",
            "9" * 20,
            10**400,
            1e300,
            float("nan"),
            [5],
        )
    ),
]


@pytest.mark.parametrize("value, number", WHOLE, ids=lambda value: str(value)[:10])
def test_whole_numbers(value: Any, number: int) -> None:
    assert _foreign.whole(value, 7) == number


def test_the_default_of_a_whole_number() -> None:
    assert _foreign.whole(None) == _foreign.whole("x") == _foreign.whole(2**63) == 0


def test_a_text_of_gzip() -> None:
    packed = gzip.compress(b"a" * 200_000, mtime=0)
    assert _foreign.gunzip(packed, 200_000) == b"a" * 200_000
    assert _foreign.gunzip(packed + gzip.compress(b"b", mtime=0), 200_001)[-2:] == b"ab"


LARGE = gzip.compress(b"a" * 200_000, mtime=0)


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (LARGE, "it is longer than 199999 bytes"),
        (bytes(200_000), "it is longer than 199999 bytes"),
        (gzip.compress(b"a", mtime=0)[:-1], "it ends in the middle of its gzip"),
        (gzip.compress(b"a", mtime=0) + LARGE[:20], "it ends in the middle of its gzip"),
        (b"\x1f\x8bhello", "it is not gzip (Error -3 while decompressing data: unknown compression method)"),
        (gzip.compress(b"", mtime=0) * 101, "it has more than 100 parts of gzip"),
    ],
    ids=["too much", "too many bytes", "cut", "cut later", "nonsense", "many parts"],
)
def test_a_text_of_gzip_that_cannot_be_read(packed: bytes, why: str) -> None:
    with pytest.raises(_foreign.Unreadable) as caught:
        _foreign.gunzip(packed, 199_999)
    assert str(caught.value) == why


def test_many_parts_of_gzip() -> None:
    assert _foreign.gunzip(gzip.compress(b"a", mtime=0) * 100, 199_999) == b"a" * 100
    assert _foreign.gunzip(b"", 10) == b""


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_gzip_in_pieces(size: int) -> None:
    packed, sizes = gzip.compress(bytes(200_000), mtime=0) + gzip.compress(b"end", mtime=0), []
    reader, body = _foreign.Gunzip(sizes.append), bytearray()
    assert reader.whole, "nothing is a whole text"
    for begin in range(0, len(packed), size):
        reader.feed(packed[begin : begin + size], body)
        assert reader.whole is (begin + size >= len(packed)) or len(body) == 200_000
    assert bytes(body) == bytes(200_000) + b"end"
    assert max(sizes) == 200_003 and max(b - a for a, b in zip(sorted(sizes), sorted(sizes)[1:])) <= 64 * 1024


def test_what_gzip_holds_back_is_read_too() -> None:
    reader, body = _foreign.Gunzip(lambda size: None), bytearray()
    reader.feed(gzip.compress(bytes(64 * 1024 + 100), mtime=0)[:-8], body)
    assert len(body) == 64 * 1024 + 100 and not reader.whole
