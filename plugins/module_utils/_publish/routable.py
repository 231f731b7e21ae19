# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Finds out if BIG-IP has a route to Pod addresses, by as few requests as possible."""

from __future__ import annotations

import ipaddress
from typing import Callable, Protocol, Sequence, Union

from .._errors import Failure
from .._members.auto import Routable

# Union because this is evaluated at run time, which the pylint of ansible-test takes for too new.
Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]  # noqa: UP007


class Route(Protocol):
    """The part of _bigip.ltm.Route in use."""

    @property
    def network(self) -> str: ...

    @property
    def blackhole(self) -> bool: ...


class SelfIp(Protocol):
    """The part of _bigip.ltm.SelfIp in use."""

    @property
    def network(self) -> Network: ...


class Networks(Protocol):
    """The part of _bigip.ltm.Ltm in use."""

    def routes(self) -> Sequence[Route]: ...

    def self_ips(self) -> Sequence[SelfIp]: ...


def routable(ltm: Networks) -> Routable:
    """The question to BIG-IP: a route that is not the default one, or a self IP in the network of the Pods.

    The answer is None if the account may not read that, so nothing is chosen because of it. For a pool that
    is published as cluster only the routes are read, so a run without a change stays within five requests. A
    pool that the routes do not cover keeps its mode, as with any missing evidence.
    """
    networks: list[Network] = []
    denied: list[Failure] = []
    # Routes first: a self IP in the Pod network is rare, and each of the two costs a request.
    unread: list[Callable[[Networks], list[Network]]] = [_routed, _own]

    def covered(addresses: Sequence[str]) -> bool:
        return all(
            any(ipaddress.ip_address(address) in network for network in networks) for address in addresses
        )

    def answer(addresses: Sequence[str], published: bool) -> bool | None:
        last = 1 if published else 0
        while not (reached := covered(addresses)) and len(unread) > last:
            try:
                networks.extend(unread.pop(0)(ltm))
            except Failure as failure:
                if failure.code not in ("bigip_forbidden", "bigip_refused"):
                    raise
                denied.append(failure)
        return reached or (None if denied or published else False)

    return answer


def _routed(ltm: Networks) -> list[Network]:
    """The networks that routes lead to, without the default routes."""
    routes = [route for route in ltm.routes() if route.network and not route.blackhole]
    networks = [ipaddress.ip_network(route.network, strict=False) for route in routes]
    return [network for network in networks if network.prefixlen]


def _own(ltm: Networks) -> list[Network]:
    return [address.network for address in ltm.self_ips()]
