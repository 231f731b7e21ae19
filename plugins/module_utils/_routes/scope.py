# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The routes that one task manages."""

from __future__ import annotations

from typing import NamedTuple

from . import marks
from .marks import Mark
from .model import Stored, Wanted


class Scope(NamedTuple):
    """The routes that one task manages: of one owner, in one partition and one route domain."""

    owner: str
    cluster: str
    partition: str
    route_domain: int
    name_prefix: str

    def mark_of(self, route: Stored) -> Mark | None:
        """The mark of a route that this task may change; None for any other route."""
        mark = marks.read(route.description)
        if mark is None or route.partition != self.partition or route.route_domain != self.route_domain:
            return None
        return mark if mark.is_of(self.owner, self.cluster) else None

    def renames(self, route: Stored, wanted: Wanted) -> bool:
        """True if the route is this owner's, to the same node, with a former name of the cluster."""
        mark = marks.read(route.description)
        same = (route.partition, route.gateway) == (self.partition, wanted.gateway)
        return same and mark is not None and mark.owner == self.owner
