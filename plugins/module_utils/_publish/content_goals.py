# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The goals of `as3_declaration`: the user's content. No cluster is read."""

from __future__ import annotations

from .._plan.model import Rules, TenantGoal
from .._request.content import ContentRequest
from .interfaces import BigIp, Goals, Tenants
from .options import DeclarationOptions


class ContentGoals:
    """One goal for each tenant that the content names."""

    def __init__(self, options: DeclarationOptions, request: ContentRequest) -> None:
        self._options = options
        self._request = request

    def read(self, bigip: BigIp, stored: Tenants) -> Goals:
        """The goals. A tenant without applications is removed."""
        wanted = self._request.wanted
        whole_removal = self._options.absent and self._request.only is None
        goals = []
        for tenant, applications in sorted(wanted.applications.items()):
            removed = not applications or whole_removal
            goals.append(
                TenantGoal(tenant, None if removed else applications, wanted.properties.get(tenant, {}))
            )
        return Goals(Rules(adopt=self._options.adopt), goals)
