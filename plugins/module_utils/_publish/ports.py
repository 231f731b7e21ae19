# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The interfaces of the engine: what it needs of BIG-IP, of the cluster, and of the module that runs it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Callable, Collection, ContextManager, Iterable, Mapping, Protocol, Sequence, Union

from .._as3.members import Key
from .._as3.types import Json, Object
from .._deadline import Deadline
from .._errors import Failure
from .._members.auto import Routable
from .._members.model import Pool, Source
from .._ownership.owners import CisClaim
from .._plan import model
from .._plan.model import Device, Rules, TenantGoal, TenantPlan
from .._request.labels import Service
from .._request.wanted import Wanted

# AS3's code of a result, or our own word. Union because this is evaluated at run time, which the pylint of
# ansible-test takes for too new.
Code = Union[int, str, None]  # noqa: UP007
PoolPlace = tuple[str, str, str]
"""tenant, application, pool."""


class MemberState(model.MemberState, Protocol):
    """The part of _bigip.ltm.MemberState in use."""

    @property
    def route_domain(self) -> int | None:
        ...


Tenants = Mapping[str, Mapping[str, Json]]
Devices = Mapping[str, Mapping[Key, MemberState]]

# -- BIG-IP -------------------------------------------------------------------------------------------------------


class TenantResult(Protocol):
    """The part of _bigip.outcome.TenantResult in use. tenant is "" where AS3 names none."""

    @property
    def tenant(self) -> str:
        ...

    @property
    def code(self) -> int | str:
        ...

    @property
    def message(self) -> str:
        ...

    @property
    def response(self) -> str | None:
        ...

    @property
    def warnings(self) -> Sequence[str]:
        ...

    @property
    def errors(self) -> Sequence[str]:
        ...

    @property
    def dry_run(self) -> bool:
        ...

    @property
    def ok(self) -> bool:
        ...

    @property
    def changed(self) -> bool:
        ...

    @property
    def busy(self) -> bool:
        ...

    @property
    def lock_conflict(self) -> bool:
        ...


class Outcome(Protocol):
    """The part of _bigip.outcome.Outcome in use. known False: nobody can say whether it happened; why says how."""

    @property
    def results(self) -> Sequence[TenantResult]:
        ...

    @property
    def errors(self) -> Sequence[str]:
        ...

    @property
    def known(self) -> bool:
        ...

    @property
    def why(self) -> str | None:
        ...


class Writer(Protocol):
    """The part of _bigip.as3.As3 that POSTs need."""

    def info(self) -> Mapping[str, Json]:
        ...

    def submit(self, body: Mapping[str, Json], *, tenant: str | None = None) -> Outcome:
        ...

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        ...


class As3(Writer, Protocol):
    """The part of _bigip.as3.As3 in use."""

    def declaration(self, tenants: Collection[str] | None = None) -> dict[str, Object]:
        ...

    def others(self, tenants: Collection[str]) -> dict[str, Object]:
        ...


class SyncStatus(Protocol):
    """The part of _bigip.ltm.SyncStatus in use."""

    @property
    def mode(self) -> str:
        ...

    @property
    def status(self) -> str:
        ...

    @property
    def summary(self) -> str:
        ...


class Ltm(Protocol):
    """The part of _bigip.ltm.Ltm in use."""

    def pools(self, partitions: Collection[str] | None = None) -> Devices:
        ...

    def common_addresses(self) -> Sequence[str]:
        ...

    def sync_status(self) -> SyncStatus:
        ...


@dataclass(frozen=True)
class BigIp:
    """A BIG-IP for one task. synchronise copies its configuration to a device group."""

    as3: As3
    ltm: Ltm
    routable: Routable | None
    synchronise: Callable[[str], None]
    requests: Counter[str]
    warnings: list[str]


# -- Kubernetes ---------------------------------------------------------------------------------------------------


class ClusterReader(Protocol):
    """The part of _collect.cluster.Cluster in use."""

    def pools(
        self,
        sources: Sequence[Source],
        *,
        published: Mapping[str, str],
        pod_network_routable: Routable | None,
    ) -> Sequence[Pool | Failure]:
        ...

    def uid(self) -> str:
        ...

    def secret(self, namespace: str, name: str) -> Mapping[str, bytes]:
        ...

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> Sequence[Service]:
        ...

    @property
    def requests(self) -> int:
        ...


@dataclass(frozen=True)
class Kubernetes:
    """The Kubernetes side of a task: the reads of its cluster, and the CIS that it runs."""

    cluster: ClusterReader
    cis_claims: Callable[[], Sequence[CisClaim]]


# -- the module ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interfaces:
    """How a task reaches BIG-IP, its deadline, and where its progress, its secrets and its warnings go."""

    bigip: Callable[[], ContextManager[BigIp]]
    deadline: Deadline
    hide: Callable[[Iterable[str]], None] = lambda texts: None
    progress: Callable[[str], None] = lambda text: None
    clock: Callable[[], float] = time.monotonic
    warnings: list[str] = field(default_factory=list)


class Request(Protocol):
    """A request without a fault. tenants: those to read and to plan. prune: what prune covers."""

    @property
    def wanted(self) -> Wanted:
        ...

    @property
    def tenants(self) -> Sequence[str]:
        ...

    @property
    def prune(self) -> str:
        ...


@dataclass(frozen=True)
class Goals:
    """What the task wants of each tenant.

    pools     the pools that were filled from the cluster
    requests  sent to Kubernetes, in so many seconds
    """

    rules: Rules
    tenants: Sequence[TenantGoal]
    pools: Mapping[PoolPlace, Pool] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    requests: int = 0
    seconds: float = 0.0


class GoalSource(Protocol):
    """Where the goals of a module come from: clusters, or the user's content."""

    def read(self, bigip: BigIp, stored: Tenants) -> Goals:
        ...


class Planner(Protocol):
    """Plans one tenant. stored: with the lock's key. device: None if the pools were not read."""

    def __call__(
        self, goal: TenantGoal, stored: Mapping[str, Json] | None, device: Device | None, rules: Rules
    ) -> TenantPlan:
        ...
