# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The interfaces of a task: to BIG-IP, to its cluster, and to the module."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Callable, ContextManager, Iterable, Mapping, NamedTuple, Sequence, Union

from .._as3.types import Json
from .._deadline import Deadline
from .._members.model import Pool
from .._ownership.owners import CisClaim
from .._plan.model import Rules, TenantGoal

if TYPE_CHECKING:
    from .pod_paths import PodPaths
    from .ports import As3, ClusterReader, Ltm

# AS3's code of a result, or our own word. Union because this is evaluated at run time, which the pylint of
# ansible-test takes for too new.
ResultCode = Union[int, str, None]  # noqa: UP007
PoolPlace = tuple[str, str, str]
"""tenant, application, pool."""
Tenants = Mapping[str, Mapping[str, Json]]
"""tenant -> what AS3 stores of it."""


class BigIp(NamedTuple):
    """A BIG-IP for one task.

    paths        to Pods; None if no member comes from a cluster
    synchronise  copies its configuration to a device group
    """

    as3: As3
    ltm: Ltm
    paths: PodPaths | None
    synchronise: Callable[[str], None]
    requests: Counter[str]
    warnings: list[str]


class Kubernetes(NamedTuple):
    """The Kubernetes side of a task: the reads of its cluster, and the CIS that it runs."""

    cluster: ClusterReader
    cis_claims: Callable[[], Sequence[CisClaim]]


class Interfaces(NamedTuple):
    """The access to BIG-IP, the deadline, and the functions that take secrets and progress."""

    bigip: Callable[[], ContextManager[BigIp]]
    deadline: Deadline
    warnings: list[str]
    hide: Callable[[Iterable[str]], None]
    progress: Callable[[str], None] = lambda text: None
    clock: Callable[[], float] = time.monotonic


class Goals(NamedTuple):
    """The goals of a task, one for each tenant.

    pools     the pools that were filled from the cluster
    requests  sent to Kubernetes, in so many seconds
    """

    rules: Rules
    tenants: Sequence[TenantGoal]
    pools: Mapping[PoolPlace, Pool] = {}
    warnings: Sequence[str] = ()
    requests: int = 0
    seconds: float = 0.0
