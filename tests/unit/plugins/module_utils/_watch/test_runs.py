# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next event waits for the run of the last one, and never longer than the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import Run
from ansible_collections.vks.bigip.plugins.module_utils._watch.runs import Runs

RUN = Run(1764400003.5, "prod", "changed", 1, ("shop/web",), False, True, False, None, (), 2.1, 3.9)


def run(sequence: int | None, cluster: str | None = "prod") -> Run:
    return replace(RUN, sequence=sequence, cluster=cluster)


@pytest.fixture
def runs() -> Runs:
    """With one event whose run has ended: the journal is known to be written."""
    known = Runs("prod", limit=120)
    known.sent(1, 0.0)
    assert known.ended(run(1))
    return known


def test_without_a_journal_no_event_waits() -> None:
    runs = Runs("prod")
    assert not runs.busy(0.0)
    runs.sent(1, 0.0)
    assert not runs.busy(0.0) and not runs.busy(119.0)


def test_the_next_event_waits_for_the_run(runs: Runs) -> None:
    assert not runs.busy(1.0)
    runs.sent(2, 1.0)
    assert runs.busy(1.0) and runs.busy(120.9)
    assert runs.ended(run(2)) and not runs.busy(2.0)


def test_a_run_that_never_ends_holds_back_until_the_limit(runs: Runs) -> None:
    runs.sent(2, 1.0)
    assert runs.busy(120.9) and not runs.missed(120.9)
    assert not runs.busy(121.0) and runs.missed(121.0) and not runs.missed(121.0)


def test_after_a_missing_run_no_event_waits_before_another_run_appears(runs: Runs) -> None:
    runs.sent(2, 0.0)
    assert runs.missed(120.0)
    runs.sent(3, 120.0)
    assert not runs.busy(121.0) and not runs.missed(240.0)
    assert runs.ended(run(2)) and runs.busy(122.0)
    assert runs.ended(run(3)) and not runs.busy(123.0)


def test_the_last_event_counts(runs: Runs) -> None:
    runs.sent(2, 1.0)
    runs.sent(3, 2.0)
    assert runs.ended(run(2)) and runs.busy(3.0)
    assert runs.ended(run(3)) and not runs.busy(3.0)
    assert runs.ended(run(2)) and not runs.busy(3.0)


@pytest.mark.parametrize(
    "other",
    [run(None), run(3), run(2, "test"), run(2, None)],
    ids=["by hand", "of a source before", "of another cluster", "of no cluster"],
)
def test_the_run_of_another_cause_ends_nothing(runs: Runs, other: Run) -> None:
    runs.sent(2, 1.0)
    assert not runs.ended(other) and runs.busy(2.0)


def test_the_cluster_is_compared_as_the_journal_writes_it() -> None:
    runs = Runs("c" * 300)
    runs.sent(1, 0.0)
    assert runs.ended(run(1, "c" * 100))


def test_a_play_that_stands_by_holds_back_from_its_first_run_on() -> None:
    runs = Runs("prod")
    runs.sent(1, 0.0)
    assert not runs.stands_by and not runs.busy(1.0)
    runs.begun(200.0)  # its playbook took long to start
    assert runs.stands_by and runs.busy(201.0) and not runs.missed(201.0)
    assert runs.ended(run(1)) and not runs.busy(202.0)


def test_a_run_of_a_play_that_stands_by_may_take_its_own_time(runs: Runs) -> None:
    runs.begun(1.0)
    runs.sent(2, 1.0)
    assert runs.busy(3600.9) and not runs.missed(3600.9)
    assert runs.missed(3601.0) and not runs.stands_by and not runs.busy(3601.0)


def test_a_play_that_fails_gets_no_further_event(runs: Runs) -> None:
    runs.begun(1.0)
    runs.sent(2, 1.0)
    assert runs.ended(replace(run(2), failed=True)) and not runs.stands_by
    runs.sent(3, 2.0)
    assert runs.busy(121.9) and runs.missed(122.0)


def test_a_play_that_is_released_has_the_usual_limit(runs: Runs) -> None:
    runs.begun(1.0)
    runs.sent(2, 1.0)
    runs.released(2.0)
    assert not runs.stands_by and runs.busy(121.9) and runs.missed(122.0)
    runs.sent(3, 130.0)
    runs.released(200.0)  # there was none
    assert runs.ended(run(3)) and not runs.busy(201.0)


def test_the_run_of_a_play_that_is_gone_is_missed_at_once(runs: Runs) -> None:
    runs.begun(1.0)
    runs.sent(2, 1.0)
    runs.lost(5.0)
    assert not runs.stands_by and not runs.busy(5.0) and runs.missed(5.0) and not runs.missed(5.0)


def test_a_play_that_ends_after_its_run_is_not_missed(runs: Runs) -> None:
    runs.begun(1.0)
    runs.sent(2, 1.0)
    assert runs.ended(run(2))
    runs.lost(5.0)
    assert not runs.missed(5.0)
    runs.sent(3, 6.0)
    assert runs.busy(7.0)
