# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual addresses: of a Service_Address, or of a service itself."""

from __future__ import annotations

from typing import Any

from ...device import Device, partition_of
from .values import Entry, Map, Properties, mask_of, with_domain


def address_path(full: Properties, pointer: str) -> str:
    """Where the Service_Address is on the device: in the partition itself, or in /Common/Shared; by its name,
    or by its address."""
    _, tenant, application, name = pointer.split("/")
    item = full[tenant][application][name]
    home = "/Common/Shared" if tenant == "Common" else f"/{tenant}"
    return f"{home}/{with_domain(item['virtualAddress'], 0) if item.get('useIpName') else name}"


def destination(
    device: Device, wanted: Map, full: Properties, tenant: str, given: Any, shared: bool
) -> tuple[str, str, str]:
    """(path of the virtual-address, its address, mask).

    One that some partition already has is used as it is.
    """
    if isinstance(given, dict):
        at = address_path(full, given["use"]) if "use" in given else given["bigip"]
        if at in wanted:
            address = wanted[at].properties["address"]
        elif at in device.virtual_addresses:
            address = device.virtual_addresses[at].address
        else:
            declared = given.get("address")
            address = declared or at.rpartition("/")[2]
        return at, address, mask_of(address)
    address = given.partition("/")[0]
    length = given.partition("/")[2]
    mask = mask_of(given) if length else mask_of(address)
    for other in device.virtual_addresses.values():
        if (
            other.address == address
            and partition_of(other.path) != tenant
            and not other.path.startswith("/Common/Shared/")
        ):
            return other.path, address, mask
    if shared and tenant != "Common":
        at = f"/Common/{address}"
        wanted[at] = virtual_address(address, {}, mask)
        wanted[at].properties["shared"] = True
        return at, address, mask
    at = f"/{'Common/Shared' if tenant == 'Common' else tenant}/{address}"
    for known, entry in wanted.items():
        if entry.command == "ltm virtual-address" and entry.properties["address"] == address:
            return known, address, mask
    wanted[at] = virtual_address(address, {}, mask)
    return at, address, mask


def virtual_address(address: str, item: Properties, mask: str | None = None) -> Entry:
    return Entry(
        "ltm virtual-address",
        {
            "address": address,
            "arp": "enabled" if item.get("arpEnabled", True) else "disabled",
            "icmp-echo": {"enable": "enabled", "disable": "disabled"}.get(
                item.get("icmpEcho", "enable"), "selective"
            ),
            "mask": mask or mask_of(item.get("virtualAddress", address)),
            "route-advertisement": {"enable": "enabled", "disable": "disabled"}.get(
                item.get("routeAdvertisement", "disable"), item.get("routeAdvertisement", "disabled")
            ),
            "spanning": "enabled" if item.get("spanningEnabled") else "disabled",
            "server-scope": item.get("serverScope", "any"),
            "traffic-group": item.get("trafficGroup", "default"),
            "auto-delete": "true" if item.get("autoDelete", True) else "false",
        },
    )
