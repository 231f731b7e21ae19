# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/pool/{pool}/members``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ...balance import enabled
from ...device import Node, Pool, PoolMember, bare, partition_of
from ...http import Request, TmError, uri_name
from ..backend import Backend
from ..shapes import INVALID, Item
from ..statistics import Figures, Measured, status, traffic
from .base import LtmCollection, shown_address, shown_metadata

_NUMBERS = {
    "ratio": "ratio",
    "priorityGroup": "priority_group",
    "connectionLimit": "connection_limit",
    "dynamicRatio": "dynamic_ratio",
}
_STATES = {"session": ("user-enabled", "user-disabled"), "state": ("user-up", "user-down")}


class PoolMembers(LtmCollection[PoolMember], Measured[PoolMember]):
    """The members of one pool."""

    component, title = "ltm/pool/members", "Pool Member"
    methods = frozenset({"POST", "PATCH", "DELETE"})
    filtered = False

    def __init__(self, backend: Backend, pool: Pool) -> None:
        super().__init__(backend)
        self._pool_path = pool.path

    @property
    def pool(self) -> Pool:
        """As it is now: each change replaces it."""
        return self.backend.device.pools[self._pool_path]

    @property
    def uri(self) -> str:
        return f"ltm/pool/{uri_name(self._pool_path)}/members"

    def stored(self) -> Iterable[PoolMember]:
        return self.pool.members.values()

    def find(self, path: str) -> PoolMember | None:
        return self.pool.members.get(path)

    def item(self, one: PoolMember, request: Request) -> Item:
        domain = "" if one.route_domain is None or "%" in one.address else f"%{one.route_domain}"
        item = {
            **self.head(one),
            "address": shown_address(self.backend, f"{one.address}{domain}", partition_of(one.node), request),
            "connectionLimit": one.connection_limit,
            "dynamicRatio": one.dynamic_ratio,
            "ephemeral": "false",
            "fqdn": {"autopopulate": "disabled"},
            "inheritProfile": "enabled",
            "logging": "disabled",
            "monitor": one.monitor,
            "priorityGroup": one.priority_group,
            "rateLimit": one.rate_limit,
            "ratio": one.ratio,
            "session": _session(one),
            "state": _state(one),
        }
        if one.fqdn:
            item["fqdn"] = {"autopopulate": "disabled", "tmName": one.fqdn}
        if one.description:
            item["description"] = one.description
        if one.metadata:
            item["metadata"] = shown_metadata(one.metadata)
        return item

    def new_path(self, body: Item) -> str:
        partition, name = (
            str(body.get("partition") or partition_of(self._pool_path)),
            str(body.get("name", "")),
        )
        if name.startswith("/"):
            partition, name = partition_of(name), name.rpartition("/")[2]
        if _split(name) is None:
            raise TmError(
                400,
                f"01070587:3: The requested member name ({name}) is invalid, it must be of the form "
                "<node>:<port>.",
            )
        return f"/{partition}/{name}"

    def missing(self, path: str) -> TmError:
        node, _colon, port = path.rpartition(":")
        return TmError(
            404, f"01020036:3: The requested Pool Member ({self._pool_path} {node} {port}) was not found."
        )

    def existing(self, path: str) -> TmError:
        parent, _slash, name = path.rpartition("/")
        node, port = _split(name) or (name, 0)
        named = f"{self._pool_path} {parent}/{node} {port}"
        return TmError(
            409,
            f"01020066:3: The requested Pool Member ({named}) already exists in partition "
            f"{partition_of(self._pool_path)}.",
        )

    def create(self, path: str, body: Item) -> None:
        """Like tmsh, this creates the node if it is missing."""
        device = self.backend.device
        parent, _slash, name = path.rpartition("/")
        host, port = _split(name) or (name, 0)
        node = device.nodes.get(f"{parent}/{host}")
        if node is None:
            node = Node(f"{parent}/{host}", str(body.get("address") or host))
            device.put_node(node)
        domain = node.address.partition("%")[2]
        member = PoolMember(name, node.path, bare(node.address), port, int(domain) if domain else None)
        self._put(_changed(member, body))

    def create_new(self, path: str, body: Item) -> None:
        if self.find(path) is not None:
            raise self.existing(path)
        self.create(path, body)

    def update(self, one: PoolMember, body: Item) -> None:
        self._put(_changed(one, body))

    def remove(self, one: PoolMember) -> None:
        self.backend.device.delete_members(self._pool_path, [one.path])

    def _put(self, member: PoolMember) -> None:
        self.backend.device.put_pool(replace(self.pool, members={**self.pool.members, member.path: member}))

    def figures(self, one: PoolMember) -> Figures:
        pool = self.pool
        count = self.backend.balancer.counters[pool.path, one.path]
        rule = " and ".join(pool.monitors) if one.monitor == "default" else one.monitor
        return {
            "addr": one.address,
            "connq.depth": 0,
            "curSessions": count.current,
            "monitorRule": f"{rule} (pool monitor)" if rule and one.monitor == "default" else rule or "none",
            "monitorStatus": _state(one) if one.state == "user-up" else "forced-down",
            "nodeName": one.node,
            "poolName": pool.path,
            "port": one.port,
            **traffic(count),
            "sessionStatus": "enabled" if one.session == "user-enabled" else "user-disabled",
            **self._status(one),
            "totRequests": 0,
        }

    def _status(self, member: PoolMember) -> Figures:
        on = enabled(member, self.backend.device.nodes.get(member.node))
        if member.state == "user-down":
            return status("offline", False, "Forced down")
        tail = "" if on else ", user disabled"
        if member.availability == "up":
            return status("available", on, "Pool member is available" + tail)
        if member.availability == "down":
            return status("offline", on, "Pool member has been marked down by a monitor" + tail)
        if member.availability == "checking":
            return status("unknown", on, "Pool member service check results are not available yet" + tail)
        return status("unknown", on, "Pool member does not have service checking enabled" + tail)


def _split(name: str) -> tuple[str, int] | None:
    """Node and port of ``10.1.0.1:80``, ``node:80`` and ``2001:db8::1.80``."""
    match = re.fullmatch(r"(.+?):(\d+)", name) if name.count(":") <= 1 else re.fullmatch(r"(.+)\.(\d+)", name)
    return (match[1], int(match[2])) if match else None


def _changed(member: PoolMember, body: Item) -> PoolMember:
    changes: Item = {attribute: int(body[key]) for key, attribute in _NUMBERS.items() if key in body}
    changes |= {key: str(body[key]) for key in ("description", "monitor") if key in body}
    for key, values in _STATES.items():
        if key in body:
            if body[key] not in values:
                raise TmError(400, f'invalid property value "{key}":"{body[key]}"', INVALID)
            changes[key] = body[key]
    return replace(member, **changes)


def _session(member: PoolMember) -> str:
    if member.session != "user-enabled":
        return member.session
    return "user-enabled" if member.availability == "unchecked" else "monitor-enabled"


def _state(member: PoolMember) -> str:
    return "user-down" if member.state == "user-down" else member.availability
