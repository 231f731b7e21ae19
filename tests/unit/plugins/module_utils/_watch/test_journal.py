# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of the journal: written, cut, read again, and refused."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import (
    LONGEST,
    Event,
    Run,
    append,
    event_line,
    moment,
    parse,
    run_line,
)

EVENT = Event(1764400000.25, "prod", "changed", 12, ("shop/web", "shop/cart"), False, 0.712)
RUN = Run(
    time=1764400003.5,
    cluster="prod",
    type="changed",
    sequence=12,
    services=("shop/web",),
    failed=True,
    changed=True,
    check_mode=False,
    code="tenants_failed",
    codes=("422", "members_not_up"),
    seconds=2.125,
    from_change=3.962,
    read=0.733,
    added=2,
    removed=0,
)
BY_HAND = replace(RUN, cluster=None, type=None, sequence=None, services=None, code=None, codes=(), from_change=None, added=None, removed=None)


def test_an_event_as_it_is_written() -> None:
    assert json.loads(event_line(EVENT)) == {
        "time": "2025-11-29T07:06:40.250Z",
        "kind": "event",
        "type": "changed",
        "sequence": 12,
        "services": ["shop/web", "shop/cart"],
        "more": 0,
        "all": False,
        "waited": 0.712,
        "cluster": "prod",
    }


def test_a_run_as_it_is_written() -> None:
    assert json.loads(run_line(RUN)) == {
        "time": "2025-11-29T07:06:43.500Z",
        "kind": "run",
        "type": "changed",
        "sequence": 12,
        "services": ["shop/web"],
        "more": 0,
        "failed": True,
        "changed": True,
        "check_mode": False,
        "code": "tenants_failed",
        "codes": ["422", "members_not_up"],
        "seconds": 2.125,
        "from_change": 3.962,
        "read": 0.733,
        "members_added": 2,
        "members_removed": 0,
        "cluster": "prod",
    }


@pytest.mark.parametrize("event", [EVENT, replace(EVENT, cluster=None, all=True, services=(), more=3), replace(EVENT, cluster='ü"\n{{ x }}')])
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    assert parse(event_line(event)) == event


@pytest.mark.parametrize("run", [RUN, BY_HAND, replace(RUN, services=()), replace(RUN, more=4), replace(RUN, type="resync", services=None)])
def test_a_run_is_read_as_it_was_written(run: Run) -> None:
    assert parse(run_line(run)) == run


@pytest.mark.parametrize("count", [28, 29, 50, 5000])
@pytest.mark.parametrize("cluster", ["prod", "\U0001f600" * 300])
def test_a_line_names_as_many_services_as_fit(count: int, cluster: str) -> None:
    names = tuple(f"{'n' * 63}/{number:063}" for number in range(count))
    for line in (event_line(replace(EVENT, services=names, cluster=cluster)), run_line(replace(RUN, services=names, more=1, cluster=cluster))):
        read = parse(line)
        assert len(line) < LONGEST and line.count(b"\n") == 1 and line.endswith(b"\n")
        assert read is not None and read.services and read.services == names[: len(read.services)]
        assert len(read.services) + read.more - isinstance(read, Run) == count


def test_what_has_room_is_not_cut() -> None:
    read = parse(event_line(replace(EVENT, services=tuple(f"shop/web-{number}" for number in range(250)))))
    assert read is not None and read.services is not None and (len(read.services), read.more) == (250, 0)


WRONG: list[dict[str, Any]] = [
    {"kind": "other"},
    {"time": None},
    {"time": "yesterday"},
    {"time": 1764400000},
    {"sequence": -1},
    {"sequence": True},
    {"sequence": "12"},
    {"sequence": 2**53},
    {"type": "forged"},
    {"type": ["changed"]},
    {"services": "shop/web"},
    {"services": ["shop"]},
    {"services": ["shop/{{ web }}"]},
    {"services": ["shop/web\n"]},
    {"services": [1]},
    {"more": -1},
    {"cluster": 5},
]
WRONG_RUN: list[dict[str, Any]] = [
    {"failed": None},
    {"changed": 1},
    {"check_mode": "no"},
    {"code": "Not A Code"},
    {"code": True},
    {"codes": None},
    {"codes": ["x" * 41]},
    {"seconds": -0.1},
    {"seconds": "2"},
    {"seconds": 1e8},
    {"from_change": -1},
    {"read": -1},
    {"read": "1"},
    {"from_change": []},
    {"members_added": 1.5},
]


@pytest.mark.parametrize("wrong", [*WRONG, {"services": None}, {"all": 0}, {"waited": None}, {"waited": -1}], ids=str)
def test_a_malformed_event_is_none(wrong: dict[str, Any]) -> None:
    assert parse(json.dumps({**json.loads(event_line(EVENT)), **wrong}).encode()) is None


@pytest.mark.parametrize("wrong", WRONG + WRONG_RUN, ids=str)
def test_a_malformed_run_is_none(wrong: dict[str, Any]) -> None:
    assert parse(json.dumps({**json.loads(run_line(RUN)), **wrong}).encode()) is None


@pytest.mark.parametrize("key", json.loads(run_line(RUN)))
def test_a_run_without_one_of_its_keys_is_none(key: str) -> None:
    value = json.loads(run_line(RUN))
    del value[key]
    assert parse(json.dumps(value).encode()) is None


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"\n", b"run", b"[]", b"5", b'{"kind": "run"}', b"[" * 4000),
        run_line(RUN)[:-2],
        run_line(RUN).replace(b"2.125", b"NaN"),
        b" " * 4000 + run_line(RUN),
    ],
)
def test_what_is_not_a_line_of_ours_is_none(line: bytes) -> None:
    assert parse(line) is None


def test_a_later_release_may_add_keys() -> None:
    assert parse(json.dumps({**json.loads(run_line(RUN)), "later": {"x": 1}}).encode()) == RUN


def test_lines_are_appended_to_a_file_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    former = os.umask(0)
    try:
        append(str(path), b"first\n")
        append(str(path), b"second\n")
    finally:
        os.umask(former)
    assert path.read_bytes() == b"first\nsecond\n" and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_is_one_write_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So two processes mix no lines: another one appends just before the write."""
    path, write = tmp_path / "journal", os.write
    calls: list[bytes] = []

    def other_first(file: int, data: bytes) -> int:
        with open(path, "ab") as other:
            other.write(b"other\n")
        calls.append(data)
        return write(file, data)

    monkeypatch.setattr(os, "write", other_first)
    append(str(path), b"line\n")
    assert calls == [b"line\n"] and path.read_bytes() == b"other\nline\n"


def test_a_write_that_is_cut_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda file, data: len(data) - 1)
    with pytest.raises(OSError, match="no room"):
        append(str(tmp_path / "journal"), b"line\n")


def test_a_pipe_without_a_reader_stops_no_process(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError):
        append(str(tmp_path / "pipe"), b"line\n")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T00:01:00.500000Z", 60.5),
        ("1970-01-01T01:01:00+01:00", 60.0),
        ("1970-01-01T00:01:00", 60.0),
    ],
)
def test_a_moment(text: str, time: float) -> None:
    assert moment(text) == time
