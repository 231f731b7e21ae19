# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes and Pods as Calico's IPAM reads them: small records instead of whole objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from .. import pod_addresses
from ..addresses import V4, V6
from .blocks import Holder

#: On a Node: it releases each block that becomes empty, at once. Otherwise an empty block stays.
RELEASE = "lab.vks.bigip/release-blocks"
_OWN = "projectcalico.org/"
_PREFIX = {4: ip_network(V4.nodes).prefixlen, 6: ip_network(V6.nodes).prefixlen}


@dataclass(frozen=True)
class Node:
    name: str
    internal: tuple[str, ...]
    pod_cidrs: tuple[str, ...]
    releases: bool
    annotations: Mapping[str, str]
    """Calico's own."""

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Node:
        annotations = obj["metadata"].get("annotations") or {}
        addresses = (obj.get("status") or {}).get("addresses") or ()
        return cls(
            name=obj["metadata"]["name"],
            internal=tuple(each["address"] for each in addresses if each["type"] == "InternalIP"),
            pod_cidrs=tuple(obj["spec"].get("podCIDRs") or ()),
            releases=annotations.get(RELEASE) == "true",
            annotations={name: value for name, value in annotations.items() if name.startswith(_OWN)},
        )

    @property
    def tunnel(self) -> str:
        """The address of the IPIP tunnel, for IPv4 only: the first one of the node, which kwok gives to no
        Pod."""
        ranges = [ip_network(each) for each in self.pod_cidrs]
        return next((str(each.network_address) for each in ranges if each.version == 4), "")

    def missing(self) -> dict[str, str]:
        """The annotations that calico-node sets at its start, as far as they differ."""
        wanted: dict[str, str] = {}
        for address in reversed(self.internal):
            version = ip_address(address).version
            wanted[f"{_OWN}IPv{version}Address"] = f"{address}/{_PREFIX[version]}"
        if self.tunnel:
            wanted[f"{_OWN}IPv4IPIPTunnelAddr"] = self.tunnel
        return {name: value for name, value in wanted.items() if self.annotations.get(name) != value}


@dataclass(frozen=True)
class Pod:
    uid: str
    namespace: str
    name: str
    node: str
    addresses: tuple[str, ...]
    waits: bool
    """kwok holds it back until it is answered."""
    blocks: tuple[str, ...]
    """Those that it asks for an address of."""

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Pod:
        meta = obj["metadata"]
        wanted = pod_addresses.asked(obj, pod_addresses.BLOCK)
        return cls(
            uid=meta["uid"],
            namespace=meta["namespace"],
            name=meta["name"],
            node=obj["spec"].get("nodeName", ""),
            addresses=pod_addresses.addresses_of(obj),
            waits=pod_addresses.waits(obj),
            blocks=tuple(part.strip() for part in wanted.split(",") if part),
        )

    @property
    def holder(self) -> Holder:
        return Holder.pod(self.uid, self.node, self.namespace, self.name)
