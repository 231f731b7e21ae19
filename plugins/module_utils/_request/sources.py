# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The sources of the members of pools."""

from __future__ import annotations

from typing import Mapping

from .._as3.types import Json
from .._errors import Failure
from .._members.model import Source
from .wanted import Fill


class Sources:
    """The Source of each pool to fill; each is built once.

    defaults           the task's own options of a source
    allow_unvalidated  the user's word for what F5 has not validated
    """

    def __init__(self, defaults: Mapping[str, Json], allow_unvalidated: bool) -> None:
        self._defaults = defaults
        self._allow_unvalidated = allow_unvalidated
        self._built: dict[str, Source] = {}

    def of(self, fill: Fill) -> Source:
        """The source of this pool. Raises Failure where the input names none, or one that is not allowed."""
        if fill.where not in self._built:
            self._built[fill.where] = self._build(fill)
        return self._built[fill.where]

    def _build(self, fill: Fill) -> Source:
        source = Source.from_options(fill.options or {}, self._defaults, fill.path)
        on_nsx = source.network_provider.startswith("nsx")
        if source.pool_member_type == "cluster" and on_nsx and not self._allow_unvalidated:
            raise Failure(
                "not_validated",
                f"{fill.path}: pool_member_type: cluster with network_provider: {source.network_provider}. "
                "F5 has not validated it: "
                "on NSX, BIG-IP reaches Pod addresses only with a leg in the segment of the cluster",
                remedy="Use nodeport or nodeportlocal, "
                "or set allow_unvalidated: true if BIG-IP has such a leg.",
                path=fill.path,
            )
        return source
