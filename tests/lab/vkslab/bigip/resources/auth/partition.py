# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``auth/partition``."""

from __future__ import annotations

from collections.abc import Iterable

from ...device import Folder, partition_of
from ...http import Reply, Request, RestError, TmError
from ..base import Collection
from ..shapes import Item, kind_of, self_link


class Partitions(Collection[Folder]):
    """A partition is a folder without a parent. REST shows its name without a slash."""

    component, title = "auth/partition", "folder"
    methods = frozenset({"POST", "PATCH", "DELETE"})
    filtered = False

    def stored(self) -> Iterable[Folder]:
        names = sorted({partition_of(path) for path in self.backend.device.folders})
        return [Folder(f"/{name}", self.backend.device.route_domain(name)) for name in names]

    def find(self, path: str) -> Folder | None:
        return next((folder for folder in self.stored() if folder.path == path), None)

    def item(self, one: Folder, request: Request) -> Item:
        name = partition_of(one.path)
        return {
            "kind": f"{kind_of(self.component)}state",
            "name": name,
            "fullPath": name,
            "generation": 1,
            "selfLink": self_link(f"{self.component}/{name}"),
            "defaultRouteDomain": one.route_domain,
        }

    def path_of(self, name: str) -> str:
        return f"/{name.strip('~/')}"

    def new_path(self, body: Item) -> str:
        name = str(body.get("name", "")).strip("/")
        if not name or "/" in name:
            raise TmError(400, f"01070734:3: The partition name ({name}) is invalid.")
        return f"/{name}"

    def missing(self, path: str) -> TmError:
        return TmError(404, f"01070734:3: The requested partition ({path[1:]}) was not found.")

    def create(self, path: str, body: Item) -> None:
        self.backend.device.create_folder(path, int(body.get("defaultRouteDomain", 0)))

    def update(self, one: Folder, body: Item) -> None:
        domain = body.get("defaultRouteDomain")
        if domain is not None:
            self.backend.device.create_folder(one.path, int(domain))

    def delete(self, request: Request, name: str) -> Reply:
        if self.path_of(name) == "/Common":
            raise RestError(
                400, "01070734:3: Configuration error: Can't delete folder (/Common), it is a system folder."
            )
        return super().delete(request, name)

    def remove(self, one: Folder) -> None:
        self.backend.device.remove_folder(one.path)
