# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AntreaIPAM's IPPools: their addresses, and who has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from .. import pod_addresses
from .version import Version

Owner = tuple[str, str]
"""(namespace, name) of a Pod"""


def api_version(version: Version) -> str:
    return "v1beta1" if version >= (2, 0) else "v1alpha2"


@dataclass(frozen=True)
class Pool:
    name: str
    ranges: tuple[Mapping[str, Any], ...]
    gateways: frozenset[str]
    given: Mapping[str, Owner]
    """The status: owners by address."""
    version: str

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Pool:
        spec, status = obj["spec"], obj.get("status") or {}
        ranges = tuple(spec.get("ipRanges") or ())
        # v1beta1 has one subnet for all ranges; v1alpha2 has one for each.
        subnets = [spec.get("subnetInfo") or {}, *ranges]
        return cls(
            name=obj["metadata"]["name"],
            ranges=ranges,
            gateways=frozenset(str(each["gateway"]) for each in subnets if each.get("gateway")),
            given={
                each["ipAddress"]: (each["owner"]["pod"]["namespace"], each["owner"]["pod"]["name"])
                for each in status.get("ipAddresses") or ()
            },
            version=obj["metadata"]["resourceVersion"],
        )

    def addresses(self) -> Iterator[str]:
        for each in self.ranges:
            if each.get("cidr"):
                found = (str(address) for address in ip_network(each["cidr"]).hosts())
            else:
                first, last = ip_address(each["start"]), ip_address(each["end"])
                found = (str(first + count) for count in range(int(last) - int(first) + 1))
            yield from (address for address in found if address not in self.gateways)

    def status(self, given: Mapping[str, Owner]) -> dict[str, Any]:
        owners = [
            {
                "ipAddress": address,
                "phase": "Allocated",
                "owner": {"pod": {"namespace": namespace, "name": name, "ifName": "eth0"}},
            }
            for address, (namespace, name) in sorted(given.items())
        ]
        return {
            "ipAddresses": owners,
            "usage": {"total": sum(1 for _ in self.addresses()), "used": len(given)},
        }


@dataclass(frozen=True)
class Asking:
    """A Pod that asks the CNI for an address, and is answered or waits."""

    uid: str
    namespace: str
    name: str
    node: str
    pool: str
    waits: bool
    addresses: tuple[str, ...]

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Asking | None:
        """None for any other Pod."""
        pool = pod_addresses.asked(obj, pod_addresses.POOL)
        if not pool and not pod_addresses.waits(obj):
            return None
        meta = obj["metadata"]
        return cls(
            uid=meta["uid"],
            namespace=meta["namespace"],
            name=meta["name"],
            node=obj["spec"]["nodeName"],
            pool=pool,
            waits=pod_addresses.waits(obj),
            addresses=pod_addresses.addresses_of(obj),
        )

    @property
    def owner(self) -> Owner:
        return self.namespace, self.name
