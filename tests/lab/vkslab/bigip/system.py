# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the system beside its configuration: version, modules, failover; and the pair of two units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TMOS = "17.1.1"
GROUP = "/Common/lab-group"


class Pair:
    """The device group of two units: which one is active, and if both have the same configuration.

    ``sync`` is ``manual`` (the group stays "Changes Pending" until a sync) or ``automatic``.
    """

    def __init__(self, copy: Callable[[int, int], str], *, automatic: bool = False) -> None:
        """``copy`` returns why the target refused the configuration, or nothing."""
        self.active = 0
        self.automatic = automatic
        self.changed_on: set[int] = set()
        self.syncs = 0
        self.failure = ""  # of the last sync, in the target's words
        self._copy = copy
        self._copying = False
        self._listeners: list[Callable[[int], None]] = []
        self.path = GROUP

    def on_failover(self, callback: Callable[[int], None]) -> None:
        self._listeners.append(callback)

    def failover(self, to: int | None = None) -> int:
        self.active = 1 - self.active if to is None else to
        for callback in self._listeners:
            callback(self.active)
        return self.active

    def note_change(self, unit: int) -> None:
        if self._copying:
            return
        self.changed_on.add(unit)
        if self.automatic:
            self.sync(unit)

    def sync(self, source: int) -> None:
        """The other unit becomes as this one, unless it refuses the configuration: the group is then "Sync
        Failed"."""
        self._copying = True
        try:
            self.failure = self._copy(source, 1 - source)
        finally:
            self._copying = False
        if not self.failure:
            self.changed_on.clear()
            self.syncs += 1


@dataclass(frozen=True)
class Peer:
    """A unit by its number, as the units of a group know each other."""

    number: int

    @property
    def hostname(self) -> str:
        return f"bigip{self.number + 1}.lab.test"

    @property
    def path(self) -> str:
        return f"/Common/{self.hostname}"


class System:
    def __init__(self, unit: int, pair: Pair | None) -> None:
        self.unit, self.pair = unit, pair
        self.version = TMOS
        self.standby = False  # of a single unit, by a fault
        self.modules = {"ltm": "nominal", "asm": "none", "gtm": "none", "apm": "none", "afm": "none"}
        self.peers = [Peer(number) for number in range(1 if pair is None else 2)]

    @property
    def active(self) -> bool:
        return not self.standby if self.pair is None else self.pair.active == self.unit

    @property
    def hostname(self) -> str:
        return Peer(self.unit).hostname

    @property
    def self_path(self) -> str:
        return Peer(self.unit).path

    def state_of(self, unit: int) -> str:
        active = self.active if self.pair is None or unit == self.unit else self.pair.active == unit
        return "active" if active else "standby"
