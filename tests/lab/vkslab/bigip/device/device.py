# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device: the object tree with its versions, listeners and transactions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .addresses import partition_of
from .references import check_references
from .tree import Tree


class Part(Protocol):
    """Objects outside of the tree that change within the device's transactions."""

    def snapshot(self) -> Any: ...

    def restore(self, snapshot: Any) -> None: ...

    def check(self) -> None:
        """Refuse a configuration that mcpd refuses."""


class Device(Tree):
    """One BIG-IP. ``calls`` counts the REST calls that AS3 makes to its own device, as a measure of the work
    it has."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.saves = 0  # "save sys config"
        self.version = 0  # grows with every change of configuration
        self.parts: list[Part] = []
        self.refusal = ""  # mcpd's answer to each change, save and sync, while a fault sets it
        self._savers: list[Callable[[], None]] = []
        self._touched: dict[str, int] = {}  # partition -> version of its last change
        self._all_touched = 0
        self._listeners: list[Callable[[], None]] = []
        self._depth = 0

    def on_change(self, callback: Callable[[], None]) -> None:
        self._listeners.append(callback)

    def on_save(self, callback: Callable[[], None]) -> None:
        self._savers.append(callback)

    def save(self) -> None:
        """``save sys config``"""
        self.saves += 1
        for callback in self._savers:
            callback()

    def touch(self, path: str | None = None) -> None:
        """Note a change of the configuration, also by hand, outside a transaction.

        ``path`` narrows it to a partition.
        """
        self.version += 1
        if path is None:
            self._all_touched = self.version
        else:
            self._touched[partition_of(path)] = self.version
        if not self._depth:
            for callback in self._listeners:
                callback()

    def changed_at(self, tenant: str) -> int:
        """The version of the last change of a partition."""
        return max(self._all_touched, self._touched.get(tenant, 0))

    def reset(self) -> None:
        """As from the factory."""
        self.clear()
        self.touch()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: a DeviceError inside, or in the final check, restores the state before.

        The final check is that of the outermost transaction.
        """
        tables = ("folders", "virtuals", "virtual_addresses", "pools", "nodes", "monitors", "others")
        indexes = ("node_users", "_node_at", "_virtual_address_at", "_virtual_at")
        before = {name: dict(getattr(self, name)) for name in (*tables, *indexes)}
        parts = [(part, part.snapshot()) for part in self.parts]
        version = self.version
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                check_references(self, before)
                for part in self.parts:
                    part.check()
        except BaseException:
            for name, table in before.items():
                setattr(self, name, table)
            for part, snapshot in parts:
                part.restore(snapshot)
            self.version = version
            raise
        finally:
            self._depth -= 1
        if self.version != version and not self._depth:
            for callback in self._listeners:
                callback()
