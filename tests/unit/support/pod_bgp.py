# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, neighbors, units and objects in few words, for the tests of pod_bgp."""

from __future__ import annotations

import ipaddress
from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._bgp.model import (
    ANTREA,
    CALICO,
    Cluster,
    Instance,
    Neighbor,
    Node,
    Object,
    Peer,
    Speaker,
    Status,
    Wanted,
)
from ansible_collections.vks.bigip.plugins.module_utils._bgp.neighbors import WantedNeighbors
from ansible_collections.vks.bigip.plugins.module_utils._bgp.objects import Wish
from ansible_collections.vks.bigip.plugins.module_utils._bgp.plan import Scope
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Address, SelfIp, UnitSelfIps

OWNER = "a1b2c3d4-0000"
NAME = "vks-bgp-a1b2c3d4"
SCOPE = Scope(OWNER, "", "Common", 0)
INSTANCE = "/Common/vks-bgp"


def address(text: str) -> Address:
    return ipaddress.ip_address(text)


def node(name: str, *addresses: str, calico: str = "", ready: bool = True, number: int | None = None, **labels: str) -> Node:
    """calico: its addresses of Calico, separated by blanks."""
    return Node(name, ready, tuple(map(address, addresses)), tuple(map(address, calico.split())), number, labels)


def wanted(*items: tuple[str, str], number: int = 64512, held: frozenset[tuple[str, int]] = frozenset()) -> WantedNeighbors:
    """items: the name of a node and its address."""
    return WantedNeighbors(tuple(Wanted(address(text), name, number) for name, text in items), held)


def mark(name: str, owner: str = OWNER, version: str = "") -> str:
    return f"vks.bigip owner={owner} node={name}" + (f" password={version}" if version else "")


def neighbor(text: str, description: str = "", number: int | None = 64512, enabled: bool = True) -> Neighbor:
    return Neighbor(address(text), number, description, enabled)


def own(text: str, name: str, **more: Any) -> Neighbor:
    return neighbor(text, mark(name), **more)


def unit(*self_ips: str, name: str = "bigip1", floating: str = "", domain: int = 0) -> UnitSelfIps:
    """floating: the self IPs of these that float, separated by blanks."""
    found = []
    for text in (*self_ips, *floating.split()):
        interface = ipaddress.ip_interface(text)
        found.append(SelfIp(f"/Common/{text}", interface.ip, interface.network, domain, text in floating.split()))
    return UnitSelfIps(name, tuple(found), True)


def speaker(*neighbors: Neighbor, name: str = "bigip1", local_as: int = 64513, path: str = INSTANCE, shared: bool = False, **more: Any) -> Speaker:
    """A unit with an instance that has these neighbors. instance=None in `more`: without one."""
    values: dict[str, Any] = {"domain": "/Common/0", "switch": "enable", "instance": Instance(path, local_as, neighbors, shared), **more}
    return Speaker(name, unit("198.18.255.251/16", name=name), **values)


def peer(text: str, of: str | None = "bigip1") -> Peer:
    return Peer(address(text), of)


def thing(kind: str, name: str, owner: str | None = OWNER, version: str = "7", created: str = "2026-11-29T10:00:00Z", **content: Any) -> Object:
    """An object of the cluster. annotations: beside that of the owner."""
    annotations = dict(content.pop("annotations", {}))
    if owner is not None:
        annotations["vks.bigip/owner"] = owner
    return Object(kind, name, owner, content, f"uid-of-{name}", version, created, annotations)


def calico(*objects: Object, statuses: tuple[Status, ...] | None = (), **secret: str) -> Cluster:
    """secret: the values of the Secret."""
    return Cluster(CALICO, "crd.projectcalico.org/v1", objects=objects, statuses=statuses, secret=secret)


def antrea(*objects: Object, secret: dict[str, str] | None = None) -> Cluster:
    return Cluster(ANTREA, "crd.antrea.io/v1alpha1", objects=objects, secret=secret or {})


def wish(*nodes: Node, peers: tuple[Peer, ...] = (peer("198.18.255.251"),), **more: Any) -> Wish:
    values: dict[str, Any] = {"excluded": frozenset(), "as_number": 64512, "bigip_as_number": 64513, **more}
    return Wish(OWNER, nodes, peers=peers, **values)


def report(name: str, updated: float, owner: str | None = OWNER, **states: str) -> Status:
    """The CalicoNodeStatus of a node. states: by peer, such as ip251="Established"."""
    by_address = {f"198.18.255.{key.removeprefix('ip')}": state for key, state in states.items()}
    return Status(f"{NAME}-{name}", name, owner, f"uid-{name}", updated, by_address)
