# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Limits against losing members by surprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Mapping, Sequence

from .._as3 import difference, members
from .._errors import Failure
from .._ownership import mark
from .._ownership.mark import Application

_MOST_NAMES = 5
_MOST_NODES = 3


@dataclass(frozen=True)
class Limits:
    """The options empty_pool, min_members and max_removed_percent."""

    empty_pool: str = "fail"
    min_members: int = 0
    max_removed_percent: int = 100


def check(
    pool: str,
    before: int,
    after: int,
    removed: int,
    limits: Limits,
    filled: bool = True,
    example: str = "",
    unread: bool = False,
) -> Failure | None:
    """Why the members of this pool (its path) must not change like that; None if they may.

    before, after  the number of members on BIG-IP now, and after the plan
    removed        how many of the present members the plan removes
    filled         a Service fills the pool
    example        why a Pod of the Service is left out, and the option of the task that would include it
    unread         Pods are left out because a right is missing, so it is unknown whether there are any
    """
    reasons = "Look at left_out of the pool for the reasons" + (
        f" (such as: {example.rstrip('.')})" if example else ""
    )
    if before and not after and (limits.empty_pool == "fail" or unread):
        return Failure(
            "empty_pool",
            f"Pool {pool} has {_count(before)} on BIG-IP and would have none",
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
            f"Pool {pool} would have {_count(after)}, and min_members is {limits.min_members} "
            f"(on BIG-IP it has {before})",
            remedy=f"{reasons}, or lower min_members.",
            pool=pool,
            before=before,
            after=after,
        )
    if removed * 100 > limits.max_removed_percent * before:
        return Failure(
            "max_removed_percent",
            f"Pool {pool} would lose {removed} of its {_count(before)} ({removed * 100 // before} %), "
            f"and max_removed_percent is {limits.max_removed_percent}",
            remedy=f"{reasons}, or raise max_removed_percent.",
            pool=pool,
            before=before,
            after=after,
            removed=removed,
        )
    return None


def left_disabled(
    pool: str, leaving: Sequence[members.Key], left: Collection[members.Key], limits: Limits
) -> Failure | None:
    """Why these members must not be removed: every member that would be left is disabled; None if they may.

    leaving  members that may answer
    left     all members after that, each disabled by an operator on BIG-IP
    """
    if limits.empty_pool == "publish":
        return None
    names = [members.text(key) for key in sorted(left, key=members.order)]
    return Failure(
        "empty_pool",
        f"Pool {pool} would lose {_count(len(leaving))} that may still answer. An operator disabled "
        f"all that would be left: {_first(names, _MOST_NAMES)}",
        remedy="Enable them on BIG-IP, or set enforce_member_state: true. empty_pool: publish accepts it.",
        pool=pool,
        removed=len(leaving),
    )


def unshared(
    tenant: str, stored: Mapping[str, object] | None, wanted: Mapping[str, Application], route_domain: int
) -> Failure | None:
    """Why these applications must not have nodes of the tenant's own; None if they may.

    AS3 refuses such a node while /Common has one of that address. This tenant is one reason for the node in
    /Common.
    """
    shared = {
        address
        for application in mark.applications(stored).values()
        for pool in difference.pools_of(application).values()
        for address, share in _nodes(pool, route_domain)
        if share
    }
    for name, application in sorted(wanted.items()):
        for pool_name, pool in sorted(difference.pools_of(application).items()):
            private = sorted({address for address, share in _nodes(pool, route_domain) if not share} & shared)
            if private:
                return Failure(
                    "shared_nodes",
                    f"Pool /{tenant}/{name}/{pool_name} has members without shareNodes, "
                    f"and {len(private)} of their nodes are shared now ({_first(private, _MOST_NODES)})",
                    remedy="Leave shareNodes at true. To switch it off takes two steps with an outage "
                    "between them: remove the applications of this tenant that have these members "
                    "(state: absent), then publish them with shareNodes: false. "
                    "No other tenant may share these nodes then.",
                    tenant=tenant,
                    nodes=private,
                )
    return None


def _nodes(pool: Mapping[str, object], route_domain: int) -> list[tuple[str, bool]]:
    """The address of each member, and whether its node is shared."""
    listed = members.flatten(pool.get("members"), route_domain).static
    return [(address, bool(settings.get("shareNodes"))) for (address, _port), settings in listed.items()]


def _first(names: Sequence[str], most: int) -> str:
    return ", ".join([*names[:most], *(["..."] if len(names) > most else [])])


def _count(number: int) -> str:
    return f"{number} member{'' if number == 1 else 's'}"
