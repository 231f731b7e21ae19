# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The reads that the checks need, beside those that each task makes."""

from __future__ import annotations

from typing import Collection

from .._facts.facts import Wishes

NODEPORTLOCAL, CLUSTER, NODES = ("nodeportlocal",), ("cluster",), ("nodeport", "nodeportlocal")
ANY = (*NODES, *CLUSTER)

# Each read: the modes and the checks that need it.
OF_CLUSTER: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "packages": (NODEPORTLOCAL, frozenset(["P23", "P27"])),
    "transport_servers": (NODEPORTLOCAL, frozenset(["P11"])),
    "applications": (NODEPORTLOCAL, frozenset(["P07", "P08", "P09", "P10", "P28", "P29"])),
    "calico": (CLUSTER, frozenset(["P20", "P30", "P32", "P36", "P37", "P38"])),
    "bgp_peers": (CLUSTER, frozenset(["P20", "P38"])),
    "bgp_status": (CLUSTER, frozenset(["P38"])),
    "pod_addresses": (CLUSTER, frozenset(["P35"])),
}
OF_BIGIP: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "versions": (ANY, frozenset(["P22"])),
    "self_ips": (ANY, frozenset(["P15", "P16", "P20", "P21", "P30", "P37"])),
    "port_lockdown": (CLUSTER, frozenset(["P21"])),
    "routes": (NODES, frozenset(["P16"])),
    "pod_routes": (CLUSTER, frozenset(["P20", "P30", "P37"])),
    "units": (CLUSTER, frozenset(["P31"])),
    "virtuals": (CLUSTER, frozenset(["P32"])),
    "bgp": (CLUSTER, frozenset(["P20", "P21"])),
    "members": (NODES, frozenset(["P19"])),
}


def of_cluster(checks: Collection[str], mode: str, wishes: Wishes) -> set[str]:
    """Return the reads of the workload cluster. The feature transportserver decides P11 without a read."""
    reads = _needed(OF_CLUSTER, checks, mode)
    return reads - {"transport_servers"} if "transportserver" in wishes.features else reads


def of_bigip(checks: Collection[str], mode: str, wishes: Wishes) -> set[str]:
    """Return the reads of BIG-IP. The members are read only if the user names P19."""
    reads = _needed(OF_BIGIP, checks, mode)
    return reads if "P19" in wishes.asked else reads - {"members"}


def asks_bigip(checks: Collection[str]) -> bool:
    """Return whether one of these checks needs a BIG-IP in any mode."""
    return any(of & set(checks) for _modes, of in OF_BIGIP.values())


def _needed(
    table: dict[str, tuple[tuple[str, ...], frozenset[str]]], checks: Collection[str], mode: str
) -> set[str]:
    return {name for name, (modes, of) in table.items() if mode in modes and of & set(checks)}
