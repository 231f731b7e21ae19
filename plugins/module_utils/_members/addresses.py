# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Addresses: one spelling, their order, and those that no member may have, in whatever object they are named.

Some addresses have another meaning on each machine. They would lead BIG-IP to itself, to its neighbours or to
a cloud's metadata service.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
from typing import NamedTuple

IPV4, IPV6 = "IPv4", "IPv6"


class Address(NamedTuple):
    """An address in its canonical form.

    text   the canonical form
    order  sorts numerically, IPv4 first"""

    text: str
    order: tuple[int, bytes]


# One address is parsed several times: for its slice, its node, its mapping, and to sort.
@functools.lru_cache(maxsize=65536)
def parsed(address: str) -> Address | None:
    """The address that a text is; None for any other text."""
    try:
        # Dotted decimals have one spelling only. ipaddress takes thirty times as long, and a cluster has
        # many.
        return Address(address, (4, socket.inet_pton(socket.AF_INET, address)))
    except (OSError, TypeError, ValueError):
        pass
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    return Address(str(ip), (ip.version, ip.packed))


def order(address: str, port: int = 0) -> tuple[tuple[int, bytes], int]:
    """A key that sorts addresses and ports. Raises ValueError for a text that is not an address."""
    ip = parsed(address)
    if ip is None:
        raise ValueError(f"{address!r} is not an address")
    return ip.order, port


def canonical(address: str) -> str | None:
    """The canonical form of an address; None for any other text."""
    known = parsed(address)
    return known.text if known else None


def family_of(address: str) -> str:
    return IPV6 if ":" in address else IPV4


@functools.lru_cache(maxsize=65536)
def special(address: str) -> str:
    """The kind of such an address: "a loopback", "a link-local". Empty for any other text."""
    ip = parsed(address)
    if ip is None:
        return ""
    return _of_ipv4(ip.order[1]) if ip.order[0] == 4 else _of_ipv6(ip)


def _of_ipv4(packed: bytes) -> str:
    first = packed[0]
    if packed[:2] == b"\xa9\xfe":
        return "a link-local"
    if first >= 224:
        return "a multicast" if first < 240 else "a reserved"
    return {0: "an unspecified", 127: "a loopback"}.get(first, "")


def _of_ipv6(address: Address) -> str:
    packed = address.order[1]
    if "%" in address.text:
        return "a zoned"
    if packed[0] == 0xFF:
        return "a multicast"
    if packed[0] == 0xFE and packed[1] & 0xC0 == 0x80:
        return "a link-local"
    if packed[:2] == b"\x20\x02":
        return _of_ipv4(packed[2:])  # 6to4
    if packed[:4] == b"\x00\x64\xff\x9b":
        return _of_ipv4(packed[12:])  # NAT64
    if packed[:12] == bytes(10) + b"\xff\xff":
        return "an IPv4-mapped"
    if packed[:15] == bytes(15) and packed[15] < 2:
        return "a loopback" if packed[15] else "an unspecified"
    return "" if packed[0] else "a reserved"
