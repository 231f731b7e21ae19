# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The goals of `publish`: the applications of the request, with the members and the secrets of a cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Callable, ContextManager, Mapping, Sequence

from .._as3 import digests, forms, origin, secrets
from .._errors import Failure
from .._members import believed
from .._members.auto import Routable
from .._members.model import Pool
from .._members.source import Source
from .._ownership import mark
from .._ownership.owners import CisClaim
from .._plan.model import PoolFacts, TenantGoal
from .._request import build, from_secret, only
from .._request.publishing import PublishRequest
from .._request.wanted import ClusterPool, Wanted
from .interfaces import BigIp, Goals, Interfaces, Kubernetes, PoolPlace, Tenants
from .options import PublishOptions
from .reachability import hold_unreachable, route_domain

if TYPE_CHECKING:
    from .ports import ClusterReader

Secrets = Mapping[from_secret.Name, "Mapping[str, bytes] | Failure"]
Facts = Mapping[str, Mapping[tuple[str, str], PoolFacts]]


class ClusterGoals:
    """Reads one cluster, and no more of it than the request needs."""

    def __init__(
        self,
        options: PublishOptions,
        request: PublishRequest,
        interfaces: Interfaces,
        kubernetes: Callable[[], ContextManager[Kubernetes]],
    ) -> None:
        self._options = options
        self._request = request
        self._wanted = request.wanted
        self._interfaces = interfaces
        self._kubernetes = kubernetes

    def read(self, bigip: BigIp, stored: Tenants) -> Goals:
        """The goals. A fault of one tenant is added to the faults of the request."""
        begin = self._interfaces.clock()
        with self._kubernetes() as kubernetes:
            cluster = kubernetes.cluster
            self._add_labelled(cluster, stored)
            if self._request.only is not None and not self._wanted.applications:
                seconds = self._interfaces.clock() - begin
                return Goals(self._options.rules("", None), [], requests=cluster.requests, seconds=seconds)
            cluster_pools = self._wanted.cluster_pools
            sources = [self._request.sources.of(cluster_pool) for cluster_pool in cluster_pools]
            pools = self._pools(cluster, bigip, sources, stored)
            owner, uid = self._owner(cluster)
            values = {name: self._secret(cluster, name, keys) for name, keys in _referred(self._wanted)}
            claims = self._claims(kubernetes) if self._may_adopt(stored) else []
            resolved = [
                (cluster_pool, source, pool)
                for cluster_pool, source, pool in zip(cluster_pools, sources, pools)
                if isinstance(pool, Pool)
            ]
            if bigip.paths is not None:
                hold_unreachable(self._wanted, resolved, bigip.paths, stored, cluster.pod_networks)
            requests = cluster.requests
        seconds = self._interfaces.clock() - begin
        filled = self._fill(cluster_pools, sources, pools)
        goals = self._goals(_facts(cluster_pools, sources, filled), values)
        _prepare_digests(goals, stored)
        warnings = [
            f"{_path(place)}: {warning}" for place, pool in filled.items() for warning in pool.warnings
        ]
        return Goals(self._options.rules(owner, uid, claims), goals, filled, warnings, requests, seconds)

    def _add_labelled(self, cluster: ClusterReader, stored: Tenants) -> None:
        """Fill pools of the declaration from Services that name them by their labels."""
        request, labelled = self._request, self._request.labelled
        if labelled:
            from .._request import labels  # few runs need it

            namespaces = sorted({namespace for several in labelled.values() for namespace in several})
            services = cluster.list_services(labels.SELECTOR, namespaces)
            if request.only is not None:
                only.restrict_labelled(
                    self._wanted, labelled, request.sources, request.only, services, stored
                )
            labels.add(self._wanted, services, labelled)

    def _pools(
        self, cluster: ClusterReader, bigip: BigIp, sources: Sequence[Source], stored: Tenants
    ) -> Sequence[Pool | Failure]:
        if not sources:
            return []
        modes = {
            pool.path: mode for pool in self._wanted.cluster_pools if (mode := _published_mode(pool, stored))
        }
        return cluster.pools(
            sources, published=modes, pod_network_routable=self._routable(bigip, sources, stored)
        )

    def _routable(self, bigip: BigIp, sources: Sequence[Source], stored: Tenants) -> Routable | None:
        """The question of mode auto to BIG-IP, in the route domain of each source."""
        paths = bigip.paths
        if paths is None:
            return None
        properties = self._wanted.properties
        domains = {
            source.key: route_domain(pool.tenant, source, properties, stored)
            for pool, source in zip(self._wanted.cluster_pools, sources)
        }
        return lambda addresses, key, published: paths.routable(addresses, domains[key], published)

    def _owner(self, cluster: ClusterReader) -> tuple[str, str | None]:
        """owner as given, or the UID of the cluster; and the UID, if it can be read."""
        owner = self._options.owner
        try:
            uid = cluster.uid()
        except Failure as failure:
            if failure.code != "owner_required":
                raise
            if owner:
                return owner, None
            remedy = "Set owner: the cluster does not show who publishes."
            raise Failure("owner_required", failure.what, said=failure.said, remedy=remedy) from failure
        return owner or uid, uid

    def _secret(
        self, cluster: ClusterReader, name: from_secret.Name, keys: set[str]
    ) -> Mapping[str, bytes] | Failure:
        """The values of a Secret, those of these keys hidden.

        A Secret that does not exist holds the tenants that need it. A read that failed stops everything.
        """
        try:
            data = cluster.secret(*name)
        except Failure as failure:
            if failure.code != "secret_not_found":
                raise
            return failure
        self._interfaces.hide(text for key in keys for text in forms.of_secret_value(data.get(key, b"")))
        return data

    def _may_adopt(self, stored: Tenants) -> bool:
        """True if a CIS matters: an application without a mark is stored beside ours, or a tenant is new."""
        tenants = [stored.get(tenant) for tenant in self._wanted.tenants]
        return any(tenant is None or _has_unmarked(tenant) for tenant in tenants)

    def _claims(self, kubernetes: Kubernetes) -> list[CisClaim]:
        """The claims of CIS. In check mode, one that is about to be scaled to 0 may count as scaled to 0."""
        at_rest = self._options.assume_cis_at_rest
        return [
            replace(claim, running=claim.running and claim.deployment not in at_rest)
            for claim in kubernetes.cis_claims()
        ]

    def _fill(
        self, cluster_pools: Sequence[ClusterPool], sources: Sequence[Source], pools: Sequence[Pool | Failure]
    ) -> dict[PoolPlace, Pool]:
        """Put the members into the pools of the request. A Failure holds its tenant."""
        filled: dict[PoolPlace, Pool] = {}
        for cluster_pool, pool in zip(cluster_pools, pools):
            if isinstance(pool, Failure):
                self._wanted.hold(cluster_pool.tenant, pool, cluster_pool.path)
                continue
            target = self._wanted.applications[cluster_pool.tenant][cluster_pool.application][
                cluster_pool.name
            ]
            target["members"] = build.entries(pool.members, cluster_pool, pool.route_domain, share_nodes=True)
            filled[_place(cluster_pool)] = pool
        return filled

    def _goals(self, facts: Facts, values: Secrets) -> list[TenantGoal]:
        """The applications with the values of Secrets in them. A value that is missing holds its tenant."""
        goals = []
        for tenant, applications in sorted(self._wanted.applications.items()):
            places = {name: origin.places(value) for name, value in applications.items()}
            try:
                resolved = {name: from_secret.resolve(value, values) for name, value in applications.items()}
            except Failure as failure:
                self._wanted.hold(tenant, failure, self._wanted.paths[(tenant, sorted(applications)[0])][0])
                resolved = applications
            self._interfaces.hide(secrets.all_texts(resolved))
            origins = {
                name: origin.beyond(references, resolved[name])
                for name, references in places.items()
                if references
            }
            properties = self._wanted.properties.get(tenant, {})
            goals.append(TenantGoal(tenant, resolved, properties, facts.get(tenant, {}), origins=origins))
        return goals


def _place(pool: ClusterPool) -> PoolPlace:
    return pool.tenant, pool.application, pool.name


def _path(place: PoolPlace) -> str:
    return "/" + "/".join(place)


def _referred(wanted: Wanted) -> list[tuple[from_secret.Name, set[str]]]:
    """The Secrets to read, and the keys that are used of each."""
    return sorted(from_secret.names(wanted).items())


def _published_mode(pool: ClusterPool, stored: Tenants) -> str | None:
    """The mode that the mark of a stored pool names."""
    modes = mark.modes(stored.get(pool.tenant, {}).get(pool.application))
    mode = modes.get(pool.name) or modes.get("")
    return None if mode == "mixed" else mode


def _has_unmarked(tenant: Mapping[str, object]) -> bool:
    return any(mark.owner(value) is None for value in mark.applications(dict(tenant)).values())


def _facts(
    cluster_pools: Sequence[ClusterPool], sources: Sequence[Source], filled: Mapping[PoolPlace, Pool]
) -> Facts:
    """tenant -> (application, pool) -> the facts of the cluster about it."""
    facts: dict[str, dict[tuple[str, str], PoolFacts]] = {}
    for cluster_pool, source in zip(cluster_pools, sources):
        pool = filled.get(_place(cluster_pool))
        if pool is not None:
            facts.setdefault(cluster_pool.tenant, {})[(cluster_pool.application, cluster_pool.name)] = (
                _pool_facts(cluster_pool, source, pool)
            )
    return facts


def _pool_facts(cluster_pool: ClusterPool, source: Source, pool: Pool) -> PoolFacts:
    is_nodeport = pool.mode == "nodeport"
    return PoolFacts(
        service=f"{pool.namespace}/{pool.service}:{pool.port}/{pool.protocol}",
        mode=pool.mode,
        explicit_share="shareNodes" in cluster_pool.member,
        left_out=sum(1 for item in pool.left_out if item.kind == "Pod" and item.reason != "draining"),
        node_port=next((member.port for member in pool.members), None) if is_nodeport else None,
        options=source.recorded(),
        distrusted=believed.distrusted(pool.left_out),
        unread=believed.unread(pool.left_out),
        draining=frozenset((pool.address(member), member.port) for member in pool.draining),
    )


def _prepare_digests(goals: Sequence[TenantGoal], stored: Tenants) -> None:
    """Make the digests of all secrets at once, in threads."""
    digests.prepare(
        (value, mark.application(stored.get(goal.tenant), name))
        for goal in goals
        for name, value in (goal.applications or {}).items()
    )
