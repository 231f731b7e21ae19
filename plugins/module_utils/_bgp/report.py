# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The results of pod_bgp: neighbors, objects and sessions, by unit and by name. No password is in them."""

from __future__ import annotations

from typing import Any, Collection, Iterable, Mapping, Sequence

from . import guards, marks
from .changes import ObjectPlan, ObjectRow, ObjectWrite, without_none
from .model import Neighbor, Node, Peer
from .neighbors import WantedNeighbors
from .plan import Plan, Row, Write
from .sessions import Session

_HIDDEN = "(not shown)"
Done = Collection[tuple[str, Write]]
"""Changes of neighbors that did not happen, each with its unit."""


def neighbors(plans: Iterable[Plan], undone: Done = ()) -> list[dict[str, Any]]:
    return [
        {
            "unit": plan.unit,
            "address": str(row.address),
            "node": row.node,
            "remote_as": row.remote_as,
            "action": "failed" if (plan.unit, row.write) in undone else row.action,
        }
        for plan in plans
        for row in plan.rows
    ]


def instances(plans: Iterable[Plan]) -> list[dict[str, Any]]:
    """The BGP instance of each unit that has one, or gets one."""
    return [
        {
            "unit": plan.unit,
            "name": plan.path,
            "action": "added" if plan.creates is not None else "removed" if plan.removes else "kept",
        }
        for plan in plans
        if plan.path
    ]


def objects(plan: ObjectPlan, undone: Collection[ObjectWrite] = ()) -> list[dict[str, str]]:
    return [
        {"kind": row.kind, "name": row.name, "action": "failed" if row.write in undone else row.action}
        for row in plan.rows
    ]


def counts(
    plans: Sequence[Plan],
    objects_plan: ObjectPlan,
    undone: Done = (),
    undone_objects: Collection[ObjectWrite] = (),
) -> dict[str, int]:
    """The neighbors by action, and the objects that were written."""
    actions = [row["action"] for row in neighbors(plans, undone)]
    names = ("added", "changed", "kept", "removed", "foreign", "failed")
    written = [row["action"] for row in objects(objects_plan, undone_objects)]
    rows: list[Row | ObjectRow] = [*(row for plan in plans for row in plan.rows), *objects_plan.rows]
    return {
        **{name: actions.count(name) for name in names},
        "stale": sum(row.stale for row in rows),
        "objects_written": sum(action in ("created", "changed", "removed") for action in written),
    }


def diff(
    plans: Iterable[Plan],
    objects_plan: ObjectPlan,
    undone: Done = (),
    undone_objects: Collection[ObjectWrite] = (),
) -> dict[str, Any]:
    """The differences on both sides, before and after."""
    listed = [plan for plan in plans if plan.changes]
    writes = [write for write in objects_plan.writes if write not in undone_objects]
    return {
        side: {
            "bigip": {plan.unit: _unit(plan, side, undone) for plan in listed},
            "objects": {
                f"{write.kind}/{write.name}": content
                for write in writes
                if (content := _content(write, side)) is not None
            },
        }
        for side in ("before", "after")
    }


def _unit(plan: Plan, side: str, undone: Done) -> dict[str, Any]:
    """One unit before or after the changes."""
    shown: dict[str, Any] = {"neighbors": {}}
    for write in plan.writes:
        one: Neighbor | None = getattr(write, side)
        if one is not None and (plan.unit, write) not in undone:
            shown["neighbors"][str(one.address)] = _neighbor(one, side == "after" and write.sets_password)
    if plan.enables:
        shown[guards.SWITCH] = "enable" if side == "after" else "disable"
    if (plan.creates is not None) == (side == "after") and (plan.creates is not None or plan.removes):
        shown["instance"] = plan.path
    return shown


def _neighbor(one: Neighbor, is_new: bool) -> dict[str, Any]:
    found = marks.read(one.description)
    password = ("new" if is_new else "set") if found and found.version else "none"
    description = str(found.mark) if found else one.description
    return {"remote_as": one.remote_as, "description": description, "password": password}


def _content(write: ObjectWrite, side: str) -> Mapping[str, Any] | None:
    """The fields of an object that the task writes; of a Secret only its keys."""
    if side == "before":
        content = write.before.content if write.before else None
        if content is None or write.body is None:
            return content
        return {key: content[key] for key in write.body if key in content}
    if write.body is None:
        return None
    data = {**(write.body.get("data") or {}), **(write.body.get("stringData") or {})}
    if write.kind == "Secret":
        return {"keys": {key: "removed" if value is None else _HIDDEN for key, value in data.items()}}
    return without_none({key: value for key, value in write.body.items() if key != "metadata"})


def sessions(found: Iterable[Session]) -> list[dict[str, Any]]:
    return [{"node": one.node, "peer": one.peer, "unit": one.unit, "state": one.state} for one in found]


def peers(found: Iterable[Peer]) -> list[dict[str, Any]]:
    return [{"address": str(one.address), "unit": one.unit} for one in found]


def warnings(wanted: WantedNeighbors, nodes: Iterable[Node]) -> list[str]:
    """The nodes that get no neighbor at all."""
    used = {one.node for one in wanted.neighbors}
    without = sorted(
        {node for node, _version in wanted.held if node not in used} & {one.name for one in nodes}
    )
    if not without:
        return []
    names = ", ".join(without)
    return [f"These nodes have no address of the family of the peers, so they get no neighbor: {names}."]
