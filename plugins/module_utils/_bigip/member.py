# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A pool member as the device has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .._foreign import whole
from .reads import digits, split_domain, value

Address = tuple[str, int]
"""Address and port."""


@dataclass(frozen=True)
class MemberState:
    """One member of a pool as the device has it.

    session  user-enabled, user-disabled, monitor-enabled: whether new connections may come
    state    up, down, user-down, user-up, checking, unchecked, unavailable: set by its monitor, or by the
             operator
    """

    name: str
    address: str
    port: int
    route_domain: int | None
    session: str
    state: str
    ratio: int
    priority_group: int
    connection_limit: int
    partition: str

    @property
    def up(self) -> bool:
        """Its monitor gets answers."""
        return self.state == "up"

    @property
    def down(self) -> bool:
        """Its monitor gets no answer, or an operator forced it offline: it gets no traffic."""
        return self.state in ("down", "user-down", "unavailable")

    @property
    def unmonitored(self) -> bool:
        """No monitor judges it, so it gets traffic whatever its condition."""
        return self.state in ("unchecked", "user-up")

    @property
    def disabled(self) -> bool:
        """An operator or the declaration (adminState) keeps new connections away."""
        return self.session == "user-disabled"

    @property
    def admin_state(self) -> str:
        """The adminState in AS3 that sets a member as it is: enable, disable, or offline (forced offline)."""
        return "offline" if self.state == "user-down" else "disable" if self.disabled else "enable"

    @property
    def availability(self) -> str:
        """available, unknown or offline: the colour that the configuration utility shows."""
        return "available" if self.up else "offline" if self.down else "unknown"


@dataclass(frozen=True)
class MemberStats:
    """Counters of one member and the device's own sentence about it."""

    address: str
    port: int
    route_domain: int | None
    current_connections: int
    total_connections: int
    availability: str
    enabled: str
    reason: str


def member_state(item: Mapping[str, Any]) -> MemberState | None:
    """The state in an item of /mgmt/tm/ltm/pool/.../members; None for a member that is a name (FQDN)."""
    name = str(item.get("name"))
    address, domain = split_domain(str(item.get("address")))
    port = port_of(name)
    if address is None or port is None:
        return None
    return MemberState(
        name=name,
        address=address,
        port=port,
        route_domain=domain,
        session=str(item.get("session") or ""),
        state=str(item.get("state") or ""),
        ratio=whole(item.get("ratio")) or 1,
        priority_group=whole(item.get("priorityGroup")),
        connection_limit=whole(item.get("connectionLimit")),
        partition=str(item.get("partition") or ""),
    )


def member_stats(entries: Mapping[str, Any]) -> MemberStats | None:
    """The counters in the entries of /mgmt/tm/ltm/pool/.../members/stats.

    None for a member that is a name (FQDN).
    """
    address, domain = split_domain(str(value(entries, "addr")))
    port = whole(value(entries, "port"), -1)
    if address is None or port < 0:
        return None
    return MemberStats(
        address=address,
        port=port,
        route_domain=domain,
        current_connections=whole(value(entries, "serverside.curConns")),
        total_connections=whole(value(entries, "serverside.totConns")),
        availability=str(value(entries, "status.availabilityState") or "unknown"),
        enabled=str(value(entries, "status.enabledState") or "unknown"),
        reason=str(value(entries, "status.statusReason") or ""),
    )


def port_of(name: str) -> int | None:
    """The port at the end of a member's name: 10.1.0.1:8080, 10.1.0.1%2:8080, web:8080, 2001:db8::1.8080."""
    head, _colon, tail = name.rpartition(":")
    if ":" in head:
        tail = name.rpartition(".")[2]
    return 0 if tail == "any" else digits(tail)
