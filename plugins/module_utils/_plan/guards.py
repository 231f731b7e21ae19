# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits against losing members by surprise. This module util is PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .._as3 import difference, members
from .._errors import Failure
from .._ownership import mark


@dataclass(frozen=True)
class Limits:
    """The options empty_pool, min_members and max_removed_percent."""

    empty_pool: str = "fail"
    min_members: int = 0
    max_removed_percent: int = 100


def check(
    pool: str, before: int, after: int, removed: int, limits: Limits, filled: bool = True, example: str = "", unread: bool = False
) -> Failure | None:
    """Whether the members of this pool (its path) may change like that.

    before: members on BIG-IP now; after: members it would get; removed: how many of those of now would go; filled: from a Service.
    example: why a Pod of it is left out, and what would let it in, where an option of the task would.
    unread: Pods are left out because a right is missing, so no members after are no proof that there are none.
    """
    reasons = "Look at left_out of the pool for the reasons" + (f" (such as: {example.rstrip('.')})" if example else "")
    if before and not after and (limits.empty_pool == "fail" or unread):
        return Failure(
            "empty_pool",
            f"Pool {pool} has {before} {_members(before)} on BIG-IP and would have none",
            remedy=(f"{reasons}." if filled else "No Service fills it, by its labels, pools or applications.")
            + (" " if unread else " empty_pool: publish empties it, ")
            + "empty_pool: keep leaves its members as they are.",
            pool=pool,
            before=before,
            after=after,
        )
    if after < limits.min_members:
        return Failure(
            "min_members",
            f"Pool {pool} would have {after} {_members(after)}, and min_members is {limits.min_members} (on BIG-IP it has {before})",
            remedy=f"{reasons}, or lower min_members.",
            pool=pool,
            before=before,
            after=after,
        )
    if before and removed * 100 > limits.max_removed_percent * before:
        return Failure(
            "max_removed_percent",
            f"Pool {pool} would lose {removed} of its {before} {_members(before)} ({removed * 100 // before} %), "
            f"and max_removed_percent is {limits.max_removed_percent}",
            remedy=f"{reasons}, or raise max_removed_percent.",
            pool=pool,
            before=before,
            after=after,
            removed=removed,
        )
    return None


def left_disabled(pool: str, leaving: list[members.Key], left: list[members.Key], limits: Limits) -> Failure | None:
    """leaving: members that may answer. left: all members after that, each disabled by an operator on BIG-IP."""
    if limits.empty_pool == "publish":
        return None
    names = [members.text(key) for key in sorted(left, key=members.order)]
    return Failure(
        "empty_pool",
        f"Pool {pool} would lose {len(leaving)} {_members(len(leaving))} that may still answer. An operator disabled "
        f"all that would be left: {', '.join(names[:5])}" + (", ..." if len(names) > 5 else ""),
        remedy="Enable them on BIG-IP, or set enforce_member_state: true. empty_pool: publish accepts it.",
        pool=pool,
        removed=len(leaving),
    )


def unshared(tenant: str, stored: dict[str, Any] | None, wanted: Mapping[str, Mapping[str, Any]], route_domain: int) -> Failure | None:
    """AS3 refuses a node of the tenant's own as long as /Common has one of that address, and it has one because of this tenant too."""
    shared = {
        address
        for application in mark.applications(stored).values()
        for pool in difference.pools_of(application).values()
        for (address, dummy), settings in members.flatten(pool.get("members"), route_domain).static.items()
        if settings.get("shareNodes")
    }
    for name, application in sorted(wanted.items()):
        for pool, value in sorted(difference.pools_of(dict(application)).items()):
            found = members.flatten(value.get("members"), route_domain).static
            private = sorted({address for (address, dummy), settings in found.items() if not settings.get("shareNodes") and address in shared})
            if private:
                return Failure(
                    "shared_nodes",
                    f"Pool /{tenant}/{name}/{pool} has members without shareNodes, and {len(private)} of their nodes are shared now ({', '.join(private[:3])}"
                    + (", ...)" if len(private) > 3 else ")"),
                    remedy="Leave shareNodes at true. To switch it off takes two steps with an outage between them: remove the applications of this tenant "
                    "that have these members (state: absent), then publish them with shareNodes: false. No other tenant may share these nodes then.",
                    tenant=tenant,
                    nodes=private,
                )
    return None


def _members(number: int) -> str:
    return "member" if number == 1 else "members"
