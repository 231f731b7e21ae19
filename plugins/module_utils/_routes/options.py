# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of pod_routes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Collection

from .._errors import Failure
from .model import Network

_PARTITION = re.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}")
_PREFIX = re.compile("[A-Za-z][A-Za-z0-9_.-]{0,31}")
_LONGEST = 128  # characters of a name in a description
_LARGEST_DOMAIN = 65534


@dataclass(frozen=True)
class PodRoutesOptions:
    """The options beside those of the connections."""

    state: str = "present"
    source: str = "auto"
    partition: str = "Common"
    route_domain: int = 0
    node_network: tuple[str, ...] | None = None
    owner: str | None = None
    cluster_name: str | None = None
    exclude_nodes: tuple[str, ...] | None = None
    name_prefix: str = "vks"
    max_removed_percent: int = 50
    prune: bool = True
    sync_to_group: str | None = None
    save: bool = True
    timeout: float = 300

    @property
    def present(self) -> bool:
        return self.state == "present"

    @property
    def excluded(self) -> frozenset[str]:
        return frozenset(self.exclude_nodes or ())

    @property
    def node_networks(self) -> tuple[Network, ...]:
        """The networks of `node_network`. `check` has refused other texts."""
        return tuple(ipaddress.ip_network(text) for text in self.node_network or ())

    def check(self, emptied: Collection[str] = ()) -> None:
        """Raise Failure if an option is not valid. emptied: the options that were given without a value."""
        if not self.present and "owner" in emptied:
            raise _refused("owner: is empty", "Name the owner whose routes are removed, or omit the option.")
        if not _PARTITION.fullmatch(self.partition):
            raise _refused(f"partition: {self.partition!r} is not a valid name", "Name a partition.")
        if not _PREFIX.fullmatch(self.name_prefix):
            raise _refused(
                f"name_prefix: {self.name_prefix!r} is not valid",
                "It begins with a letter; at most 31 letters, digits, '_', '.' and '-' follow.",
            )
        if not 0 <= self.route_domain <= _LARGEST_DOMAIN:
            raise _refused(
                f"route_domain: {self.route_domain} is not valid", f"Set a number up to {_LARGEST_DOMAIN}."
            )
        if not 0 <= self.max_removed_percent <= 100:
            raise _refused(
                f"max_removed_percent: {self.max_removed_percent} is not valid", "Set a number up to 100."
            )
        for name in ("owner", "cluster_name"):
            text = getattr(self, name)
            if text is not None and not (text.strip() and len(text) <= _LONGEST and text.isprintable()):
                remedy = f"It is a text of at most {_LONGEST} visible characters."
                raise _refused(f"{name}: {text!r:.200} is not valid", remedy)
        for text in self.node_network or ():
            _check_network(text)


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        remedy = "Set the network of the nodes as a CIDR, such as 10.0.0.0/16."
        raise _refused(f"node_network: {error}", remedy) from None


def _refused(what: str, remedy: str) -> Failure:
    return Failure("options", what, remedy=remedy)
