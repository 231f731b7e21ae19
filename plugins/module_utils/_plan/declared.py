# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Plans of as3_declaration: a tenant that the content names is replaced whole, as AS3 itself does.

An application of as3_declaration has no mark that could name the members that an operator disabled. So,
unlike those of publish, they stay disabled only until a POST of their tenant.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Collection, Iterable, Mapping

from .._as3 import difference, members, secrets, vocabulary
from .._as3.difference import ApplicationChange
from .._errors import Failure, some
from .._ownership import mark
from .._ownership.mark import Application
from . import by_hand, drift
from .model import Declared, Device, Rules, SetByHand, TenantGoal, TenantPlan, pool_path, unplanned

# How a request was to be handled, which AS3 stores with what it was about.
NOT_COMPARED = frozenset({"class", "controls"})
# F5 CIS in its CRD mode: one application of this name in each tenant, whose label is CIS's own partition.
_CIS_APPLICATION = "Shared"


class DeclaredPlanner:
    """Makes the plans of one run.

    only        the applications concerned; None: whole tenants are
    absent      what the content names is removed
    check_mode  a warning names the assumption of check mode
    """

    def __init__(self, only: Collection[str] | None, absent: bool, check_mode: bool) -> None:
        self._only = None if only is None else frozenset(only)
        self._absent = absent
        self._check_mode = check_mode
        self._first_applications: dict[str, frozenset[str]] = {}
        """Tenant -> the applications that it had when it was planned first, which check mode shows."""

    def __call__(
        self, goal: TenantGoal, stored: Mapping[str, object] | None, device: Device | None, rules: Rules
    ) -> TenantPlan:
        """The plan of one tenant, removed if its goal has no applications. stored: with the lock's key."""
        whole = self._only is None
        current = replace(unplanned(goal.tenant, stored, goal.properties if whole else None), whole=whole)
        current = replace(current, declared=Declared(goal.properties))
        before = mark.applications(current.stored)
        wanted = {} if goal.applications is None or self._absent else goal.applications
        concerned = {name for name in before if self._only is None or name in self._only}
        leaving = concerned - set(wanted)
        refusal = self._refusal(current, concerned, leaving, rules.adopt)
        if refusal:
            return current.held(refusal)
        parts = {
            name: _part(current, name, before.get(name), wanted.get(name), device)
            for name in sorted({*wanted, *leaving})
        }
        keeps = goal.applications is not None and not self._absent
        plan = replace(
            current,
            wanted=dict(wanted),
            changes={name: part.change for name, part in parts.items()},
            properties=_properties(current.stored, goal.properties)
            if whole and keeps and current.stored is not None
            else {},
            drifted=[path for part in parts.values() for path in part.drifted],
        ).decided(emptied=not wanted and not set(before) - leaving)
        blind = plan.action == "update" and not plan.properties and _is_blind(plan, before)
        declared = Declared(
            goal.properties,
            blind,
            {name: part.operators for name, part in parts.items() if part.operators is not None},
        )
        return replace(plan, declared=declared, warnings=[self._blind_warning(goal.tenant)] if blind else [])

    def _refusal(
        self, plan: TenantPlan, concerned: set[str], leaving: set[str], adopt: str
    ) -> Failure | None:
        """Why the tenant stays unchanged. concerned: its applications that would be replaced or removed."""
        refusal = _not_ours(plan.tenant, plan.stored, concerned, adopt)
        before = frozenset(mark.applications(plan.stored))
        first = self._first_applications.setdefault(plan.tenant, before)
        if refusal or self._only is not None:
            return refusal
        return _created_meanwhile(plan.tenant, sorted(leaving - first), self._absent)

    def _blind_warning(self, tenant: str) -> str:
        return f"Tenant {tenant}: secrets that AS3 keeps encrypted cannot be compared" + (
            ", so check mode assumes that they are unchanged." if self._check_mode else "; AS3 compared them."
        )


@dataclass(frozen=True)
class _Part:
    """The plan of one application. operators: None if it does not stay; the other fields as in TenantPlan."""

    change: ApplicationChange
    drifted: list[str] = field(default_factory=list)
    operators: SetByHand | None = None


def _part(
    plan: TenantPlan, name: str, before: Application | None, after: Application | None, device: Device | None
) -> _Part:
    change = difference.application(before, after, plan.tenant, name, plan.route_domain)
    if before is None or after is None:
        return _Part(change)
    as_operators_set, set_by_hand = _as_operators_set(plan, name, before, device)
    operators = by_hand.respected(after, set_by_hand, plan.route_domain)[1]
    if mark.of(before) is not None and mark.of(after) is None and not change:
        return _Part(ApplicationChange("update", [mark.PATH], change.pools), operators=operators)
    drifted = drift.drifted(as_operators_set, name, plan.tenant, device, plan.route_domain)
    if drifted and not change:
        change = replace(change, kind="restore")
    return _Part(change, drifted, operators)


def _as_operators_set(
    plan: TenantPlan, name: str, stored: Application, device: Device | None
) -> tuple[Application, SetByHand]:
    """A stored application with the adminState that operators gave its members, and these members."""
    declared = dict(stored)
    set_by_hand: SetByHand = {}
    for pool, value in difference.pools_of(stored).items():
        states = (device or {}).get(pool_path(plan.tenant, name, pool), {})
        set_by_hand[pool] = {
            key: state.admin_state for key, state in states.items() if state.admin_state != "enable"
        }
        repeated = [key for key in set_by_hand[pool] if members.text(key) in mark.by_hand(stored, pool)]
        declared[pool] = {
            **value,
            "members": by_hand.enabled(value.get("members"), repeated, plan.route_domain),
        }
    return by_hand.respected(declared, set_by_hand, plan.route_domain)


def _properties(stored: Mapping[str, object], wanted: Mapping[str, object]) -> dict[str, object]:
    """The tenant's own properties that differ: the new value, None for one that is removed."""
    defaults = {key: kind.default for key, kind in vocabulary.tenant_properties().items()}
    before = {
        key: value
        for key, value in stored.items()
        if key not in NOT_COMPARED and not mark.applications({key: value})
    }
    return {
        key: wanted.get(key)
        for key in {**before, **wanted}
        if before.get(key, defaults.get(key)) != wanted.get(key, defaults.get(key))
    }


def _not_ours(
    tenant: str, stored: dict[str, object] | None, concerned: Iterable[str], adopt: str
) -> Failure | None:
    """Why these applications of a stored tenant must not be replaced or removed; None if they may."""
    applications = mark.applications(stored)
    if adopt != "publish":
        for name in sorted(concerned):
            owner = mark.owner(applications[name])
            if owner is not None:
                return Failure(
                    "not_ours",
                    f"Application {tenant}/{name} on BIG-IP was published by vks.bigip.publish "
                    f"(owner {owner!r}), which would write it again",
                    remedy="Use state: absent or released of vks.bigip.publish, "
                    "or run with adopt: publish to replace it.",
                    tenant=tenant,
                    application=name,
                )
    label = (stored or {}).get("label")
    if (
        adopt != "cis"
        and isinstance(label, str)
        and label
        and _CIS_APPLICATION in applications
        and tenant != "Common"
    ):
        return Failure(
            "cis_tenant",
            f"Tenant {tenant} looks like one of F5 CIS (label {label!r}, application {_CIS_APPLICATION}), "
            "which would write it again while it runs",
            remedy="Use another tenant. If no running CIS owns this one, run with adopt: cis.",
            tenant=tenant,
        )
    return None


def _created_meanwhile(tenant: str, created: list[str], absent: bool) -> Failure | None:
    """Why a tenant must not be replaced or removed whole: another user created these applications in it."""
    if not created:
        return None
    one = len(created) == 1
    them = "it" if one else "them"
    keep = (
        "name what to remove with the option application."
        if absent
        else f"add {them} to content, or set the option application."
    )
    return Failure(
        "created_meanwhile",
        f"Another user or controller created {'application' if one else 'applications'} {some(created)} "
        f"in tenant {tenant} during the run, and the next POST would remove {them}",
        remedy=f"Nothing more was sent for this tenant. To remove {them}, run again: the diff of check mode "
        f"shows all removals. To keep {them}, {keep}",
        tenant=tenant,
        created=created,
    )


def _is_blind(plan: TenantPlan, before: Mapping[str, Application]) -> bool:
    """True if nothing differs once the encrypted secrets of the store replace the user's."""
    for name, change in plan.changes.items():
        if change.kind == "none":
            continue
        if change.kind != "update" or mark.PATH in change.paths:
            return False
        known = secrets.replace(plan.wanted[name], _as_stored(secrets.leaves(before[name])))
        if difference.application(before[name], known, plan.tenant, name, plan.route_domain):
            return False
    return True


def _as_stored(stored: Mapping[secrets.Path, object]) -> Callable[[secrets.Path, object], object]:
    """Replaces the user's own value by what the store has, where that is encrypted."""

    def replaced(path: secrets.Path, value: object) -> object:
        cipher = stored.get(path)
        return cipher if secrets.is_stored_cipher(cipher) and not secrets.is_stored_cipher(value) else value

    return replaced
