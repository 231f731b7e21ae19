# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""BIG-IP's way to an address of a route domain, by the networks of its self IPs and by its routes."""

from __future__ import annotations

import ipaddress
from typing import Iterable, NamedTuple, Protocol

from .model import Network

CONNECTED, ROUTED, DEFAULT, NONE = "connected", "routed", "default", "none"
"""A self IP has the address in its network; a route leads to it; only the default route does; nothing does."""

PROVED = frozenset([CONNECTED, ROUTED])
"""The default route does not prove a path: most routers do not know the addresses of Pods."""

NOT_LEARNT = ("bigip_answer", "bigip_forbidden", "bigip_refused")
"""The codes of a Failure that leaves the learnt routes unknown: BIG-IP refuses the read, or the form is another."""


class SelfIp(Protocol):
    """The part of _bigip.network.SelfIp in use. Route domain None is 0."""

    @property
    def network(self) -> Network: ...

    @property
    def route_domain(self) -> int | None: ...


class Route(Protocol):
    """The part of _bigip.network.Route in use. Route domain None is 0."""

    @property
    def network(self) -> str: ...

    @property
    def route_domain(self) -> int | None: ...

    @property
    def blackhole(self) -> bool: ...


class _Hop(NamedTuple):
    network: Network
    way: str


class Ways:
    """The table of one BIG-IP. A connected network comes before a route, and of several, the longest decides."""

    def __init__(self, self_ips: Iterable[SelfIp] = (), routes: Iterable[Route] = ()) -> None:
        self._hops: dict[int, list[_Hop]] = {}
        for address in self_ips:
            self._add(address.route_domain, _Hop(address.network, CONNECTED))
        for route in routes:
            try:
                network = ipaddress.ip_network(route.network, strict=False)
            except ValueError:
                continue
            way = NONE if route.blackhole else ROUTED if network.prefixlen else DEFAULT
            self._add(route.route_domain, _Hop(network, way))
        for hops in self._hops.values():
            # sorted() keeps the order of equals, so a connected network is before an equal route
            hops.sort(key=lambda hop: -hop.network.prefixlen)

    def _add(self, domain: int | None, hop: _Hop) -> None:
        self._hops.setdefault(domain or 0, []).append(hop)

    def to(self, address: str, domain: int | None = None) -> str | None:
        """CONNECTED, ROUTED, DEFAULT or NONE; None if the text is not an address.

        An address such as 10.0.0.1%2 names its route domain itself.
        """
        text, _percent, named = address.partition("%")
        try:
            wanted = ipaddress.ip_address(text)
        except ValueError:
            return None
        hops = self._hops.get(int(named) if named.isdecimal() else domain or 0, [])
        return next((hop.way for hop in hops if wanted in hop.network), NONE)

    def is_proved(self, address: str, domain: int | None = None) -> bool:
        """True if the address is connected, or a route of its own leads to it."""
        return self.to(address, domain) in PROVED
