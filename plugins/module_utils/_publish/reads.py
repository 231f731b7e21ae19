# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The two reads of BIG-IP that every plan is made from: what AS3 stores, and what the pools in LTM are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterable, Mapping

from .. import _foreign
from .._as3 import members, origin
from .._as3.members import Key
from .interfaces import BigIp, Tenants

if TYPE_CHECKING:
    from .ports import Devices, MemberState, MemberStats

Hide = Callable[[Iterable[str]], None]


def read_stored(bigip: BigIp, tenants: Iterable[str] | None, hide: Hide) -> Tenants:
    """The stored tenants; hide gets their secrets.

    None for all tenants. Then call `hide_stored` for those that the task works on: the secret of another team
    may be any word of a result.
    """
    stored: Tenants = bigip.as3.declaration(None if tenants is None else sorted(tenants))
    if tenants is not None:
        hide_stored(stored.values(), hide)
    return stored


def hide_stored(tenants: Iterable[Mapping[str, object]], hide: Hide) -> None:
    """Give the secrets of stored tenants to Ansible, which masks them."""
    hide(text for tenant in tenants for text in origin.secret_texts(tenant))


def read_device(bigip: BigIp, stored: Tenants) -> Devices:
    """The pools of these tenants in LTM, with the addresses written as in the declaration."""
    pools: dict[str, Mapping[Key, MemberState]] = {}
    if not stored:
        return pools
    for path, states in bigip.ltm.pools(sorted(stored)).items():
        domain = _foreign.whole(stored.get(path.split("/")[1], {}).get("defaultRouteDomain"))
        pools[path] = {_key(address, port, state, domain): state for (address, port), state in states.items()}
    return pools


def read_connections(bigip: BigIp, pool: str, domain: int) -> dict[Key, int]:
    """The open connections of each member of a pool (its path). domain: the tenant's default."""
    stats = bigip.ltm.members_stats(pool)
    return {
        _key(address, port, member, domain): member.current_connections
        for (address, port), member in stats.items()
    }


def _key(address: str, port: int, state: MemberState | MemberStats, domain: int) -> Key:
    text = address if state.route_domain is None else f"{address}%{state.route_domain}"
    return members.canonical(text, domain), port
