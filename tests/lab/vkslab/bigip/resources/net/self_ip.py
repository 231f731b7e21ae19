# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/self``."""

from __future__ import annotations

from ...http import TmError
from ...network import VLAN_INSIDE, NetworkObject, self_ip
from ..shapes import INVALID, Item
from .base import NetworkCollection, full

_FLOATING = "/Common/traffic-group-1"


class SelfIps(NetworkCollection):
    component, title = "net/self", "self IP"
    defaults = self_ip("", VLAN_INSIDE)
    references = {"trafficGroup": "cm/traffic-group", "vlan": "net/vlan"}

    def completed(self, path: str, properties: Item) -> Item:
        text = str(properties.get("address", ""))
        if "/" not in text:
            raise TmError(400, f"invalid IP address: {text} needs a prefix length", INVALID)
        group = full(str(properties["trafficGroup"]))
        if properties.get("floating") == "enabled" and group == self.defaults["trafficGroup"]:
            group = _FLOATING
        return {
            **properties,
            "address": self.place(path, text).spelled,
            "floating": "enabled" if group != self.defaults["trafficGroup"] else "disabled",
            "trafficGroup": group,
            "vlan": full(str(properties["vlan"])),
        }

    def changed(self, one: NetworkObject, body: Item) -> Item:
        return self.completed(one.path, {**one.properties, **body})
