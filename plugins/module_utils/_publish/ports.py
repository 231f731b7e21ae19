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

from .. import _foreign
from .._as3 import members, origin
from .._as3.members import Key
from .._deadline import Deadline
from .._ownership import owners

Tenants = Mapping[str, Mapping[str, Any]]
Devices = Mapping[str, Mapping[Key, Any]]


class Cluster(Protocol):
    """What is needed of _collect.Cluster."""

    def pools(self, sources: Sequence[Any], *, published: Mapping[str, str], pod_network_routable: Any = None) -> Sequence[Any]:
        ...

    def uid(self) -> str:
        ...

    def secret(self, namespace: str, name: str) -> Mapping[str, bytes]:
        ...

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> Sequence[Any]:
        ...

    def cis_claims(self) -> Sequence[owners.CisClaim]:
        ...

    @property
    def requests(self) -> int:
        ...


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


@dataclass
class Edges:
    """Everything outside: how to reach both sides, where to tell progress, what to keep secret."""

    cluster: Callable[[], ContextManager[Cluster]]
    bigip: Callable[[], ContextManager[BigIp]]
    source: Callable[[Mapping[str, Any], str], Any]
    deadline: Deadline
    hide: Callable[[Iterable[str]], None] = lambda texts: None
    progress: Callable[[str], None] = lambda text: None
    clock: Callable[[], float] = time.monotonic
    warnings: list[str] = field(default_factory=list)


def read_stored(bigip: BigIp, tenants: Iterable[str] | None, hide: Callable[[Iterable[str]], None]) -> Tenants:
    """The stored tenants, their secrets made known to Ansible.

    None: all that there are. Then `hide_stored` is called for those that the task works on: another team's secret may be any word of a result.
    """
    stored: Tenants = bigip.as3.declaration(None if tenants is None else sorted(tenants))
    if tenants is not None:
        hide_stored(stored.values(), hide)
    return stored


def hide_stored(tenants: Iterable[Mapping[str, Any]], hide: Callable[[Iterable[str]], None]) -> None:
    """Make the secrets of stored tenants known to Ansible."""
    hide(text for tenant in tenants for text in origin.secret_texts(tenant))


def read_device(bigip: BigIp, stored: Tenants) -> Devices:
    """The pools of these tenants in LTM, with addresses spelt as in the declaration."""
    found: dict[str, Mapping[Key, Any]] = {}
    if not stored:
        return found
    for path, states in bigip.ltm.pools(sorted(stored)).items():
        domain = _foreign.whole(stored.get(path.split("/")[1], {}).get("defaultRouteDomain"))
        found[path] = {
            (members.canonical(address if state.route_domain is None else f"{address}%{state.route_domain}", domain), port): state
            for (address, port), state in states.items()
        }
    return found
