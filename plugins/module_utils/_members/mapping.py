# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod annotation nodeportlocal.antrea.io in every shape that Antrea has given it. This module util is PRIVATE to the collection.

Antrea 0.13-1.3   {podPort, nodeIP, nodePort}; TCP only
Antrea 1.4-1.6    ... protocols: [tcp, udp]; one node port for all of them
Antrea 1.7-1.15   ... protocol and protocols (one)
Antrea 2.0-2.5    ... protocol
Antrea 2.6 and up ... protocol and ipFamily
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .endpoints import canonical, family_of


class Mapping(NamedTuple):
    """One port of a Pod at an address of its node."""

    pod_port: int
    protocol: str  # TCP, UDP: as a Service writes it
    family: str
    address: str
    port: int


class Mappings(NamedTuple):
    """The usable entries, sorted; and what is wrong with the others."""

    entries: list[Mapping]
    faults: list[str]


def parse(annotation: str | None) -> Mappings:
    if annotation is None:
        return Mappings([], [])
    try:
        content = json.loads(annotation)
    except (ValueError, RecursionError):
        return Mappings([], ["it is not JSON"])
    if content is None:
        return Mappings([], [])
    if not isinstance(content, list):
        return Mappings([], ["it is not a list"])
    entries: set[Mapping] = set()
    faults: list[str] = []
    for index, item in enumerate(content):
        try:
            entries.update(_entry(item))
        except ValueError as error:
            faults.append(f"entry {index}: {error}")
    return Mappings(sorted(entries), faults)


def _entry(item: Any) -> list[Mapping]:
    if not isinstance(item, dict):
        raise ValueError("it is not an object")
    address = item.get("nodeIP")
    canonical_address = canonical(address) if isinstance(address, str) else None
    if canonical_address is None:
        raise ValueError(f"nodeIP {address!r} is not an address")
    family = family_of(canonical_address)
    if item.get("ipFamily") and item["ipFamily"] != family:
        raise ValueError(f"ipFamily {item['ipFamily']!r} does not fit nodeIP {canonical_address}")
    pod_port, port = _port(item, "podPort"), _port(item, "nodePort")
    return [Mapping(pod_port, protocol, family, canonical_address, port) for protocol in _protocols(item)]


def _port(item: dict[str, Any], name: str) -> int:
    value = item.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65536:
        raise ValueError(f"{name} {value!r} is not a port")
    return value


def _protocols(item: dict[str, Any]) -> list[str]:
    named = [item["protocol"]] if item.get("protocol") else item.get("protocols") or ["tcp"]
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise ValueError(f"protocols {named!r} is not a list of names")
    return [name.upper() for name in named]
