# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine of `publish` needs of the outside: the cluster, the BIG-IP, and facts read from it.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, ContextManager, Iterable, Mapping, Protocol, Sequence

from .._as3.members import Key
from .._deadline import Deadline
from .._ownership import owners

Tenants = Mapping[str, Mapping[str, Any]]
Devices = Mapping[str, Mapping[Key, Any]]


class ClusterReader(Protocol):
    """The part of _collect.cluster.Cluster in use."""

    def pools(self, sources: Sequence[Any], *, published: Mapping[str, str], pod_network_routable: Any = None) -> Sequence[Any]:
        ...

    def uid(self) -> str:
        ...

    def secret(self, namespace: str, name: str) -> Mapping[str, bytes]:
        ...

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> Sequence[Any]:
        ...

    @property
    def requests(self) -> int:
        ...


@dataclass(frozen=True)
class Kubernetes:
    """The Kubernetes side of a task: the reads of its cluster, and the CIS that it runs."""

    cluster: ClusterReader
    cis_claims: Callable[[], Sequence[owners.CisClaim]]


@dataclass
class BigIp:
    """What is needed of a BIG-IP: _bigip.as3.As3 and _bigip.ltm.Ltm over one session."""

    as3: Any
    ltm: Any
    routable: Callable[[Sequence[str], bool], bool | None] | None
    sync: Callable[[str], None]
    """Copy the configuration to a device group."""
    requests: Counter[str]
    warnings: list[str]


class MemberState(Protocol):
    @property
    def route_domain(self) -> int | None:
        ...


@dataclass
class Edges:
    """Everything outside: how to reach both sides, where to tell progress, what to keep secret."""

    kubernetes: Callable[[], ContextManager[Kubernetes]]
    bigip: Callable[[], ContextManager[BigIp]]
    source: Callable[[Mapping[str, Any], str], Any]
    deadline: Deadline
    hide: Callable[[Iterable[str]], None] = lambda texts: None
    progress: Callable[[str], None] = lambda text: None
    clock: Callable[[], float] = time.monotonic
    warnings: list[str] = field(default_factory=list)
