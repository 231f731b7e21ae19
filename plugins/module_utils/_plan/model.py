# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The types of planning: what a task wants of a tenant, the rules, the device, the plan and its steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Collection, Literal, Mapping, Protocol, Sequence

from .. import _foreign
from .._as3.difference import ApplicationChange
from .._as3.members import Key, canonical
from .._as3.names import LOCK
from .._errors import Failure
from .._ownership import mark, owners
from .._ownership.mark import Application
from . import guards

# The lock's key in a POST that creates a tenant. AS3 never computes it: its keys have 44 characters. AS3
# ignores the key of a tenant that is not stored, and creates the tenant. If another job created the tenant in
# the meantime, AS3 compares the keys and refuses the POST.
NOT_STORED = "not stored"

Action = Literal["none", "create", "update", "restore", "delete", "release", "hold"]
SetByHand = dict[str, dict[Key, str]]
"""Pool -> member -> the adminState that an operator gave it on BIG-IP."""


class MemberState(Protocol):
    """One member of a pool as the device has it: the part of _bigip.ltm.MemberState that planning uses."""

    @property
    def up(self) -> bool:
        """A monitor has seen it answer."""

    @property
    def down(self) -> bool:
        """A monitor has seen it fail, or an operator forced it offline."""

    @property
    def unmonitored(self) -> bool:
        """No monitor judges it."""

    @property
    def disabled(self) -> bool:
        """It gets no new connections."""

    @property
    def admin_state(self) -> str:
        """enable, disable or offline."""

    @property
    def ratio(self) -> int: ...

    @property
    def priority_group(self) -> int: ...

    @property
    def connection_limit(self) -> int: ...

    @property
    def partition(self) -> str:
        """The partition of its node."""


States = Mapping[Key, MemberState]
Device = Mapping[str, States]
"""Path of a pool (/tenant/application/pool) -> its members on the device."""


@dataclass(frozen=True)
class Rules:
    """The options that decide. Without detect_drift, a difference on the device alone causes no POST."""

    state: str = "present"
    owner: str = ""
    cluster: str | None = None
    adopt: str = "none"
    bulk_create: bool = False
    limits: guards.Limits = guards.Limits()
    claims: tuple[owners.CisClaim, ...] = ()
    detect_drift: bool = True
    enforce_member_state: bool = False
    drain_timeout: float = 300


@dataclass(frozen=True)
class PoolFacts:
    """The facts of the cluster about one pool that is filled from it.

    service, mode, options  kept in the mark. options: those that decide the members and are not the defaults
    explicit_share          the user set shareNodes
    left_out                Pods of the Service that are not members but may still answer
    node_port               the port that nodes answer on now
    distrusted              why a Pod is left out that an option would let in; empty if there is none
    unread                  Pods are left out because a right is missing
    draining                former members that keep their open connections, by address and port
    """

    service: str
    mode: str
    explicit_share: bool = False
    left_out: int = 0
    node_port: int | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    distrusted: str = ""
    unread: bool = False
    draining: frozenset[Key] = frozenset()

    def drains(self, route_domain: int) -> frozenset[Key]:
        """draining, with the addresses as in a tenant with this default route domain."""
        return frozenset((canonical(address, route_domain), port) for address, port in self.draining)


@dataclass(frozen=True)
class TenantGoal:
    """The goal of the task for one tenant.

    applications  None: all of ours are removed or released (absent, released)
    properties    of the tenant itself
    facts         (application, pool) -> the facts of the cluster about it
    remove        applications that are no longer listed (prune)
    origins       application -> the places of values that came from a Secret
    """

    tenant: str
    applications: Mapping[str, Application] | None
    properties: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[tuple[str, str], PoolFacts] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    origins: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One change to send.

    applications, remove  applications to write and to remove
    waiting               members that must come up before anything can be sent; then there is nothing to send
    settling              pool path -> members that this step adds, or deletes and adds again
    final                 the plan needs no step after it
    disable, enable       pool path -> members whose session to set on the device; then nothing is sent
    draining              pool path -> members that keep their connections; then nothing is sent
    """

    applications: Mapping[str, Application]
    remove: Sequence[str] = ()
    waiting: Sequence[str] = ()
    settling: Mapping[str, Collection[Key]] = field(default_factory=dict)
    final: bool = True
    disable: Mapping[str, Collection[Key]] = field(default_factory=dict)
    enable: Mapping[str, Collection[Key]] = field(default_factory=dict)
    draining: Mapping[str, Collection[Key]] = field(default_factory=dict)


@dataclass(frozen=True)
class Declared:
    """The additional parts of a plan of as3_declaration.

    properties  the tenant's own, all of them: content replaces those that are stored
    blind       only secrets that AS3 returns encrypted may differ, so only AS3 can compare them
    operators   application -> the members that operators disabled on the device and content does not
    """

    properties: Mapping[str, object]
    blind: bool = False
    operators: Mapping[str, SetByHand] = field(default_factory=dict)


@dataclass(frozen=True)
class TenantPlan:
    """The changes for one tenant, or the reason why it must not change.

    whole        the tenant is posted whole, under the lock; otherwise application by application
    stored       the tenant in AS3's store, its members with the adminState that operators gave them
    key          the lock's key of what is stored
    wanted       the applications to write
    set_by_hand  application -> the members that operators disabled on the device
    disabled     (application, pool) -> those of them that stay so, and their adminState
    enforced     (application, pool) -> those of them that get the wanted adminState, and the one they have
    declared     only in a plan of as3_declaration
    """

    tenant: str
    action: Action = "none"
    whole: bool = False
    stored: dict[str, object] | None = None
    key: str | None = None
    wanted: Mapping[str, Application] = field(default_factory=dict)
    changes: Mapping[str, ApplicationChange] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)
    drifted: Sequence[str] = ()
    facts: Mapping[tuple[str, str], PoolFacts] = field(default_factory=dict)
    failure: Failure | None = None
    warnings: Sequence[str] = ()
    route_domain: int = 0
    reserve_first: bool = False
    device: Device | None = None
    set_by_hand: Mapping[str, SetByHand] = field(default_factory=dict)
    disabled: Mapping[tuple[str, str], Mapping[Key, str]] = field(default_factory=dict)
    enforced: Mapping[tuple[str, str], Mapping[Key, str]] = field(default_factory=dict)
    declared: Declared | None = None

    @property
    def draining(self) -> dict[tuple[str, str], list[Key]]:
        """(application, pool) -> the members that are removed only when they are drained."""
        draining = {}
        for name, change in self.changes.items():
            for pool, of_pool in change.pools.items():
                facts = self.facts.get((name, pool))
                drains = facts.drains(self.route_domain) if facts else frozenset()
                keys = [key for key in of_pool.removed if key in drains]
                if keys:
                    draining[name, pool] = keys
        return draining

    @property
    def to_remove(self) -> list[str]:
        """The applications to remove."""
        return sorted(name for name, change in self.changes.items() if change.kind == "delete")

    @property
    def lock(self) -> dict[str, str]:
        """The key for a POST of the whole tenant. AS3 refuses it if the tenant was changed meanwhile."""
        key = NOT_STORED if self.stored is None else self.key
        return {LOCK: key} if key else {}

    def body(self, applications: Mapping[str, Application], remove: Collection[str]) -> dict[str, object]:
        """The AS3 Tenant to post whole under its lock: the stored one with these applications changed."""
        kept = {name: value for name, value in mark.applications(self.stored).items() if name not in remove}
        kept.update(applications)
        if kept:
            return {"class": "Tenant", **self._own_properties(), **kept, **self.lock}
        if self.tenant != "Common":
            return {"class": "Tenant", **self.lock}
        shared = {"class": "Application", "template": "shared"}
        return {
            "class": "Tenant",
            **({} if self.declared else self._own_properties()),
            "Shared": shared,
            **self.lock,
        }

    def _own_properties(self) -> dict[str, object]:
        if self.declared:
            return dict(self.declared.properties)
        stored = {
            name: value
            for name, value in (self.stored or {}).items()
            if mark.application(self.stored, name) is None
        }
        return {**stored, **self.properties}

    def held(self, failure: Failure) -> TenantPlan:
        """The plan with nothing to send, because of this failure."""
        return replace(self, failure=failure, action="hold")

    def unchanged(self) -> TenantPlan:
        """The plan with nothing to send, because nothing differs after all."""
        return replace(
            self, action="none", changes={name: ApplicationChange("none") for name in self.changes}
        )

    def decided(self, emptied: bool) -> TenantPlan:
        """The plan with the action that its changes need. emptied: no application of the tenant is left."""
        kinds = {change.kind for change in self.changes.values()} - {"none"}
        action: Action = "none"
        if self.stored is None:
            action = "create" if self.wanted else "none"
        elif emptied:
            action = "delete"
        elif kinds == {"restore"} and not self.properties:
            action = "restore"
        elif kinds or self.properties:
            action = "update"
        return replace(self, action=action)


def unplanned(
    tenant: str, stored: Mapping[str, object] | None, properties: Mapping[str, object] | None = None
) -> TenantPlan:
    """A plan that holds only what is stored.

    stored      with the lock's key
    properties  the tenant's own as the plan will leave them; None: as they are stored
    """
    if stored is None:
        return TenantPlan(tenant, route_domain=_foreign.whole((properties or {}).get("defaultRouteDomain")))
    body = {name: value for name, value in stored.items() if name != LOCK}
    domain = _foreign.whole((body if properties is None else properties).get("defaultRouteDomain"))
    key = stored.get(LOCK)
    return TenantPlan(tenant, stored=body, key=str(key) if key else None, route_domain=domain)


def pool_path(tenant: str, application: str, pool: str) -> str:
    """The path of a pool on BIG-IP."""
    return f"/{tenant}/{application}/{pool}"
