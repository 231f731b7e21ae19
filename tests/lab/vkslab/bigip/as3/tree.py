# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device seen as AS3 sees it: entries read back from a partition, and entries written to it.

AS3 compares what is wanted with the device, never with its own store: what was changed by hand is put back.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..device import (
    Device,
    Folder,
    Monitor,
    Node,
    Other,
    Pool,
    PoolMember,
    Virtual,
    VirtualAddress,
    partition_of,
)
from .desired import Entry, Map, Properties

_Objects = dict[str, list[tuple[str, Any]]]
_by_tenant: weakref.WeakKeyDictionary[Device, tuple[int, _Objects]] = weakref.WeakKeyDictionary()


def _objects(device: Device, tenant: str) -> list[tuple[str, Any]]:
    """Every object of a partition.

    One look at the whole device serves for all partitions that did not change since.
    """
    known = _by_tenant.get(device)
    if known and known[0] >= device.changed_at(tenant):
        return known[1].get(tenant, [])
    found: _Objects = {}
    tables = (
        device.virtual_addresses,
        device.virtuals,
        device.nodes,
        device.pools,
        device.monitors,
        device.folders,
    )
    for table in tables:
        for path, item in table.items():
            found.setdefault(partition_of(path), []).append((path, item))
    for (_kind, path), other in device.others.items():
        found.setdefault(partition_of(path), []).append((path, other))
    _by_tenant[device] = (device.version, found)
    return found.get(tenant, [])


def current(device: Device, tenant: str) -> Map:
    """What the partition holds of the kinds that AS3 manages; of /Common what is below /Common/Shared.

    Discovered nodes are left out: they belong to service discovery.
    """
    mine = "/Common/Shared/" if tenant == "Common" else f"/{tenant}/"
    found: Map = {}
    for path, item in _objects(device, tenant):
        if isinstance(item, Folder):
            if f"{path}/" == f"/{tenant}/" and tenant != "Common":
                found[f"{path}/"] = Entry("auth partition", {"default-route-domain": item.route_domain})
            elif f"{path}/".startswith(mine):
                found[f"{path}/"] = Entry("sys folder", {})
        elif path.startswith(mine):
            entry = _entry(item)
            if entry:
                found[path] = entry
    return found


def _entry(item: Any) -> Entry | None:
    if isinstance(item, VirtualAddress):
        return Entry("ltm virtual-address", _address(item))
    if isinstance(item, Virtual):
        return Entry("ltm virtual", _virtual(item))
    if isinstance(item, Node):
        return None if "appsvcs-discovery" in item.metadata else Entry("ltm node", _node(item))
    if isinstance(item, Pool):
        return Entry("ltm pool", _pool(item))
    if isinstance(item, Monitor):
        return Entry(f"ltm monitor {item.type}", _monitor(item))
    return Entry(item.kind, item.properties)


def write(device: Device, path: str, entry: Entry) -> None:
    """Creates or replaces the object of this entry."""
    p = entry.properties
    if entry.command == "ltm virtual-address":
        device.put_virtual_address(
            VirtualAddress(
                path,
                p["address"],
                arp=p["arp"] == "enabled",
                icmp_echo=p["icmp-echo"],
                route_advertisement=p["route-advertisement"],
                traffic_group="/Common/traffic-group-1"
                if p["traffic-group"] == "default"
                else p["traffic-group"],
                properties=dict(p),
            )
        )
    elif entry.command == "ltm virtual":
        device.put_virtual(_to_virtual(device, path, p))
    elif entry.command == "ltm node":
        device.put_node(
            Node(path, p.get("address", "any6"), metadata=dict(p["metadata"]), fqdn=p.get("fqdn"))
        )
    elif entry.command == "ltm pool":
        device.put_pool(_to_pool(device, path, p))
    elif entry.command.startswith("ltm monitor "):
        device.put_monitor(_to_monitor(path, entry.command.removeprefix("ltm monitor "), p))
    elif entry.command in ("sys folder", "auth partition"):
        bare_path = path.rstrip("/")
        device.create_folder(bare_path, p.get("default-route-domain", 0))
    else:
        device.put_other(Other(entry.command, path, dict(p)))


def remove(device: Device, path: str, entry: Entry) -> None:
    if entry.command == "ltm virtual-address":
        device.remove_virtual_address(path)
    elif entry.command == "ltm virtual":
        device.remove_virtual(path)
    elif entry.command == "ltm node":
        device.remove_node(path)
    elif entry.command == "ltm pool":
        device.remove_pool(path)
    elif entry.command.startswith("ltm monitor "):
        device.remove_monitor(path)
    elif entry.command in ("sys folder", "auth partition"):
        device.remove_folder(path.rstrip("/"))
    else:
        device.remove_other(entry.command, path)


def to_member(device: Device, path: str, p: Properties) -> PoolMember:
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


# -- one kind at a time


def _address(address: VirtualAddress) -> Properties:
    group = "default" if address.traffic_group == "/Common/traffic-group-1" else address.traffic_group
    return {
        **address.properties,
        "address": address.address,
        "arp": "enabled" if address.arp else "disabled",
        "icmp-echo": address.icmp_echo,
        "route-advertisement": address.route_advertisement,
        "traffic-group": group,
    }


def _virtual(virtual: Virtual) -> Properties:
    properties = {
        name: value for name, value in virtual.properties.items() if name not in ("enabled", "disabled")
    }
    properties["enabled" if virtual.enabled else "disabled"] = ""
    properties["pool"] = virtual.pool or "none"
    if tuple(properties.get("rules", {})) != virtual.rules:
        properties["rules"] = {rule: {} for rule in virtual.rules}
    properties["connection-limit"] = virtual.connection_limit
    return properties


def _to_virtual(device: Device, path: str, p: Properties) -> Virtual:
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


def _node(node: Node) -> Properties:
    what = {"address": node.address} if node.fqdn is None else {"fqdn": node.fqdn}
    return {**what, "metadata": node.metadata, "monitor": {"default": {}}}


def _pool(pool: Pool) -> Properties:
    properties: Properties = {
        "load-balancing-mode": pool.lb_mode,
        "members": {path: _member(member) for path, member in pool.members.items()},
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


def _member(member: PoolMember) -> Properties:
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


def _to_pool(device: Device, path: str, p: Properties) -> Pool:
    return Pool(
        path,
        monitors=tuple(p.get("monitor", {})),
        members={name: to_member(device, name, settings) for name, settings in p["members"].items()},
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


def _monitor(monitor: Monitor) -> Properties:
    properties = dict(monitor.properties)
    for name, attribute in _MONITOR_FIELDS.items():
        if name in properties or getattr(monitor, attribute) is not None and name in monitor.properties:
            properties[name] = getattr(monitor, attribute)
    return properties


def _to_monitor(path: str, kind: str, p: Properties) -> Monitor:
    given: dict[str, Any] = {attribute: p[name] for name, attribute in _MONITOR_FIELDS.items() if name in p}
    return Monitor(
        path,
        kind,
        **given,
        target_address=p.get("targetAddress") or "*",
        description=p.get("remark"),
        properties=dict(p),
    )


def count_shared(device: Device, members: Iterable[str]) -> None:
    """Counts anew who uses the nodes of these members, as far as AS3 shares them, and removes those that
    nobody uses any more."""
    paths = {
        f"{home}/{split(name)[0]}"
        for home, _, name in (member.rpartition("/") for member in members)
        if home == "/Common"
    }
    for path in paths:
        node = device.nodes.get(path)
        if node is None or "references" not in node.metadata:
            continue
        if path not in device.node_users:
            device.remove_node(path)
            continue
        count = str(device.node_users[path])
        if node.metadata["references"] != count:
            device.put_node(replace(node, metadata={**node.metadata, "references": count}))


def drop_shared_addresses(device: Device) -> None:
    """Virtual addresses that shareAddresses put into /Common go with their last virtual server."""
    shared = [path for path, address in device.virtual_addresses.items() if address.properties.get("shared")]
    used = {virtual.virtual_address for virtual in device.virtuals.values()} if shared else set()
    for path in shared:
        if path not in used:
            device.remove_virtual_address(path)


def drop_discovered(device: Device, prefix: str) -> None:
    """Nodes that service discovery made, and that no pool uses any more."""
    for path in [
        path
        for path, node in device.nodes.items()
        if path.startswith(prefix) and "appsvcs-discovery" in node.metadata
    ]:
        if path not in device.node_users:
            device.remove_node(path)
