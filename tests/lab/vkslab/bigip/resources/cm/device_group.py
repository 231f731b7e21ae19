# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``cm/device-group``: the group of the pair, and its devices."""

from __future__ import annotations

from collections.abc import Iterable

from ...http import Reply, Request, Router
from ...system import GROUP, Pair
from ..base import TM, Collection
from ..shapes import Item, collection, kind_of, named, self_link

_DEVICES = f"cm/device-group/{GROUP.replace('/', '~')}/devices"


class DeviceGroups(Collection[Pair]):
    component, title = "cm/device-group", "device group"
    filtered = False

    def stored(self) -> Iterable[Pair]:
        return [] if self.backend.system.pair is None else [self.backend.system.pair]

    def find(self, path: str) -> Pair | None:
        return self.backend.system.pair if path == GROUP else None

    def path_of(self, name: str) -> str:
        """Every group is in Common."""
        return "/Common/" + name.replace("~", "/").rpartition("/")[2]

    def item(self, one: Pair, request: Request) -> Item:
        return {
            **self.head(one),
            "asmSync": "disabled",
            "autoSync": "enabled" if one.automatic else "disabled",
            "fullLoadOnSync": "false",
            "networkFailover": "enabled",
            "saveOnAutoSync": "false",
            "type": "sync-failover",
            "devicesReference": {"link": self_link(_DEVICES), "isSubcollection": True},
        }

    def routes(self, router: Router) -> None:
        super().routes(router)
        router.add(f"{TM}/{self.component}/{{name}}/devices", GET=self._devices)

    def _devices(self, request: Request, name: str) -> Reply:
        self.wanted(name)
        kind = kind_of("cm/device-group/devices")
        items = (named(f"{kind}state", _DEVICES, peer.path) for peer in self.backend.system.peers)
        return Reply(body=collection(f"{kind}collectionstate", _DEVICES, items, request))
