# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The option prune: which applications are no longer listed, and whether that many may be removed."""

from __future__ import annotations

from typing import Collection, Mapping, Sequence

from .._errors import Failure, some
from .._ownership import owners
from .._request.scope import OWNER, TENANTS

Tenants = Mapping[str, Mapping[str, object]]
Listed = Mapping[str, Collection[str]]
"""Tenant -> the applications that the task lists in it."""


def unlisted(scope_: str, stored: Tenants, listed: Listed, owner: str) -> dict[str, list[str]]:
    """The applications of this owner that are not listed, by tenant.

    A tenant that is listed without any application is left out. It is more often empty by mistake than on
    purpose.
    """
    surplus = {
        tenant: sorted(set(owners.ours(value, owner)) - set(listed.get(tenant, ())))
        for tenant, value in sorted(stored.items())
        if _covers(scope_, tenant, listed)
    }
    return {tenant: names for tenant, names in surplus.items() if names}


def refusal(
    scope_: str, stored: Tenants, listed: Listed, owner: str, removed: Sequence[str], percent: int
) -> Failure | None:
    """Why not all of these applications (tenant/application) may be removed; None if they may.

    They are more than `percent` of the owner's applications in the tenants covered.
    """
    before = sum(
        len(owners.ours(value, owner)) for tenant, value in stored.items() if _covers(scope_, tenant, listed)
    )
    if len(removed) * 100 <= percent * before:
        return None
    where = " in the tenants listed" if scope_ == TENANTS else ""
    return Failure(
        "max_removed_percent",
        f"prune would remove {len(removed)} of the {before} applications of owner {owner!r}{where} "
        f"({len(removed) * 100 // before} %), and max_removed_percent is {percent}: {some(removed)}",
        remedy="Nothing was removed. List what must stay, or raise max_removed_percent.",
        removed=list(removed),
    )


def _covers(scope_: str, tenant: str, listed: Listed) -> bool:
    return bool(listed[tenant]) if tenant in listed else scope_ == OWNER
