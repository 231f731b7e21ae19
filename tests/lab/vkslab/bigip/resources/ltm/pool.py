# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/pool``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from ...balance import Counters, enabled
from ...device import Pool
from ...http import Request, Router, full_path, uri_name
from ..backend import Backend
from ..base import Subcollection
from ..shapes import Item, self_link
from ..statistics import Figures, Measured, status, traffic
from .base import LtmCollection
from .pool_members import PoolMembers

_TEXTS = {
    "loadBalancingMode": "lb_mode",
    "description": "description",
    "serviceDownAction": "service_down_action",
}
_NUMBERS = {
    "minActiveMembers": "min_active",
    "reselectTries": "reselect_tries",
    "slowRampTime": "slow_ramp_time",
}
_UNSUPPORTED: Item = {  # the lab's pools always have these values
    "ignorePersistedWeight": "disabled",
    "ipTosToClient": "pass-through",
    "ipTosToServer": "pass-through",
    "linkQosToClient": "pass-through",
    "linkQosToServer": "pass-through",
}


class Pools(LtmCollection[Pool], Measured[Pool]):
    component, title = "ltm/pool", "Pool"
    methods = frozenset({"POST", "PATCH", "DELETE"})

    def routes(self, router: Router) -> None:
        super().routes(router)
        Subcollection(
            "ltm/pool/{parent}/members", self.wanted, PoolMembers, partial(PoolMembers, self.backend)
        ).routes(router)

    def stored(self) -> Iterable[Pool]:
        return self.backend.device.pools.values()

    def find(self, path: str) -> Pool | None:
        return self.backend.device.pools.get(path)

    def item(self, one: Pool, request: Request) -> Item:
        item = {
            **self.head(one),
            "allowNat": _yes(one.allow_nat),
            "allowSnat": _yes(one.allow_snat),
            **_UNSUPPORTED,
            "loadBalancingMode": one.lb_mode,
            "minActiveMembers": one.min_active,
            "minUpMembers": 0,
            "minUpMembersAction": "failover",
            "minUpMembersChecking": "disabled",
            "queueDepthLimit": 0,
            "queueOnConnectionLimit": "disabled",
            "queueTimeLimit": 0,
            "reselectTries": one.reselect_tries,
            "serviceDownAction": one.service_down_action,
            "slowRampTime": one.slow_ramp_time,
        }
        if one.description:
            item["description"] = one.description
        if one.monitors:
            item["monitor"] = _monitor_rule(one)
        members = PoolMembers(self.backend, one)
        reference: Item = {
            "link": self_link(f"ltm/pool/{uri_name(one.path)}/members"),
            "isSubcollection": True,
        }
        if request.query.get("expandSubcollections") == "true" and one.members:
            reference["items"] = [members.item(member, request) for member in one.members.values()]
        item["membersReference"] = reference
        return item

    def create(self, path: str, body: Item) -> None:
        pool = _changed(Pool(path), body)
        self.backend.device.put_pool(pool)
        members = PoolMembers(self.backend, pool)
        for member in body.get("members", []):
            properties = member if isinstance(member, dict) else {"name": member}
            members.create_new(members.new_path(properties), properties)

    def update(self, one: Pool, body: Item) -> None:
        self.backend.device.put_pool(_changed(one, body))

    def remove(self, one: Pool) -> None:
        self.backend.device.remove_pool(one.path)

    def figures(self, one: Pool) -> Figures:
        total = pool_counters(self.backend, one)
        return {
            "activeMemberCnt": len(self.backend.balancer.usable(one)),
            "availableMemberCnt": sum(1 for member in one.members.values() if member.availability == "up"),
            "curSessions": total.current,
            "memberCnt": len(one.members),
            "minActiveMembers": one.min_active,
            "monitorRule": " and ".join(one.monitors) or "none",
            **traffic(total),
            **pool_status(self.backend, one),
            "tmName": one.path,
            "totRequests": 0,
        }


def pool_counters(backend: Backend, pool: Pool) -> Counters:
    """The traffic of all its members."""
    total = Counters()
    for path in pool.members:
        count = backend.balancer.counters[pool.path, path]
        total.current += count.current
        total.maximum += count.maximum
        total.total += count.total
        total.bytes_in += count.bytes_in
        total.bytes_out += count.bytes_out
    return total


def pool_status(backend: Backend, pool: Pool) -> Figures:
    members = list(pool.members.values())
    on = [member for member in members if enabled(member, backend.device.nodes.get(member.node))]
    if members and not on:
        return status("offline", False, "The children pool member(s) are disabled")
    if any(member.availability == "up" for member in on):
        return status("available", True, "The pool is available")
    if on and all(member.availability == "down" for member in on):
        return status("offline", True, "The children pool member(s) are down")
    reason = (
        "The children pool member(s) either don't have service checking enabled, or service check "
        "results are not available yet"
    )
    return status("unknown", True, reason)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _monitor_rule(pool: Pool) -> str:
    every = pool.min_monitors in ("all", len(pool.monitors)) or len(pool.monitors) == 1
    return (
        " and ".join(pool.monitors)
        if every
        else f"min {pool.min_monitors} of {{ {' '.join(pool.monitors)} }}"
    )


def _changed(pool: Pool, body: Item) -> Pool:
    changes: Item = {attribute: str(body[key]) for key, attribute in _TEXTS.items() if key in body}
    changes |= {attribute: int(body[key]) for key, attribute in _NUMBERS.items() if key in body}
    if "monitor" in body:
        text = str(body["monitor"] or "").strip()
        few = re.fullmatch(r"min (\d+) of \{ (.*) \}", text)
        names = re.split(r"\s+and\s+|\s+", few[2] if few else text)
        changes["monitors"] = tuple(full_path(name.replace("/", "~")) for name in names if name)
        changes["min_monitors"] = int(few[1]) if few else "all"
    return replace(pool, **changes)
