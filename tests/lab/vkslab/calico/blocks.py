# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calico's blocks of 64 addresses: which addresses a block has, who holds them, and its IPAMBlock."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

#: Both families have blocks of this many addresses.
SIZE = 64
#: The prefix length of a block, by IP version.
PREFIX = {4: 26, 6: 122}


@dataclass(frozen=True)
class Holder:
    """Who holds an address."""

    handle: str
    node: str
    secondary: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def pod(cls, uid: str, node: str, namespace: str, name: str) -> Holder:
        """As the CNI plugin describes a Pod. A real handle has the ID of the Pod's sandbox."""
        handle = f"k8s-pod-network.{hashlib.sha256(uid.encode()).hexdigest()}"
        return cls(handle, node, {"namespace": namespace, "node": node, "pod": name})

    @classmethod
    def tunnel(cls, node: str) -> Holder:
        """The address of a node's IPIP tunnel."""
        return cls(f"ipip-tunnel-addr-{node}", node, {"node": node, "type": "ipipTunnelAddress"})


Holders = Mapping[int, Holder]
"""by the address's ordinal in the block"""


@dataclass(frozen=True)
class Block:
    """An IPAMBlock of the cluster."""

    name: str
    spec: dict[str, Any]
    version: str

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Block:
        meta = obj["metadata"]
        return cls(meta["name"], obj["spec"], meta["resourceVersion"])

    @property
    def cidr(self) -> str:
        return str(self.spec["cidr"])


def place_of(address: str) -> tuple[str, int]:
    """(the block's network, the address's ordinal in it)"""
    parsed = ip_address(address)
    ordinal = int(parsed) % SIZE
    return f"{parsed - ordinal}/{PREFIX[parsed.version]}", ordinal


def address_at(cidr: str, ordinal: int) -> str:
    return str(ip_network(cidr)[ordinal])


def name_of(cidr: str) -> str:
    return cidr.replace(".", "-").replace(":", "-").replace("/", "-")


def spec_of(
    cidr: str, node: str | None, holders: Holders, before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The spec of a block that `node` has affinity to. Unchanged if it shows all this already."""
    ordinals = sorted(holders)
    allocations: list[int | None] = [None] * SIZE
    for index, ordinal in enumerate(ordinals):
        allocations[ordinal] = index
    attributes = [
        {"handle_id": holders[ordinal].handle, "secondary": dict(holders[ordinal].secondary)}
        for ordinal in ordinals
    ]
    shown: dict[str, Any] = {"allocations": allocations, "attributes": attributes}
    if node is not None:
        shown["affinity"] = f"host:{node}"
    if before and all(before.get(key) == shown.get(key) for key in ("allocations", "attributes", "affinity")):
        return dict(before)
    number = before["sequenceNumber"] + 1 if before else time.time_ns()
    former = _sequence(before)
    return {
        **shown,
        "cidr": cidr,
        "deleted": False,
        "strictAffinity": False,
        "sequenceNumber": number,
        "sequenceNumberForAllocation": {
            str(ordinal): former.get((ordinal, holders[ordinal].handle), number) for ordinal in ordinals
        },
        "unallocated": _free(holders, before["unallocated"] if before else ()),
    }


def _sequence(before: Mapping[str, Any] | None) -> dict[tuple[int, str], int]:
    """The sequence number of each allocation, by ordinal and handle."""
    if not before:
        return {}
    numbers = before.get("sequenceNumberForAllocation") or {}
    return {
        (ordinal, before["attributes"][index]["handle_id"]): numbers[str(ordinal)]
        for ordinal, index in enumerate(before["allocations"])
        if index is not None and str(ordinal) in numbers
    }


def _free(holders: Holders, before: list[int] | tuple[int, ...]) -> list[int]:
    """The free ordinals. The one that was released last comes last."""
    kept = [ordinal for ordinal in before if ordinal not in holders]
    known = set(kept)
    return kept + [ordinal for ordinal in range(SIZE) if ordinal not in holders and ordinal not in known]
