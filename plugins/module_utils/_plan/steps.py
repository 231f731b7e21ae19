# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""How the members of a pool get from what the device has to what is wanted without a lost request.

AS3 deletes members before its transaction and does not put them back if that fails. It deletes and adds again
a member whose settings change. So no POST may remove, or delete and re-add, more than half of the members
that can still answer. The first POST has the union of old and new. When the new members are up, the next
POSTs remove the old ones. Each removes at most half of the members that answer.

A member that drains is disabled before it is removed, also at most half at once. It stays until it is
drained.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Collection, Mapping, Sequence

from .._as3.members import Key, Settings, meaning, order
from .model import States


@dataclass(frozen=True)
class PoolStep:
    """The members after the next POST.

    waiting  members that must come up before there can be a next POST
    disable  members that drain and still get new connections: to be disabled after this POST
    held     members that stay only until they are drained
    final    nothing is left to do after it
    """

    target: Mapping[Key, Settings]
    waiting: Sequence[Key] = field(default_factory=list)
    final: bool = True
    disable: Sequence[Key] = ()
    held: frozenset[Key] = frozenset()


def next_pool_step(
    current: Mapping[Key, Settings],
    wanted: Mapping[Key, Settings],
    states: States | None,
    gone: Collection[Key] = (),
    settling: Collection[Key] = (),
    patient: bool = True,
    draining: Collection[Key] = (),
) -> PoolStep:
    """The next POST for a pool.

    current  members and settings as stored (any POST repairs a device that lost some)
    states   the states of its members on the device; None if they were not read: then all can answer
    gone     members for which nothing answers any more, as the cluster shows
    settling members added, or deleted and added again, by this run: they count only once they are up
    patient  False: do not wait for monitors
    draining members that keep their connections until these are closed, if they are to be removed
    """
    answering = {key for key in current if key not in gone and _answers(states, key)}
    removed = [key for key in current if key not in wanted]
    changed = [key for key in wanted if key in current and meaning(wanted[key]) != meaning(current[key])]
    held = frozenset(key for key in removed if key in draining and key not in gone and states is not None)
    leaving = [key for key in removed if key in answering]
    readded = [key for key in changed if key in answering]
    if any(key not in current for key in wanted):
        left = {key: current[key] for key in removed if key not in gone}
        if left or readded:
            union = {**{key: current.get(key, wanted[key]) for key in wanted}, **left}
            return PoolStep(union, final=False, held=held)
    risky = [*sorted(leaving, key=order), *sorted(readded, key=order)]
    if not risky and not held:
        return PoolStep(dict(wanted))
    dead = {key for key in removed if key not in answering and key not in held}
    staying = {key: settings for key, settings in current.items() if key not in dead}
    unsettled = _unsettled(wanted, states, settling) if patient and risky else []
    if unsettled:
        return PoolStep(staying, [] if dead else sorted(unsettled, key=order), final=False, held=held)
    most = max(1, sum(1 for key in answering if _is_up(states, key)) // 2)
    later = set(risky[most:])
    target = {
        key: settings if key in later or key in held else wanted.get(key) for key, settings in staying.items()
    }
    return PoolStep(
        {key: settings for key, settings in target.items() if settings is not None},
        final=not later and not held,
        disable=sorted((key for key in held if key not in later and _is_enabled(states, key)), key=order),
        held=held,
    )


def _unsettled(wanted: Collection[Key], states: States | None, settling: Collection[Key]) -> list[Key]:
    """The members that must come up before any member that answers is removed.

    This run added them, or no monitor has judged them yet (an earlier run may have been cancelled). As long
    as no member is up, it is every one.
    """
    if states is None:
        return []
    pending = [key for key in wanted if not _is_up(states, key)]
    if not any(_is_up(states, key) and _answers(states, key) for key in wanted):
        return pending
    return [key for key in pending if key in settling or key not in states or not states[key].down]


def _answers(states: States | None, key: Key) -> bool:
    if states is None:
        return True
    state = states.get(key)
    return state is not None and not state.down and not state.disabled


def _is_enabled(states: States | None, key: Key) -> bool:
    state = (states or {}).get(key)
    return state is not None and not state.disabled


def _is_up(states: States | None, key: Key) -> bool:
    if states is None:
        return True
    state = states.get(key)
    return state is not None and (state.up or state.unmonitored or state.disabled)
