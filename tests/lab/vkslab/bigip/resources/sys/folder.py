# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/folder``. POST and DELETE are those of partitions: the lab creates no folder below a partition by
REST."""

from __future__ import annotations

from collections.abc import Iterable

from ...device import Folder
from ...http import Reply, Request, uri_name
from ..auth.partition import Partitions
from ..base import Collection
from ..shapes import Item, kind_of, self_link


class Folders(Collection[Folder]):
    component, title = "sys/folder", "folder"
    methods = frozenset({"POST", "DELETE"})
    filtered = False

    def stored(self) -> Iterable[Folder]:
        folders = self.backend.device.folders
        return [folders[path] for path in sorted(folders)]

    def find(self, path: str) -> Folder | None:
        return self.backend.device.folders.get(path)

    def item(self, one: Folder, request: Request) -> Item:
        _root, partition, *below = one.path.split("/")
        return {
            "kind": f"{kind_of(self.component)}state",
            "name": one.path.rpartition("/")[2],
            **({"partition": partition} if below else {}),
            "fullPath": one.path,
            "generation": 1,
            "selfLink": self_link(f"{self.component}/{uri_name(one.path)}"),
            "deviceGroup": "none",
            "hidden": "false",
            "inheritedDevicegroup": "true",
            "inheritedTrafficGroup": "true",
            "noRefCheck": "false",
            "trafficGroup": "/Common/traffic-group-1",
        }

    def post(self, request: Request) -> Reply:
        return Partitions(self.backend).post(request)

    def delete(self, request: Request, name: str) -> Reply:
        return Partitions(self.backend).delete(request, name)
