# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A route: where a connection leads, and what it depends on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

Key = tuple[str, ...]
Socket = tuple[str, int]
#: node, family, protocol, node port
NplKey = tuple[str, str, str, int]


class Kind(Enum):
    POD = "pod"
    HEALTH = "health"
    """kube-proxy's answer on a healthCheckNodePort"""
    FORWARD = "forward"
    """a socket on this machine"""
    BIGIP = "bigip"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True)
class Route:
    kind: Kind
    reason: str = ""
    pod: str = ""
    """uid"""
    service: str = ""
    node: str = ""
    socket: Socket = ("", 0)
    keys: frozenset[Key] = frozenset()
    passes: frozenset[str] = field(default=frozenset())
    """Names of faults that stop this route: ``node/NAME``, ``pod/NAMESPACE/NAME``, ``address/IP[:PORT]``."""


def refused(reason: str) -> Route:
    return Route(Kind.REFUSED, reason)


def silent(reason: str) -> Route:
    return Route(Kind.SILENT, reason)


def spelled(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def add_key(route: Route, key: Key) -> Route:
    return replace(route, keys=route.keys | {key})


def through(node: str, route: Route) -> Route:
    return replace(route, keys=route.keys | {("node", node)}, passes=route.passes | {f"node/{node}"})


def npl_key(key: NplKey) -> Key:
    node, family, protocol, port = key
    return ("npl", node, family, protocol, str(port))
