# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No POST removes more than half of the members that answer, and the goal is reached."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._as3.members import Key, Settings, meaning
from ansible_collections.vks.bigip.plugins.module_utils._plan.steps import next_pool_step


@dataclass(frozen=True)
class State:
    up: bool = True
    down: bool = False
    unmonitored: bool = False
    disabled: bool = False


UP, DOWN, NEW, DISABLED = State(), State(up=False, down=True), State(up=False), State(disabled=True)
UNMONITORED, OFF = State(up=False, unmonitored=True), State(up=False, disabled=True)
MEMBERS = st.dictionaries(
    st.integers(1, 12).map(lambda number: (f"10.0.0.{number}", 80)),
    st.integers(1, 2).map(lambda ratio: {"ratio": ratio}),
    max_size=10,
)


@given(MEMBERS, MEMBERS, st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_no_post_takes_more_than_half(
    old: dict[Key, Settings], new: dict[Key, Settings], dead: set[int], gone_numbers: set[int]
) -> None:
    states = {key: DOWN if int(key[0].rsplit(".", 1)[1]) in dead else UP for key in old}
    gone = {key for key in old if key not in new and int(key[0].rsplit(".", 1)[1]) in gone_numbers}
    current, settling = dict(old), set()
    for _post in range(40):
        step = next_pool_step(current, new, states, gone, settling)
        if step.waiting:
            assert set(step.target) == set(current)
            states.update({key: UP for key in step.waiting})
            continue
        answering = [key for key in current if key not in gone and states[key] is UP]
        lost = [
            key
            for key in answering
            if key not in step.target or meaning(step.target[key]) != meaning(current[key])
        ]
        left = [key for key in answering if key not in lost]
        # One that answers can only go at once if there is no other way: nothing answers beside it.
        assert len(lost) * 2 <= len(answering) or (len(lost) == len(answering) == 1), (current, step.target)
        assert left or len(answering) <= 1
        for key, settings in step.target.items():
            if key not in current or meaning(current[key]) != meaning(settings):
                states[key] = NEW
                settling.add(key)
        current = step.target
        if step.final:
            break
    assert current == new


NUMBERS = st.sets(st.integers(1, 12))


@given(MEMBERS, MEMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_member_that_drains_stays_until_it_is_drained(
    old: dict[Key, Settings], new: dict[Key, Settings], dead: set[int], off: set[int], ending: set[int], slow: set[int]
) -> None:
    """No step takes more than half of the members that get new connections, and none cuts a connection."""

    def among(key: Key, numbers: set[int]) -> bool:
        return int(key[0].rsplit(".", 1)[1]) in numbers

    states = {key: DOWN if among(key, dead) else DISABLED if among(key, off) else UP for key in old}
    draining = {key for key in old if key not in new and among(key, ending)}
    current, settling, waits = dict(old), set[Key](), 0
    for _step in range(60):
        step = next_pool_step(current, new, states, (), settling, True, draining)
        if step.waiting:
            states.update({key: UP for key in step.waiting})
            continue
        answering = {key for key in current if states[key] is UP}
        lost = {key for key in answering if step.target.get(key) != current[key]} | {*step.disable} & answering
        assert len(lost) * 2 <= len(answering) or len(lost) == len(answering) == 1
        assert draining <= set(step.target) and step.held == draining
        assert all(step.target[key] == current[key] for key in draining)
        for key, settings in step.target.items():
            if key not in current or meaning(current[key]) != meaning(settings):
                states[key] = NEW
                settling.add(key)
        if step.final:
            assert step.target == new
            return
        if step.target == current and not step.disable:
            assert draining and all(states[key].disabled for key in draining)
            waits += 1
            draining -= {key for key in draining if waits > 1 or not among(key, slow)}
        current = dict(step.target)
        states.update({key: DISABLED for key in step.disable})
    raise AssertionError("the goal was not reached")


A, B, C, D = (("10.0.0.1", 80), ("10.0.0.2", 80), ("10.0.0.3", 80), ("10.0.0.4", 80))


@pytest.mark.parametrize(
    ("current", "wanted", "states", "gone", "target", "final"),
    [
        ([A], [A, B], {A: UP}, [], [A, B], True),
        ([A, B], [A], {A: UP, B: UP}, [], [A], True),
        ([A, B], [A], {A: UP, B: DOWN}, [], [A], True),
        ([A, B], [C, D], {A: UP, B: UP}, [], [A, B, C, D], False),
        ([A, B], [C, D], {A: UP, B: UP}, [A, B], [C, D], True),
        ([A, B], [C, D], {A: UP, B: UP}, [A], [B, C, D], False),
        ([A, B], [C, D], {A: DOWN, B: DOWN}, [], [A, B, C, D], False),
        ([A, B, C, D], [A], {A: UP, B: UP, C: UP, D: UP}, [], [A, D], False),
        ([A, B, C, D], [A], {A: UP, B: UP, C: UP, D: UP}, [B, C, D], [A], True),
        ([A, B, C, D], [A], None, [], [A, D], False),
        ([A], [], {A: UP}, [], [], True),
        ([], [A], {}, [], [A], True),
    ],
)
def test_next_step(
    current: list[Key],
    wanted: list[Key],
    states: dict[Key, State] | None,
    gone: list[Key],
    target: list[Key],
    final: bool,
) -> None:
    step = next_pool_step(dict.fromkeys(current, {}), dict.fromkeys(wanted, {}), states, gone)
    assert (sorted(step.target), step.final) == (sorted(target), final)


def test_a_run_after_one_that_was_cancelled_waits_for_the_new_members_too() -> None:
    union: dict[Key, Settings] = {A: {}, B: {}, C: {}, D: {}}
    assert next_pool_step(union, {C: {}, D: {}}, {A: UP, B: UP, C: NEW, D: NEW}).waiting == [C, D]
    assert next_pool_step(union, {C: {}, D: {}}, {A: UP, B: UP, C: DOWN, D: DOWN}).waiting == [C, D]
    assert next_pool_step(union, {C: {}, D: {}}, {A: UP, B: UP, C: UP, D: DOWN}).waiting == []


def test_a_disabled_member_is_not_one_that_is_up() -> None:
    """B takes no request, so A stays until C is up. Where all are disabled, no member is waited for."""
    union: dict[Key, Settings] = {A: {}, B: {}, C: {}}
    assert next_pool_step(union, {B: {}, C: {}}, {A: UP, B: DISABLED, C: DOWN}).waiting == [C]
    assert sorted(next_pool_step(union, {B: {}, C: {}}, {A: UP, B: DISABLED, C: UP}).target) == [B, C]
    assert sorted(next_pool_step(union, {B: {}, C: {}}, {A: UP, B: DISABLED, C: DISABLED}).target) == [B, C]


def test_dead_members_go_as_soon_as_the_union_is_in() -> None:
    step = next_pool_step({A: {}, B: {}, C: {}}, {C: {}}, {A: UP, B: DOWN, C: NEW}, (), {C})
    assert sorted(step.target) == [A, C] and not step.waiting
    step = next_pool_step({A: {}, C: {}}, {C: {}}, {A: UP, C: NEW}, (), {C})
    assert step.waiting == [C]
    step = next_pool_step({A: {}, C: {}}, {C: {}}, {A: UP, C: NEW}, (), {C}, patient=False)
    assert sorted(step.target) == [C]


@pytest.mark.parametrize(
    ("current", "wanted", "states", "gone", "settling", "patient", "target", "waiting", "final"),
    [
        # All members come up, are changed, or are removed where none can answer: nothing is to be feared.
        ([], [A, B], {}, [], [], True, [A, B], [], True),
        ([A], [B], {A: DOWN}, [], [], True, [A, B], [], False),
        ([A], [B], {A: DOWN}, [A], [], True, [B], [], True),
        ([A, B], [A], {A: NEW, B: DOWN}, [], [], True, [A], [], True),
        ([A, B], [A], {A: NEW, B: DISABLED}, [], [], True, [A], [], True),
        # The new members must come up before any that answers is removed.
        ([A, B], [B], {A: UP, B: NEW}, [], [B], True, [A, B], [B], False),
        ([A, B], [B], {A: UP, B: NEW}, [], [], True, [A, B], [B], False),
        ([A, B], [B], {A: UP, B: DOWN}, [], [B], True, [A, B], [B], False),
        ([A, B, C], [B, C], {A: UP, B: UP, C: DOWN}, [], [C], True, [A, B, C], [C], False),
        ([A, B, C], [B, C], {A: UP, B: UP, C: DOWN}, [], [], True, [B, C], [], True),
        ([A, B, C], [B, C], {A: UP, B: UP}, [], [], True, [A, B, C], [C], False),
        ([A, B, C], [B, C], {A: UP, B: UP, C: NEW}, [], [], True, [A, B, C], [C], False),
        ([A, B, C], [B, C], {A: UP, B: NEW, C: DOWN}, [], [], True, [A, B, C], [B, C], False),
        ([A, B], [B], {A: UP, B: UNMONITORED}, [], [B], True, [B], [], True),
        ([A, B], [B], {A: UP, B: NEW}, [], [B], False, [B], [], True),
        # One that an operator disabled is not waited for.
        ([A, B], [B], {A: UP, B: OFF}, [], [B], True, [B], [], True),
        # Not read: all are up.
        ([A, B], [B], None, [], [B], True, [B], [], True),
        # Dead ones go at once, and that is all of the step.
        ([A, B, C], [C], {A: UP, B: DOWN, C: NEW}, [], [C], True, [A, C], [], False),
        ([A, B, C], [C], {A: UP, B: UP, C: NEW}, [B], [C], True, [A, C], [], False),
        # Half of those that are up, at least one; members that are not judged yet do not count.
        ([A, B, C, D], [], {A: UP, B: UP, C: UP, D: UP}, [], [], True, [C, D], [], False),
        ([A, B, C, D], [], {A: UP, B: UP, C: NEW, D: NEW}, [], [], False, [B, C, D], [], False),
        ([A, B, C], [], {A: UP, B: UP, C: UP}, [], [], True, [B, C], [], False),
        ([A, B], [], {A: UP, B: UP}, [], [], True, [B], [], False),
        ([A], [], {A: NEW}, [], [], False, [], [], True),
        ([A, B, C, D], [], {A: UNMONITORED, B: UNMONITORED, C: UP, D: UP}, [], [], True, [C, D], [], False),
        ([A, B, C, D], [], {A: DISABLED, B: DISABLED, C: UP, D: UP}, [], [], True, [D], [], False),
    ],
)
def test_a_step(
    current: list[Key],
    wanted: list[Key],
    states: dict[Key, State] | None,
    gone: list[Key],
    settling: list[Key],
    patient: bool,
    target: list[Key],
    waiting: list[Key],
    final: bool,
) -> None:
    step = next_pool_step(
        dict.fromkeys(current, {}), dict.fromkeys(wanted, {}), states, gone, settling, patient
    )
    assert (sorted(step.target), list(step.waiting), step.final) == (target, waiting, final)


def settings(**ratios: int) -> dict[Key, Settings]:
    return {(f"10.0.0.{'ABCD'.index(name) + 1}", 80): {"ratio": ratio} for name, ratio in ratios.items()}


@pytest.mark.parametrize(
    ("current", "wanted", "states", "target", "final"),
    [
        # One at a time of two that answer; a member that cannot answer is changed at once.
        (settings(A=1, B=1), settings(A=2, B=2), {A: UP, B: UP}, settings(A=2, B=1), False),
        (settings(A=1, B=1), settings(A=2, B=2), {A: UP, B: DOWN}, settings(A=2, B=2), True),
        (settings(A=1, B=1), settings(A=2, B=2), {A: DOWN, B: DOWN}, settings(A=2, B=2), True),
        # Members are removed before others are changed.
        (settings(A=1, B=1), settings(A=2), {A: UP, B: UP}, settings(A=1), False),
        (
            settings(A=1, B=1, C=1, D=1),
            settings(A=2, B=2),
            {A: UP, B: UP, C: UP, D: UP},
            settings(A=1, B=1),
            False,
        ),
        # While others are added, nothing is changed or removed, unless nothing there can answer.
        (settings(A=1), settings(A=2, B=1), {A: UP}, settings(A=1, B=1), False),
        (settings(A=1), settings(A=2, B=1), {A: DOWN}, settings(A=2, B=1), True),
        (settings(A=1), settings(A=1, B=1), {A: UP}, settings(A=1, B=1), True),
        # A setting with the default of AS3 is not a change.
        ({A: {}, B: {}}, {A: {"ratio": 1}, B: {}}, {A: UP, B: UP}, {A: {"ratio": 1}, B: {}}, True),
    ],
)
def test_changed_settings(
    current: dict[Key, Settings],
    wanted: dict[Key, Settings],
    states: dict[Key, State],
    target: dict[Key, Settings],
    final: bool,
) -> None:
    step = next_pool_step(current, wanted, states)
    assert (step.target, step.waiting, step.final) == (target, [], final)


def test_waiting_members_are_listed_in_the_order_of_their_addresses() -> None:
    later: Key = ("10.0.0.10", 80)
    step = next_pool_step({A: {}, later: {}, B: {}}, {later: {}, B: {}}, {A: UP, later: NEW, B: NEW})
    assert step.waiting == [B, later] and not step.final


def test_members_are_changed_in_the_order_of_their_addresses() -> None:
    keys: list[Key] = [("10.0.0.10", 80), C, B, A]
    current: dict[Key, Settings] = {key: {"ratio": 1} for key in keys}
    wanted: dict[Key, Settings] = {key: {"ratio": 2} for key in keys}
    target = next_pool_step(current, wanted, dict.fromkeys(keys, UP)).target
    assert [key for key in keys if target[key] == {"ratio": 2}] == [B, A]


def test_members_are_removed_in_the_order_of_their_addresses() -> None:
    later: Key = ("10.0.0.10", 80)
    union: dict[Key, Settings] = {later: {}, D: {}, C: {}, B: {}}
    assert list(next_pool_step(union, {}, dict.fromkeys(union, UP)).target) == [later, D]


DRAINS = [
    # current, wanted, states, draining: target, waiting, disable, held, final
    ([A, B], [A], {A: UP, B: UP}, [B], ([A, B], [], [B], [B], False)),
    ([A, B], [A], {A: UP, B: DISABLED}, [B], ([A, B], [], [], [B], False)),
    ([A, B], [A], {A: UP, B: OFF}, [B], ([A, B], [], [], [B], False)),
    ([A, B], [A], {A: UP, B: DISABLED}, [], ([A], [], [], [], True)),
    ([A, B], [A, B], {A: UP, B: UP}, [B], ([A, B], [], [], [], True)),
    ([A], [A], {A: UP}, [B], ([A], [], [], [], True)),
    ([A, B], [A], None, [B], ([A], [], [], [], True)),
    # The new members must come up first. A disabled one only waits for its connections.
    ([A], [B], {A: UP}, [A], ([A, B], [], [], [A], False)),
    ([A, B], [B], {A: UP, B: NEW}, [A], ([A, B], [B], [], [A], False)),
    ([A, B], [B], {A: DISABLED, B: NEW}, [A], ([A, B], [], [], [A], False)),
    # Half of those that answer, and all that do not answer anyway.
    ([A, B, C, D], [A], {A: UP, B: UP, C: UP, D: UP}, [B, C, D], ([A, B, C, D], [], [B, C], [B, C, D], False)),
    ([A, B, C, D], [A], {A: UP, B: DISABLED, C: UP, D: DOWN}, [B, C, D], ([A, B, C, D], [], [C, D], [B, C, D], False)),
    # Dead members that do not drain are removed at once, others share the half.
    ([A, B, C, D], [A], {A: UP, B: UP, C: UP, D: DOWN}, [B], ([A, B, C], [], [B], [B], False)),
    ([A, B, C], [A], {A: UP, B: DISABLED, C: UP}, [B], ([A, B], [], [], [B], False)),
]


@pytest.mark.parametrize(("current", "wanted", "states", "draining", "expected"), DRAINS)
def test_members_that_drain(
    current: list[Key],
    wanted: list[Key],
    states: dict[Key, State] | None,
    draining: list[Key],
    expected: tuple[list[Key], list[Key], list[Key], list[Key], bool],
) -> None:
    step = next_pool_step(dict.fromkeys(current, {}), dict.fromkeys(wanted, {}), states, draining=draining)
    assert (sorted(step.target), step.waiting, [*step.disable], sorted(step.held), step.final) == expected
