# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Many changes become one event.

An event is a hint: its play reads the state itself. So a later change needs no event of its own while an
earlier one waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Container, Iterable, NamedTuple

from .digests import Name
from .known import Change
from .options import ChangesOptions


class Pending(NamedTuple):
    """The content of one event. since: the time of its first change."""

    services: dict[Name, Reasons]
    everything: bool
    since: float


@dataclass
class Reasons:
    """Why a Service is in an event: kinds of objects and reasons, each once, in their order.

    since, last  the times of its first and last change
    """

    since: float = 0.0
    last: float = 0.0
    kinds: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)

    def add(self, change: Change, now: float, since: float) -> None:
        self.since, self.last = min(self.since, since), now
        self.kinds[change.kind] = None
        self.reasons[change.reason] = None


class Coalescer:
    """Collects changes until an event is due. Times are seconds of one clock."""

    def __init__(self, options: ChangesOptions) -> None:
        self._options = options
        self._sent: float | None = None
        self._changed: dict[Name | None, Reasons] = {}
        """By Service; None for a change that concerns all of them."""

    def add(self, changes: Iterable[Change], now: float, since: float | None = None) -> None:
        """Take changes that were seen now. since: when they happened, if an earlier event reported them."""
        happened = now if since is None else since
        for change in changes:
            self._changed.setdefault(change.service, Reasons(happened)).add(change, now, happened)

    def cover(self, services: Container[Name] | None, before: float) -> None:
        """Drop the changes of these Services before this moment: a run that succeeded read them later.

        services  None: all of them
        """
        self._changed = {
            name: why
            for name, why in self._changed.items()
            if why.last >= before or services is not None and name not in services
        }

    @property
    def due(self) -> float | None:
        """When the next event is due.

        After an idle time, it waits only for what changes together: its play starts for a second, and reads the
        state then. Any other event also waits until changes settle, or settle_max has passed.
        """
        if not self._changed:
            return None
        first = min(why.since for why in self._changed.values())
        last = max(why.last for why in self._changed.values())
        free = None if self._sent is None else self._sent + self._options.min_interval
        if free is None or first >= free:
            return first + self._options.settle
        return max(min(last + self._options.settle, first + self._options.settle_max), free)

    def take(self, now: float) -> Pending | None:
        """The event to send now; None if nothing is due."""
        due = self.due
        if due is None or now < due:
            return None
        services = {name: why for name, why in self._changed.items() if name is not None}
        everything = None in self._changed or len(services) > self._options.all_over
        since = min(why.since for why in self._changed.values())
        self.restart(now)
        return Pending({} if everything else services, everything, since)

    def restart(self, now: float) -> None:
        """An event that covers everything is sent now."""
        self._changed = {}
        self._sent = now


def listed(services: dict[Name, Reasons]) -> list[dict[str, Any]]:
    """`services` of an event."""
    return [
        {"namespace": namespace, "name": name, "kinds": list(why.kinds), "reasons": list(why.reasons)}
        for (namespace, name), why in sorted(services.items())
    ]
