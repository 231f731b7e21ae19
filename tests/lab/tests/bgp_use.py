# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP on the BIG-IP of a lab, and the sessions that come up."""

from __future__ import annotations

from pod_network_use import BigIp
from running_lab import RunningLab, eventually

DB, BGP = "/mgmt/tm/sys/db/tmrouted.tmos.routing", "/mgmt/tm/net/routing/bgp"
NEIGHBOR = f"{BGP}/~Common~pods/neighbor"
SELF = "198.18.255.254"


class BothSides:
    """Both sides of BGP in a lab. Each kind of cluster adds its own."""

    def __init__(self, lab: RunningLab, bigip: BigIp) -> None:
        self.lab, self.bigip = lab, bigip
        self.nodes = {
            one["metadata"]["name"]: one["status"]["addresses"][0]["address"]
            for one in lab.get("nodes")["items"]
        }

    def on_bigip(self) -> None:
        self.bigip.call("PATCH", DB, {"value": "enable"})
        self.bigip.call("POST", BGP, {"name": "pods", "localAs": 64513})
        for address in self.nodes.values():
            self.bigip.call("POST", NEIGHBOR, {"name": address, "remoteAs": 64512})

    def sessions(self) -> dict[str, str]:
        found = self.bigip.call("GET", "/_lab/bgp")["sessions"]
        return {one["node"]: one["state"] for one in found}

    def become(self, state: str) -> None:
        eventually(lambda: self.sessions() == dict.fromkeys(self.nodes, state))

    def learnt(self) -> dict[str, str]:
        return dict(self.bigip.call("GET", "/_lab/bgp")["learnt"])
