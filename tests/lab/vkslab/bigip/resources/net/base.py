# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network objects: REST stores and shows their properties as they are given, after the checks of their
kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ...device import partition_of
from ...http import Request, TmError, uri_name
from ...network import NetworkObject, Place, Table, place
from ..base import Collection
from ..shapes import INVALID, Item, self_link

_NAMING = ("name", "partition", "subPath")  # they are in the path
_HEAD = (*_NAMING, "kind", "fullPath", "generation", "selfLink")  # clients send back what they read


class NetworkCollection(Collection[NetworkObject]):
    methods = frozenset({"POST", "PATCH", "DELETE"})
    defaults: ClassVar[Item] = {}  # of a new object
    references: ClassVar[dict[str, str]] = {}  # a property with a path to its collection

    @property
    def table(self) -> Table:
        return self.backend.network.tables[self.component]

    def stored(self) -> Iterable[NetworkObject]:
        return self.table.values()

    def find(self, path: str) -> NetworkObject | None:
        return self.table.get(path)

    def item(self, one: NetworkObject, request: Request) -> Item:
        links = {
            f"{name}Reference": {"link": self_link(f"{where}/{uri_name(str(one.properties[name]))}")}
            for name, where in self.references.items()
            if one.properties.get(name)
        }
        return {**self.head(one), **one.properties, **links}

    def completed(self, path: str, properties: Item) -> Item:
        """The properties of a new object as they are stored. Refuses what the device refuses."""
        return properties

    def changed(self, one: NetworkObject, body: Item) -> Item:
        """The properties of a changed object as they are stored. Refuses what the device refuses."""
        return {**one.properties, **body}

    def create(self, path: str, body: Item) -> None:
        given = {key: value for key, value in body.items() if key not in _HEAD}
        self._put(path, self.completed(path, {**self.defaults, **given}))

    def update(self, one: NetworkObject, body: Item) -> None:
        given = {
            key: value for key, value in body.items() if key not in _HEAD and not key.endswith("Reference")
        }
        self._put(one.path, self.changed(one, given))

    def remove(self, one: NetworkObject) -> None:
        self.backend.network.remove(self.component, one.path)

    def _put(self, path: str, properties: Item) -> None:
        self.backend.network.put(self.component, NetworkObject(path, properties))

    def default_domain(self, path: str) -> int:
        """The route domain of an address that names none."""
        return self.backend.device.route_domain(partition_of(path))

    def place(self, path: str, text: str) -> Place:
        """Refuse what is not an IP address, with or without route domain and prefix."""
        try:
            return place(text, self.default_domain(path))
        except ValueError:
            raise TmError(400, f"invalid IP address: {text}", INVALID) from None


def full(path: str) -> str:
    """The full path of a reference: a bare name is in Common."""
    return path if path.startswith("/") else f"/Common/{path}"


def unchanged(one: NetworkObject, name: str, given: object) -> None:
    """Refuse another value of a property that is only set when the object is created."""
    if given != one.properties.get(name):
        raise TmError(400, f'invalid property: "{name}" cannot be modified', INVALID)
