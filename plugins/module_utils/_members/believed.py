# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Decides which NodePortLocal mappings are believed.

Antrea's agent writes the annotation of a Pod, and each user who may edit the Pod can too. So a mapping counts
only if Antrea could have written it: it leads to an address of the Pod's own node and to a port that Antrea
gives to Pods. At worst it then leads to another Pod of that node (see contested). It never leads to the
kubelet, to another machine or to a metadata service.
"""

from __future__ import annotations

import re
from typing import Iterable

from .endpoints import Backend
from .mapping import Mapping
from .model import LeftOut, Node, Ranges, Snapshot
from .nodes import has_address

DEFAULT = (61000, 62000)  # Antrea 1.2 and later
WINDOWS = (40000, 41000)  # Antrea 1.13 and later
OUTSIDE, UNVERIFIED = "mapping_outside_range", "mapping_unverified"


def ports(text: object) -> tuple[int, int] | None:
    """A port range as Antrea writes it: 61000-62000. None for another text."""
    match = re.fullmatch("([0-9]{1,5})-([0-9]{1,5})", str(text))
    return (int(match[1]), int(match[2])) if match else None


def doubt(snapshot: Snapshot, trusted: bool, backend: Backend, item: Mapping) -> tuple[str, str] | None:
    """Why a mapping is not believed: (reason, sentence).

    `trusted`: the user trusts the annotation where the cluster shows nothing else.
    """
    what = f"Pod {backend.pod} is mapped to {item.address} port {item.port}"
    if snapshot.nodes is None or backend.node is None:
        if trusted:
            return None
        why = "its EndpointSlice names no node" if backend.node is None else "the Nodes were not read"
        return UNVERIFIED, f"{what}, and nothing shows that this is an address of its node, because {why}."
    node = snapshot.nodes.get(backend.node)
    if node is None or not has_address(node, item.address):
        return "mapping_stale", f"{what}, which is not an address of its node {backend.node}."
    if trusted:
        return None
    ranges = _ranges(snapshot.ranges, node)
    if any(first <= item.port <= last for first, last in ranges):
        return None
    unread = (
        f" Not known, because it could not be read: {'; '.join(snapshot.ranges.unread)}."
        if snapshot.ranges.unread
        else ""
    )
    known = " and ".join(f"{first}-{last}" for first, last in ranges)
    return OUTSIDE, f"{what}, which is outside of {known}, the ports of NodePortLocal.{unread}"


def _ranges(ranges: Ranges, node: Node) -> list[tuple[int, int]]:
    """The ports that Antrea may give to Pods of this node.

    While a configuration is changed, agents still run with the one before.
    """
    windows = node.labels.get("kubernetes.io/os") == "windows"
    accepted = [DEFAULT, *([WINDOWS] if windows else []), *(ranges.configured or ())]
    own = (ranges.agents or {}).get(node.name)
    return list(dict.fromkeys([*accepted, own] if own else accepted))


def distrusted(left_out: Iterable[LeftOut]) -> str:
    """The sentence of the first mapping that trust_npl_annotations would admit; empty if there is none."""
    return next((item.message for item in left_out if item.reason in (OUTSIDE, UNVERIFIED)), "")


def unread(left_out: Iterable[LeftOut]) -> bool:
    """True if Pods are left out because something was not read.

    An empty pool is then no proof that it has no members.
    """
    return any(item.reason == UNVERIFIED for item in left_out)
