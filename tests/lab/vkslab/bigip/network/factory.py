# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network objects of a new lab: VLANs, self IPs, the default route, route domain 0, and the database
variable of BGP.

One VLAN leads to the nodes, with self IPs in their networks. One self IP is in the network of the virtual
servers. The gateway of the default route is a router that has no route to any Pod.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface, ip_network
from typing import Any

from ...addresses import V4, V6, Family

Properties = dict[str, Any]
VLAN_INSIDE, VLAN_OUTSIDE = "/Common/internal", "/Common/external"
LOCAL_GROUP = "/Common/traffic-group-local-only"


@dataclass(frozen=True)
class NetworkObject:
    path: str
    properties: Properties  # as REST shows them; replaced, never edited


Table = dict[str, NetworkObject]  # by path; a database variable has none, only its name
Tables = dict[str, Table]  # by component: net/route


def self_ip(address: str, vlan: str) -> Properties:
    return {
        "address": address,
        "addressSource": "from-user",
        "allowService": ["default"],
        "floating": "disabled",
        "inheritedTrafficGroup": "false",
        "trafficGroup": LOCAL_GROUP,
        "unit": 0,
        "vlan": vlan,
    }


def factory(unit: int) -> Tables:
    """The tables of the first or the second unit of a pair. Each has its own self IPs."""
    vlan = {"mtu": 1500, "failsafe": "disabled"}
    return {
        "net/self": _table(
            {
                "/Common/self-nodes": self_ip(_own(V4, unit), VLAN_INSIDE),
                "/Common/self-nodes-v6": self_ip(_own(V6, unit), VLAN_INSIDE),
                "/Common/self-virtuals": self_ip(f"192.0.2.{254 - unit}/24", VLAN_OUTSIDE),
            }
        ),
        "net/route": _table({"/Common/default": {"gw": V4.router, "mtu": 0, "network": "default"}}),
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
        "net/routing/bgp": {},
        "sys/db": _table({"tmrouted.tmos.routing": {"value": "disable"}}),
    }


def _own(family: Family, unit: int) -> str:
    """The unit's address in the network of the nodes, with its prefix length."""
    interface: IPv4Interface | IPv6Interface = ip_interface(family.bigip)
    return f"{interface.ip - unit}/{ip_network(family.nodes).prefixlen}"


def _table(objects: dict[str, Properties]) -> Table:
    return {path: NetworkObject(path, properties) for path, properties in objects.items()}
