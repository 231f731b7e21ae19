# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Facts of a Pod network: Antrea's traffic, Calico's blocks, BGP, and the Pods outside of the nodes' networks."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple, Union

Address = Union[IPv4Address, IPv6Address]  # noqa: UP007 evaluated when it runs
Network = Union[IPv4Network, IPv6Network]  # noqa: UP007 evaluated when it runs


@dataclass(frozen=True)
class Traffic:
    """How Antrea sends the packets of Pods, by antrea-agent.conf. ipam: the feature gate AntreaIPAM is on."""

    encap_mode: str = "encap"
    ipam: bool = False


@dataclass(frozen=True)
class CalicoBlocks:
    """The blocks of Calico's IPAM with their nodes. group: the API group that has them."""

    group: str
    blocks: tuple[tuple[Network, str], ...] = ()


class BgpSession(NamedTuple):
    peer: str
    state: str


class NodeBgp(NamedTuple):
    """The BGP sessions of a node, beside those with other nodes, as a CalicoNodeStatus reports them."""

    node: str
    sessions: tuple[BgpSession, ...]


class PodAddress(NamedTuple):
    """pod: namespace/name."""

    address: Address
    pod: str
