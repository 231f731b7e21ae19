# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device's objects as entries of AS3's map, and back."""

from __future__ import annotations

from typing import Any

from ..device import (
    Device,
    Monitor,
    Node,
    Pool,
    PoolMember,
    Virtual,
    VirtualAddress,
    partition_of,
)
from .desired import Properties


def member_of(device: Device, path: str, p: Properties) -> PoolMember:
    home, _, name = path.rpartition("/")
    node_name, port = split(name)
    node = device.nodes.get(f"{home}/{node_name}")
    address = node.address if node else node_name
    host, _, domain = address.partition("%")
    return PoolMember(
        name,
        f"{home}/{node_name}",
        host,
        port,
        route_domain=int(domain) if domain else None,
        ratio=p["ratio"],
        priority_group=p["priority-group"],
        connection_limit=p["connection-limit"],
        rate_limit=str(p["rate-limit"]),
        dynamic_ratio=p["dynamic-ratio"],
        monitor=" and ".join(p["monitor"]),
        session=p["session"],
        state=p["state"],
        description=p.get("description", "").strip('"') or None,
        metadata=dict(p["metadata"]),
        min_monitors=p["minimumMonitors"],
        fqdn=node.fqdn["name"] if node and node.fqdn else None,
        autopopulate=p["fqdn"]["autopopulate"] == "enabled",
    )


def split(name: str) -> tuple[str, int]:
    """A member's name: node and port."""
    separator = "." if name.count(":") > 1 else ":"
    node, _, port = name.rpartition(separator)
    return node, int(port) if port.isdigit() else 0


def address_form(address: VirtualAddress) -> Properties:
    group = "default" if address.traffic_group == "/Common/traffic-group-1" else address.traffic_group
    return {
        **address.properties,
        "address": address.address,
        "arp": "enabled" if address.arp else "disabled",
        "icmp-echo": address.icmp_echo,
        "route-advertisement": address.route_advertisement,
        "traffic-group": group,
    }


def virtual_form(virtual: Virtual) -> Properties:
    properties = {
        name: value for name, value in virtual.properties.items() if name not in ("enabled", "disabled")
    }
    properties["enabled" if virtual.enabled else "disabled"] = ""
    properties["pool"] = virtual.pool or "none"
    if tuple(properties.get("rules", {})) != virtual.rules:
        properties["rules"] = {rule: {} for rule in virtual.rules}
    properties["connection-limit"] = virtual.connection_limit
    return properties


def virtual_of(device: Device, path: str, p: Properties) -> Virtual:
    home, _, name = p["destination"].rpartition("/")
    at_name, port = split(name)
    at = device.virtual_address_at(at_name, partition_of(path)) or f"{home}/{at_name}"
    known = device.virtual_addresses.get(at)
    snat = p["source-address-translation"]
    return Virtual(
        path,
        known.address if known else at_name,
        port,
        ip_protocol=p["ip-protocol"],
        pool=None if p["pool"] == "none" else p["pool"],
        enabled="enabled" in p,
        source=p["source"],
        mask=p["mask"],
        snat=snat.get("pool") or snat["type"],
        profiles=tuple(p["profiles"]),
        rules=tuple(p["rules"]),
        persistence=tuple(p["persist"]),
        connection_limit=p["connection-limit"],
        description=p["description"].strip('"'),
        virtual_address=at,
        redirect_to="https" if "/Common/_sys_https_redirect" in p["rules"] else None,
        properties=dict(p),
    )


def node_form(node: Node) -> Properties:
    what = {"address": node.address} if node.fqdn is None else {"fqdn": node.fqdn}
    return {**what, "metadata": node.metadata, "monitor": {"default": {}}}


def pool_form(pool: Pool) -> Properties:
    properties: Properties = {
        "load-balancing-mode": pool.lb_mode,
        "members": {path: member_form(member) for path, member in pool.members.items()},
        "min-active-members": pool.min_active,
    }
    if pool.monitors:
        properties["minimumMonitors"] = pool.min_monitors
        properties["monitor"] = {m: {} for m in pool.monitors}
    properties.update(
        {
            "reselect-tries": pool.reselect_tries,
            "service-down-action": pool.service_down_action,
            "slow-ramp-time": pool.slow_ramp_time,
            "allow-nat": "yes" if pool.allow_nat else "no",
            "allow-snat": "yes" if pool.allow_snat else "no",
            "metadata": pool.metadata,
        }
    )
    if pool.description:
        properties["description"] = f'"{pool.description}"'
    return properties


def member_form(member: PoolMember) -> Properties:
    found: Properties = {
        "connection-limit": member.connection_limit,
        "dynamic-ratio": member.dynamic_ratio,
        "fqdn": {"autopopulate": "enabled" if member.autopopulate else "disabled"},
        "minimumMonitors": member.min_monitors,
        "monitor": {m: {} for m in member.monitor.split(" and ")},
        "priority-group": member.priority_group,
        "rate-limit": int(member.rate_limit) if member.rate_limit.isdigit() else member.rate_limit,
        "ratio": member.ratio,
        "state": member.state,
        "session": member.session,
        "metadata": member.metadata,
    }
    if member.description:
        found["description"] = f'"{member.description}"'
    return found


def pool_of(device: Device, path: str, p: Properties) -> Pool:
    return Pool(
        path,
        monitors=tuple(p.get("monitor", {})),
        members={name: member_of(device, name, settings) for name, settings in p["members"].items()},
        lb_mode=p["load-balancing-mode"],
        min_active=p["min-active-members"],
        min_monitors=p.get("minimumMonitors", 1),
        slow_ramp_time=p["slow-ramp-time"],
        service_down_action=p["service-down-action"],
        reselect_tries=p["reselect-tries"],
        allow_nat=p["allow-nat"] == "yes",
        allow_snat=p["allow-snat"] == "yes",
        description=p.get("description", "").strip('"') or None,
        metadata=dict(p["metadata"]),
    )


_MONITOR_FIELDS = {
    "interval": "interval",
    "timeout": "timeout",
    "timeUntilUp": "time_until_up",
    "upInterval": "up_interval",
    "send": "send",
    "receive": "receive",
    "receiveDown": "receive_down",
    "reverse": "reverse",
    "transparent": "transparent",
    "targetPort": "target_port",
    "username": "username",
}


def monitor_form(monitor: Monitor) -> Properties:
    properties = dict(monitor.properties)
    for name, attribute in _MONITOR_FIELDS.items():
        if name in properties or getattr(monitor, attribute) is not None and name in monitor.properties:
            properties[name] = getattr(monitor, attribute)
    return properties


def monitor_of(path: str, kind: str, p: Properties) -> Monitor:
    given: dict[str, Any] = {attribute: p[name] for name, attribute in _MONITOR_FIELDS.items() if name in p}
    return Monitor(
        path,
        kind,
        **given,
        target_address=p.get("targetAddress") or "*",
        description=p.get("remark"),
        properties=dict(p),
    )
