# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Config-sync: one unit takes over the other's configuration, AS3's data groups among it. Network and run-time facts stay its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .device import Device, Pool

if TYPE_CHECKING:
    from .unit import Unit


def copy_configuration(source: Unit, target: Unit) -> None:
    _copy_device(source.device, target.device)


def _copy_device(source: Device, target: Device) -> None:
    """All tables of the tree; objects are replaced, never edited, so that both may hold the same ones, but for what monitors write."""
    former = target.pools
    for name, value in vars(source).items():
        if isinstance(value, dict):
            setattr(target, name, dict(value))
    target.pools = {path: _own(pool, former.get(path)) for path, pool in source.pools.items()}
    target.touch()


def _own(pool: Pool, former: Pool | None) -> Pool:
    if former == pool:
        return former
    known: dict[str, Any] = former.members if former else {}
    members = {path: known[path] if known.get(path) == member else replace(member) for path, member in pool.members.items()}
    return replace(pool, members=members)
