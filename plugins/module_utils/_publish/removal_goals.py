# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The goals of `publish` with state: absent or released.

Of the cluster at most its UID is read: it may not exist any more.
"""

from __future__ import annotations

from typing import Callable, ContextManager

from .._errors import Failure
from .._ownership import mark
from .._plan.model import TenantGoal
from .._request.removal import RemovalRequest
from .interfaces import BigIp, Goals, Kubernetes, Tenants
from .options import PublishOptions


class RemovalGoals:
    """One goal for each tenant that is named."""

    def __init__(
        self,
        options: PublishOptions,
        request: RemovalRequest,
        kubernetes: Callable[[], ContextManager[Kubernetes]],
    ) -> None:
        self._options = options
        self._named = request.named
        self._kubernetes = kubernetes

    def read(self, bigip: BigIp, stored: Tenants) -> Goals:
        """The goals. applications None: all of the owner's in the tenant."""
        goals = []
        for tenant, names in sorted(self._named.items()):
            goals.append(TenantGoal(tenant, None if names is None else {name: {} for name in sorted(names)}))
        owner, requests = self._owner(stored)
        return Goals(self._options.rules(owner, None), goals, requests=requests)

    def _owner(self, stored: Tenants) -> tuple[str, int]:
        """owner as given, or the UID of the cluster; and the requests for it.

        The marks say who published, not who runs this task, so an owner is never taken from them.
        """
        owned = self._owned(stored)
        if self._options.owner or not owned:
            return self._options.owner or "", 0
        try:
            with self._kubernetes() as kubernetes:
                return kubernetes.cluster.uid(), kubernetes.cluster.requests
        except Failure as failure:
            owners = "; ".join(f"{owner!r} owns {', '.join(names)}" for owner, names in sorted(owned.items()))
            raise Failure(
                "owner_required",
                f"state: {self._options.state} without owner takes the UID of the cluster, "
                f"which could not be read: {failure.doing}",
                said=failure.said,
                remedy=f"Set owner to the owner of the applications that you mean. On BIG-IP, {owners}.",
                owners=owned,
            ) from failure

    def _owned(self, stored: Tenants) -> dict[str, list[str]]:
        """owner -> the named applications that carry its mark, as tenant/application."""
        owned: dict[str, list[str]] = {}
        for tenant, names in sorted(self._named.items()):
            for name, value in sorted(mark.applications(dict(stored.get(tenant, {}))).items()):
                owner = mark.owner(value)
                if owner is not None and (names is None or name in names):
                    owned.setdefault(owner, []).append(f"{tenant}/{name}")
        return owned
