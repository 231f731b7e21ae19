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

from . import option_checks
from .model import Network

_PREFIX = re.compile("[A-Za-z][A-Za-z0-9_.-]{0,31}")


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
            remedy = "Name the owner whose routes are removed, or omit the option."
            raise option_checks.refused("owner: is empty", remedy)
        option_checks.partition(self.partition)
        if not _PREFIX.fullmatch(self.name_prefix):
            raise option_checks.refused(
                f"name_prefix: {self.name_prefix!r} is not valid",
                "It begins with a letter; at most 31 letters, digits, '_', '.' and '-' follow.",
            )
        option_checks.number("route_domain", self.route_domain, 0, option_checks.LARGEST_DOMAIN)
        option_checks.number("max_removed_percent", self.max_removed_percent, 0, 100)
        option_checks.name_in_marks("owner", self.owner)
        option_checks.name_in_marks("cluster_name", self.cluster_name)
        option_checks.networks(self.node_network or ())
