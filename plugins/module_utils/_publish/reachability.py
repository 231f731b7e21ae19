# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Refuses Pods as members to which BIG-IP has no path. It would send requests to them that nothing answers."""

from __future__ import annotations

import ipaddress
from typing import Callable, Iterable, Mapping, Protocol, Sequence

from .. import _foreign
from .._errors import Failure, some
from .._members.model import Member, Pool
from .._members.reasons import failure
from .._members.source import Source
from .._request.wanted import ClusterPool, Wanted
from .._routes.model import Block
from .interfaces import Tenants

_NOT_LEARNT = "the routes that BIG-IP learnt, for example by BGP, could not be read: {}"
_REMEDY = (
    "Create the routes with vks.bigip.pod_routes, or allow this account to read the route table of BIG-IP. "
    "If BIG-IP learnt a route to the Pod network, set pod_network_routable: true."
)


class Paths(Protocol):
    """The part of pod_paths.PodPaths in use."""

    @property
    def not_learnt(self) -> str | None: ...

    def missing(self, addresses: Iterable[str], domain: int) -> list[str]: ...


def hold_unreachable(
    wanted: Wanted,
    pools: Sequence[tuple[ClusterPool, Source, Pool]],
    paths: Paths,
    stored: Tenants,
    networks: Callable[[], Sequence[Block]],
) -> None:
    """Hold each tenant that has a pool of mode cluster with a member to which BIG-IP has no path.

    networks: reads the Pod networks of the nodes. It is called at most once, and only for a message.
    """
    known: Sequence[Block] | None = None
    for cluster_pool, source, pool in pools:
        if pool.mode != "cluster" or source.pod_network_routable:
            continue
        domain = route_domain(cluster_pool.tenant, source, wanted.properties, stored)
        missing = set(paths.missing([member.address for member in pool.members], domain))
        lacking = [member for member in pool.members if member.address in missing]
        if lacking:
            known = networks() if known is None else known
            wanted.hold(cluster_pool.tenant, _unreachable(pool, lacking, domain, known, paths), cluster_pool.path)


def route_domain(
    tenant: str, source: Source, properties: Mapping[str, Mapping[str, object]], stored: Tenants
) -> int:
    """The route domain of a pool's members: the source's, or the default one of its tenant."""
    if source.route_domain is not None:
        return source.route_domain
    own = properties.get(tenant)
    of_tenant = stored.get(tenant, {}) if own is None else own
    return _foreign.whole(of_tenant.get("defaultRouteDomain"))


def _unreachable(
    pool: Pool, lacking: Sequence[Member], domain: int, networks: Sequence[Block], paths: Paths
) -> Failure:
    rows = [
        {"address": one.address, "pod": one.pod, "node": one.node, "network": _network(one.address, networks)}
        for one in lacking
    ]
    where = dict.fromkeys(
        f"node {row['node'] or 'unknown'} (network {row['network'] or 'unknown'})" for row in rows
    )
    return failure(
        "pod_network_unreachable",
        f"BIG-IP has no path in route domain {domain} to {len(lacking)} of {len(pool.members)} Pods of Service "
        f"{pool.namespace}/{pool.service}: {some(row['address'] for row in rows)} on {some(where)}",
        said=_NOT_LEARNT.format(paths.not_learnt) if paths.not_learnt else None,
        remedy=_REMEDY if paths.not_learnt else None,
        service=f"{pool.namespace}/{pool.service}",
        route_domain=domain,
        members=rows,
    )


def _network(address: str, networks: Sequence[Block]) -> str | None:
    """The smallest known network with the address."""
    wanted = ipaddress.ip_address(address)
    having = [block.network for block in networks if wanted in block.network]
    return str(max(having, key=lambda network: network.prefixlen)) if having else None
