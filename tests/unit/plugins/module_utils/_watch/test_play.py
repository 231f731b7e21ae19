# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module runs again for each event of the source, each time in a process of its own, until a run fails or the source ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch import journal, play

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # by the source of the test

WEB = {"namespace": "shop", "name": "web", "kinds": ["EndpointSlice"], "reasons": ["endpoints"]}
FIRST = {"type": "resync", "cluster": "prod", "sequence": 1, "services": [], "all": True, "waited": 0.0}
CHANGED = {**FIRST, "type": "changed", "sequence": 2, "services": [WEB], "all": False, "waited": 0.5}
ALL = {**CHANGED, "sequence": 3, "services": [], "all": True}


def received(event: dict[str, Any]) -> dict[str, Any]:
    """An event as ansible-rulebook gives it to a play."""
    return {"vks": event, "meta": {"received_at": "2026-01-31T12:00:00Z"}}


class Source:
    """An event source that sends these lines to the play that connects, and then ends the connection."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "standby")
        self.lines: list[bytes] = []
        self.received = b""
        self.stays = False
        self.ended = threading.Event()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(self.path)
        self._server.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self, *events: dict[str, Any] | bytes) -> None:
        self.lines = [event if isinstance(event, bytes) else json.dumps(received(event)).encode() + b"\n" for event in events]
        self._thread.start()

    def _serve(self) -> None:
        connection, _address = self._server.accept()
        with connection, connection.makefile("rb") as file:
            self.received = file.readline()
            for line in self.lines:
                connection.sendall(line)
            if self.stays:
                file.read()
                self.ended.set()

    def end(self) -> None:
        self._server.close()


@pytest.fixture
def source() -> Iterator[Source]:
    # A path of pytest can be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="vks") as folder:
        made = Source(Path(folder))
        yield made
        made.end()


def printed(**result: Any) -> None:
    """The end of a module. It writes to the descriptor, because pytest replaces sys.stdout."""
    os.write(1, f"\n{json.dumps(result)}\n".encode())
    raise SystemExit(1 if result.get("failed") else 0)


class Stage:
    """The module, and what its runs were given."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.journal = folder / "journal"
        self.seen = folder / "seen"
        self.shown: list[str] = []
        self.module = SimpleNamespace(params={"only_services": None, "progress_file": "p", "owner": "me"}, check_mode=False)
        self.given: dict[str, Any] = {"socket": source.path, "journal": str(self.journal), "event": {"vks": FIRST}}
        self.results: list[dict[str, Any]] = [{"changed": False}]

    def run(self) -> None:
        """The results in their order, the last one again and again."""
        with self.seen.open("a") as file:
            file.write(json.dumps(self.module.params) + "\n")
        done = len(self.seen.read_text().splitlines())
        printed(**self.results[min(done, len(self.results)) - 1])

    def end(self, run: Callable[[], None] | None = None) -> int:
        """The exit status. Nothing is returned to the caller if a source listens."""
        with pytest.raises(SystemExit) as ended:
            play.stand_by(self.module, self.given, run or self.run, self.shown.append)
        return int(ended.value.code or 0)

    def params(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.seen.read_text().splitlines()]

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.journal.read_text().splitlines()]


@pytest.fixture
def stage(source: Source, tmp_path: Path) -> Stage:
    return Stage(source, tmp_path)


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_each_event_has_a_run_with_its_services_and_a_line(stage: Stage, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    source.start(CHANGED, ALL)
    stage.results = [{"changed": True, "counts": {"members_added": 3}}, {"changed": False}]
    assert stage.end() == 0
    assert json.loads(source.received) == {"sequence": 1}
    assert [one["only_services"] for one in stage.params()] == [None, ["shop/web"], None]
    assert {one["owner"] for one in stage.params()} == {"me"}
    lines = stage.lines()
    assert [(line["sequence"], line["type"], line["services"], line["changed"]) for line in lines] == [
        (1, "resync", None, True),
        (2, "changed", ["shop/web"], False),
        (3, "changed", None, False),
    ]
    assert lines[0]["members_added"] == 3 and all(line["cluster"] == "prod" for line in lines)
    assert lines[0]["from_change"] is None and lines[1]["from_change"] is None  # it is far more than a day
    assert result(capsys) == {"changed": True, "warnings": [], "standby_runs": 3}


def test_a_resync_concerns_all() -> None:
    assert play.only_services({"vks": {**CHANGED, "type": "resync"}}) is None
    assert play.only_services({"vks": {**CHANGED, "services": []}}) == []  # which the module refuses: it never means all


def test_only_the_first_run_shows_progress(stage: Stage, source: Source) -> None:
    source.start(CHANGED)
    stage.results = [{"changed": True, "summary": ["Shop: created", "1 tenant unchanged"]}]
    stage.end()
    assert stage.shown == ["Shop: created", "1 tenant unchanged"]
    assert [one["progress_file"] for one in stage.params()] == ["p", None]


def test_a_run_that_fails_is_the_last(stage: Stage, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    source.start(CHANGED, ALL)
    failure = {"failed": True, "msg": "no", "failure": {"code": "as3_timeout"}}
    stage.results = [{"changed": True}, failure]
    assert stage.end() == 1
    assert [(line["failed"], line["code"]) for line in stage.lines()] == [(False, None), (True, "as3_timeout")]
    assert result(capsys) == {**failure, "changed": True, "warnings": [], "standby_runs": 2}


def test_a_run_that_is_killed_has_failed(stage: Stage, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    source.start(CHANGED)
    assert stage.end(lambda: os.kill(os.getpid(), signal.SIGKILL)) == 1
    assert [(line["failed"], line["code"]) for line in stage.lines()] == [(True, "unexpected")]
    found = result(capsys)
    assert found["failed"] and "a run ended without a result: signal 9" in found["msg"] and found["standby_runs"] == 1


@pytest.mark.parametrize("output", [b"", b"no JSON", b"[1]"])
def test_a_run_without_a_result_has_failed(stage: Stage, source: Source, output: bytes) -> None:
    source.start(CHANGED)
    assert stage.end(lambda: os.write(1, output) and None) == 1
    assert [line["failed"] for line in stage.lines()] == [True]


NO_EVENTS = [
    b"no JSON\n",
    b'{"vks": {"type": "changed"}}\n',
    b"{}",
    b'{"vks": {"all": false, "type": "changed", "services": [1]}}\n',
    b"[]\n",
]


@pytest.mark.parametrize("line", NO_EVENTS)
def test_what_is_no_event_ends_it(stage: Stage, source: Source, line: bytes) -> None:
    source.start(line, CHANGED)
    assert stage.end() == 0
    assert len(stage.lines()) == 1


def test_other_lines_before_the_result_do_not_count(stage: Stage, source: Source) -> None:
    source.start(CHANGED)

    def run() -> None:
        os.write(1, b'a library prints this\n["and this"]\n')
        stage.run()

    assert stage.end(run) == 0
    assert [line["failed"] for line in stage.lines()] == [False, False]


def test_the_warnings_of_all_runs_are_in_the_result(stage: Stage, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    source.start(CHANGED, ALL)
    other = {"event": {"msg": "a newer form"}}
    stage.results = [{"warnings": ["not verified"]}, {"warnings": ["not verified", other]}, {}]
    stage.end()
    assert result(capsys)["warnings"] == ["not verified", other] and stage.shown == ["warning: not verified"]


def test_it_ends_when_ansible_has_ended(stage: Stage, source: Source) -> None:
    """Its standard output has no reader then. The source still listens."""
    source.stays = True
    source.start()
    reader, writer = os.pipe()
    own = os.dup(1)
    os.dup2(writer, 1)
    os.close(writer)
    os.close(reader)
    try:
        assert stage.end() == 0
    finally:
        os.dup2(own, 1)
        os.close(own)
    assert len(stage.lines()) == 1 and not source.ended.is_set()


def test_the_child_of_a_module_that_was_killed_ends_too(stage: Stage, source: Source) -> None:
    """Its result is larger than a pipe without a reader. The source must see the end of the connection."""
    source.stays = True
    source.start()
    module = os.fork()
    if module == 0:
        try:
            play.stand_by(stage.module, stage.given, lambda: (os.kill(os.getppid(), signal.SIGKILL), printed(text="x" * 10**6))[1], stage.shown.append)
        finally:
            os._exit(0)
    os.waitpid(module, 0)
    assert source.ended.wait(60), "the connection stays open"


def test_a_journal_that_cannot_be_written_ends_it(stage: Stage, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    source.start(CHANGED)
    stage.given["journal"] = "/does/not/exist"
    assert stage.end() == 0
    (warning,) = result(capsys)["warnings"]
    assert "/does/not/exist" in warning and len(stage.params()) == 1


def test_a_run_changes_nothing_for_the_next_one(stage: Stage, source: Source) -> None:
    source.start(CHANGED)

    def run() -> None:
        stage.module.params["owner"] += "!"
        stage.run()

    stage.end(run)
    assert [one["owner"] for one in stage.params()] == ["me!", "me!"]


@pytest.mark.parametrize("event", [{"vks": FIRST}, {}, None, {"vks": {}}])
@pytest.mark.parametrize("path", ["none", "a\0b", "x" * 120])
def test_without_a_source_it_returns_at_once(stage: Stage, tmp_path: Path, event: Any, path: str) -> None:
    stage.given = {**stage.given, "socket": str(tmp_path / path), "event": event}
    play.stand_by(stage.module, stage.given, stage.run, stage.shown.append)
    assert not stage.seen.exists() and not stage.journal.exists()


def test_the_lines_are_those_of_the_journal(stage: Stage, source: Source) -> None:
    source.start()
    stage.end()
    (line,) = stage.journal.read_bytes().splitlines()
    assert isinstance(journal.parse(line), journal.Run)
