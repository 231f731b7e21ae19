# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that AS3 keeps: what last succeeded, and some of what came before."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .digest import Declaration, tenants
from .validate import stringify


def lock_key(tenant: dict[str, Any]) -> str:
    """The optimistic lock's key of a tenant as it is stored."""
    text = base64.b64encode(stringify(tenant).encode())
    return base64.b64encode(hashlib.sha256(text).digest()).decode()


def show_keys(declaration: Declaration) -> None:
    for name in tenants(declaration):
        if not declaration[name].get("optimisticLockKey"):
            declaration[name]["optimisticLockKey"] = lock_key(declaration[name])


class Store:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._history: list[tuple[int, Declaration]] = []  # newest first

    def clear(self) -> None:
        self._history.clear()

    def save(self, declaration: Declaration, limit: int) -> None:
        stamp = int(self._clock() * 1000)
        if self._history and stamp <= self._history[0][0]:
            stamp = self._history[0][0] + 1
        self._history.insert(0, (stamp, copy.deepcopy(declaration)))
        del self._history[limit:]

    def get(self, age: int = 0) -> Declaration | None:
        return copy.deepcopy(self._history[age][1]) if age < len(self._history) else None

    def listed(self) -> list[dict[str, Any]]:
        return [
            {"name": f"____appsvcs_declaration-{stamp}", "timestamp": stamp, "date": iso(stamp / 1000), "age": age}
            for age, (stamp, _declaration) in enumerate(self._history)
        ]


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
