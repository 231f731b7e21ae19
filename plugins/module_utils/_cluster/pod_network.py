# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads of the Pod network for the checks. A forbidden read is an Unknown."""

from __future__ import annotations

from typing import Any

from .._facts.pod_network import BgpSession, CalicoBlocks, NodeBgp, PodAddress
from .._facts.unknown import Unknown
from .._kube import known_networks, lists, objects, pod_objects
from .reader import Reader

_MESH = "NodeMesh"  # a session with another node


class PodNetworkFacts:
    """The reads of one cluster, each in one request of a page if the cluster has Calico's first API group."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._client = reader, reader.client

    def calico(self) -> CalicoBlocks | None | Unknown:
        """Return Calico's confirmed blocks; None if the cluster does not have them."""

        def read() -> CalicoBlocks | None:
            found = known_networks.first_group(self._client, "BlockAffinities", pod_objects.block)
            return None if found is None else CalicoBlocks(found[0], tuple(found[1]))

        return self._reader.optional(read)

    def bgp_peers(self, group: str | None = None) -> bool | Unknown:
        """Return whether Calico has a BGPPeer. group: the API group of its other objects."""
        return self._reader.optional(lambda: bool(self._of_group("BGPPeers", objects.name_of, group)))

    def bgp_status(self, group: str | None = None) -> tuple[NodeBgp, ...] | Unknown:
        """Return the BGP sessions of each node with a CalicoNodeStatus."""
        return self._reader.optional(lambda: tuple(self._of_group("CalicoNodeStatuses", _node_bgp, group)))

    def pod_addresses(self) -> tuple[PodAddress, ...] | Unknown:
        """Return the addresses of the Pods behind all Services."""

        def read() -> tuple[PodAddress, ...]:
            slices = lists.each(self._client, lists.ENDPOINT_SLICES, None, pod_objects.endpoints)
            return tuple(PodAddress(one.address, one.pod) for several in slices for one in several)

        return self._reader.optional(read)

    def _of_group(self, name: str, keep: Any, group: str | None) -> list[Any]:
        groups = (group,) if group else lists.CALICO_GROUPS
        found = known_networks.first_group(self._client, name, keep, groups)
        return [] if found is None else found[1]


def _node_bgp(raw: dict[str, Any]) -> NodeBgp | None:
    spec, bgp = raw.get("spec") or {}, (raw.get("status") or {}).get("bgp") or {}
    if "BGP" not in (spec.get("classes") or []):
        return None
    peers = [*(bgp.get("peersV4") or []), *(bgp.get("peersV6") or [])]
    return NodeBgp(
        str(spec.get("node")),
        tuple(
            BgpSession(str(peer.get("peerIP")), str(peer.get("state")))
            for peer in peers
            if peer.get("type") != _MESH
        ),
    )
