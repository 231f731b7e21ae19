# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The static routes and self IPs of BIG-IP, with the route domain of each, and how a change is written.

An address without "%" is in the default route domain of its partition, which AS3 may change. So the
partitions are read with the routes.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Mapping

from .._foreign import whole
from .._routes.model import Address, Network, SelfIp, Stored
from .ltm import Ltm
from .network import Route, uri_path
from .reads import collection
from .session import Session
from .transaction import Step

_ROUTES = "/mgmt/tm/net/route"


class StaticRoutes:
    """Each read raises Failure (bigip_refused) if BIG-IP refuses it."""

    def __init__(self, session: Session, domains: Mapping[str, int] | None = None) -> None:
        """domains: the default route domain of each partition, if another unit has answered already."""
        self._session = session
        self._ltm = Ltm(session)
        self._domains = domains

    @property
    def domains(self) -> Mapping[str, int]:
        if self._domains is None:
            params = {"$select": "name,defaultRouteDomain"}
            doing = "Reading the partitions of BIG-IP"
            items = collection(self._session, "/mgmt/tm/auth/partition", doing, params)
            self._domains = {str(item.get("name")): whole(item.get("defaultRouteDomain")) for item in items}
        return self._domains

    def read(self) -> tuple[Stored, ...]:
        """All static routes, of all partitions and route domains."""
        domains = self.domains
        found = (_stored(route, domains) for route in self._ltm.routes())
        return tuple(route for route in found if route is not None)

    def self_ips(self) -> tuple[SelfIp, ...]:
        """The self IPs of the unit that answers."""
        domains = self.domains
        return tuple(
            SelfIp(
                one.name,
                ipaddress.ip_address(one.address),
                one.network,
                _default(one.name, domains) if one.route_domain is None else one.route_domain,
                one.floating,
            )
            for one in self._ltm.self_ips()
        )

    def steps(self, before: Stored | None, after: Stored | None) -> list[Step]:
        """The requests of one change.

        A new gateway is a PATCH, so the route always exists. BIG-IP changes nothing else of a route: one that
        leads to a pool is deleted and created.
        """
        if before is not None and after is not None and before.gateway is not None:
            return [Step("PATCH", _address(after), self._body(after, ("gw", "description")))]
        removal = [] if before is None else [Step("DELETE", _address(before))]
        names = ("name", "partition", "network", "gw", "description")
        return [*removal, *([] if after is None else [Step("POST", _ROUTES, self._body(after, names))])]

    def _body(self, route: Stored, names: tuple[str, ...]) -> dict[str, Any]:
        default = _default(route.path, self.domains)
        domain = "" if route.route_domain == default else f"%{route.route_domain}"
        values = {
            "name": route.name,
            "partition": route.partition,
            "network": f"{route.network.network_address}{domain}/{route.network.prefixlen}",
            "gw": f"{route.gateway}{domain}",
            "description": route.description,
        }
        return {name: values[name] for name in names}


def _address(route: Stored) -> str:
    return f"{_ROUTES}/{uri_path(route.path)}"


def _stored(route: Route, domains: Mapping[str, int]) -> Stored | None:
    """The route of an item; None if its network cannot be read: Pods need none of this kind."""
    try:
        found: Network = ipaddress.ip_network(route.network, strict=False)
    except ValueError:
        return None
    default = _default(route.name, domains)
    domain = default if route.route_domain is None else route.route_domain
    reached = default if route.gateway_domain is None else route.gateway_domain
    gateway: Address | None = None
    if route.gateway and reached == domain and not (route.pool or route.interface or route.blackhole):
        gateway = ipaddress.ip_address(route.gateway)
    return Stored(route.name, found, domain, gateway, route.description)


def _default(path: str, domains: Mapping[str, int]) -> int:
    """The default route domain of the partition of an object."""
    return domains.get(path.strip("/").partition("/")[0], 0)
