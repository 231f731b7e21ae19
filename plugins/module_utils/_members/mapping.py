# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Pod annotation nodeportlocal.antrea.io in every format of Antrea's releases.

Antrea 0.13-1.3   {podPort, nodeIP, nodePort}; TCP only
Antrea 1.4-1.6    ... protocols: [tcp, udp]; one node port for all of them
Antrea 1.7-1.15   ... protocol and protocols (one)
Antrea 2.0-2.5    ... protocol
Antrea 2.6 and up ... protocol and ipFamily
"""

from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple

from .._errors import shortened
from .._foreign import Unreadable, from_json
from .addresses import canonical, family_of, special

LONGEST = 256 * 1024  # characters; Kubernetes takes no more in all annotations of an object
MOST = 4000  # entries; as many of Antrea as fit, since each has 60 characters or more
MOST_PROTOCOLS = 8
_PROTOCOL = re.compile("[A-Za-z0-9]{1,16}")


class Mapping(NamedTuple):
    """One port of a Pod at an address of its node."""

    pod_port: int
    protocol: str  # TCP, UDP: as a Service writes it
    family: str
    address: str
    port: int


class Mappings(NamedTuple):
    """The usable entries, sorted, and the faults of the others."""

    entries: list[Mapping]
    faults: list[str]


def parse(annotation: str | None) -> Mappings:
    try:
        content = _content(annotation)
    except Unreadable as fault:
        return Mappings([], [str(fault)])
    if len(content) > MOST:
        return Mappings([], [f"it has {len(content)} entries, and at most {MOST} are read"])
    entries: set[Mapping] = set()
    faults: list[str] = []
    for index, item in enumerate(content):
        try:
            entries.update(_entry(item))
        except ValueError as error:
            faults.append(f"entry {index}: {error}")
        if len(entries) > MOST:  # each may name several protocols
            return Mappings([], [f"it has more than {MOST} mappings"])
    return Mappings(sorted(entries), faults)


def _content(annotation: str | None) -> list[Any]:
    """The entries, as they are. Raises Unreadable."""
    content = None if annotation is None else from_json(annotation, LONGEST)
    if content is not None and not isinstance(content, list):
        raise Unreadable("it is not a list")
    return content or []


def unreadable(annotation: str | None) -> str:
    """Why Antrea itself cannot read the annotation; empty if it can.

    It corrects a wrong value, and leaves an unreadable annotation.
    """
    try:
        content = _content(annotation)
    except Unreadable as fault:
        return str(fault)
    return next(
        (
            f"entry {index}: {fault}"
            for index, item in enumerate(content[:MOST])
            for fault in _type_faults(item)
        ),
        "",
    )


def by_family(annotation: str | None) -> bool:
    """True if an entry names its family, as Antrea 2.6 and later write it.

    The annotation must have entries.
    """
    return any(isinstance(item, dict) and bool(item.get("ipFamily")) for item in _content(annotation))


def _type_faults(item: Any) -> Iterator[str]:
    """The faults for which Go's json.Unmarshal refuses an entry: wrong types. null fits any type.

    It ignores the case of names.
    """
    if item is not None and not isinstance(item, dict):
        yield "it is not an object"
    for name, value in item.items() if isinstance(item, dict) else ():
        if name.lower() in ("podport", "nodeport"):
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63
            ):
                yield f"{name} {shortened(ascii(value))} is not a whole number"
        elif name.lower() in ("nodeip", "protocol", "ipfamily"):
            if value is not None and not isinstance(value, str):
                yield f"{name} {shortened(ascii(value))} is not text"


def _entry(item: Any) -> list[Mapping]:
    if not isinstance(item, dict):
        raise ValueError("it is not an object")
    address = item.get("nodeIP")
    canonical_address = canonical(address) if isinstance(address, str) else None
    if canonical_address is None:
        raise ValueError(f"nodeIP {shortened(ascii(address))} is not an address")
    if special(canonical_address):
        raise ValueError(f"nodeIP {canonical_address} is {special(canonical_address)} address")
    family = family_of(canonical_address)
    if item.get("ipFamily") and item["ipFamily"] != family:
        raise ValueError(
            f"ipFamily {shortened(ascii(item['ipFamily']))} does not fit nodeIP {canonical_address}"
        )
    pod_port, port = _port(item, "podPort"), _port(item, "nodePort")
    return [Mapping(pod_port, protocol, family, canonical_address, port) for protocol in _protocols(item)]


def _port(item: dict[str, Any], name: str) -> int:
    value = item.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65536:
        raise ValueError(f"{name} {shortened(ascii(value))} is not a port")
    return value


def _protocols(item: dict[str, Any]) -> list[str]:
    named = [item["protocol"]] if item.get("protocol") else item.get("protocols") or ["tcp"]
    if (
        not isinstance(named, list)
        or len(named) > MOST_PROTOCOLS
        or not all(isinstance(name, str) and _PROTOCOL.fullmatch(name) for name in named)
    ):
        raise ValueError(f"protocols {shortened(ascii(named))} is not a list of protocols")
    return [name.upper() for name in named]
