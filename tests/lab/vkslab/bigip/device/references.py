# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of mcpd when a transaction is committed: no object refers to a missing one."""

from __future__ import annotations

from typing import Any

from .objects import DeviceError
from .tree import Tree


def check_references(tree: Tree, before: dict[str, dict[Any, Any]]) -> None:
    lost_pools = before["pools"].keys() - tree.pools.keys()
    for path, virtual in tree.virtuals.items():
        if virtual.pool is None or (before["virtuals"].get(path) is virtual and not lost_pools):
            continue
        if virtual.pool not in tree.pools:
            if virtual.pool in lost_pools and before["virtuals"].get(path) is virtual:
                raise DeviceError(
                    f"01070265:3: The Pool ({virtual.pool}) cannot be deleted because it is in use by a "
                    f"Virtual Server ({path})."
                )
            raise DeviceError(f"01020036:3: The requested Pool ({virtual.pool}) was not found.")
    lost_monitors = before["monitors"].keys() - tree.monitors.keys()
    for path, pool in tree.pools.items():
        if before["pools"].get(path) is pool and not lost_monitors:
            continue
        for monitor in pool.monitors:
            if monitor in lost_monitors:
                raise DeviceError(f"01070083:3: Monitor {monitor} is in use.")
            if monitor not in tree.monitors:
                raise DeviceError(f"01020036:3: The requested monitor ({monitor}) was not found.")
    for node in before["nodes"].keys() - tree.nodes.keys():
        if node in tree.node_users:
            user = next(
                path
                for path, pool in tree.pools.items()
                if any(member.node == node for member in pool.members.values())
            )
            raise DeviceError(
                f"01070110:3: Node address '{node}' is referenced by a member of pool '{user}'."
            )
