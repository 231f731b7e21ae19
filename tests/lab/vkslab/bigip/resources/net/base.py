# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network objects: REST stores and shows their properties as they are given."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import ClassVar

from ...http import Request, TmError
from ...network import NetworkObject, Table
from ..base import Collection
from ..shapes import INVALID, Item

_NAMING = ("name", "partition", "subPath")  # they are in the path


class NetworkCollection(Collection[NetworkObject]):
    methods = frozenset({"POST", "PATCH", "DELETE"})
    defaults: ClassVar[Item] = {}  # of a new object

    @property
    def table(self) -> Table:
        return self.backend.network.tables[self.component]

    def stored(self) -> Iterable[NetworkObject]:
        return self.table.values()

    def find(self, path: str) -> NetworkObject | None:
        return self.table.get(path)

    def item(self, one: NetworkObject, request: Request) -> Item:
        return {**self.head(one), **one.properties}

    def check(self, properties: Item) -> None:
        """Refuse what mcpd refuses. POST and PATCH call this with the complete object."""

    def create(self, path: str, body: Item) -> None:
        self._put(
            path, {**self.defaults, **{key: value for key, value in body.items() if key not in _NAMING}}
        )

    def update(self, one: NetworkObject, body: Item) -> None:
        self._put(one.path, {**one.properties, **body})

    def remove(self, one: NetworkObject) -> None:
        del self.table[one.path]

    def _put(self, path: str, properties: Item) -> None:
        self.check(properties)
        self.table[path] = NetworkObject(path, properties)


def check_address(text: str) -> None:
    """Refuse what is not an IP address, with or without route domain and prefix."""
    address, percent, rest = text.partition("%")
    _domain, slash, prefix = rest.partition("/")
    try:
        ipaddress.ip_interface(f"{address}{slash}{prefix}" if percent else text)
    except ValueError:
        raise TmError(400, f"invalid IP address: {text}", INVALID) from None
