# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/db``: the database variables that the lab uses."""

from __future__ import annotations

from collections.abc import Iterable

from ...http import Request, TmError
from ...network import NetworkObject
from ..base import Collection
from ..shapes import INVALID, Item, self_link

_VALUES = ("disable", "enable")


class Variables(Collection[NetworkObject]):
    component, title = "sys/db", "database variable"
    methods = frozenset({"PATCH"})
    filtered = False

    def stored(self) -> Iterable[NetworkObject]:
        return self.backend.network.tables[self.component].values()

    def find(self, path: str) -> NetworkObject | None:
        return self.backend.network.tables[self.component].get(path)

    def path_of(self, name: str) -> str:
        return name

    def item(self, one: NetworkObject, request: Request) -> Item:
        return {
            "kind": f"{self.kind}state",
            "name": one.path,
            "fullPath": one.path,
            "generation": self.generation,
            "selfLink": self_link(f"{self.component}/{one.path}"),
            "defaultValue": _VALUES[0],
            "scfConfig": "true",
            "value": one.properties["value"],
            "valueRange": " ".join(_VALUES),
        }

    def missing(self, path: str) -> TmError:
        return TmError(404, f"01020036:3: The requested {self.title} ({path}) was not found.")

    def update(self, one: NetworkObject, body: Item) -> None:
        value = body.get("value", one.properties["value"])
        if value not in _VALUES:
            raise TmError(400, f'invalid property value "value":"{value}"', INVALID)
        self.backend.network.put(self.component, NetworkObject(one.path, {"value": value}))
