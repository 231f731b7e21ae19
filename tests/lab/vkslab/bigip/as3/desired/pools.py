# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools, their members with the nodes, and monitors."""

from __future__ import annotations

from typing import Any

from ...device import partition_of
from ..matching import addresses_of
from .values import Entry, Map, Properties, joined, metadata, reference, with_domain

_MONITORS = {"tcp-half-open": "tcp_half_open"}


def discovered(pool: Properties) -> bool:
    """A pool with an entry that is neither static nor fqdn: AS3 leaves its members to service discovery."""
    return any(
        member.get("addressDiscovery", "static") not in ("static", "fqdn")
        for member in pool.get("members") or []
    )


def add_pool(wanted: Map, path: str, item: Properties) -> None:
    members: Properties = {}
    ignore: list[str] = []
    if discovered(item):
        ignore = ["members"]
    else:
        for member in item.get("members") or []:
            if member.get("enable", True):
                _member(wanted, partition_of(path), member, members)
    properties: Properties = {
        "load-balancing-mode": item.get("loadBalancingMode", "round-robin"),
        "members": members,
    }
    properties["min-active-members"] = item.get("minimumMembersActive", 1)
    if item.get("monitors"):
        properties["minimumMonitors"] = item.get("minimumMonitors", 1)
        properties["monitor"] = {monitor(m): {} for m in item["monitors"]}
    properties.update(
        {
            "reselect-tries": item.get("reselectTries", 0),
            "service-down-action": item.get("serviceDownAction", "none"),
            "slow-ramp-time": item.get("slowRampTime", 10),
            "allow-nat": "yes" if item.get("allowNATEnabled", True) else "no",
            "allow-snat": "yes" if item.get("allowSNATEnabled", True) else "no",
            "metadata": metadata(item),
        }
    )
    if item.get("remark"):
        properties["description"] = f'"{item["remark"]}"'
    wanted[path] = Entry("ltm pool", properties, ignore)


def _member(wanted: Map, tenant: str, member: Properties, members: Properties) -> None:
    port = member["servicePort"]
    settings = _settings(member)
    home = "Common" if member.get("shareNodes") else "Common/Shared" if tenant == "Common" else tenant
    if "bigip" in member:
        members[
            f"{member['bigip'].rpartition('/')[0]}/{joined(member['bigip'].rpartition('/')[2], port)}"
        ] = settings
        return
    if member.get("addressDiscovery") == "fqdn":
        name = f"{member.get('fqdnPrefix', '')}{member['hostname']}"
        populate = "enabled" if member.get("autoPopulate") else "disabled"
        fqdn = {
            "name": member["hostname"],
            "autopopulate": populate,
            "address-family": member.get("addressFamily", "IPv4").lower(),
        }
        fqdn.update(
            {"interval": member.get("queryInterval") or "ttl", "down-interval": member.get("downInterval", 5)}
        )
        wanted[f"/{home}/{name}"] = Entry(
            "ltm node", {"fqdn": fqdn, "metadata": _shared(member), "monitor": {"default": {}}}
        )
        members[f"/{home}/{name}:{port}"] = {**settings, "fqdn": {"autopopulate": populate}}
        return
    named = {server["address"]: server.get("name") for server in member.get("servers") or []}
    for address in addresses_of(member):
        full = with_domain(address, member.get("routeDomain") or 0)
        name = named.get(address) or full
        node = {"address": full, "metadata": _shared(member), "monitor": {"default": {}}}
        wanted.setdefault(f"/{home}/{name}", Entry("ltm node", node))
        members[f"/{home}/{joined(name, port)}"] = dict(settings)


def _settings(member: Properties) -> Properties:
    state = member.get("adminState", "enable")
    rate = member.get("rateLimit", -1)
    monitors = member.get("monitors")
    found: Properties = {
        "connection-limit": member.get("connectionLimit", 0),
        "dynamic-ratio": member.get("dynamicRatio", 1),
        "fqdn": {"autopopulate": "disabled"},
        "minimumMonitors": member.get("minimumMonitors", 1),
        "monitor": {monitor(m): {} for m in monitors} if monitors else {"default": {}},
        "priority-group": member.get("priorityGroup", 0),
        "rate-limit": "disabled" if rate == -1 else rate,
        "ratio": member.get("ratio", 1),
        "state": "user-down" if state == "offline" else "user-up",
        "session": "user-enabled" if state == "enable" else "user-disabled",
        "metadata": metadata(member),
    }
    if member.get("remark"):
        found["description"] = f'"{member["remark"]}"'
    return found


def _shared(member: Properties) -> Properties:
    """Nodes in /Common count their users. The device keeps the count (tree.count_shared)."""
    return {"references": "1"} if member.get("shareNodes") else {}


def monitor(given: Any) -> str:
    if isinstance(given, str):
        return f"/Common/{_MONITORS.get(given, given)}"
    return reference(given)


def monitor_entry(item: Properties) -> Entry:
    properties = {
        name: value for name, value in item.items() if name not in ("class", "label", "monitorType")
    }
    return Entry(f"ltm monitor {item['monitorType']}", properties)
