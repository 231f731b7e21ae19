# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""BGP in TMOS mode on one unit of BIG-IP, over iControl REST.

The neighbors are read with their instance. They are written one by one, through the sub-collection: a new list
of neighbors or of peer groups in the instance would end all sessions.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Collection, Mapping

from .._bgp.guards import SWITCH
from .._bgp.model import LETS_IN, Instance, Neighbor, Speaker
from .._bgp.plan import Plan, Write
from .._foreign import whole
from .._routes.model import UnitSelfIps
from . import network
from .reads import collection, content, split_domain
from .response import items, mappings
from .session import Session
from .static_routes import StaticRoutes
from .transaction import Step

INSTANCES = "/mgmt/tm/net/routing/bgp"
_SWITCH = f"/mgmt/tm/sys/db/{SWITCH}"
_DOMAIN_0 = "/Common/0"
_MAY_LET_IN = LETS_IN | {"default"}


def self_ips(
    session: Session, unit: str, domains: Mapping[str, int] | None
) -> tuple[UnitSelfIps, Mapping[str, int]]:
    """The self IPs of the unit, and the default route domains of the partitions.

    Only those that do not float count: the unit could belong to a pair later.
    """
    routes = StaticRoutes(session, domains)
    return UnitSelfIps(unit, routes.self_ips(), True), routes.domains


def speaker(session: Session, own: UnitSelfIps, route_domain: int, name: str) -> Speaker:
    """The state of BGP on the unit. name: the full path of the instance that precedes others."""
    paths, legacy = _domains(session)
    domain = paths.get(route_domain)
    found = [one for path, one in instances(session) if path == domain]
    first = min(found, key=lambda one: (one.path != name, one.path), default=None)
    return Speaker(own.unit, own, domain, legacy, _switch(session), first)


def instances(session: Session) -> list[tuple[str, Instance]]:
    """The full path of the route domain and the instance, for each instance of the unit."""
    params = {"expandSubcollections": "true"}
    listed = collection(session, INSTANCES, "Reading the BGP instances of BIG-IP", params)
    return [(str(item.get("routeDomain") or _DOMAIN_0), _instance(item)) for item in listed]


def _domains(session: Session) -> tuple[dict[int, str], tuple[str, ...]]:
    """The full paths of the route domains by number, and of those in which BGP runs in Legacy mode."""
    listed = collection(session, "/mgmt/tm/net/route-domain", "Reading the route domains of BIG-IP")
    paths = {whole(item.get("id"), -1): str(item.get("fullPath") or item.get("name")) for item in listed}
    legacy = [item for item in listed if "BGP" in items(item, "routingProtocol")]
    return paths, tuple(sorted(str(item.get("fullPath") or item.get("name")) for item in legacy))


def _switch(session: Session) -> str | None:
    """The value of the database variable; None if the unit does not have it."""
    doing = f"Reading the database variable {SWITCH} of BIG-IP"
    response = session.request("GET", _SWITCH, doing=doing)
    if response.status == 404 and not response.unregistered:
        return None
    return str(content(response, doing).get("value"))


def _instance(item: Mapping[str, Any]) -> Instance:
    neighbors = (_neighbor(one) for one in _below(item, "neighbor"))
    return Instance(
        str(item.get("fullPath") or item.get("name")),
        whole(item.get("localAs")),
        tuple(one for one in neighbors if one is not None),
        bool(_below(item, "peerGroup")),
    )


def _below(item: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The items of a sub-collection, expanded or as a property of the instance."""
    reference = item.get(f"{name}Reference")
    return mappings(reference) or mappings(item, name)


def _neighbor(item: Mapping[str, Any]) -> Neighbor | None:
    """The neighbor of an item; None if its name is not an address."""
    text, _domain = split_domain(str(item.get("name")))
    if text is None:
        return None
    return Neighbor(
        ipaddress.ip_address(text),
        whole(item.get("remoteAs")) or None,
        str(item.get("description") or ""),
        str(item.get("enabled", "true")).lower() != "false",
    )


def closed(session: Session, addresses: Collection[str]) -> list[str]:
    """The names of the self IPs with these addresses whose Port Lockdown surely blocks TCP 179.

    In some releases the list "default" has no TCP 179, so it proves nothing.
    """
    names = []
    for item in collection(session, "/mgmt/tm/net/self", "Reading the Port Lockdown of BIG-IP's self IPs"):
        own = network.self_ip(item)
        if own is not None and own.address in addresses and not _MAY_LET_IN & set(network.services(item)):
            names.append(own.name)
    return names


def switch_step() -> Step:
    return Step("PATCH", _SWITCH, {"value": "enable"})


def instance_step(plan: Plan) -> Step:
    """The request that creates the instance, or removes it."""
    path = str(plan.path)
    if plan.removes:
        return Step("DELETE", _address(path))
    _empty, partition, name = path.split("/")
    body = {"name": name, "partition": partition, "localAs": plan.creates, "routeDomain": plan.domain}
    return Step("POST", INSTANCES, body)


def neighbor_step(plan: Plan, write: Write, password: str | None) -> Step:
    """The request of one change of a neighbor.

    A neighbor of IPv6 is activated for its family: the default of BGP is IPv4 only.
    """
    collection_path = f"{_address(str(plan.path))}/neighbor"
    after = write.after
    if after is None:
        return Step("DELETE", f"{collection_path}/{write.address}")
    body: dict[str, Any] = {"remoteAs": after.remote_as, "description": after.description}
    if write.sets_password:
        body["password"] = password or "none"
    if write.before is not None:
        return Step("PATCH", f"{collection_path}/{write.address}", body)
    if write.address.version == 6:
        body["addressFamily"] = [{"name": "ipv6", "activate": "enabled"}]
    return Step("POST", collection_path, {"name": str(write.address), **body})


def _address(path: str) -> str:
    return f"{INSTANCES}/{network.uri_path(path)}"
