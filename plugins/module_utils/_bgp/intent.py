# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The plan of one run: both sides were read, and what is wanted on each of them follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

from .._errors import Failure
from .._routes.model import UnitSelfIps
from . import changes, guards, neighbors, objects, peers, plan
from .changes import ObjectPlan
from .model import Cluster, Node, Peer, Speaker
from .neighbors import WantedNeighbors
from .objects import Wish
from .options import PodBgpOptions
from .plan import Plan, Scope


@dataclass(frozen=True)
class Seen:
    """The state of both sides.

    cluster   None if it has nothing to remove
    self_ips  of the units that were read; empty if BIG-IP was not asked
    speakers  empty with mode external
    complete  all units of BIG-IP were read
    """

    owner: str
    nodes: tuple[Node, ...] = ()
    cluster: Cluster | None = None
    self_ips: tuple[UnitSelfIps, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class Intent:
    """plans: for each unit. The other fields are those of a run with state present."""

    plans: tuple[Plan, ...]
    objects: ObjectPlan
    wanted: WantedNeighbors = WantedNeighbors(())
    peers: tuple[Peer, ...] = ()
    as_number: int = 0
    bigip_as_number: int = 0

    @property
    def changes(self) -> bool:
        return bool(self.objects.writes) or any(one.changes for one in self.plans)


def present(seen: Seen, options: PodBgpOptions, new_version: Callable[[], str]) -> Intent:
    """The plan that creates the sessions. Raises Failure if a part of it cannot work."""
    cluster = seen.cluster
    if cluster is None:
        raise AssertionError("the cluster was read")
    for speaker in seen.speakers:
        guards.check_speaker(speaker, options)
    number = guards.as_number(cluster, options, seen.owner)
    networks = options.node_networks
    everywhere = neighbors.wanted(seen.nodes, cluster.cni, number, networks, options.excluded)
    found = _peers(seen, options, everywhere)
    wanted = everywhere.of({peer.address.version for peer in found})
    of_bigip = guards.bigip_as_number(seen.speakers, options, cluster, number)
    version = objects.password_version(cluster, seen.owner, options.password, new_version)
    scope = _scope(seen.owner, options, version)
    plans = tuple(plan.present(wanted, one, of_bigip, scope, options.prune) for one in seen.speakers)
    for one in plans:
        plan.check_removals(one, options.max_removed_percent)
    wish = Wish(seen.owner, seen.nodes, options.excluded, found, number, of_bigip, options.password, version)
    complete = seen.complete or bool(options.peers)
    written = changes.present(cluster, wish, options.prune, complete)
    return Intent(plans, written, wanted, found, number, of_bigip)


def absent(seen: Seen, options: PodBgpOptions) -> Intent:
    """The plan that removes what the owner has on both sides."""
    scope = _scope(seen.owner, options, "")
    plans = tuple(plan.absent(one, scope) for one in seen.speakers)
    return Intent(plans, changes.absent(seen.cluster, seen.owner) if seen.cluster else ObjectPlan())


def _scope(owner: str, options: PodBgpOptions, version: str) -> Scope:
    return Scope(owner, options.cluster_name or "", options.partition, options.route_domain, version)


def _peers(seen: Seen, options: PodBgpOptions, wanted: WantedNeighbors) -> tuple[Peer, ...]:
    units: Sequence[UnitSelfIps] = seen.self_ips
    if not options.peers:
        found = peers.found(units, wanted, options.route_domain, options.node_networks)
    else:
        found = peers.given(options.addresses, units, options.route_domain, seen.complete)
        peers.check_connected(
            units, wanted.of({peer.address.version for peer in found}), options.route_domain
        )
    if found:
        return found
    raise Failure(
        "options",
        "No node has an address of type InternalIP, so BIG-IP has no peers",
        remedy="Nothing was changed. Leave out fewer nodes with exclude_nodes.",
    )
