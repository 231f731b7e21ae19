# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The limit against the loss of routes."""

from __future__ import annotations

from .._errors import Failure, some
from .plan import Plan


def check(plan: Plan, most: int) -> None:
    """Raise Failure if the plan removes more percent of the task's routes than allowed."""
    removed = [row for row in plan.rows if row.action == "removed"]
    if len(removed) * 100 <= most * plan.own:
        return
    nodes = some(sorted({row.node for row in removed}))
    raise Failure(
        "max_removed_percent",
        f"The run would remove {len(removed)} of {plan.own} routes, and max_removed_percent is {most}",
        said=f"the cluster has no network of nodes {nodes} any more",
        remedy="Nothing was changed. If these nodes were removed, raise max_removed_percent for one run.",
        routes=[row.name for row in removed],
    )
