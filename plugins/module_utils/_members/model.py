# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of this package: what a user asks for, what the cluster says, what comes out.

This module util is PRIVATE to the collection. Pure data: no I/O, no Ansible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Member:
    """One address BIG-IP can send traffic to. Addresses without route domain or brackets; see Pool.route_domain."""

    address: str
    port: int
    node: str | None = None
    pod: str | None = None
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    ratio: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """Something that looks like a member and is not one, with a stable `reason` word and a sentence that ends in the remedy."""

    kind: str
    name: str
    reason: str
    message: str
    node: str | None = None


@dataclass(frozen=True)
class Pool:
    """The members of one source and everything left out."""

    namespace: str
    service: str
    port_name: str | None
    port: int
    protocol: str
    pool_member_type: str
    chosen_because: str
    members: tuple[Member, ...]
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    health_check_node_port: int | None = None
    route_domain: int | None = None
    target_ports: tuple[int, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """The shape of `pools[]` in pool_members_info's result (docs: RV(pools))."""
        raise NotImplementedError
