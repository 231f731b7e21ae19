# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the members of a pool get from what the device has to what is wanted without a lost request.

This module util is PRIVATE to the collection.

AS3 deletes members before its transaction and does not put them back if that fails; a member whose settings change is
deleted and added again. So no POST may remove, or delete and re-add, more than half of the members that can still answer:
first the union of old and new, then, when the new ones are up, the old ones go, at most half of those that answer at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Collection, Mapping

from .._as3.members import Key, Settings, meaning, order
from .model import States


@dataclass
class PoolStep:
    """The members after the next POST. waiting: who must come up before there can be a next POST; final: nothing is left to do after it."""

    target: dict[Key, Settings] = field(default_factory=dict)
    waiting: list[Key] = field(default_factory=list)
    final: bool = True


def next_step(
    current: Mapping[Key, Settings],
    wanted: Mapping[Key, Settings],
    states: States | None,
    gone: Collection[Key] = (),
    settling: Collection[Key] = (),
    patient: bool = True,
) -> PoolStep:
    """The next POST for a pool.

    current  members and settings as stored (a device that lost some is healed by any POST)
    states   what the device says of its members; None if that was not read: then all can answer
    gone     members that the cluster says nothing answers for any more
    settling members added, or deleted and added again, by this run: they count only once they are up
    patient  False: do not wait for monitors
    """
    added = [key for key in wanted if key not in current]
    removed = [key for key in current if key not in wanted]
    changed = [key for key in wanted if key in current and meaning(wanted[key]) != meaning(current[key])]
    answering = {key for key in current if key not in gone and _answers(states, key)}
    risky_removed = [key for key in removed if key in answering]
    if added:
        if not risky_removed and not [key for key in changed if key in answering] and not [key for key in removed if key not in gone]:
            return PoolStep(dict(wanted))
        target = {key: current.get(key, wanted[key]) for key in wanted}
        target.update({key: current[key] for key in removed if key not in gone})
        return PoolStep(target, [], False)
    if not removed and not changed:
        return PoolStep(dict(wanted))
    dead = [key for key in removed if key not in answering]
    free = [key for key in changed if key not in answering]
    risky = sorted(risky_removed, key=order) + sorted((key for key in changed if key in answering), key=order)
    if not risky:
        return PoolStep(dict(wanted))
    unsettled = _unsettled(current, wanted, states, settling) if patient else []
    if unsettled:
        if dead:
            return PoolStep({key: value for key, value in current.items() if key not in dead}, [], False)
        return PoolStep(dict(current), sorted(unsettled, key=order), False)
    allowed = max(1, sum(1 for key in answering if _is_up(states, key)) // 2)
    slice_ = set(risky[:allowed])
    target = {}
    for key, settings in current.items():
        if key in dead or key in slice_ and key not in wanted:
            continue
        target[key] = wanted[key] if key in wanted and (key in slice_ or key in free) else settings
    return PoolStep(target, [], len(risky) <= allowed)


def _unsettled(current: Mapping[Key, Settings], wanted: Mapping[Key, Settings], states: States | None, settling: Collection[Key]) -> list[Key]:
    """Who must come up before anybody who answers goes: what this run added, what no monitor has judged yet (an earlier run may
    have been cancelled), and everybody as long as nobody is up."""
    if states is None:
        return []
    staying = [key for key in wanted if key in current and not _is_up(states, key)]
    if not any(_is_up(states, key) and _answers(states, key) for key in wanted if key in current):
        return staying
    return [key for key in staying if key in settling or key not in states or not states[key].down]


def _answers(states: States | None, key: Key) -> bool:
    if states is None:
        return True
    state = states.get(key)
    return state is not None and not state.down and not state.disabled


def _is_up(states: States | None, key: Key) -> bool:
    if states is None:
        return True
    state = states.get(key)
    return state is not None and (state.up or state.unmonitored or state.disabled)
