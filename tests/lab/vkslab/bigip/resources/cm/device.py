# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``cm/device``: the units of the pair."""

from __future__ import annotations

from collections.abc import Iterable

from ...http import Request
from ...system import Peer
from ..base import Collection
from ..shapes import Item


class Devices(Collection[Peer]):
    component, title = "cm/device", "device"
    filtered = False

    def stored(self) -> Iterable[Peer]:
        return self.backend.system.peers

    def find(self, path: str) -> Peer | None:
        name = path.rpartition("/")[2]
        return next((peer for peer in self.stored() if peer.hostname == name), None)

    def path_of(self, name: str) -> str:
        return name.replace("~", "/")

    def item(self, one: Peer, request: Request) -> Item:
        system, address = self.backend.system, f"198.51.100.{one.number + 1}"
        return {
            **self.head(one),
            "build": "0.0.8",
            "configsyncIp": address,
            "edition": "Point Release 1",
            "failoverState": system.state_of(one.number),
            "haCapacity": 0,
            "hostname": one.hostname,
            "managementIp": "127.0.0.1",
            "marketingName": "BIG-IP Virtual Edition",
            "platformId": "Z100",
            "product": "BIG-IP",
            # as on a device: "true" on the item of the unit that answers
            "selfDevice": "true" if one.number == system.unit else "false",
            "unicastAddress": [{"effectiveIp": address, "effectivePort": 1026, "ip": address, "port": 1026}],
            "version": system.version,
        }
