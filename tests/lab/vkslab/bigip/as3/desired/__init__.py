# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that a tenant's declaration wants on the device: a map of paths to entries in AS3's own words
(tmsh's properties).

Two declarations that want the same map are the same to AS3, however they were written. That is "no change".
"""

from __future__ import annotations

from typing import Any

from ...device import Device
from ..digest import applications
from .addresses import address_path, virtual_address
from .pools import add_pool, monitor, monitor_entry
from .values import Entry, Map, Properties, joined, with_domain
from .virtuals import SERVICES, add_service

__all__ = ["Entry", "Map", "Properties", "desired", "joined", "monitor"]

# the classes that become one object each, kept as declared
_COMMANDS = {
    "iRule": "ltm rule",
    "SNAT_Pool": "ltm snatpool",
    "SNAT_Translation": "ltm snat-translation",
    "Persist": "ltm persistence",
    "TLS_Server": "ltm profile client-ssl",
    "TLS_Client": "ltm profile server-ssl",
    "Certificate": "sys file ssl-cert",
    "CA_Bundle": "sys file ssl-cert",
    "HTTP_Profile": "ltm profile http",
    "HTTP2_Profile": "ltm profile http2",
    "HTTP_Compress": "ltm profile http-compression",
    "TCP_Profile": "ltm profile tcp",
    "UDP_Profile": "ltm profile udp",
    "L4_Profile": "ltm profile fastl4",
    "Multiplex_Profile": "ltm profile one-connect",
    "Endpoint_Policy": "ltm policy",
    "Data_Group": "ltm data-group internal",
    "WAF_Policy": "asm policy",
}


def desired(device: Device, full: dict[str, Any], tenant: str) -> Map:
    """Empty if the tenant is removed."""
    wanted: Map = {}
    body = full.get(tenant, {})
    names = applications(body)
    if not names or body.get("enable") is False:
        return wanted
    for application in names:
        home = f"/{tenant}/{application}/"
        wanted[home] = Entry("sys folder", {})
        found = {
            name: item
            for name, item in body[application].items()
            if isinstance(item, dict) and "class" in item
        }
        # a Service_Address comes first: services refer to it
        for name, item in sorted(found.items(), key=lambda one: one[1]["class"] != "Service_Address"):
            _item(device, wanted, full, f"{home}{name}", item)
    # tenants share nodes and addresses in /Common: the first user creates them, the last one removes them
    shared = [p for p in wanted if p.startswith("/Common/") and tenant != "Common"]
    for path in [p for p in shared if p in device.nodes or p in device.virtual_addresses]:
        del wanted[path]
    if tenant != "Common":
        wanted[f"/{tenant}/"] = Entry(
            "auth partition", {"default-route-domain": body.get("defaultRouteDomain", 0)}
        )
    return wanted


def _item(device: Device, wanted: Map, full: Properties, path: str, item: Properties) -> None:
    kind = item["class"]
    if kind in SERVICES:
        add_service(device, wanted, full, path, item)
    elif kind == "Pool":
        add_pool(wanted, path, item)
    elif kind == "Monitor":
        wanted[path] = monitor_entry(item)
    elif kind == "Service_Address":
        address = with_domain(item["virtualAddress"], 0)
        wanted[address_path(full, path)] = virtual_address(address, item)
    elif kind != "Constants":
        command = _COMMANDS.get(kind, f"as3 {kind}")
        kept = {name: value for name, value in item.items() if name not in ("class", "label")}
        wanted[path] = Entry(command, kept)
