# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of the map, and small values that all objects share."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from typing import Any

from ...device import bare

Properties = dict[str, Any]


@dataclass
class Entry:
    command: str  # tmsh's component: "ltm pool"
    properties: Properties
    ignore: list[str] = field(default_factory=list)  # properties that AS3 does not change

    def as_dict(self) -> dict[str, Any]:
        return {"command": self.command, "properties": self.properties, "ignore": self.ignore}


Map = dict[str, Entry]


def reference(given: Any) -> str:
    if isinstance(given, str):
        return given
    named = given.get("use") or given.get("bigip") if isinstance(given, dict) else None
    return str(named or json.dumps(given, sort_keys=True))


def listed(given: Any) -> list[Any]:
    return [] if given is None else given if isinstance(given, list) else [given]


def metadata(item: Properties) -> Properties:
    return {name: str(value.get("value", "")) for name, value in (item.get("metadata") or {}).items()}


def with_domain(address: str, domain: int) -> str:
    """The address as a node's: shortest form, no /length, %RD only if it is not 0."""
    address = address.partition("/")[0]
    host, _, given = address.partition("%")
    try:
        host = ipaddress.ip_address(host).compressed
    except ValueError:
        pass
    number = int(given) if given else domain
    return f"{host}%{number}" if number else host


def mask_of(address: str) -> str:
    host, _, length = bare(address.partition("/")[0]), "", address.partition("/")[2]
    if host in ("0.0.0.0", "any", "::", "any6") and not length:
        return "any"
    if ":" in host:
        return str(ipaddress.ip_network(f"::/{length or 128}").netmask)
    return str(ipaddress.ip_network(f"0.0.0.0/{length or 32}").netmask)


def joined(address: str, port: int) -> str:
    """10.1.0.1:80, 2001:db8::1.80, with "any" for port 0 left to tmsh."""
    return f"{address}.{port}" if ":" in address else f"{address}:{port}"
