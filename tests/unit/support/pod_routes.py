# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, Pod networks and routes in few words, for the tests of pod_routes."""

from __future__ import annotations

import ipaddress
from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._routes.model import (
    Address,
    Block,
    Endpoint,
    Network,
    Node,
    SelfIp,
    Stored,
    Wanted,
)
from ansible_collections.vks.bigip.plugins.module_utils._routes.scope import Scope
from ansible_collections.vks.bigip.plugins.module_utils._routes.wanted import WantedRoutes

OWNER = "a1b2c3d4-0000"
SCOPE = Scope(OWNER, "", "Common", 0, "vks")


def network(text: str) -> Network:
    return ipaddress.ip_network(text)


def address(text: str) -> Address:
    return ipaddress.ip_address(text)


def node(name: str, *addresses: str, cidrs: str = "", ready: bool = True) -> Node:
    """cidrs: networks, separated by blanks."""
    return Node(name, ready, tuple(map(address, addresses)), tuple(map(network, cidrs.split())))


def block(text: str, name: str) -> Block:
    return Block(network(text), name)


def pod(text: str, name: str = "shop/web", platform: bool = False) -> Endpoint:
    return Endpoint(address(text), "n1", name, platform)


def wanted(text: str, gateway: str, name: str = "n1") -> Wanted:
    return Wanted(network(text), address(gateway), name)


def routes(*items: Wanted, held: str = "") -> WantedRoutes:
    return WantedRoutes(items, frozenset(map(network, held.split())))


def stored(text: str, gateway: str | None, description: str = "", name: str | None = None, domain: int = 0, partition: str = "Common") -> Stored:
    """A route of BIG-IP. Without a name, the one that a route of OWNER has."""
    named = name or f"vks-a1b2c3d4-{text.replace('/', '_').replace(':', '-')}"
    return Stored(f"/{partition}/{named}", network(text), domain, address(gateway) if gateway else None, description)


def own(text: str, gateway: str | None, name: str = "n1", **more: Any) -> Stored:
    return stored(text, gateway, f"vks.bigip owner={OWNER} node={name}", **more)


def self_ip(text: str, domain: int = 0, floating: bool = False) -> SelfIp:
    interface = ipaddress.ip_interface(text)
    return SelfIp(f"/Common/self-{text}", interface.ip, interface.network, domain, floating)
