# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP in TMOS mode: the rules of its instances, and the neighbors that BIG-IP would open a session with.

TMOS mode needs the database variable, and no BGP in the routing protocols of the route domain (Legacy mode).
F5's own controller sets both. No source has the answer for a variable that is off: the lab gives the one for
mixed modes. The instances belong to their unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..device import DeviceError
from .factory import LOCAL_GROUP, NetworkObject, Tables
from .spelling import place

INSTANCES, VARIABLES = "net/routing/bgp", "sys/db"
TMOS_ROUTING = "tmrouted.tmos.routing"
PORT = "tcp:179"


@dataclass(frozen=True)
class Neighbor:
    """A neighbor as one self IP of the unit addresses it."""

    address: str
    own_address: str
    domain: int
    local_as: int
    remote_as: int
    password: str
    enabled: bool
    open: bool
    """The self IP's Port Lockdown allows BGP."""


def check(tables: Tables) -> None:
    """Refuse an instance in a route domain of the Legacy mode."""
    domains = tables["net/route-domain"]
    for instance in tables[INSTANCES].values():
        path = str(instance.properties["routeDomain"])
        domain = domains.get(path)
        if domain is None:
            raise DeviceError(f"01020036:3: The requested Route Domain ({path}) was not found.")
        if "BGP" in domain.properties.get("routingProtocol", ()) or not is_on(tables):
            raise DeviceError(
                f"01071c3f:3: Cannot mix routing-protocol Legacy and TMOS mode for route-domain ({path})."
            )


def is_on(tables: Tables) -> bool:
    return bool(tables[VARIABLES][TMOS_ROUTING].properties["value"] == "enable")


def users_of_domain(tables: Tables, path: str) -> Iterator[str]:
    for instance in tables[INSTANCES].values():
        if instance.properties["routeDomain"] == path:
            yield f"BGP instance ({instance.path})"


def neighbors(tables: Tables) -> Iterator[Neighbor]:
    """Each neighbor with each self IP of its network that does not float."""
    for instance in tables[INSTANCES].values():
        domain = int(tables["net/route-domain"][instance.properties["routeDomain"]].properties["id"])
        for given in instance.properties["neighbor"].values():
            address = place(given["name"], domain).address
            for self_ip in tables["net/self"].values():
                own = place(str(self_ip.properties["address"]))
                if own.domain == domain and address in own.interface.network and not _floats(self_ip):
                    yield Neighbor(
                        address=str(address),
                        own_address=str(own.address),
                        domain=domain,
                        local_as=int(instance.properties["localAs"]),
                        remote_as=remote_as(instance, given),
                        password=str(given.get("password", "")),
                        enabled=instance.properties["enabled"] == given["enabled"] == "true",
                        open=_lets_in(self_ip.properties.get("allowService")),
                    )


def remote_as(instance: NetworkObject, neighbor: dict[str, Any]) -> int:
    """The neighbor's own setting, or that of its peer group; 0 if neither has one."""
    groups = {group["name"]: group for group in instance.properties.get("peerGroup", [])}
    group = groups.get(neighbor.get("peerGroup"), {})
    return int(neighbor.get("remoteAs") or group.get("remoteAs") or 0)


def _floats(self_ip: NetworkObject) -> bool:
    return bool(self_ip.properties.get("trafficGroup", LOCAL_GROUP) != LOCAL_GROUP)


def _lets_in(services: str | list[str] | None) -> bool:
    """As the preflight judges it: all, the default list, or the port itself."""
    listed = [services] if isinstance(services, str) else services or []
    return any(service in ("all", "default", PORT) for service in listed)
