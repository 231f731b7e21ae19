# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The name of a route, and the description that marks its owner."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from .model import Network

_MARK = re.compile(r"vks\.bigip owner=(\S+)(?: cluster=(\S+))? node=(\S+)")
_SAFE = "/:@+,"  # beside letters, digits and "_.-~": these need no escape in a description
_OWNER_LENGTH = 8


class Mark(NamedTuple):
    """The description of a route of this module. cluster: "" if its task names none."""

    owner: str
    cluster: str
    node: str

    def __str__(self) -> str:
        cluster = f" cluster={_escaped(self.cluster)}" if self.cluster else ""
        return f"vks.bigip owner={_escaped(self.owner)}{cluster} node={_escaped(self.node)}"

    def is_of(self, owner: str, cluster: str) -> bool:
        """True if a task of this owner and cluster may change the route.

        Two clusters with the same owner leave each other's routes, if both have a name.
        """
        return self.owner == owner and (not self.cluster or not cluster or self.cluster == cluster)


def read(description: str) -> Mark | None:
    """The mark in a description; None for any other text."""
    found = _MARK.fullmatch(description)
    return None if found is None else Mark(*(unquote(text or "") for text in found.groups()))


def name(prefix: str, owner: str, network: Network, route_domain: int) -> str:
    """The name of a route: vks-a1b2c3d4-10.244.3.0_24.

    A colon of IPv6 becomes "-", which no address has. Beside route domain 0, the number of the domain
    follows: the same network in two of them are two routes.
    """
    owned = re.sub("[^A-Za-z0-9_.-]", "_", owner)[:_OWNER_LENGTH]
    address = str(network.network_address).replace(":", "-")
    domain = f"_rd{route_domain}" if route_domain else ""
    return f"{prefix}-{owned}-{address}_{network.prefixlen}{domain}"


def _escaped(text: str) -> str:
    """The text without blanks and quotes, so it is one word of the description."""
    return quote(text, safe=_SAFE)
