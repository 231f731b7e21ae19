# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Facts of a BIG-IP: its versions, self IPs, routes and pool members."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Callable, Mapping, Protocol, Union

from .unknown import NOT_READ, Unknown

Network = Union[IPv4Network, IPv6Network]  # noqa: UP007 evaluated when it runs


@dataclass(frozen=True)
class SelfIp:
    """`services`: what Port Lockdown allows: ("all",), ("default",), ("tcp:179", ...) or nothing."""

    name: str
    address: str
    network: Network
    route_domain: int
    services: tuple[str, ...] | Unknown


class Read(Protocol):
    """The part of _bigip.network.Route in use."""

    @property
    def name(self) -> str: ...

    @property
    def network(self) -> str: ...

    @property
    def gateway(self) -> str | None: ...

    @property
    def description(self) -> str: ...


@dataclass(frozen=True)
class Route:
    """A route in the route domain of the task: static, by its full path, or learnt, by its network."""

    name: str
    network: Network
    gateway: str | None
    description: str = ""

    @classmethod
    def of(cls, read: Read) -> Route | None:
        """The route as it was read; None if its network is not one."""
        try:
            network = ip_network(read.network, strict=False)
        except ValueError:
            return None
        return cls(read.name, network, read.gateway, read.description)


@dataclass(frozen=True)
class Unit:
    """One unit of a pair, or the only one.

    networks  those of its self IPs that stay on it, in the route domain of the task
    floating  those of its floating self IPs
    """

    name: str
    networks: tuple[Network, ...]
    floating: tuple[Network, ...] = ()


@dataclass(frozen=True)
class BigIp:
    """way        to an address in the route domain of the task: a word of _routes.ways; None if it is not an address
    routes     static routes, and learnt ones where the static ones do not lead to all Pod networks
    not_learnt  why the learnt routes could not be read
    units      each unit that could be asked
    unasked    a sentence for each other unit
    without_snat  the addresses of the members of each virtual server without SNAT, by its full path
    bgp        the route domains that speak BGP
    members    the monitors' state of each pool member (address, port): up, down, ...
    """

    version: str | Unknown = NOT_READ
    as3: str | Unknown = NOT_READ
    self_ips: tuple[SelfIp, ...] | Unknown = NOT_READ
    way: Callable[[str], str | None] | Unknown = NOT_READ
    bgp: frozenset[int] | Unknown = NOT_READ
    members: Mapping[tuple[str, int], str] | Unknown = NOT_READ
    routes: tuple[Route, ...] | Unknown = NOT_READ
    not_learnt: str | None = None
    units: tuple[Unit, ...] | Unknown = NOT_READ
    unasked: tuple[str, ...] = ()
    without_snat: Mapping[str, tuple[str, ...]] | Unknown = NOT_READ
