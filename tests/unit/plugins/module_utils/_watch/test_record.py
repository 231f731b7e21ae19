# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a source: events in the journal, and what the runs in it change."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch import journal
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.record import Record
from ansible_collections.vks.bigip.plugins.module_utils._watch.retries import Retry
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject

CLUSTER = "https://cluster.example:6443"
TODAY = 1_800_000_000.0


def record(path: Path | None) -> Record:
    return Record(ChangesOptions(journal=str(path) if path else None), CLUSTER, lambda: 1.0, lambda: TODAY)


def run(sequence: int, services: tuple[str, ...] | None = ("shop/web",), **more: Any) -> bytes:
    """The line that a run of publish appends."""
    parts: dict[str, Any] = {"cluster": CLUSTER, "failed": False, "changed": True, "check_mode": False, "code": None, "codes": (), **more}
    return journal.run_line(journal.Run(time=TODAY, type="changed", sequence=sequence, services=services, seconds=1.0, from_change=2.0, **parts))


def failed(sequence: int, services: tuple[str, ...] | None = ("shop/web",)) -> bytes:
    return run(sequence, services, failed=True, code="as3_timeout")


def send(tested: Record, sequence: int, kind: str = "changed", now: float = 0.0) -> None:
    tested.sent(tested.event(kind, sequence, ["shop/web"], False, 0.7), now)


def test_an_event_is_a_line_of_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    send(record(path), 3)
    (line,) = path.read_text().splitlines()
    assert json.loads(line) == {
        "time": "2027-01-15T08:00:00.000Z",
        "kind": "event",
        "type": "changed",
        "sequence": 3,
        "services": ["shop/web"],
        "more": 0,
        "all": False,
        "waited": 0.7,
        "cluster": CLUSTER,
    }


def test_without_a_journal_nothing_waits_and_nothing_is_read() -> None:
    tested = record(None)
    send(tested, 1)
    assert (tested.retry(9.0), tested.busy(9.0), tested.next_read(9.0)) == (None, False, None)
    tested.close()


@pytest.mark.parametrize("services", [("pay/api", "shop/web"), None])
def test_a_failed_run_is_sent_again_once(services: tuple[str, ...] | None, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tested = record(path)
    send(tested, 1)
    journal.append(str(path), failed(1, services))
    assert tested.retry(10.0) is None
    assert tested.retry(12.0) == Retry(services and frozenset(services), 8.0)
    assert tested.retry(99.0) is None


@pytest.mark.parametrize(
    "line",
    [run(1), failed(2), journal.run_line(journal.Run(TODAY, "other", "changed", 1, None, True, False, False, None, (), 1.0, None)), b"no json\n"],
    ids=["success", "of-an-event-that-was-not-sent", "of-another-cluster", "foreign-line"],
)
def test_other_lines_send_nothing_again(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tested = record(path)
    send(tested, 1)
    journal.append(str(path), line)
    assert (tested.retry(10.0), tested.retry(99.0)) == (None, None)


COVERED: list[tuple[bytes, list[tuple[frozenset[tuple[str, str]] | None, float]]]] = [
    # the line of a run of one second that ends now, at 10.0, and the Services that it covers, with the time
    (run(1), [(frozenset({("shop", "web")}), 8.995)]),
    (run(1, read=0.25), [(frozenset({("shop", "web")}), 9.745)]),
    (run(1, ("a/b", "c/d")), [(frozenset({("a", "b"), ("c", "d")}), 8.995)]),
    (run(1, ()), [(frozenset(), 8.995)]),
    (run(1, None), [(None, 8.995)]),
    (failed(1), []),
    (run(1, None, check_mode=True), []),
    (run(2), []),  # of an event that was not sent
]


@pytest.mark.parametrize(("line", "covered"), COVERED)
def test_a_run_that_succeeded_covers_its_services(line: bytes, covered: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tested = record(path)
    send(tested, 1)
    journal.append(str(path), line)
    tested.retry(10.0)
    assert [(names, round(begun, 6)) for names, begun in tested.covered()] == covered
    assert tested.covered() == []


def test_the_next_event_waits_for_the_run_of_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tested = record(path)
    send(tested, 1)
    assert not tested.busy(1.0)  # no play has written yet: perhaps none does
    journal.append(str(path), run(1))
    tested.retry(2.0)
    send(tested, 2, now=3.0)
    assert (tested.busy(4.0), tested.next_read(4.0)) == (True, 4.1)
    journal.append(str(path), run(2))
    tested.retry(5.0)
    assert (tested.busy(5.0), tested.next_read(5.0)) == (False, 6.0)


@pytest.mark.parametrize(("everything", "services"), [(False, frozenset({"shop/web"})), (True, None)])
def test_a_run_without_a_line_is_sent_again(everything: bool, services: frozenset[str] | None, tmp_path: Path) -> None:
    """The play was killed, or the journal could not be written."""
    path = tmp_path / "journal"
    tested = record(path)
    send(tested, 1)
    journal.append(str(path), run(1))
    tested.retry(2.0)
    tested.sent(tested.event("changed", 2, [] if everything else ["shop/web"], everything, 0.7), 3.0)
    assert (tested.retry(122.9), tested.busy(122.9)) == (None, True)
    assert (tested.retry(123.0), tested.busy(123.0)) == (None, False)
    assert tested.retry(125.0) == Retry(services, pytest.approx(122.3))
    assert tested.retry(999.0) is None


@pytest.mark.parametrize(("kind", "busy"), [("resync", True), ("changed", True), ("degraded", False), ("recovered", False)])
def test_only_events_that_publish_have_a_run(kind: str, busy: bool, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tested = record(path)
    send(tested, 1)
    journal.append(str(path), run(1))
    tested.retry(2.0)
    send(tested, 2, kind, now=3.0)
    assert tested.busy(4.0) is busy


def test_a_journal_that_cannot_be_written_is_reported_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    path = tmp_path / "missing" / "journal"
    tested = record(path)
    send(tested, 1)
    send(tested, 2)
    path.parent.mkdir()
    send(tested, 3)
    path.unlink()
    path.parent.rmdir()
    send(tested, 4)
    assert [message.partition(": ")[0] for message in caplog.messages] == [f"The journal {path} cannot be written"] * 2
    tested.close()


def test_the_metrics_follow_events_and_runs(tmp_path: Path) -> None:
    path, prom = tmp_path / "journal", tmp_path / "changes.prom"
    tested = Record(ChangesOptions(journal=str(path), metrics=str(prom)), CLUSTER)
    tested.restarted(Subject("EndpointSlice"))
    send(tested, 1)
    for line in (f'events_total{{cluster="{CLUSTER}",type="changed"}} 1', f'streams_restarted_total{{cluster="{CLUSTER}",resource="endpointslices"}} 1'):
        assert f"vks_bigip_changes_{line}\n" in prom.read_text()
    journal.append(str(path), run(1))
    tested.retry(2.0)
    assert f'vks_bigip_changes_runs_total{{cluster="{CLUSTER}",result="changed",code=""}} 1\n' in prom.read_text()
