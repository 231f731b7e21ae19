# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Chooses the source of the routes, and states the reason."""

from __future__ import annotations

from typing import NamedTuple

from .._errors import Failure
from .model import CALICO, NODE_CIDR, Endpoint, PodNetwork


class Choice(NamedTuple):
    source: str
    because: str


def choose(cluster: PodNetwork, source: str) -> Choice:
    """The source that the option names, or for auto the one that the cluster's own objects prove.

    Raises Failure if they prove none.
    """
    if source != "auto":
        return Choice(source, f"the option source is {source}")
    with_cidrs = [node for node in cluster.nodes if node.pod_cidrs]
    calico = cluster.calico
    names = {node.name for node in cluster.nodes}
    blocks = [block for block in calico.blocks if block.node in names] if calico else []
    if calico is not None and blocks:
        pods = _platform_pods(cluster)
        inside = [pod for pod in pods if any(pod.address in pool.network for pool in calico.pools)]
        have = f"Calico ({calico.group}) has {_count(len(blocks), 'confirmed block')}"
        if inside:
            which = f"{inside[0].pod} ({inside[0].address})"
            return Choice(CALICO, f"{have}, and the Pod {which} has an address of its IPPools")
        if not pods or not with_cidrs:
            return Choice(CALICO, f"{have}, and no Pod of the platform has an address of another network")
        why = f"{have}, but the Pod {pods[0].pod} ({pods[0].address}) has an address outside of its IPPools"
        return Choice(NODE_CIDR, f"{why}, and {_have_cidrs(len(with_cidrs))}")
    if with_cidrs:
        missing = "Calico has no confirmed block" if calico else "the cluster has no blocks of Calico"
        return Choice(NODE_CIDR, f"{missing}, and {_have_cidrs(len(with_cidrs))}")
    raise Failure(
        "source_undecided",
        "The Pod network of the cluster is unknown",
        said="no node has spec.podCIDRs, and Calico has no confirmed block",
        remedy=(
            "pod_routes supports CNIs that use the podCIDRs of the nodes, and Calico's IPAM. "
            "For another CNI, create the routes with your own means."
        ),
    )


def _platform_pods(cluster: PodNetwork) -> list[Endpoint]:
    """Pods with an address of their own, such as those of CoreDNS.

    Those of other namespaces prove nothing: their users may write EndpointSlices.
    """
    hosts = {address for node in cluster.nodes for address in node.internal_ips}
    found = [one for one in cluster.endpoints if one.platform and one.address not in hosts]
    return sorted(found, key=lambda one: (one.address.version, int(one.address)))


def _have_cidrs(number: int) -> str:
    return f"{_count(number, 'node')} {'has' if number == 1 else 'have'} spec.podCIDRs"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
