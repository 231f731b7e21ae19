# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a stream, however its pieces are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.lines import LONGEST, Lines

CASES: list[tuple[list[bytes], list[bytes], int]] = [
    # the pieces, the lines, how many lines were dropped; a line has at most 4 bytes
    ([], [], 0),
    ([b""], [], 0),
    ([b"a"], [], 0),
    ([b"a\n"], [b"a"], 0),
    ([b"a\nb\n"], [b"a", b"b"], 0),
    ([b"a", b"b", b"\n", b"c\n"], [b"ab", b"c"], 0),
    ([b"\n\n", b"\na\n"], [b"a"], 0),
    ([b"1234\n"], [b"1234"], 0),
    ([b"12", b"34", b"\n"], [b"1234"], 0),
    ([b"12345\n"], [], 1),
    ([b"12", b"345", b"6\n"], [], 1),
    ([b"12345"], [], 0),
    ([b"a\n12345\nb\n"], [b"a", b"b"], 1),
    ([b"12345678\n87654321\n1234\n"], [b"1234"], 2),
    ([b"12345", b"", b"\n1"], [], 1),
    ([b"a\r\n"], [b"a\r"], 0),
]


@pytest.mark.parametrize(("pieces", "expected", "dropped"), CASES)
def test_lines(pieces: list[bytes], expected: list[bytes], dropped: int) -> None:
    lines = Lines(longest=4)
    assert [line for piece in pieces for line in lines.feed(piece)] == expected
    assert lines.dropped == dropped


@given(st.lists(st.text("ab\r", max_size=6).map(str.encode)), st.lists(st.integers(0, 60)))
def test_any_cut_gives_the_same_lines(whole: list[bytes], cuts: list[int]) -> None:
    text = b"".join(line + b"\n" for line in whole)
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    lines = Lines(longest=4)
    read = [line for begin, end in zip(places, places[1:]) for line in lines.feed(text[begin:end])]
    assert read == [line for line in whole if 0 < len(line) <= 4]
    assert lines.dropped == sum(len(line) > 4 for line in whole)


def test_a_line_without_end_uses_no_memory() -> None:
    lines = Lines(longest=1000)
    for _piece in range(100):
        assert list(lines.feed(b"x" * 100)) == []
    assert lines._parts == []
    assert list(lines.feed(b"\nnext\n")) == [b"next"] and lines.dropped == 1


def test_an_object_of_etcd_fits() -> None:
    """JSON writes a byte in up to six characters, but etcd's bytes are mostly text."""
    assert LONGEST > 4 * 1.5 * 1024 * 1024
    assert [len(line) for line in Lines().feed(b"x" * LONGEST + b"\n")] == [LONGEST]
