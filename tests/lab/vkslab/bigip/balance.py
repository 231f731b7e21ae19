# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which member takes the next connection."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

from .device import Device, Node, Pool, PoolMember, canonical
from .monitors import Monitors

Target = tuple[str, str]  # pool path, member path


@dataclass
class Counters:
    """The counters of a member's server side."""

    current: int = 0
    maximum: int = 0
    total: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    def opened(self) -> None:
        self.current += 1
        self.total += 1
        self.maximum = max(self.maximum, self.current)

    def closed(self) -> None:
        self.current -= 1


@dataclass
class _Choice:
    """The members of a pool that may take traffic, as of one state of configuration and monitors."""

    state: tuple[Pool, int, int]
    members: list[PoolMember]
    turn: int = 0
    credit: dict[str, float] = field(default_factory=dict)  # of the weighted round robin


def enabled(member: PoolMember, node: Node | None) -> bool:
    if node and (node.session != "user-enabled" or node.state != "user-up"):
        return False
    return member.session == "user-enabled" and member.state == "user-up"


class Balancer:
    """Round robin, ratio and least connections, within the active priority groups.

    Fastest, observed, predictive and similar modes work as round robin. There is no persistence: every client
    of the lab has the same address, so source-address persistence would send all traffic to one member.
    """

    def __init__(self, device: Device, monitors: Monitors) -> None:
        self._device, self._monitors = device, monitors
        self._choices: dict[str, _Choice] = {}
        self.counters: dict[Target, Counters] = defaultdict(Counters)

    def usable(self, pool: Pool) -> list[PoolMember]:
        """Enabled, and up or not monitored at all; a name (FQDN) takes no traffic itself, only the addresses
        it resolves to."""
        nodes = self._device.nodes
        return [
            m
            for m in pool.members.values()
            if m.availability in ("up", "unchecked") and m.address != "any6" and enabled(m, nodes.get(m.node))
        ]

    def addresses(self, pool: str) -> list[str]:
        """The addresses of the usable members of a pool; none if it does not exist."""
        one = self._device.pools.get(pool)
        return [canonical(member.address)[0] for member in self.usable(one)] if one else []

    def pick(self, pool: Pool, tried: frozenset[str] = frozenset()) -> PoolMember | None:
        choice = self._choice(pool)
        candidates = [
            member
            for member in choice.members
            if member.path not in tried
            and not (
                member.connection_limit
                and self.counters[pool.path, member.path].current >= member.connection_limit
            )
        ]
        if not candidates:
            return None
        if pool.lb_mode.startswith(("least-connections", "weighted-least-connections")):
            return min(candidates, key=lambda member: self.counters[pool.path, member.path].current)
        if pool.lb_mode.startswith(("ratio", "dynamic-ratio")):
            return self._by_ratio(choice, candidates)
        choice.turn += 1
        return candidates[choice.turn % len(candidates)]

    def _choice(self, pool: Pool) -> _Choice:
        state = (pool, self._device.version, self._monitors.generation)
        choice = self._choices.get(pool.path)
        if choice is None or choice.state[0] is not pool or choice.state[1:] != state[1:]:
            former = choice
            choice = self._choices[pool.path] = _Choice(state, _active_groups(pool, self.usable(pool)))
            if former:
                choice.turn, choice.credit = former.turn, former.credit
        return choice

    @staticmethod
    def _by_ratio(choice: _Choice, candidates: list[PoolMember]) -> PoolMember:
        """Smooth weighted round robin: each gains its ratio, the richest pays for all."""
        credit = choice.credit
        for member in candidates:
            credit[member.path] = credit.get(member.path, 0.0) + member.ratio
        best = max(candidates, key=lambda member: credit[member.path])
        credit[best.path] -= math.fsum(member.ratio for member in candidates)
        return best


def _active_groups(pool: Pool, usable: list[PoolMember]) -> list[PoolMember]:
    """From the highest priority down, until there are as many members as the pool wants."""
    active: list[PoolMember] = []
    for priority in sorted({member.priority_group for member in usable}, reverse=True):
        active += [member for member in usable if member.priority_group == priority]
        if len(active) >= max(1, pool.min_active):
            break
    return active
