# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The result of a run: the routes, their number by action, and the difference by route and node."""

from __future__ import annotations

from typing import Any, Collection, Mapping

from . import marks
from .model import Stored, Write
from .plan import Plan, Row
from .wanted import WantedRoutes

MOST_NOT_ROUTED = 50
"""The Pods that a result lists. `counts` has the number of all."""


def routes(plan: Plan, undone: Collection[Write] = ()) -> list[dict[str, Any]]:
    """The routes, each with its action. undone: the writes that did not reach BIG-IP."""
    return [
        {
            "name": row.name,
            "network": str(row.network),
            "gateway": str(row.gateway) if row.gateway else None,
            "node": row.node,
            "action": "failed" if row.write in undone else row.action,
        }
        for row in plan.rows
    ]


def counts(plan: Plan, cluster: WantedRoutes | None, undone: Collection[Write] = ()) -> dict[str, int]:
    actions = [route["action"] for route in routes(plan, undone)]
    names = ("added", "changed", "kept", "removed", "foreign", "failed")
    return {
        **{name: actions.count(name) for name in names},
        "stale": sum(row.stale for row in plan.rows),
        "not_routed": len(cluster.not_routed) if cluster else 0,
    }


def diff(plan: Plan, undone: Collection[Write] = ()) -> dict[str, Any]:
    """The routes that differ, by their names, before and after."""
    rows = [row for row in plan.rows if row.write is not None and row.write not in undone]
    return {
        "before": {"routes": _sides(rows, "before")},
        "after": {"routes": _sides(rows, "after")},
    }


def _sides(rows: Collection[Row], side: str) -> dict[str, Any]:
    stored = {row.name: getattr(row.write, side) for row in rows}
    return {name: _shown(route) for name, route in stored.items() if route is not None}


def _shown(route: Stored) -> Mapping[str, Any]:
    mark = marks.read(route.description)
    return {
        "network": str(route.network),
        "gateway": str(route.gateway) if route.gateway else None,
        "node": mark.node if mark else None,
        "description": route.description,
    }


def not_routed(cluster: WantedRoutes) -> list[dict[str, str]]:
    """Pods whose address is in no network of the routes."""
    return [
        {"address": str(one.address), "pod": one.pod, "node": one.node}
        for one in cluster.not_routed[:MOST_NOT_ROUTED]
    ]


def warnings(cluster: WantedRoutes) -> list[str]:
    texts = []
    if cluster.unreachable:
        names = ", ".join(cluster.unreachable)
        texts.append(
            "These nodes have no InternalIP of the family of their Pod network, so they get no new route: "
            f"{names}."
        )
    if cluster.not_routed:
        first = cluster.not_routed[0]
        texts.append(
            f"{len(cluster.not_routed)} Pods have addresses outside of the Pod networks of the nodes, "
            f"such as {first.pod} ({first.address}). AntreaIPAM gives such addresses. "
            "They get no route by a node."
        )
    return texts
