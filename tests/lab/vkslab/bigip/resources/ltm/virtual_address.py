# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/virtual-address``."""

from __future__ import annotations

from collections.abc import Iterable

from ...device import VirtualAddress
from ...http import Request
from ..shapes import Item
from .base import LtmCollection


class VirtualAddresses(LtmCollection[VirtualAddress]):
    component, title = "ltm/virtual-address", "Virtual Address"

    def stored(self) -> Iterable[VirtualAddress]:
        return self.backend.device.virtual_addresses.values()

    def find(self, path: str) -> VirtualAddress | None:
        return self.backend.device.virtual_addresses.get(path)

    def item(self, one: VirtualAddress, request: Request) -> Item:
        return {
            **self.head(one),
            "address": one.address,
            "arp": "enabled" if one.arp else "disabled",
            "enabled": "yes",
            "icmpEcho": one.icmp_echo,
            "routeAdvertisement": one.route_advertisement,
            "trafficGroup": one.traffic_group,
        }
