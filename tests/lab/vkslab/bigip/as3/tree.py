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
    Virtual,
    VirtualAddress,
    partition_of,
)
from .desired import Entry, Map
from .forms import (
    address_form,
    monitor_form,
    monitor_of,
    node_form,
    pool_form,
    pool_of,
    split,
    virtual_form,
    virtual_of,
)

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
    """The partition's objects of the kinds that AS3 manages; of /Common those below /Common/Shared.

    Without discovered nodes: they belong to service discovery.
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
        return Entry("ltm virtual-address", address_form(item))
    if isinstance(item, Virtual):
        return Entry("ltm virtual", virtual_form(item))
    if isinstance(item, Node):
        return None if "appsvcs-discovery" in item.metadata else Entry("ltm node", node_form(item))
    if isinstance(item, Pool):
        return Entry("ltm pool", pool_form(item))
    if isinstance(item, Monitor):
        return Entry(f"ltm monitor {item.type}", monitor_form(item))
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
        device.put_virtual(virtual_of(device, path, p))
    elif entry.command == "ltm node":
        device.put_node(
            Node(path, p.get("address", "any6"), metadata=dict(p["metadata"]), fqdn=p.get("fqdn"))
        )
    elif entry.command == "ltm pool":
        device.put_pool(pool_of(device, path, p))
    elif entry.command.startswith("ltm monitor "):
        device.put_monitor(monitor_of(path, entry.command.removeprefix("ltm monitor "), p))
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


# -- one kind at a time


def count_shared(device: Device, members: Iterable[str]) -> None:
    """Count again the users of these members' nodes, if AS3 shares them, and remove nodes without users."""
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
