# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""BIG-IP's way to an address."""

from __future__ import annotations

import ipaddress
from typing import Callable, Iterable, Protocol

from .._facts.bigip import Network


class Route(Protocol):
    """A static route, as in _bigip.ltm.Route."""

    @property
    def network(self) -> str: ...

    @property
    def blackhole(self) -> bool: ...


def routing(self_networks: Iterable[Network], routes: Iterable[Route]) -> Callable[[str], bool | None]:
    """Return whether BIG-IP has a route to an address, by the networks of its self IPs and its routes.

    Of several routes, the longest match decides. None: the address is not one.
    """
    direct = list(self_networks)
    table = sorted(
        (
            (ipaddress.ip_network(route.network, strict=False), bool(route.blackhole))
            for route in routes
            if _is_network(route.network)
        ),
        key=lambda row: -row[0].prefixlen,
    )

    def has_route(address: str) -> bool | None:
        try:
            wanted = ipaddress.ip_address(address)
        except ValueError:
            return None
        if any(wanted in network for network in direct):
            return True
        return next((not blackhole for network, blackhole in table if wanted in network), False)

    return has_route


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
