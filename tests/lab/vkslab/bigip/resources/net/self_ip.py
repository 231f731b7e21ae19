# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/self``."""

from __future__ import annotations

from ...http import Request, uri_name
from ...network import VLAN_INSIDE, NetworkObject, self_ip
from ..shapes import Item, self_link
from .base import NetworkCollection, check_address


class SelfIps(NetworkCollection):
    component, title = "net/self", "self IP"
    defaults = self_ip("", VLAN_INSIDE)

    def item(self, one: NetworkObject, request: Request) -> Item:
        item = super().item(one, request)
        if "vlan" in item:
            item["vlanReference"] = {"link": self_link(f"net/vlan/{uri_name(str(item['vlan']))}")}
        return item

    def check(self, properties: Item) -> None:
        check_address(str(properties.get("address", "")))
