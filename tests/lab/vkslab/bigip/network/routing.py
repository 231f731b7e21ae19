# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route table: the next hop of an address in its route domain.

The longest prefix wins. Of equal ones, a connected network precedes a static route, and this precedes a
learnt one. Without a match the parent of the route domain is searched, then its parent, as F5's manual
describes it ("About parent IDs"). Strict isolation does not prevent this: it concerns other route domains
than the parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from .spelling import Destination


@dataclass(frozen=True)
class Hop:
    """Where a packet goes next. Without a gateway the target itself is on the link."""

    gateway: str = ""


#: Destination and hop. No hop: packets are dropped (blackhole).
Entry = tuple[Destination, Hop | None]
_Key = tuple[int, int, int, int]  # route domain, IP version, prefix length, first bits


class RouteTable:
    def __init__(self, entries: Iterable[Entry], parents: Mapping[int, int | None]) -> None:
        """Of two entries with the same destination the first one counts.

        ``parents`` has each route domain, with its parent's number.
        """
        self._parents = parents
        self._hops: dict[_Key, Hop | None] = {}
        lengths: dict[tuple[int, int], set[int]] = {}
        for destination, hop in entries:
            network, domain = destination.network, destination.domain
            first = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            self._hops.setdefault((domain, network.version, network.prefixlen, first), hop)
            lengths.setdefault((domain, network.version), set()).add(network.prefixlen)
        self._lengths = {key: sorted(found, reverse=True) for key, found in lengths.items()}

    def hop(self, address: str, domain: int) -> Hop | None:
        """The next hop of an address; None if there is no way."""
        parsed = ip_address(address)
        number, bits = int(parsed), parsed.max_prefixlen
        searched: set[int] = set()
        while domain in self._parents and domain not in searched:
            for length in self._lengths.get((domain, parsed.version), ()):
                key = (domain, parsed.version, length, number >> (bits - length))
                if key in self._hops:
                    return self._hops[key]
            searched.add(domain)
            parent = self._parents[domain]
            if parent is None:
                return None
            domain = parent
        return None
