# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of pool members: those of the device that have their addresses."""

from __future__ import annotations

from typing import Any

from ..device import Device, canonical, partition_of
from .formats import Fault


def addresses_of(member: dict[str, Any]) -> list[str]:
    return list(member.get("serverAddresses") or []) + [
        server["address"] for server in member.get("servers") or []
    ]


def set_route_domain(member: dict[str, Any], tenant: dict[str, Any]) -> None:
    domain = tenant.get("defaultRouteDomain")
    if (
        not member.get("routeDomain")
        and isinstance(domain, int)
        and any("%" not in address for address in addresses_of(member))
    ):
        member["routeDomain"] = domain


def match_nodes(
    device: Device, declaration: dict[str, Any], where: str, pool: dict[str, Any]
) -> Fault | None:
    """Duplicate addresses within an entry; conflicts with nodes that other partitions have; hand-made nodes
    of /Common are used as they are."""
    members = pool.get("members")
    if not isinstance(members, list):
        return None
    tenant = partition_of(where)
    for member in members:
        set_route_domain(member, declaration[tenant])
        seen = set()
        for address in addresses_of(member):
            full = address if "%" in address else f"{address}%{member.get('routeDomain')}"
            if full in seen:
                return Fault(where, f"serverAddresses/servers array has duplicate address {full}")
            seen.add(full)
        named = set()
        for server in member.get("servers") or []:
            if server.get("name") in named:
                return Fault(where, f"servers array has duplicate name {server.get('name')}")
            named.add(server.get("name"))
    for index, member in enumerate(list(members)):
        if "bigip" in member or member.get("addressDiscovery", "static") != "static":
            continue
        for address in addresses_of(member):
            fault = _match_node(device, tenant, where, index, members, member, address)
            if fault:
                return fault
    return None


def _match_node(
    device: Device,
    tenant: str,
    where: str,
    index: int,
    members: list[Any],
    member: dict[str, Any],
    address: str,
) -> Fault | None:
    host, domain = canonical(address)
    key = f"{host}%{domain}" if domain else host
    path = device.node_at(key)
    if path is None or partition_of(path) == tenant:
        return None
    node = device.nodes[path]
    if partition_of(path) == "Common":
        if node.metadata and not member.get("shareNodes"):
            return Fault(where, f"The node /{tenant}/{key} conflicts with /Common/{key}")
        if path.count("/") == 2 and "references" in node.metadata:
            return None
    else:
        return Fault(
            where, f"pool member {where}/{index} static address {key} conflicts with bigip node {path}"
        )
    existing = {
        name: value
        for name, value in member.items()
        if name not in ("addressDiscovery", "serverAddresses", "servers")
    }
    existing.update(bigip=path, remark=f"(replaces AS3 {key})")
    if len(addresses_of(member)) == 1:
        member.clear()
        member.update(existing)
    else:
        members.append(existing)
        member["serverAddresses"] = [a for a in member.get("serverAddresses") or [] if a != address]
        member["servers"] = [s for s in member.get("servers") or [] if s["address"] != address]
    return None


def on_device(device: Device, kind: str, path: str) -> bool:
    if kind == "ltm pool":
        return path in device.pools
    if kind == "ltm node":
        return path in device.nodes
    # of other kinds the lab does not know what every BIG-IP has
    return kind != "ltm snatpool" or (kind, path) in device.others
