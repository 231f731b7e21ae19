# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The wait for Antrea's mappings, as long as each source asks (wait_for_mappings)."""

from __future__ import annotations

import dataclasses

from .._deadline import Deadline, backoff
from .._members.explain import WAITABLE
from .._members.model import Pool
from .._members.source import Source
from .pools import PoolOrFailure, Pools, gaps

MOMENT = 0.01  # seconds that do not count as time
HOPELESS = frozenset(["npl_off", "antrea_missing"])  # Antrea will write no mapping, however long the wait


def wait(pools: Pools, deadline: Deadline) -> None:
    """Read again until each mapping exists or its source's wait is over, and warn of what is missing."""
    before = deadline.remaining
    pauses = backoff(cap=3.0)
    waited = 0.0
    waiting = waited_for = [number for number in range(len(pools.sources)) if _waits(pools, number, waited)]
    while waiting:
        longest = max(pools.sources[number].wait_for_mappings for number in waiting)
        if not deadline.pause(min(next(pauses), longest - waited)):
            break
        pools.read_again(waiting)
        waited = before - deadline.remaining
        waiting = [number for number in waiting if _waits(pools, number, waited)]
    pools.explain(waited_for)
    for number in waited_for:
        pools.outcomes[number] = _with_warning(pools.outcomes[number], pools.sources[number])


def _waits(pools: Pools, number: int, waited: float) -> bool:
    outcome = pools.outcomes[number]
    return (
        bool(gaps(outcome, WAITABLE))
        and not gaps(outcome, HOPELESS)
        and waited + MOMENT < pools.sources[number].wait_for_mappings
    )


def _with_warning(outcome: PoolOrFailure, source: Source) -> PoolOrFailure:
    """Return the outcome with a warning about the mappings that are still missing."""
    missing = gaps(outcome, WAITABLE)
    if not isinstance(outcome, Pool) or not missing:
        return outcome
    text = (
        f"After {source.wait_for_mappings:g} s of wait_for_mappings, {missing} ready endpoint(s) still have "
        "no usable mapping: see left_out."
    )
    return dataclasses.replace(outcome, warnings=(*outcome.warnings, text))
