# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads the Pod network of a whole cluster: all of it, or nothing."""

from __future__ import annotations

from typing import Any, Callable

from .._routes.model import NODE_CIDR, Calico, PodNetwork
from . import lists, pod_objects
from .client import Client
from .complete import Complete, incomplete


class PodNetworkReader:
    """warn: takes what concerns the whole task."""

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn
        self._lists = Complete(client)

    def uid(self) -> str:
        """The cluster's identity: the UID of namespace kube-system. Raises Failure if it cannot be read."""
        return self._lists.uid()

    def read(self, source: str) -> PodNetwork:
        """The nodes, the Pods behind Services, and, unless source is node_cidr, Calico's IPAM.

        Raises Failure (read_incomplete) if a part is missing.
        """
        nodes = self._lists.all(lists.NODES, pod_objects.node)
        if not nodes:
            remedy = "To remove the routes of a cluster, set state: absent."
            raise incomplete("listing Nodes in the whole cluster", "the cluster has no nodes", remedy)
        calico = None if source == NODE_CIDR else self._calico()
        published = [one for some in self._slices() for one in some]
        if calico is not None and calico.borrowed:
            addresses = {one.address for one in published}
            used = tuple(one for one in calico.borrowed if one.network.network_address in addresses)
            calico = Calico(calico.group, calico.blocks, used, calico.pools)
        return PodNetwork(tuple(nodes), tuple(published), calico)

    def _calico(self) -> Calico | None:
        """Calico's objects of the first API group that has block affinities."""
        found = None
        for group in lists.CALICO_GROUPS:
            blocks = self._lists.optional(lists.calico("BlockAffinities", group), pod_objects.block)
            if blocks is None:
                continue
            found = found or Calico(group)
            if blocks:
                # A cluster of Calico's own API server has no IPAMBlocks in v3, and then none to be missed.
                borrowed = self._lists.optional(lists.calico("IPAMBlocks", group), pod_objects.borrowed) or []
                pools = self._lists.optional(lists.calico("IPPools", group), pod_objects.pool) or []
                lent = tuple(one for some in borrowed for one in some)
                return Calico(group, tuple(blocks), lent, tuple(pools))
        return found

    def _slices(self) -> list[Any]:
        """The Pods of each slice. An object of a namespace must not stop the task: it is left out."""
        self._client.warn = self._warn
        return self._lists.readable(lists.ENDPOINT_SLICES, pod_objects.endpoints)
