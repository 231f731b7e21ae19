# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network objects of a BIG-IP: self IPs, routes, route domains, VLANs, tunnels.

A lab starts with one VLAN towards the nodes, self IPs in their networks, one self IP in the network of the
virtual servers, and a default route. Tests change them to see how a preflight check answers; the lab's data
path ignores them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .device import Device

Properties = dict[str, Any]
VLAN_INSIDE, VLAN_OUTSIDE = "/Common/internal", "/Common/external"


@dataclass(frozen=True)
class NetworkObject:
    path: str
    properties: Properties  # as REST shows them; replaced, never edited


Table = dict[str, NetworkObject]  # by path


class Network:
    """One table for each component below ``net``."""

    def __init__(self, device: Device) -> None:
        self.tables = _factory()
        device.elsewhere.append(self._paths)

    def reset(self) -> None:
        """As from the factory."""
        self.tables = _factory()

    def _paths(self) -> Iterator[str]:
        for table in self.tables.values():
            yield from table


def self_ip(address: str, vlan: str) -> Properties:
    return {
        "address": address,
        "addressSource": "from-user",
        "allowService": ["default"],
        "floating": "disabled",
        "inheritedTrafficGroup": "false",
        "trafficGroup": "/Common/traffic-group-local-only",
        "unit": 0,
        "vlan": vlan,
    }


def _factory() -> dict[str, Table]:
    vlan = {"mtu": 1500, "failsafe": "disabled"}
    return {
        "net/self": _table(
            {
                "/Common/self-nodes": self_ip("198.18.255.254/16", VLAN_INSIDE),
                "/Common/self-nodes-v6": self_ip("2001:db8:18::ffff:fffe/64", VLAN_INSIDE),
                "/Common/self-virtuals": self_ip("192.0.2.254/24", VLAN_OUTSIDE),
            }
        ),
        "net/route": _table({"/Common/default": {"gw": "198.18.255.1", "mtu": 0, "network": "default"}}),
        "net/route-domain": _table(
            {
                "/Common/0": {
                    "id": 0,
                    "strict": "enabled",
                    "connectionLimit": 0,
                    "vlans": [VLAN_INSIDE, VLAN_OUTSIDE],
                }
            }
        ),
        "net/vlan": _table({VLAN_INSIDE: {"tag": 4094, **vlan}, VLAN_OUTSIDE: {"tag": 4093, **vlan}}),
        "net/tunnels/tunnel": {},
    }


def _table(objects: dict[str, Properties]) -> Table:
    return {path: NetworkObject(path, properties) for path, properties in objects.items()}
