# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of mcpd for network objects.

The words for a missing gateway are those of a BIG-IP. No source confirms the other words.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..device import DeviceError, Missing, partition_of
from .factory import NetworkObject, Tables
from .spelling import Destination, Place, destination, place


def check(tables: Tables) -> None:
    """The rules of a complete configuration: route domains exist, and gateways are connected.

    A self IP that a gateway needs cannot be removed for the same reason.
    """
    domains = {int(one.properties["id"]) for one in tables["net/route-domain"].values()}
    links = [own(one) for one in tables["net/self"].values()]
    routes = list(tables["net/route"].values())
    for domain in sorted({link.domain for link in links} | {target(route).domain for route in routes}):
        if domain not in domains:
            raise Missing(f"01020036:3: The requested route domain ({domain}) was not found.")
    for route in routes:
        if route.properties.get("gw"):
            _check_gateway(route, links)


def _check_gateway(route: NetworkObject, links: list[Place]) -> None:
    text, domain = str(route.properties["gw"]), target(route).domain
    gateway = place(text)
    if gateway.address.is_link_local and route.properties.get("tmInterface"):
        return
    if gateway.domain != domain or not any(
        link.domain == domain and gateway.address in link.interface.network for link in links
    ):
        raise DeviceError(
            f"01070330:3: Static route gateway {text} is not directly connected via an interface."
        )


def check_unique(tables: Tables, component: str, one: NetworkObject) -> None:
    """No other route has the same network, no other self IP the same address, no other route domain the same
    number."""
    others = (other for path, other in tables[component].items() if path != one.path)
    if component == "net/route" and any(target(other) == target(one) for other in others):
        raise DeviceError(
            f"01020066:3: The requested Route Entry ({target(one).spelled}) already exists in partition "
            f"{partition_of(one.path)}."
        )
    if component == "net/self" and any(own(other).host == own(one).host for other in others):
        raise DeviceError(f"0107176c:3: Invalid self IP, the IP address {own(one).host} already exists.")
    number = one.properties.get("id")
    if component == "net/route-domain" and any(other.properties["id"] == number for other in others):
        raise DeviceError(
            f"01020066:3: The requested Route Domain ({number}) already exists in partition "
            f"{partition_of(one.path)}."
        )


def users_of_domain(tables: Tables, path: str) -> Iterator[str]:
    """The objects that need the route domain with this path."""
    number = int(tables["net/route-domain"][path].properties["id"])
    for self_ip in tables["net/self"].values():
        if own(self_ip).domain == number:
            yield f"self IP ({self_ip.path})"
    for route in tables["net/route"].values():
        if target(route).domain == number:
            yield f"Route Entry ({route.path})"
    for child in tables["net/route-domain"].values():
        if child.properties.get("parent") == path:
            yield f"Route Domain ({child.path})"


def own(self_ip: NetworkObject) -> Place:
    """The address of a self IP, which is stored with its route domain."""
    return place(str(self_ip.properties["address"]))


def target(route: NetworkObject) -> Destination:
    """The network of a route, which is stored with its route domain."""
    return destination(str(route.properties["network"]))
