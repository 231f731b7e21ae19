# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module pool_status_info: read BIG-IP's pools and the Pods behind their members, and compare."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import chain
from typing import Any, Callable, Iterable, Mapping

from .._as3 import origin
from .._as3.members import Key
from .._bigip.as3 import As3
from .._bigip.ltm import Ltm
from .._bigip.member import MemberState, MemberStats
from .._bigip.session import Session
from .._boundary.parameters import field_values
from .._boundary.query import Query
from .._collect.cluster import Cluster
from .._deadline import Deadline
from .._errors import Failure
from .._members.model import Pool
from .._members.source import Source
from .._routes.ways import DEFAULT, NONE, NOT_LEARNT, Ways
from .._status import published, report
from .._status.published import Selection, StoredPool

Hide = Callable[[Iterable[str]], None]
Change = Callable[[Any], Any]
Masker = Callable[[Iterable[str]], Change]
Warn = Callable[[str], None]


@dataclass(frozen=True)
class PoolStatusOptions:
    """`parameters`: all of them, with the options of both connections and of a pool's source."""

    parameters: Mapping[str, Any]
    tenant: tuple[str, ...] | None = None
    application: str | None = None
    pool: str | None = None
    owner: str | None = None
    read_cluster: bool = True
    connections: bool = True
    query: str | None = None
    timeout: float = 120

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> PoolStatusOptions:
        return cls(**field_values(cls, {**params, "parameters": params}))


def pool_status(params: Mapping[str, Any], hide: Hide, masker: Masker, warn: Warn) -> dict[str, Any]:
    """Return the module's result for its parameters.

    hide    takes the tokens of the session
    masker  returns a function that masks texts. It masks a tenant's secrets in the reports of this tenant
            only: the author of a secret may choose a word that others need.
    """
    options = PoolStatusOptions.from_params(params)
    query = Query(options.query) if options.query else None
    deadline = Deadline(options.timeout)
    with Session(params["provider"], deadline, hide) as session:
        ltm = Ltm(session)
        stored = As3(session).declaration(options.tenant, lock_keys=False)
        selection = Selection(options.tenant, options.application, options.pool, options.owner)
        pools = published.select(stored, selection)
        states = _states(ltm, pools)
        stats = _stats(ltm, [pool for pool in pools if states[pool.path]]) if options.connections else {}
        of_cluster = _of_cluster(pools, options, deadline, warn) if options.read_cluster else {}
        ways = _Ways.read(ltm, pools, states)
    reports = [
        report.Compared(
            pool,
            states[pool.path],
            stats.get(pool.path, {}),
            of_cluster.get(pool.path),
            functools.partial(ways.known.to, domain=pool.route_domain) if ways else _unknown,
            not_learnt=bool(ways and ways.not_learnt),
        ).report()
        for pool in pools
    ]
    masks = {
        tenant: masker(origin.secret_texts(stored[tenant]))
        for tenant in {pool.tenant: None for pool in pools}
    }
    masked = [masks[pool.tenant](content) for pool, content in zip(pools, reports)]
    for text in session.warnings:
        warn(text)
    result = {"pools": masked, "summary": report.counts(reports)}
    return {"changed": False, **({"query_result": query.of(result)} if query else result)}


def _states(ltm: Ltm, pools: list[StoredPool]) -> dict[str, dict[Key, MemberState] | None]:
    """Return the members of each pool on the device; None where the device has no such pool."""
    device = ltm.pools(sorted({pool.tenant for pool in pools}))
    return {
        pool.path: report.spelt(device[pool.path], pool.route_domain) if pool.path in device else None
        for pool in pools
    }


def _stats(ltm: Ltm, pools: list[StoredPool]) -> dict[str, dict[Key, MemberStats]]:
    return {pool.path: report.spelt(ltm.members_stats(pool.path), pool.route_domain) for pool in pools}


@dataclass(frozen=True)
class _Ways:
    """BIG-IP's ways to the members. not_learnt: the routes that BIG-IP learnt could not be read."""

    known: Ways
    not_learnt: bool = False

    @classmethod
    def read(
        cls, ltm: Ltm, pools: list[StoredPool], states: Mapping[str, Mapping[Key, MemberState] | None]
    ) -> _Ways | None:
        """Read BIG-IP's routes if a member is not up, and the learnt ones if the others do not explain it."""
        places = [
            (address, pool)
            for pool in pools
            for (address, _port), state in (states[pool.path] or {}).items()
            if not state.up
        ]
        if not places:
            return None
        self_ips, routes = ltm.self_ips(), ltm.routes()
        ways = Ways(self_ips, routes)
        if not any(_unexplained(ways.to(address, pool.route_domain), pool.mode) for address, pool in places):
            return cls(ways)
        try:
            return cls(Ways(self_ips, chain(routes, ltm.learnt_routes())))
        except Failure as failure:
            if failure.code not in NOT_LEARNT:
                raise
            return cls(ways, not_learnt=True)


def _unexplained(way: str | None, mode: str | None) -> bool:
    """True if a learnt route could be the way to a member. Nodes may well be behind the default route."""
    return way == NONE or (way == DEFAULT and mode == "cluster")


def _unknown(address: str) -> None:
    """The way to an address that is not asked for."""


def _of_cluster(
    pools: list[StoredPool], options: PoolStatusOptions, deadline: Deadline, warn: Warn
) -> dict[str, Pool | Failure]:
    """Read the pools whose mark names their Service."""
    named = [(pool, published.source(pool, options.parameters)) for pool in pools]
    sources = {pool.path: source for pool, source in named if source is not None}
    if not sources:
        return {}
    with Cluster(options.parameters, deadline, warn) as cluster:
        try:
            return dict(zip(sources, cluster.pools(list(sources.values()))))
        except Failure as failure:
            if failure.code != "kubernetes_forbidden" or len({pool.tenant for pool in pools}) < 2:
                raise
            return _by_tenant(cluster, pools, sources, failure)


def _by_tenant(
    cluster: Cluster, pools: list[StoredPool], sources: Mapping[str, Source], failure: Failure
) -> dict[str, Pool | Failure]:
    """Read tenant by tenant: a mark may name a namespace that this user may not read.

    Raises the failure if nothing can be read.
    """
    tenants = {pool.path: pool.tenant for pool in pools}
    outcomes: dict[str, Pool | Failure] = {}
    for tenant in sorted({tenants[path] for path in sources}):
        own = {path: source for path, source in sources.items() if tenants[path] == tenant}
        try:
            outcomes.update(zip(own, cluster.pools(list(own.values()))))
        except Failure as denied:
            if denied.code != "kubernetes_forbidden":
                raise
            outcomes.update(dict.fromkeys(own, denied))
    if all(isinstance(outcome, Failure) for outcome in outcomes.values()):
        raise failure
    return outcomes
