# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that AS3 keeps: what last succeeded, and some of what came before."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ..device import Device
from .digest import Declaration, tenants
from .formats import stringify

_NAME = "____appsvcs_declaration"


def lock_key(tenant: dict[str, Any]) -> str:
    """The optimistic lock's key of a tenant as it is stored."""
    text = base64.b64encode(stringify(tenant).encode())
    return base64.b64encode(hashlib.sha256(text).digest()).decode()


def show_keys(declaration: Declaration) -> None:
    for name in tenants(declaration):
        if not declaration[name].get("optimisticLockKey"):
            declaration[name]["optimisticLockKey"] = lock_key(declaration[name])


class Store:
    """In data groups of the device, so config-sync copies it."""

    def __init__(self, device: Device, clock: Callable[[], float]) -> None:
        self._device = device
        self._clock = clock

    @property
    def _history(self) -> tuple[tuple[int, Declaration], ...]:
        """Newest first."""
        found: tuple[tuple[int, Declaration], ...] = self._device.data_groups.get(_NAME, ())
        return found

    def save(self, declaration: Declaration, limit: int) -> None:
        stamp = int(self._clock() * 1000)
        history = self._history
        if history and stamp <= history[0][0]:
            stamp = history[0][0] + 1
        self._device.data_groups[_NAME] = ((stamp, copy.deepcopy(declaration)), *history)[:limit]
        self._device.touch(f"/Common/{_NAME}")

    def get(self, age: int = 0) -> Declaration | None:
        history = self._history
        return copy.deepcopy(history[age][1]) if age < len(history) else None

    def listed(self) -> list[dict[str, Any]]:
        return [
            {"name": f"{_NAME}-{stamp}", "timestamp": stamp, "date": iso(stamp / 1000), "age": age}
            for age, (stamp, _declaration) in enumerate(self._history)
        ]


def iso(seconds: float) -> str:
    return (
        datetime.fromtimestamp(seconds, timezone.utc)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
