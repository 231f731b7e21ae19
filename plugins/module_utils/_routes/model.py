# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The types of this package: the Pod network of a cluster, and static routes."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple, Union

# Union because these are evaluated at run time, which the pylint of ansible-test takes for too new.
Address = Union[IPv4Address, IPv6Address]  # noqa: UP007
Network = Union[IPv4Network, IPv6Network]  # noqa: UP007

NODE_CIDR, CALICO = "node_cidr", "calico"


@dataclass(frozen=True)
class Node:
    """internal_ips: its addresses of type InternalIP. pod_cidrs: `spec.podCIDRs`."""

    name: str
    ready: bool = True
    internal_ips: tuple[Address, ...] = ()
    pod_cidrs: tuple[Network, ...] = ()


class Block(NamedTuple):
    """A network of Pod addresses, and the node that has it. A borrowed address is one of /32 or /128."""

    network: Network
    node: str


class Pool(NamedTuple):
    """One of Calico's IPPools. workload: Pods get addresses of it."""

    network: Network
    workload: bool


class Endpoint(NamedTuple):
    """The address of a Pod that an EndpointSlice has.

    pod       namespace/name
    platform  the slice is in a namespace of the platform, where only administrators may write
    """

    address: Address
    node: str
    pod: str
    platform: bool


@dataclass(frozen=True)
class Calico:
    """Calico's IPAM.

    group     the API group that has its objects
    blocks    its confirmed affinities
    borrowed  addresses of Pods on another node than that of their block
    """

    group: str
    blocks: tuple[Block, ...] = ()
    borrowed: tuple[Block, ...] = ()
    pools: tuple[Pool, ...] = ()


@dataclass(frozen=True)
class PodNetwork:
    """The Pod network of one cluster. calico: None if the cluster does not have it, or it was not read."""

    nodes: tuple[Node, ...]
    endpoints: tuple[Endpoint, ...] = ()
    calico: Calico | None = None


class Wanted(NamedTuple):
    """A route that BIG-IP should have."""

    network: Network
    gateway: Address
    node: str


class Stored(NamedTuple):
    """A static route as BIG-IP has it.

    path          its full path ("/Common/vks-a1b2c3d4-10.244.3.0_24")
    gateway       None if it leads elsewhere: to a pool, an interface, nowhere, or another route domain
    """

    path: str
    network: Network
    route_domain: int
    gateway: Address | None
    description: str

    @property
    def partition(self) -> str:
        return self.path.split("/")[1]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class Write(NamedTuple):
    """One change on BIG-IP. before: None to create the route. after: None to remove it."""

    before: Stored | None
    after: Stored | None

    @property
    def path(self) -> str:
        return (self.after or self.before).path  # type: ignore[union-attr]


class SelfIp(NamedTuple):
    """A self IP of one unit. name: its full path."""

    name: str
    address: Address
    network: Network
    route_domain: int
    floating: bool


class UnitSelfIps(NamedTuple):
    """The self IPs of one unit. paired: the configuration is that of two units."""

    unit: str
    self_ips: tuple[SelfIp, ...]
    paired: bool

    def within(self, route_domain: int, version: int) -> list[SelfIp]:
        """The self IPs that connect a gateway.

        A floating one of a pair is on one unit at a time, so each unit needs its own.
        """
        return [
            one
            for one in self.self_ips
            if one.route_domain == route_domain
            and one.address.version == version
            and not (one.floating and self.paired)
        ]


def order(network: Network) -> tuple[int, int, int]:
    """The key to sort networks of both families by."""
    return network.version, int(network.network_address), network.prefixlen
