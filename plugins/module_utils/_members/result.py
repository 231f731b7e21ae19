# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The members of one pool while a mode collects them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .model import LeftOut, Member
from .reasons import left_out


@dataclass
class PoolResult:
    members: list[Member] = field(default_factory=list)
    draining: list[Member] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    health_check_node_port: int | None = None
    in_order: bool = False  # the members are sorted by address and port already
    _taken: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    def add(self, member: Member, kind: str, name: str) -> None:
        """A member, unless its address and port are taken: BIG-IP knows each only once in a pool."""
        place = (member.address, member.port)
        if place in self._taken:
            other = " ".join(self._taken[place])
            what = f"{kind} {name} has {member.address} port {member.port}, as {other} has."
            self.left_out.append(left_out(kind, name, "same_address", what, member.node))
            self.warnings.append(what)
            return
        self._taken[place] = (kind, name)
        self.members.append(member)
