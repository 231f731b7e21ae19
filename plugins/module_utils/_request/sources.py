# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The sources of the members of pools."""

from __future__ import annotations

from typing import Mapping

from .._as3.types import Json
from .._errors import Failure
from .._members.source import Source
from .wanted import ClusterPool


class Sources:
    """The Source of each cluster pool; each is built once.

    defaults           the task's own options of a source
    allow_unvalidated  the user's word for what F5 has not validated
    """

    def __init__(self, defaults: Mapping[str, Json], allow_unvalidated: bool) -> None:
        self._defaults = defaults
        self._allow_unvalidated = allow_unvalidated
        self._built: dict[str, Source] = {}

    def of(self, pool: ClusterPool) -> Source:
        """The source of this pool. Raises Failure where the input names none, or one that is not allowed."""
        if pool.where not in self._built:
            self._built[pool.where] = self._build(pool)
        return self._built[pool.where]

    def _build(self, pool: ClusterPool) -> Source:
        source = Source.from_options(pool.options or {}, self._defaults, pool.path)
        on_nsx = source.network_provider.startswith("nsx")
        if source.mode == "cluster" and on_nsx and not self._allow_unvalidated:
            raise Failure(
                "not_validated",
                f"{pool.path}: pool_member_type: cluster with network_provider: {source.network_provider}. "
                "F5 has not validated it: "
                "on NSX, BIG-IP reaches Pod addresses only with a leg in the segment of the cluster",
                remedy="Use nodeport or nodeportlocal, "
                "or set allow_unvalidated: true if BIG-IP has such a leg.",
                path=pool.path,
            )
        return source
