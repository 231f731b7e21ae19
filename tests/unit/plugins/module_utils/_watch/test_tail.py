# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that are read while other processes append, truncate and rename the journal."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import LONGEST, Event, Run, append, event_line, run_line
from ansible_collections.vks.bigip.plugins.module_utils._watch.tail import Tail

RUN = Run(1764400003.5, "prod", "changed", 0, ("shop/web",), False, True, False, None, (), 2.1, 3.9)
EVENT = event_line(Event(1764400000.0, "run", "changed", 12, (), False, 0.7))
NOISE = [EVENT, b"\n", b"not JSON\n", b'{"kind": "run"}\n', b'{"a": "run"\n', b"\xff\xfe run\n", b'"run"' + b"x" * LONGEST + b"\n"]


def run(number: int) -> Run:
    return replace(RUN, sequence=number)


def line(*numbers: int) -> bytes:
    return b"".join(run_line(run(number)) for number in numbers)


def read(tail: Tail) -> list[int | None]:
    return [one.sequence for one in tail.read()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def tail(path: Path) -> Iterator[Tail]:
    """A Tail of a file with one run that is already known."""
    path.write_bytes(line(1))
    one = Tail(str(path))
    yield one
    one.close()


def test_only_what_follows_is_read(path: Path, tail: Tail) -> None:
    assert read(tail) == []
    append(str(path), line(2))
    append(str(path), line(3))
    assert read(tail) == [2, 3] and read(tail) == []


def test_a_file_that_appears_is_read_from_its_beginning(path: Path) -> None:
    tail = Tail(str(path))
    assert read(tail) == []
    append(str(path), line(1))
    assert read(tail) == [1]
    tail.close()


def test_a_run_is_read_with_all_its_values(path: Path, tail: Tail) -> None:
    append(str(path), run_line(RUN))
    assert tail.read() == [RUN]


@pytest.mark.parametrize("noise", NOISE, ids=lambda noise: repr(noise[:20]))
def test_other_lines_are_left_out(path: Path, tail: Tail, noise: bytes) -> None:
    append(str(path), line(2) + noise + line(3))
    assert read(tail) == [2, 3]


@pytest.mark.parametrize("cut", [1, 100, len(line(2)) - 1])
def test_a_line_is_read_when_it_is_complete(path: Path, tail: Tail, cut: int) -> None:
    append(str(path), line(2)[:cut])
    assert read(tail) == []
    append(str(path), line(2)[cut:])
    assert read(tail) == [2]


def test_the_rest_of_a_line_that_began_before_is_left_out(path: Path) -> None:
    path.write_bytes(line(1)[:30])
    tail = Tail(str(path))
    append(str(path), line(1)[30:] + line(2))
    assert read(tail) == [2]
    tail.close()


def test_a_renamed_file_is_read_to_its_end_first(path: Path, tail: Tail) -> None:
    append(str(path), line(2))
    path.rename(path.with_suffix(".1"))
    append(str(path), line(3, 4))
    assert read(tail) == [2, 3, 4]
    append(str(path), line(5))
    assert read(tail) == [5]


def test_a_process_that_has_the_renamed_file_open_may_finish(path: Path, tail: Tail) -> None:
    former = path.rename(path.with_suffix(".1"))
    assert read(tail) == []
    append(str(former), line(2))
    assert read(tail) == [2]
    append(str(former), line(3))
    append(str(path), line(4))
    assert read(tail) == [3, 4]


def test_a_line_after_half_a_line_is_read(path: Path, tail: Tail) -> None:
    """The file system was full for a moment."""
    append(str(path), line(2)[:-40])
    append(str(path), line(3))
    assert read(tail) == [3]


def test_half_a_line_of_the_renamed_file_spoils_nothing(path: Path, tail: Tail) -> None:
    append(str(path), line(2)[:30])
    path.rename(path.with_suffix(".1"))
    append(str(path), line(3))
    assert read(tail) == [3]


def test_a_removed_file_that_is_created_again(path: Path, tail: Tail) -> None:
    path.unlink()
    assert read(tail) == []
    append(str(path), line(2))
    assert read(tail) == [2]


def test_a_truncated_file_is_read_from_its_beginning(path: Path, tail: Tail) -> None:
    append(str(path), line(2) + line(3)[:30])
    assert read(tail) == [2]
    os.truncate(path, 0)
    append(str(path), line(4))
    assert read(tail) == [4]


def test_one_read_is_limited(path: Path) -> None:
    path.write_bytes(b"")
    tail = Tail(str(path), most=len(line(1)))
    append(str(path), line(1, 2))
    path.rename(path.with_suffix(".1"))
    append(str(path), line(3))
    assert [read(tail) for _number in range(4)] == [[1], [2], [3], []]
    tail.close()


@pytest.mark.parametrize("kind", ["folder", "pipe", "unreadable"])
def test_what_cannot_be_read_has_no_runs(path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(line(1))
        monkeypatch.setattr(os, "open", _refused)
    tail = Tail(str(path))
    assert read(tail) == []
    tail.close()


def _refused(*args: object) -> int:
    raise PermissionError(13, "Permission denied")


def test_a_disk_that_fails_costs_no_run(path: Path, tail: Tail) -> None:
    append(str(path), line(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "read", _refused)
        assert read(tail) == []
    assert read(tail) == [2]


PIECES = st.lists(st.one_of(st.integers(0, 99).map(line), st.sampled_from(NOISE)), max_size=8).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(PIECES, st.lists(st.integers(0, 5000), max_size=6), st.integers(1, 3000))
def test_any_split_of_the_bytes_has_the_same_runs(data: bytes, places: list[int], most: int) -> None:
    cuts = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "journal")
        whole, pieces = Tail(path), Tail(path, most)
        found: list[Run] = []
        for begin, end in zip(cuts, cuts[1:]):
            append(path, data[begin:end])
            found += pieces.read()
        for _number in range(len(data) // most + 2):
            found += pieces.read()
        assert found == whole.read()
        assert len(found) == data.count(b'"seconds"')
        whole.close()
        pieces.close()
