# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""BIG-IP's own addresses and routes, and what its self IP addresses let in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Mapping
from urllib.parse import quote

from .._foreign import whole
from .reads import collection, content, digits, split_domain
from .response import items, mappings
from .session import Session


@dataclass(frozen=True)
class SelfIp:
    """One self IP address. name is its full path ("/Common/internal")."""

    name: str
    address: str
    prefix_length: int
    route_domain: int | None
    vlan: str
    floating: bool
    traffic_group: str

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        return ipaddress.ip_network(f"{self.address}/{self.prefix_length}", strict=False)


@dataclass(frozen=True)
class Route:
    """One static route.

    network         a CIDR; 0.0.0.0/0 and ::/0 are the default routes
    gateway         None for a route to an interface, a pool or nowhere
    gateway_domain  the route domain of the gateway; None for the default one of the partition
    """

    name: str
    network: str
    route_domain: int | None
    gateway: str | None
    interface: str | None
    pool: str | None
    blackhole: bool
    description: str = ""
    gateway_domain: int | None = None


def port_lockdown(session: Session) -> dict[str, tuple[str, ...]]:
    """The services that each self IP lets in, by its full path.

    ("all",), ("default",), ("tcp:179",), or () for nothing.
    """
    listed = collection(session, "/mgmt/tm/net/self", "Reading the Port Lockdown of BIG-IP's self IPs")
    return {_path(item): services(item) for item in listed}


def services(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The services that the self IP in an item of /mgmt/tm/net/self lets in."""
    service = item.get("allowService")
    texts = [service] if isinstance(service, str) else items(item, "allowService")
    return tuple(str(text) for text in texts if text != "none")


def bgp_domains(session: Session) -> frozenset[int]:
    """The route domains that run BGP: by the protocols of the domain (Legacy mode), or by an instance (TMOS mode)."""
    domains = collection(session, "/mgmt/tm/net/route-domain", "Reading the route domains of BIG-IP")
    numbers = {_path(item): whole(item.get("id")) for item in domains}
    legacy = (whole(item.get("id")) for item in domains if "BGP" in items(item, "routingProtocol"))
    return frozenset([*legacy, *(numbers.get(path, 0) for path in _bgp_instances(session))])


def _bgp_instances(session: Session) -> list[str]:
    """The route domains of the BGP instances, by their full paths. Releases before 14.0 have none."""
    doing = "Reading the BGP instances of BIG-IP"
    response = session.request("GET", "/mgmt/tm/net/routing/bgp", doing=doing)
    if response.status == 404 and not response.unregistered:
        return []
    instances = mappings(content(response, doing))
    return [str(item.get("routeDomain")) for item in instances if str(item.get("enabled", "true")) != "false"]


def self_ip(item: Mapping[str, Any]) -> SelfIp | None:
    """The self IP in an item of /mgmt/tm/net/self; None if its address cannot be read."""
    interface, domain = _interface(str(item.get("address")))
    if interface is None:
        return None
    return SelfIp(
        name=_path(item),
        address=interface.ip.compressed,
        prefix_length=interface.network.prefixlen,
        route_domain=domain,
        vlan=str(item.get("vlan") or ""),
        floating=item.get("floating") == "enabled",
        traffic_group=str(item.get("trafficGroup") or ""),
    )


def route(item: Mapping[str, Any]) -> Route:
    """The route in an item of /mgmt/tm/net/route."""
    text = str(item.get("network") or "")
    gateway, gateway_domain = split_domain(str(item.get("gw")))
    if text.startswith("default"):
        name, _percent, number = text.partition("%")
        inet6 = name == "default-inet6" or (gateway is not None and ":" in gateway)
        suffix = digits(number)
        network, domain = "::/0" if inet6 else "0.0.0.0/0", gateway_domain if suffix is None else suffix
    else:
        interface, domain = _interface(text)
        network = interface.network.compressed if interface is not None else text
    return Route(
        name=_path(item),
        network=network,
        route_domain=domain,
        gateway=gateway,
        interface=str(item["tmInterface"]) if item.get("tmInterface") else None,
        pool=str(item["pool"]) if item.get("pool") else None,
        blackhole=bool(item.get("blackhole")),
        description=str(item.get("description") or ""),
        gateway_domain=gateway_domain,
    )


def uri_path(path: str) -> str:
    """The full path of an object as a part of a URL: /Common/10.0.0.1:80 -> ~Common~10.0.0.1:80."""
    return quote(path.replace("/", "~"), safe="~:")


def _path(item: Mapping[str, Any]) -> str:
    return str(item.get("fullPath") or item.get("name"))


def _interface(text: str) -> tuple[ipaddress.IPv4Interface | ipaddress.IPv6Interface | None, int | None]:
    """ "10.1.0.5%2/24" -> (10.1.0.5/24, 2)."""
    host, _slash, length = text.partition("/")
    address, domain = split_domain(host)
    try:
        return ipaddress.ip_interface(f"{address}/{length}" if length else str(address)), domain
    except ValueError:
        return None, None
