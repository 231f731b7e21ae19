# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The changes that lead from BIG-IP's routes to the wanted ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Literal, NamedTuple, Sequence

from . import conflicts, marks
from .marks import Mark
from .model import Address, Network, Stored, Wanted, Write, order
from .scope import Scope
from .wanted import WantedRoutes

Action = Literal["added", "changed", "kept", "removed", "foreign"]


class Row(NamedTuple):
    """One route of the result. stale: the cluster does not need it, and prune is false."""

    action: Action
    name: str
    network: Network
    gateway: Address | None
    node: str
    write: Write | None = None
    stale: bool = False


@dataclass(frozen=True)
class Plan:
    """rows: by network. own: how many routes of the task BIG-IP has before the changes."""

    rows: tuple[Row, ...]
    own: int

    @property
    def writes(self) -> tuple[Write, ...]:
        return tuple(row.write for row in self.rows if row.write is not None)

    def batches(self, most: int) -> list[tuple[Write, ...]]:
        """The writes in batches of about `most`, each of which BIG-IP carries out whole or not at all.

        The changes of one node are in one batch. Nodes that lose routes only are last: a removal may wait,
        but no Pod should.
        """
        by_node: dict[str, list[Row]] = {}
        for row in self.rows:
            if row.write is not None:
                by_node.setdefault(row.node, []).append(row)
        batches: list[list[Row]] = []
        for rows in sorted(by_node.values(), key=lambda rows: all(row.action == "removed" for row in rows)):
            if not batches or len(batches[-1]) + len(rows) > most:
                batches.append([])
            batches[-1] += rows
        ranks = {"changed": 0, "added": 1, "removed": 2}
        ranked = [sorted(rows, key=lambda row: ranks[row.action]) for rows in batches]
        return [tuple(row.write for row in rows if row.write is not None) for rows in ranked]

    @property
    def gateways(self) -> tuple[Wanted, ...]:
        """The routes to write that need a gateway."""
        return tuple(
            Wanted(row.network, row.gateway, row.node)
            for row in self.rows
            if row.write is not None and row.write.after is not None and row.gateway is not None
        )


def present(cluster: WantedRoutes, stored: Iterable[Stored], scope: Scope, prune: bool) -> Plan:
    """The plan for the wanted routes.

    stored: all static routes of BIG-IP. Raises Failure if another owner's route is in the way.
    """
    everything = list(stored)
    routes = [route for route in everything if route.route_domain == scope.route_domain]
    conflicts.check_overlaps(cluster.routes, routes, scope)
    by_network: dict[Network, list[Stored]] = {}
    for route in routes:
        by_network.setdefault(route.network, []).append(route)
    rows, opposed = [], []
    for wanted in cluster.routes:
        found = sorted(by_network.get(wanted.network, ()), key=lambda one: (not scope.mark_of(one), one.path))
        if found and scope.mark_of(found[0]) is None and found[0].gateway != wanted.gateway:
            opposed.append((wanted, found[0]))
        else:
            rows.append(_row(wanted, found[0] if found else None, scope))
    conflicts.check_opposed(opposed)
    conflicts.check_names((row.write for row in rows if row.action == "added"), everything)
    own = [route for route in routes if scope.mark_of(route)]
    needed = {wanted.network for wanted in cluster.routes}
    rows += _leftovers(own, needed, cluster.held, scope, prune)
    return _plan(rows, own)


def absent(stored: Iterable[Stored], scope: Scope) -> Plan:
    """The plan that removes all routes of the task."""
    routes = [route for route in stored if route.route_domain == scope.route_domain]
    own = [route for route in routes if scope.mark_of(route)]
    return _plan(_leftovers(own, set(), frozenset(), scope, True), own)


def _plan(rows: Iterable[Row], own: Sequence[Stored]) -> Plan:
    return Plan(tuple(sorted(rows, key=lambda row: (order(row.network), row.name))), len(own))


def _row(wanted: Wanted, found: Stored | None, scope: Scope) -> Row:
    """The row of a wanted route; `found` is BIG-IP's route to the same network."""
    network, gateway, node = wanted
    if found is not None and scope.mark_of(found) is None and not scope.renames(found, wanted):
        return Row("foreign", found.name, network, gateway, node)
    name = marks.name(scope.name_prefix, scope.owner, network, scope.route_domain)
    path = found.path if found else f"/{scope.partition}/{name}"
    description = str(Mark(scope.owner, scope.cluster, node))
    after = Stored(path, network, scope.route_domain, gateway, description)
    if found == after:
        return Row("kept", found.name, network, gateway, node)
    return Row("changed" if found else "added", after.name, network, gateway, node, Write(found, after))


def _leftovers(
    own: Sequence[Stored], needed: set[Network], held: frozenset[Network], scope: Scope, prune: bool
) -> list[Row]:
    """The rows of the task's routes that no wanted route needs."""
    rows = []
    for route in own:
        mark = scope.mark_of(route)
        if route.network in needed or mark is None:
            continue
        keep = route.network in held
        action: Action = "removed" if prune and not keep else "kept"
        write = Write(route, None) if action == "removed" else None
        stale = action == "kept" and not keep
        rows.append(Row(action, route.name, route.network, route.gateway, mark.node, write, stale))
    return rows
