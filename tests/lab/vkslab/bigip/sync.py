# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Config-sync: one unit copies the other's configuration, with AS3's data groups.

Of the network objects it copies those that ``network`` names. Run-time facts are not copied. If the target
refuses the configuration, nothing is copied.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .as3.answers import Answer
from .device import Device, DeviceError, Folder, Pool
from .http import Request
from .network.network import LOCAL_PARTITION

if TYPE_CHECKING:
    from .unit import Unit

_POLL = 0.05


class Following:
    """AS3's effect on the pair: each request changes its data groups, and ``syncToGroup`` starts a sync."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, request: Request, answer: Answer) -> None:
        task = asyncio.create_task(self._finish(answer, _wants_sync(request.body)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _finish(self, answer: Answer, sync: bool) -> None:
        if answer.status == 202:
            bodies = answer.body.get("items", [answer.body])
            while any(self._running(body["id"]) for body in bodies):
                await asyncio.sleep(_POLL)
        pair = self._unit.system.pair
        assert pair is not None
        pair.note_change(self._unit.number)
        if sync:
            pair.sync(self._unit.number)

    def _running(self, identity: str) -> bool:
        record = self._unit.engine.records.get(identity)
        return record is not None and not record.done and not record.cancelled


def _wants_sync(body: bytes) -> bool:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return False
    return isinstance(given, dict) and given.get("class") == "AS3" and bool(given.get("syncToGroup"))


def load_from(source: Unit, target: Unit) -> str:
    """Load the configuration of the other unit. Returns the target's refusal, or nothing."""
    try:
        if source.device.refusal:
            raise DeviceError(source.device.refusal)
        target.network.take_over(source.network)
    except DeviceError as refusal:
        return f"Sync error on {target.system.hostname}: Load failed from {source.system.self_path} {refusal}"
    copy_configuration(source.device, target.device)
    return ""


def copy_configuration(source: Device, target: Device) -> None:
    """Copy all tables of the tree, with AS3's data groups.

    Objects are replaced, never edited, so both units may share them. Members are copied, because each unit's
    monitors write to them.
    """
    former, folders = target.pools, _folders(source, target)
    for name, value in vars(source).items():
        if isinstance(value, dict):
            setattr(target, name, dict(value))
    target.folders = folders
    target.pools = {path: _own(pool, former.get(path)) for path, pool in source.pools.items()}
    target.touch()


def _folders(source: Device, target: Device) -> dict[str, Folder]:
    """Those of the source, with the target's own local partition."""

    def is_local(path: str) -> bool:
        return path.split("/")[1] == LOCAL_PARTITION

    return {
        **{path: folder for path, folder in source.folders.items() if not is_local(path)},
        **{path: folder for path, folder in target.folders.items() if is_local(path)},
    }


def _own(pool: Pool, former: Pool | None) -> Pool:
    if former == pool:
        return former
    known: dict[str, Any] = former.members if former else {}
    members = {
        path: known[path] if known.get(path) == member else replace(member)
        for path, member in pool.members.items()
    }
    return replace(pool, members=members)
