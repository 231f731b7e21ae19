# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network objects of a BIG-IP, their rules, and the way to a pool member.

```
spelling   networks and addresses as TMOS spells them
factory    the objects of a new lab
rules      what mcpd refuses when a change is committed; bgp: the same for BGP, and its neighbors
routing    the route table: the next hop of an address
network    the tables of all objects: running, saved, and synced to the peer
```
"""

from __future__ import annotations

from .factory import VLAN_INSIDE, NetworkObject, Properties, Table, Tables, self_ip
from .network import Network
from .routing import Hop
from .spelling import Destination, Place, destination, place

__all__ = [
    "VLAN_INSIDE",
    "Destination",
    "Hop",
    "Network",
    "NetworkObject",
    "Place",
    "Properties",
    "Table",
    "Tables",
    "destination",
    "place",
    "self_ip",
]
