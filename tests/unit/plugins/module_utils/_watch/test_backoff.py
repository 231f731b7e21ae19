# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pauses between attempts: they double, they have bounds, and the server may ask for more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.backoff import Backoff


def test_the_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(lambda: 0.0)
    assert [backoff.next() for _attempt in range(8)] == [0.5, 1, 2, 4, 8, 16, 24, 24]


def test_a_success_begins_again() -> None:
    backoff = Backoff(lambda: 0.0)
    assert [backoff.next() for _attempt in range(3)] == [0.5, 1, 2]
    backoff.reset()
    assert backoff.next() == 0.5


RETRY_AFTER: list[tuple[float | None, float]] = [
    # the seconds of Retry-After, and the pause
    (None, 0.5),
    (0, 0.5),
    (0.2, 0.5),
    (7, 7),
    (120, 120),
]


@pytest.mark.parametrize(("asked", "pause"), RETRY_AFTER)
def test_the_server_sets_the_least_pause(asked: float | None, pause: float) -> None:
    backoff = Backoff(lambda: 0.0)
    assert backoff.next(asked) == pause
    assert backoff.next() == 1, "the next pause is the same with and without Retry-After"


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 3600)), max_size=20))
def test_each_pause_is_within_its_bounds(attempts: list[tuple[float, float | None]]) -> None:
    chances = iter([chance for chance, _asked in attempts])
    backoff = Backoff(lambda: next(chances))
    for number, (_chance, asked) in enumerate(attempts):
        least = min(24.0, 0.5 * 2**number)
        pause = backoff.next(asked)
        assert pause >= max(least, asked or 0.0)
        assert pause <= max(1.25 * least, asked or 0.0)


def test_two_sources_do_not_return_at_once() -> None:
    """By default, chance prolongs the pauses."""
    assert len({Backoff().next() for _source in range(20)}) > 1
