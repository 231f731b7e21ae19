# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads the Pod network of a whole cluster: all of it, or nothing."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from .._errors import Failure
from .._foreign import SPOILED
from .._routes.model import NODE_CIDR, Calico, PodNetwork
from . import lists, pod_objects
from .client import Client, NotFound
from .lists import Kind

T = TypeVar("T")
_CONNECTION = frozenset(
    {
        "kubernetes_config",
        "kubernetes_credential_plugin",
        "kubernetes_library",
        "kubernetes_not_json",
        "kubernetes_timeout",
        "kubernetes_tls",
        "kubernetes_unauthorized",
        "kubernetes_unreachable",
    }
)
"""Before the first answer, these describe the fault better than read_incomplete does."""


class PodNetworkReader:
    """warn: takes what concerns the whole task."""

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn
        self._answered = False

    def uid(self) -> str:
        """The cluster's identity: the UID of namespace kube-system. Raises Failure if it cannot be read."""
        doing = "finding the default owner (the UID of namespace kube-system)"
        remedy = "Set owner, or allow get on that Namespace."
        try:
            found = lists.one(self._client, lists.NAMESPACES, None, "kube-system")["metadata"]["uid"]
        except Failure as failure:
            if failure.code in _CONNECTION:
                raise
            raise Failure("owner_required", doing, said=failure.said, remedy=remedy) from None
        except SPOILED:
            raise Failure("owner_required", doing, said="it has no UID", remedy=remedy) from None
        self._answered = True
        return str(found)

    def read(self, source: str) -> PodNetwork:
        """The nodes, the Pods behind Services, and, unless source is node_cidr, Calico's IPAM.

        Raises Failure (read_incomplete) if a part is missing.
        """
        nodes = self._all(lists.NODES, pod_objects.node)
        if not nodes:
            remedy = "To remove the routes of a cluster, set state: absent."
            raise _incomplete("listing Nodes in the whole cluster", "the cluster has no nodes", remedy)
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
            blocks = self._optional(lists.calico("BlockAffinities", group), pod_objects.block)
            if blocks is None:
                continue
            found = found or Calico(group)
            if blocks:
                # A cluster of Calico's own API server has no IPAMBlocks in v3, and then none to be missed.
                borrowed = self._optional(lists.calico("IPAMBlocks", group), pod_objects.borrowed) or []
                pools = self._optional(lists.calico("IPPools", group), pod_objects.pool) or []
                lent = tuple(one for some in borrowed for one in some)
                return Calico(group, tuple(blocks), lent, tuple(pools))
        return found

    def _optional(self, kind: Kind, keep: Callable[[dict[str, Any]], T | None]) -> list[T] | None:
        """All objects of a kind; None if the cluster does not have the kind."""
        try:
            return self._all(kind, keep)
        except NotFound:
            return None

    def _slices(self) -> list[Any]:
        """The Pods of each slice. An object of a namespace must not stop the task: it is left out."""
        self._client.warn = self._warn
        return self._complete(lists.ENDPOINT_SLICES, pod_objects.endpoints)

    def _all(self, kind: Kind, keep: Callable[[dict[str, Any]], T | None]) -> list[T]:
        """All objects of a kind. One that was left out is a part that is missing."""
        left_out: list[str] = []
        self._client.warn = left_out.append
        found: list[T] = self._complete(kind, keep)
        if left_out:
            raise _incomplete(
                f"listing {kind.name} in the whole cluster", left_out[0], "Correct that object."
            )
        return found

    def _complete(self, kind: Kind, keep: Callable[[dict[str, Any]], Any]) -> list[Any]:
        def kept(raw: dict[str, Any]) -> Any:
            self._answered = True
            return keep(raw)

        try:
            return lists.each(self._client, kind, None, kept)
        except Failure as failure:
            is_missing = isinstance(failure, NotFound) and kind.group.endswith("projectcalico.org")
            if is_missing or not self._answered and failure.code in _CONNECTION:
                raise
            details = {name: value for name, value in failure.details.items() if name != "path"}
            raise _incomplete(
                failure.what, failure.said, failure.remedy, cause=failure.code, **details
            ) from None


def _incomplete(what: str, said: str | None, remedy: str | None, **details: Any) -> Failure:
    remedy = f"Nothing was changed. {remedy or ''}".strip()
    return Failure("read_incomplete", what, said=said, remedy=remedy, **details)
