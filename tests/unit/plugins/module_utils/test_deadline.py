# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One deadline for a task, and the pauses inside it."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline, backoff


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_all_waits_keep_one_limit() -> None:
    clock = Clock()
    deadline = Deadline(10.0, clock.time, clock.sleep)
    assert deadline.pause(4.0) and deadline.remaining == 6.0 and not deadline.expired
    assert deadline.pause(40.0) and clock.now == 110.0 and deadline.expired
    assert not deadline.pause(1.0) and clock.now == 110.0
    clock.now = 200.0
    assert deadline.remaining == 0.0 and deadline.seconds == 10.0


@pytest.mark.parametrize("seconds, end", [(3.0, 103.0), (30.0, 110.0)])
def test_a_sooner_end_is_never_later(seconds: float, end: float) -> None:
    clock = Clock()
    sooner = Deadline(10.0, clock.time, clock.sleep).sooner(seconds)
    assert sooner.seconds == end - 100.0
    sooner.pause(1000.0)
    assert clock.now == end and sooner.expired


def test_it_ends_when_no_time_is_left() -> None:
    clock = Clock()
    deadline = Deadline(0.0, clock.time, clock.sleep)
    assert deadline.expired and not deadline.pause(1.0) and clock.now == 100.0
    nearly = Deadline(0.5, clock.time, clock.sleep)
    assert not nearly.expired and nearly.pause(0.25) and nearly.remaining == 0.25
    assert nearly.pause(1.0) and clock.now == 100.5


def test_its_clock_is_the_one_that_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline(100.0)
    slept: list[float] = []
    monkeypatch.setattr(deadline, "_sleep", slept.append)
    assert 99.0 < deadline.remaining <= 100.0 and deadline.pause(1.0) and slept == [1.0]


def test_pauses_grow_to_their_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)
    assert list(itertools.islice(backoff(), 7)) == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert list(itertools.islice(backoff(first=1.0, cap=5.0, factor=3.0), 4)) == [1.0, 3.0, 5.0, 5.0]
    monkeypatch.setattr("random.random", lambda: 1.0)
    assert list(itertools.islice(backoff(), 3)) == [0.375, 0.75, 1.5], (
        "each is shortened by a quarter at most"
    )
    assert list(itertools.islice(backoff(jitter=0.0), 2)) == [0.5, 1.0]
