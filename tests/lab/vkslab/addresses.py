# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of a lab's cluster, by IP family.

No socket ever has one of them: `net` answers for all of them.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

#: Nodes count from here in their network; below are the gateway and the address of the API server.
FIRST_NODE = 10
API_SERVER = 2


@dataclass(frozen=True)
class Family:
    """The ranges of one IP family."""

    nodes: str
    pods: str
    services: str
    #: The part of the Pods' range that each node has.
    node_prefix: int
    #: The nodes' router. It knows no Pod.
    router: str
    #: The BIG-IP in the nodes' network; the second unit of a pair has the address below.
    bigip: str

    def node(self, index: int) -> str:
        return str(ipaddress.ip_network(self.nodes)[FIRST_NODE + index])

    def api_server(self) -> str:
        return str(ipaddress.ip_network(self.nodes)[API_SERVER])

    def pods_of_node(self, index: int) -> str:
        network = ipaddress.ip_network(self.pods)
        return f"{network[index << (network.max_prefixlen - self.node_prefix)]}/{self.node_prefix}"


# A node has 4,094 addresses for its 250 Pods: kwok takes one more from the range, and never gives it back,
# each time that it
# starts a Pod twice from two versions of it (the API server refuses the second start).
V4 = Family("198.18.0.0/16", "100.96.0.0/11", "100.64.0.0/16", 20, "198.18.255.1", "198.18.255.254")
V6 = Family(
    "2001:db8:18::/64",
    "2001:db8:96::/48",
    "2001:db8:64::/112",
    64,
    "2001:db8:18::ffff:1",
    "2001:db8:18::ffff:fffe",
)
#: The value of --ip-family, and its families in the cluster's order.
FAMILIES = {"ipv4": (V4,), "ipv6": (V6,), "dual": (V4, V6)}
