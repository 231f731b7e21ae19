# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From the API's nodes, EndpointSlices and objects of Calico to the types of _routes.

An object of the whole cluster that has another form is Unreadable: a route must not depend on a guess.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Iterator, Mapping, Sequence

from .._foreign import Unreadable
from .._routes.model import Address, Block, Endpoint, Network, Node, Pool
from .objects import is_system

_NAME = re.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_HOST = "host:"


def node(raw: dict[str, Any]) -> Node:
    spec, status = raw.get("spec") or {}, raw.get("status") or {}
    conditions = status.get("conditions") or []
    return Node(
        node_name(raw["metadata"]["name"]),
        any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions),
        tuple(_internal_ips(status.get("addresses") or [])),
        tuple(network(text) for text in spec.get("podCIDRs") or [spec.get("podCIDR")] if text),
    )


def node_name(text: Any) -> str:
    """The name of a node. Raises Unreadable if it is not one."""
    if not isinstance(text, str) or not _NAME.fullmatch(text):
        raise Unreadable("it names a node with a name that is not valid")
    return text


def network(text: Any) -> Network:
    """A network that Pods may have. Raises Unreadable for any other text."""
    try:
        found = ipaddress.ip_network(str(text))
    except ValueError:
        raise Unreadable("its Pod network is not a CIDR") from None
    if not found.prefixlen or found.is_multicast or found.is_loopback or found.is_link_local:
        raise Unreadable(f"its Pod network is {found}, to which no Pod can belong")
    return found


def _internal_ips(addresses: Sequence[Mapping[str, Any]]) -> Iterator[Address]:
    """The addresses that can be a gateway. A kubelet may also report names, and link-local addresses."""
    for item in addresses:
        address = _address(item.get("address")) if item.get("type") == "InternalIP" else None
        if address and not (address.is_link_local or address.is_loopback or address.is_multicast):
            yield address


def _address(text: Any) -> Address | None:
    try:
        found = ipaddress.ip_address(str(text))
    except ValueError:
        return None
    return None if found.is_unspecified or getattr(found, "scope_id", None) else found


def block(raw: dict[str, Any]) -> Block | None:
    """The block of a BlockAffinity; None if it is not confirmed, is deleted, or belongs to no host.

    v1 has the text "true" for deleted, v3 a boolean.
    """
    spec = raw["spec"]
    deleted = str(spec.get("deleted") or "").lower() == "true"
    if (
        deleted
        or spec.get("state") not in (None, "", "confirmed")
        or spec.get("type") not in (None, "", "host")
    ):
        return None
    return Block(network(spec["cidr"]), node_name(spec["node"]))


def borrowed(raw: dict[str, Any]) -> list[Block] | None:
    """The addresses of an IPAMBlock that Pods of another node have, each as a network; None without one."""
    spec = raw["spec"]
    affinity = str(spec.get("affinity") or "")
    host = affinity.removeprefix(_HOST) if affinity.startswith(_HOST) else ""
    attributes = spec.get("attributes") or []
    found = []
    base = network(spec["cidr"]).network_address
    for ordinal, index in enumerate(spec.get("allocations") or []):
        owner = (attributes[index].get("secondary") or {}) if isinstance(index, int) else {}
        if owner.get("pod") and owner.get("node") and owner["node"] != host:
            found.append(Block(ipaddress.ip_network(base + ordinal), node_name(owner["node"])))
    return found or None


def pool(raw: dict[str, Any]) -> Pool:
    uses = raw["spec"].get("allowedUses")
    return Pool(network(raw["spec"]["cidr"]), not uses or "Workload" in uses)


def endpoints(raw: dict[str, Any]) -> list[Endpoint] | None:
    """The addresses of Pods in an EndpointSlice.

    The editors of a namespace may write slices. So a strange entry is left out, and stops nothing.
    """
    platform = is_system(raw)
    namespace = str(raw["metadata"].get("namespace"))
    found = []
    for item in raw.get("endpoints") or []:
        target = item.get("targetRef") or {}
        address = _address(next(iter(item.get("addresses") or []), None))
        if target.get("kind") == "Pod" and address is not None:
            pod = f"{namespace}/{target.get('name')}"
            found.append(Endpoint(address, str(item.get("nodeName") or ""), pod, platform))
    return found or None
