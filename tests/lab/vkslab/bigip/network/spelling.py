# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and addresses as TMOS spells them: ``10.0.0.0%2/24``, ``default%2``, ``default-inet6``.

A ValueError means that a text is none of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_interface,
    ip_network,
)

IpNetwork = IPv4Network | IPv6Network
IpAddress = IPv4Address | IPv6Address

_PARTS = re.compile(r"([^%/]+)(?:%(\d{1,5}))?(/\d{1,3})?")
_EVERYTHING = {"default": "0.0.0.0/0", "any": "0.0.0.0/0", "default-inet6": "::/0", "any6": "::/0"}


@dataclass(frozen=True)
class Destination:
    """The network of a route, in its route domain."""

    network: IpNetwork
    domain: int

    @property
    def spelled(self) -> str:
        suffix = f"%{self.domain}" if self.domain else ""
        if not self.network.prefixlen:
            return ("default" if self.network.version == 4 else "default-inet6") + suffix
        return f"{self.network.network_address}{suffix}/{self.network.prefixlen}"


@dataclass(frozen=True)
class Place:
    """An address in its route domain, with the network that it is in: its own, without a prefix length."""

    interface: IPv4Interface | IPv6Interface
    domain: int

    @property
    def address(self) -> IpAddress:
        return self.interface.ip

    @property
    def host(self) -> str:
        """Without a prefix length: 10.0.0.1%2."""
        return f"{self.address}%{self.domain}" if self.domain else str(self.address)

    @property
    def spelled(self) -> str:
        return f"{self.host}/{self.interface.network.prefixlen}"


@lru_cache(maxsize=4096)
def destination(text: str, default_domain: int = 0) -> Destination:
    name, domain = _parts(text, default_domain)
    return Destination(ip_network(_EVERYTHING.get(name, name)), domain)


@lru_cache(maxsize=4096)
def place(text: str, default_domain: int = 0) -> Place:
    name, domain = _parts(text, default_domain)
    return Place(ip_interface(name), domain)


def _parts(text: str, default_domain: int) -> tuple[str, int]:
    """A text without its route domain, and the domain."""
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError(f"invalid address: {text}")
    return match[1] + (match[3] or ""), int(match[2]) if match[2] else default_domain
