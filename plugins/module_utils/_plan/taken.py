# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Addresses and ports that another tenant has.

BIG-IP refuses two things, and AS3 learns of them only from the device, in the run:

* two virtual servers on the same address, port and protocol, for the same clients;
* one address in two partitions, whatever the ports. With shareAddresses AS3 keeps it in /Common, where all
  tenants may use it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from .._as3 import destinations
from .._as3.destinations import COMMON, SHARED, Destination
from .._as3.members import canonical
from .._errors import Failure
from .._ownership import mark
from .model import TenantPlan


@dataclass(frozen=True)
class _Move:
    """The destinations of one tenant before and after its plan."""

    plan: TenantPlan
    before: tuple[Destination, ...]
    after: tuple[Destination, ...]

    @staticmethod
    def of(plan: TenantPlan, common: Mapping[str, object] | None) -> _Move:
        before = tuple(destinations.of_tenant(plan.tenant, plan.stored, common))
        if plan.action not in ("create", "update", "delete"):
            return _Move(plan, before, before)
        return _Move(plan, before, tuple(destinations.of_tenant(plan.tenant, _after(plan), common)))

    @property
    def new(self) -> list[Destination]:
        known = {one.place for one in self.before}
        return [one for one in self.after if one.place not in known]

    @property
    def staying(self) -> list[Destination]:
        known = {one.place for one in self.before}
        return [one for one in self.after if one.place in known]


def takes_new(plans: Iterable[TenantPlan]) -> bool:
    """True if a tenant would take an address or port that it does not have yet."""
    return any(_Move.of(plan, None).new for plan in plans)


def within(plans: Iterable[TenantPlan]) -> dict[str, Failure]:
    """Why tenants must not be posted, by tenant: an application not listed has the address and port there."""
    refused: dict[str, Failure] = {}
    for plan in plans:
        move = _Move.of(plan, None)
        known = {(one.path, one.place) for one in move.before}
        theirs = {
            one.listener: one for one in move.after if one.application not in plan.wanted and one.listener
        }
        for one in move.after:
            if one.listener in theirs and (one.path, one.place) not in known:
                refused.setdefault(plan.tenant, _in_same_tenant(one, theirs[one.listener]))
    return refused


def freed(
    plans: Sequence[TenantPlan], removed: Mapping[str, Collection[str]]
) -> dict[str, dict[str, set[str]]]:
    """Removals that free an address that others of these tenants take: tenant -> application -> the takers.

    removed: the applications that a plan removes, by tenant
    """
    freeing: dict[str, dict[str, set[str]]] = {}
    if not any(removed.values()):
        return freeing
    moves = [_Move.of(plan, None) for plan in plans]
    takers: dict[str, set[str]] = {}
    for move in moves:
        for one in move.new:
            takers.setdefault(one.address, set()).add(move.plan.tenant)
    for move in moves:
        tenant = move.plan.tenant
        leaving = set(removed.get(tenant, ())) & set(move.plan.to_remove)
        for one in move.before:
            others = takers.get(one.address, set()) - {tenant}
            if others and one.application in leaving:
                freeing.setdefault(tenant, {}).setdefault(one.application, set()).update(others)
    return freeing


def addresses(
    tenant: str, body: Mapping[str, object] | None, applications: Collection[str] | None
) -> set[str]:
    """The addresses of these applications of a tenant, None for all."""
    return {
        one.address
        for one in destinations.of_tenant(tenant, body, None)
        if applications is None or one.application in applications
    }


def refusals(
    plans: Sequence[TenantPlan],
    others: Mapping[str, Mapping[str, object]],
    in_common: Callable[[], Collection[str]],
) -> dict[str, Failure]:
    """Why tenants must not be posted, by tenant.

    others     the stored tenants beside those of the plans
    in_common  the virtual addresses that the device has in /Common itself; called only where they decide
    """
    common = others.get("Common") or next((_after(plan) for plan in plans if plan.tenant == "Common"), {})
    occupied = [
        one for tenant, body in others.items() for one in destinations.of_tenant(tenant, body, common)
    ]
    moves = [
        _Move.of(plan, common)
        for plan in sorted(plans, key=lambda plan: (plan.action == "create", plan.tenant))
    ]
    shared = functools.cache(lambda: {canonical(text) for text in in_common()})
    refused: dict[str, Failure] = {}
    while True:
        # A tenant that is held keeps what it has, which may be what another one would take.
        kept = [one for move in moves if move.plan.tenant in refused for one in move.before]
        more = _round([move for move in moves if move.plan.tenant not in refused], [*occupied, *kept], shared)
        if not more:
            return refused
        refused.update(more)


class _Taken:
    """Who has which addresses.

    Of equal destinations in one tenant, the first counts: their number, which its author chooses, must cost
    no time.
    """

    def __init__(self, occupied: Iterable[Destination]) -> None:
        self._listeners: dict[tuple[str, int, str, str] | None, dict[str, Destination]] = {}
        self._homes: dict[str, dict[tuple[str, str, bool, bool], Destination]] = {}
        for one in occupied:
            self.add(one)

    def add(self, one: Destination) -> None:
        if one.listener is not None:
            self._listeners.setdefault(one.listener, {}).setdefault(one.tenant, one)
        self._homes.setdefault(one.address, {}).setdefault(
            (one.tenant, one.home, one.created, one.alone), one
        )

    def same_port(self, one: Destination) -> Iterator[Destination]:
        """The destinations of other tenants on its address, port and protocol."""
        return (
            other for other in self._listeners.get(one.listener, {}).values() if other.tenant != one.tenant
        )

    def same_address(self, one: Destination) -> Iterator[Destination]:
        return (other for other in self._homes.get(one.address, {}).values() if other.tenant != one.tenant)


def _round(
    moves: Sequence[_Move], occupied: Iterable[Destination], shared: Callable[[], Collection[str]]
) -> dict[str, Failure]:
    """The tenants are posted in this order: of two that take the same, the second is refused."""
    taken = _Taken([*occupied, *(one for move in moves for one in move.staying)])
    refused: dict[str, Failure] = {}
    for move in moves:
        new = list(dict.fromkeys(move.new))
        failure = _refusal(new, taken, shared)
        if failure:
            refused[move.plan.tenant] = failure
            continue
        for one in new:
            taken.add(one)
    return refused


def _refusal(
    new: Sequence[Destination], taken: _Taken, shared: Callable[[], Collection[str]]
) -> Failure | None:
    for one in new:
        for other in taken.same_port(one):
            return _same_port(one, other)
    for one in new:
        for other in taken.same_address(one):
            # Both use an address that /Common has, from any user; a Service_Address is made in any case.
            if _is_kept_twice(one, other) and (
                one.alone or other.alone or one.address.partition("/")[0] not in shared()
            ):
                return _same_address(one, other)
    return None


def _is_kept_twice(one: Destination, other: Destination) -> bool:
    """True if the address would be in two partitions. AS3 uses one of /Common as it is."""
    if not one.created or one.is_any or one.home == other.home:
        return False
    if other.home == COMMON:
        return one.alone
    return other.created or other.home == SHARED


def _after(plan: TenantPlan) -> dict[str, object]:
    """The tenant as the plan would leave it."""
    body = plan.body(plan.wanted, plan.to_remove)
    if plan.whole:
        return body
    stored = plan.stored or {}
    return {**{key: value for key, value in stored.items() if mark.application(stored, key) is None}, **body}


def _same_port(one: Destination, other: Destination) -> Failure:
    share = "shareAddresses: true in both virtual servers" if _is_kept_twice(one, other) else ""
    if one.redirect:
        remedy = f"Set redirect80: false{' and ' if share else ''}{share}. Or use another address."
    else:
        port = f"another port with {share}" if share else "another port"
        remedy = f"Use another address, or {port}. Or remove it from tenant {other.tenant} first."
    theirs = f"{_name(other, first=False)} of tenant {_owned(other)}"
    return _failure(one, other, f"{_name(one)} needs {one}, which {theirs} has", remedy)


def _in_same_tenant(one: Destination, other: Destination) -> Failure:
    owner = f" (owner {other.owner!r})" if other.owner else ""
    remedy = f"Use another address or port. Or remove it from application {other.application} first."
    if one.redirect:
        remedy = "Set redirect80: false. Or use another address."
    theirs = f"{_name(other, first=False)} of application {other.application}{owner}"
    return _failure(one, other, f"{_name(one)} needs {one}, which {theirs} has", remedy)


def _same_address(one: Destination, other: Destination) -> Failure:
    if one.alone:
        remedy = (
            "List the address itself with shareAddresses: true in place of the Service_Address, "
            "in both tenants. Or use another address."
        )
    elif other.alone and other.home == SHARED:
        remedy = f"Refer to it: virtualAddresses: [{{use: {other.path}}}]."
    elif other.alone:
        remedy = (
            f"Use another address. Or move the Service_Address {other.path} to {SHARED}, "
            "and refer to it from both tenants."
        )
    else:
        remedy = (
            f"Set shareAddresses: true in both virtual servers, and publish tenant {other.tenant} first. "
            "Or use another address."
        )
    home = "its own partition" if other.home == f"/{other.tenant}" else other.home
    theirs = f"tenant {_owned(other)} has in {home}, for {_name(other, first=False)}"
    return _failure(one, other, f"{_name(one)} needs {one.address}, which {theirs}", remedy)


def _failure(one: Destination, other: Destination, text: str, remedy: str) -> Failure:
    key = "virtualAddress" if one.alone else "redirect80" if one.redirect else "virtualAddresses"
    return Failure(
        "address_taken",
        text,
        remedy=remedy,
        tenant=one.tenant,
        application=one.application,
        path=f"{one.path}/{key}",
        taken_by={
            "tenant": other.tenant,
            "application": other.application,
            "object": other.name,
            "owner": other.owner,
        },
    )


def _owned(one: Destination) -> str:
    return f"{one.tenant} (owner {one.owner!r})" if one.owner else one.tenant


def _name(one: Destination, first: bool = True) -> str:
    if one.alone:
        return f"Service_Address {one.path}"
    kind = "the redirect of virtual server" if one.redirect else "virtual server"
    return f"{kind[0].upper() + kind[1:] if first else kind} {one.path}"
