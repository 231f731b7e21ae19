# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many changes become one event, and none is lost. The clock is virtual."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.coalescing import (
    Coalescer,
    Pending,
    Reasons,
    listed,
)
from ansible_collections.vks.bigip.plugins.module_utils._watch.known import Change
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions

NOTHING_LATER = 1e9


def change(name: str, kind: str = "Service", reason: str = "changed") -> Change:
    """The change of one Service; "*" for each."""
    return Change(None if name == "*" else ("a", name), kind, reason)


class Arrival(NamedTuple):
    at: float
    service: str


class Sent(NamedTuple):
    at: float
    pending: Pending


def run(options: ChangesOptions, arrivals: list[Arrival], resyncs: list[float] | None = None) -> list[Sent]:
    """Each event, sent when it is due. A change of the same moment comes first."""
    coalescer, sent = Coalescer(options), list[Sent]()

    def send(before: float) -> None:
        while (now := coalescer.due) is not None and now < before:
            pending = coalescer.take(now)
            assert pending is not None and coalescer.due is None
            sent.append(Sent(now, pending))

    moments = [(one.at, one.service) for one in arrivals] + [(at, "") for at in resyncs or []]
    for at, service in sorted(moments, key=lambda moment: moment[0]):
        send(at)
        if service:
            coalescer.add([change(service)], at)
        else:
            coalescer.restart(at)
    send(NOTHING_LATER)
    return sent


DEFAULTS = ChangesOptions()
TIMES: list[tuple[list[float], list[float]]] = [
    # changes and events at these seconds, with settle 0.5, settle_max 5, min_interval 2
    ([], []),
    ([0], [0.5]),
    ([0, 0.5], [0.5]),
    ([0, 0.25, 0.75], [0.5, 2.5]),
    ([0, 0.75, 2.25], [0.5, 2.75]),
    ([0, 0.75, 2.75], [0.5, 2.5, 4.5]),
    ([0, 2.25], [0.5, 2.75]),
    ([0, 2.5], [0.5, 3]),
    ([0, 2.5, 2.75, 3], [0.5, 3]),
    ([0, 10], [0.5, 10.5]),
    ([0.25 * number for number in range(25)], [0.5, 5.75, 7.75]),
    ([0.25 * number for number in range(1, 41)], [0.75, 6, 10.5]),
]


@pytest.mark.parametrize(("changes", "events"), TIMES)
def test_times(changes: list[float], events: list[float]) -> None:
    assert [one.at for one in run(DEFAULTS, [Arrival(at, "web") for at in changes])] == events


def test_nothing_is_due_too_early() -> None:
    coalescer = Coalescer(DEFAULTS)
    assert (coalescer.due, coalescer.take(100.0)) == (None, None)
    coalescer.add([], 0.0)
    assert coalescer.due is None
    coalescer.add([change("web")], 1.0)
    assert (coalescer.due, coalescer.take(1.25)) == (1.5, None)
    pending = coalescer.take(1.75)
    assert pending and (list(pending.services), pending.since) == ([("a", "web")], 1.0)
    assert (coalescer.due, coalescer.take(100.0)) == (None, None)


def test_an_event_has_the_kinds_and_reasons_of_each_service_once() -> None:
    coalescer = Coalescer(DEFAULTS)
    web = [change("web", "Pod", "mapping"), change("web"), change("web", "Pod", "mapping")]
    coalescer.add([*web, change("api", "Service", "deleted")], 0.0)
    pending = coalescer.take(0.5)
    assert pending and listed(pending.services) == [
        {"namespace": "a", "name": "api", "kinds": ["Service"], "reasons": ["deleted"]},
        {"namespace": "a", "name": "web", "kinds": ["Pod", "Service"], "reasons": ["mapping", "changed"]},
    ]


def test_the_list_is_sorted_and_may_be_empty() -> None:
    names = [("b", "a"), ("a", "c"), ("a", "b")]
    assert [(one["namespace"], one["name"]) for one in listed({name: Reasons() for name in names})] == sorted(names)
    assert listed({}) == []


ALL_OVER: list[tuple[list[str], bool, int]] = [
    # the changed Services, with all_over 2: if the event covers everything, and how many it names
    (["a"], False, 1),
    (["a", "b"], False, 2),
    (["a", "b", "a"], False, 2),
    (["a", "b", "c"], True, 0),
    (["*"], True, 0),
    (["a", "*"], True, 0),
    (["*", "a"], True, 0),
]


@pytest.mark.parametrize(("services", "everything", "names"), ALL_OVER)
def test_all_over(services: list[str], everything: bool, names: int) -> None:
    coalescer = Coalescer(ChangesOptions(all_over=2))
    coalescer.add(map(change, services), 0.0)
    pending = coalescer.take(0.5)
    assert pending and (pending.everything, len(pending.services)) == (everything, names)
    coalescer.add([change("a")], 3.0)
    later = coalescer.take(3.5)
    assert later and (later.everything, list(later.services)) == (False, [("a", "a")])


def test_an_event_of_everything_covers_the_changes_before_it() -> None:
    """A resync begins a new interval, as each event does."""
    changes = [Arrival(1.0, "a"), Arrival(1.25, "b")]
    assert [one.at for one in run(DEFAULTS, changes, resyncs=[1.125])] == [3.125]


TENTH = st.integers(0, 300).map(lambda number: number / 10)
arrivals = st.lists(st.builds(Arrival, TENTH, st.sampled_from("abcdef*")), max_size=30)
settles = st.sampled_from([0.0, 0.25, 0.5, 1.0])
some_options = st.builds(
    ChangesOptions,
    settle=settles,
    settle_max=st.sampled_from([1.0, 2.0, 5.0]),
    min_interval=st.sampled_from([0.0, 0.5, 2.0, 10.0]),
    all_over=st.sampled_from([1, 3, 50]),
)


@given(some_options, arrivals)
def test_no_change_is_lost_or_waits_long(options: ChangesOptions, changes: list[Arrival]) -> None:
    """Each change is in the first event at or after it, and the event names no other Service."""
    sent = run(options, changes)
    begin = -1.0
    for event in sent:
        covered = [one for one in changes if begin < one.at <= event.at]
        names = {("a", one.service) for one in covered if one.service != "*"}
        everything = len(names) > options.all_over or any(one.service == "*" for one in covered)
        assert (event.pending.everything, set(event.pending.services)) == (everything, set() if everything else names)
        assert event.pending.since == min(one.at for one in covered)
        assert event.at - event.pending.since <= max(options.settle_max, options.min_interval) + 1e-9
        begin = event.at
    assert all(one.at <= begin for one in changes)


@given(some_options, arrivals, st.lists(TENTH, max_size=3))
def test_a_change_before_a_resync_is_covered(options: ChangesOptions, changes: list[Arrival], resyncs: list[float]) -> None:
    sent = run(options, changes, resyncs)
    ends = sorted([*(event.at for event in sent), *resyncs])
    assert all(any(end >= one.at for end in ends) for one in changes)
    for event in sent:
        previous = max([end for end in ends if end < event.at], default=-NOTHING_LATER)
        assert event.at >= previous + options.min_interval - 1e-9


@given(some_options, arrivals)
def test_events_have_a_least_distance(options: ChangesOptions, changes: list[Arrival]) -> None:
    times = [event.at for event in run(options, changes)]
    assert all(later - earlier >= options.min_interval - 1e-9 for earlier, later in zip(times, times[1:]))


few_moments = st.lists(st.integers(0, 24).map(lambda eighths: eighths / 8), min_size=1, max_size=6)
thirty = few_moments.map(lambda moments: sorted((moments * 30)[:30]))
"""30 changes within 3 seconds, with pauses in between."""


@given(thirty)
def test_thirty_changes_in_three_seconds(times: list[float]) -> None:
    """One event after an idle time, one for the rest, and one more for each pause that is longer than `settle`."""
    pauses = sum(later - earlier > DEFAULTS.settle for earlier, later in zip(times, times[1:]))
    changes = [Arrival(at, f"s{number}") for number, at in enumerate(times)]
    assert 1 <= len(run(DEFAULTS, changes)) <= min(3, 2 + pauses)
    assert len(run(ChangesOptions(min_interval=2.5), changes)) <= 2, "settle and min_interval make 3 seconds"


def test_a_rollout_of_twenty_pods_makes_two_events() -> None:
    assert len(run(DEFAULTS, [Arrival(number * 0.15, "web") for number in range(20)])) == 2


COVERED: list[tuple[list[str] | None, float, list[str]]] = [
    # the Services that a run read, the time from which on it read them, and the changes that are left
    (["a"], 2.0, ["*", "b"]),
    (["a", "b"], 2.0, ["*"]),
    (["a", "b"], 1.5, ["*", "b"]),
    (["a"], 1.0, ["*", "a", "b"]),
    ([], 9.0, ["*", "a", "b"]),
    (["z"], 9.0, ["*", "a", "b"]),
    (None, 9.0, []),
    (None, 1.75, ["*", "b"]),
]


@pytest.mark.parametrize(("services", "before", "left"), COVERED)
def test_a_run_covers_the_changes_before_it(services: list[str] | None, before: float, left: list[str]) -> None:
    coalescer = Coalescer(DEFAULTS)
    for name, at in (("a", 1.0), ("b", 1.75), ("*", 1.75)):
        coalescer.add([change(name)], at)
    coalescer.cover(None if services is None else {("a", name) for name in services}, before)
    pending = coalescer.take(9.0)
    assert (pending is None) == (not left)
    if pending:
        assert (pending.everything, pending.since) == (True, 1.0 if "a" in left else 1.75)


def test_the_last_change_of_a_service_decides_if_it_is_covered() -> None:
    coalescer = Coalescer(DEFAULTS)
    coalescer.add([change("a")], 1.0)
    coalescer.add([change("a")], 2.0)
    coalescer.cover({("a", "a")}, 2.0)
    assert coalescer.due == 1.5
    coalescer.cover({("a", "a")}, 2.25)
    assert (coalescer.due, coalescer.take(9.0)) == (None, None)
