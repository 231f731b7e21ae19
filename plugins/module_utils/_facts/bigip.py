# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Facts of a BIG-IP: its versions, self IPs, routes and pool members."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Callable, Mapping, Union

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


@dataclass(frozen=True)
class BigIp:
    """way        to an address in the route domain of the task: a word of _routes.ways; None if it is not an address
    bgp        the route domains that speak BGP
    members    the monitors' state of each pool member (address, port): up, down, ...
    """

    version: str | Unknown = NOT_READ
    as3: str | Unknown = NOT_READ
    self_ips: tuple[SelfIp, ...] | Unknown = NOT_READ
    way: Callable[[str], str | None] | Unknown = NOT_READ
    bgp: frozenset[int] | Unknown = NOT_READ
    members: Mapping[tuple[str, int], str] | Unknown = NOT_READ
