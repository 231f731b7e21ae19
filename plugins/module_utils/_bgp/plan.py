# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The changes of BGP on one unit of BIG-IP.

The instance has no owner: others may have neighbors in it. One with the name that this module gives is
removed with its last neighbor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Literal, NamedTuple

from .._errors import Failure, some
from .._routes.marks import Mark
from .._routes.model import Address
from . import marks
from .marks import NeighborMark
from .model import Neighbor, Speaker, Wanted
from .neighbors import WantedNeighbors, order

Action = Literal["added", "changed", "kept", "removed", "foreign"]
_NAME = "vks-bgp"
_UNCHANGED = "Nothing was changed."


class Scope(NamedTuple):
    """The neighbors that one task manages, and the password that they get. version: "" without one."""

    owner: str
    cluster: str
    partition: str
    route_domain: int
    version: str = ""

    def mark_of(self, neighbor: Neighbor) -> NeighborMark | None:
        """The mark of a neighbor that this task may change; None for any other neighbor."""
        found = marks.read(neighbor.description)
        return found if found is not None and found.mark.is_of(self.owner, self.cluster) else None

    @property
    def instance(self) -> str:
        """The full path of the instance that the task creates."""
        domain = f"-rd{self.route_domain}" if self.route_domain else ""
        return f"/{self.partition}/{_NAME}{domain}"


class Write(NamedTuple):
    """One change of a neighbor. before: None to create it. after: None to remove it."""

    before: Neighbor | None
    after: Neighbor | None

    @property
    def address(self) -> Address:
        return (self.after or self.before).address  # type: ignore[union-attr]

    @property
    def sets_password(self) -> bool:
        """True if the change gives the neighbor another password, or removes it."""
        if self.after is None:
            return False
        before, after = (marks.read(one.description) if one else None for one in self)
        return (before.version if before else "") != (after.version if after else "")


class Row(NamedTuple):
    """One neighbor of the result. stale: the cluster does not need it, and prune is false."""

    action: Action
    address: Address
    node: str
    remote_as: int | None
    write: Write | None = None
    stale: bool = False
    replaced: bool = False


@dataclass(frozen=True)
class Plan:
    """The changes of one unit.

    own      how many neighbors of the task the unit has before the changes
    path     the full path of the instance; None if it has none, and needs none
    creates  local_as of an instance to create
    removes  True to remove the instance at the end
    enables  True to set the database variable
    """

    unit: str
    rows: tuple[Row, ...] = ()
    own: int = 0
    path: str | None = None
    domain: str | None = None
    creates: int | None = None
    removes: bool = False
    enables: bool = False

    @property
    def writes(self) -> tuple[Write, ...]:
        """Changes and additions first: a removal may wait."""
        found = [row for row in self.rows if row.write is not None]
        return tuple(row.write for row in sorted(found, key=lambda row: row.action == "removed") if row.write)

    @property
    def changes(self) -> bool:
        return bool(self.writes) or self.creates is not None or self.removes or self.enables


def present(wanted: WantedNeighbors, speaker: Speaker, local_as: int, scope: Scope, prune: bool) -> Plan:
    """The plan for the wanted neighbors.

    _bgp.guards has checked the unit. Raises Failure if the neighbor of another owner is in the way.
    """
    instance = speaker.instance
    neighbors = instance.neighbors if instance else ()
    by_address = {one.address: one for one in neighbors}
    rows = [_row(one, by_address.get(one.address), scope, speaker.unit) for one in wanted.neighbors]
    rows += _leftovers(neighbors, wanted, scope, prune)
    return Plan(
        speaker.unit,
        tuple(sorted(rows, key=lambda row: order(row.address))),
        sum(scope.mark_of(one) is not None for one in neighbors),
        instance.path if instance else scope.instance,
        speaker.domain,
        None if instance else local_as,
        False,
        speaker.switch != "enable",
    )


def absent(speaker: Speaker, scope: Scope) -> Plan:
    """The plan that removes all neighbors of the task, and the instance that no other owner uses."""
    instance = speaker.instance
    if instance is None:
        return Plan(speaker.unit)
    rows = _leftovers(instance.neighbors, WantedNeighbors(()), scope, True)
    alone = len(rows) == len(instance.neighbors) and not instance.shared
    removes = alone and instance.path == scope.instance
    return Plan(speaker.unit, tuple(rows), len(rows), instance.path, speaker.domain, None, removes)


def check_removals(plan: Plan, most: int) -> None:
    """Raise Failure if the plan removes more percent of the task's neighbors than allowed."""
    removed = [row for row in plan.rows if row.action == "removed" and not row.replaced]
    if len(removed) * 100 <= most * plan.own:
        return
    raise Failure(
        "max_removed_percent",
        f"The run would remove {len(removed)} of {plan.own} neighbors of BIG-IP {plan.unit}, "
        f"and max_removed_percent is {most}",
        said=f"the cluster has no nodes {some(sorted({row.node for row in removed}))} any more",
        remedy=f"{_UNCHANGED} If these nodes were removed, raise max_removed_percent for one run.",
        neighbors=[str(row.address) for row in removed],
    )


def _row(wanted: Wanted, found: Neighbor | None, scope: Scope, unit: str) -> Row:
    """The row of a wanted neighbor; `found` is the one that the unit has at its address."""
    address, node, remote_as = wanted
    if found is not None and scope.mark_of(found) is None:
        if found.remote_as not in (None, remote_as):
            raise _conflict(wanted, found, unit)
        return Row("foreign", address, node, found.remote_as)
    description = str(NeighborMark(Mark(scope.owner, scope.cluster, node), scope.version))
    after = Neighbor(address, remote_as, description, found.enabled if found else True)
    if found == after:
        return Row("kept", address, node, remote_as)
    return Row("changed" if found else "added", address, node, remote_as, Write(found, after))


def _leftovers(
    neighbors: Iterable[Neighbor], wanted: WantedNeighbors, scope: Scope, prune: bool
) -> list[Row]:
    """The rows of the task's neighbors that no node needs."""
    needed = {one.address for one in wanted.neighbors}
    nodes = {(one.node, one.address.version) for one in wanted.neighbors}
    rows = []
    for neighbor in neighbors:
        found = scope.mark_of(neighbor)
        if neighbor.address in needed or found is None:
            continue
        key = (found.mark.node, neighbor.address.version)
        keep = key in wanted.held
        action: Action = "removed" if prune and not keep else "kept"
        write = Write(neighbor, None) if action == "removed" else None
        stale = action == "kept" and not keep
        rows.append(
            Row(action, neighbor.address, found.mark.node, neighbor.remote_as, write, stale, key in nodes)
        )
    return rows


def _conflict(wanted: Wanted, found: Neighbor, unit: str) -> Failure:
    return Failure(
        "bgp_neighbor_conflict",
        f"Neighbor {wanted.address} of BIG-IP {unit} has remoteAs {found.remote_as}, and another owner. "
        f"Node {wanted.node} has AS number {wanted.remote_as}",
        remedy=f"{_UNCHANGED} Remove that neighbor if it is obsolete, or leave the node out with exclude_nodes.",
        unit=unit,
        neighbor=str(wanted.address),
    )
