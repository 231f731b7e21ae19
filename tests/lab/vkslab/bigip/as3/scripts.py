# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a tenant's script on the device: its time, its limit, and the faults that a test ordered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..device import Device, DeviceError
from . import script
from .faults import Faults

LIMIT = 30.0  # seconds; then AS3 stops waiting, and the script continues
_CALLS = 7  # REST calls that AS3 makes to its own device for a script, as measured


class Scripts:
    def __init__(self, device: Device, faults: Faults, sleep: Callable[[float], Awaitable[Any]]) -> None:
        self._device = device
        self._faults = faults
        self.sleep = sleep
        self.seconds = 0.01  # that each script takes
        self._background: set[asyncio.Task[None]] = set()

    async def run(self, work: script.Script) -> tuple[Any, str] | None:
        """None, or a code and the device's message."""
        fault = self._faults.take(self._faults.script, work.tenant)
        self._device.calls += _CALLS
        if fault and not fault.get("deletes", True):
            await self.sleep(self.seconds)
            return fault.get("code", 422), str(fault["message"])
        script.before_transaction(self._device, work)
        if self.seconds > LIMIT:
            rest = asyncio.create_task(self._finish_late(work, fault, self.seconds - LIMIT))
            self._background.add(rest)
            rest.add_done_callback(self._background.discard)
            await self.sleep(LIMIT)
            return 422, "TMSH CLI script taking longer than expected"
        await self.sleep(self.seconds)
        return self._commit(work, fault)

    async def _finish_late(self, work: script.Script, fault: dict[str, Any] | None, seconds: float) -> None:
        await self.sleep(LIMIT + seconds)
        self._commit(work, fault)

    def _commit(self, work: script.Script, fault: dict[str, Any] | None) -> tuple[Any, str] | None:
        try:
            if fault:
                script.undo_folders(self._device, work)
                return fault.get("code", 422), str(fault["message"])
            script.transaction(self._device, work)
        except DeviceError as error:
            return 422, str(error)
        return None
