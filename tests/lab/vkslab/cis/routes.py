# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The static routes to the Pods' networks, which CIS keeps on BIG-IP with --static-routing-mode.

Of Calico's block affinities, or of the Pod ranges that Kubernetes gives to the nodes; other CNIs are not at
hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .flags import Settings
from .logs import Log
from .members import Key
from .program import Json
from .rest import BigIp, Unreachable

CALICO = "calico-k8s"
AFFINITIES = "blockaffinities"

Route = tuple[str, str]
"""(gateway, network)"""


def wanted(settings: Settings, nodes: Mapping[Key, Json], affinities: Mapping[Key, Json]) -> dict[str, Route]:
    """By name."""
    if settings.cni == CALICO:
        networks = [
            (each["spec"]["node"], each["spec"]["cidr"])
            for each in affinities.values()
            if each["spec"].get("state") == "confirmed"
        ]
    else:
        networks = [
            (name, cidr)
            for (_, name), node in nodes.items()
            for cidr in node.get("spec", {}).get("podCIDRs") or ()
        ]
    found = {}
    for node, network in networks:
        for gateway in _addresses(nodes.get(("", node)) or {}, ":" in network):
            found[f"k8s-{node}-{gateway}-{network.replace('/', '_')}"] = gateway, network
            break
    return found


def _addresses(node: Json, ipv6: bool) -> Iterator[str]:
    for address in (node.get("status") or {}).get("addresses") or ():
        if address["type"] == "InternalIP" and (":" in address["address"]) == ipv6:
            yield address["address"]


class Routes:
    def __init__(self, bigip: BigIp, settings: Settings, log: Log) -> None:
        self._bigip, self._log = bigip, log
        self._partition = "Common" if settings.shared_routes else settings.partition
        self._kept: dict[str, Route] = {}

    async def keep(self, routes: dict[str, Route]) -> bool:
        """Write the routes. False if BIG-IP lacks one of them."""
        try:
            for name in self._kept.keys() - routes.keys():
                await self._bigip.remove_route(self._partition, name)
                del self._kept[name]
            for name, (gateway, network) in routes.items():
                if self._kept.get(name) == (gateway, network):
                    continue
                answer = await self._bigip.put_route(self._partition, name, gateway, network)
                if answer.status != 200:
                    self._log.agent(f"CCCL Error: static route {name}: {answer.text.strip()}")
                    continue
                self._kept[name] = gateway, network
        except Unreachable as error:
            self._log.agent(f"CCCL Error: static routes: {error}")
        return self._kept == routes
