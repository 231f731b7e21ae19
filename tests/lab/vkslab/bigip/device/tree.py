# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The object tree of a BIG-IP: create, replace and remove one object, and what mcpd refuses of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from .addresses import bare, canonical, partition_of
from .objects import (
    DeviceError,
    Folder,
    Monitor,
    Node,
    Other,
    Pool,
    PoolMember,
    Virtual,
    VirtualAddress,
    common_monitors,
)


class Tree(ABC):
    """The tables of all objects, and their indexes by address."""

    def __init__(self) -> None:
        self.elsewhere: list[
            Callable[[], Iterable[str]]
        ] = []  # paths of objects that are kept outside of the tree, as those of the network
        self.clear()

    @abstractmethod
    def touch(self, path: str | None = None) -> None:
        """Note a change of the configuration. ``path`` narrows it to a partition."""

    def clear(self) -> None:
        self.folders: dict[str, Folder] = {"/Common": Folder("/Common")}
        self.virtuals: dict[str, Virtual] = {}
        self.virtual_addresses: dict[str, VirtualAddress] = {}
        self.pools: dict[str, Pool] = {}
        self.nodes: dict[str, Node] = {}
        self.monitors: dict[str, Monitor] = common_monitors()
        self.others: dict[tuple[str, str], Other] = {}
        self.data_groups: dict[
            str, Any
        ] = {}  # what AS3 keeps on the device; values are replaced, never edited
        self.secrets: dict[str, str] = {}  # SecureVault: cryptogram -> secret, base64 as AS3 got it
        self.node_users: dict[str, int] = {}  # node -> members that use it
        self._node_at: dict[tuple[str, int], str] = {}  # address -> path
        self._virtual_address_at: dict[tuple[str, int], str] = {}
        self._virtual_at: dict[tuple[str, int, int, str, str], str] = {}

    def create_folder(self, path: str, route_domain: int = 0, **properties: Any) -> None:
        self.folders[path] = Folder(path, route_domain, properties)
        self.touch(path)

    def remove_folder(self, path: str) -> None:
        """Only an empty folder is removed. mcpd's words are from f5-appsvcs-extension#469 (a folder in it)
        and #858 (an object in a partition)."""
        below = f"{path}/"
        item = next((f"folder {p}" for p in sorted(self.folders) if p.startswith(below)), "") or next(
            (p for p in self.paths() if p.startswith(below)), ""
        )
        if item and path.count("/") == 1 and not item.startswith("folder "):
            raise DeviceError(
                f"0107082a:3: All objects must be removed from a partition ({path[1:]}) before the "
                "partition may be removed, type ID (467)"
            )
        if item:
            raise DeviceError(
                f"010713f9:3: The folder {path} cannot be deleted because it contains configuration item "
                f"({item})"
            )
        self.folders.pop(path, None)
        self.touch(path)

    def route_domain(self, tenant: str) -> int:
        folder = self.folders.get(f"/{tenant}")
        return folder.route_domain if folder else 0

    def located(self, member: PoolMember) -> str:
        """The address of a member, with its route domain unless that is 0: 10.0.0.1%2."""
        domain = (
            self.route_domain(partition_of(member.node))
            if member.route_domain is None
            else member.route_domain
        )
        host, domain = canonical(member.address, domain)
        return f"{host}%{domain}" if domain else host

    def paths(self) -> Iterator[str]:
        """Every object's path (folders left out)."""
        for table in (self.virtuals, self.virtual_addresses, self.pools, self.nodes, self.monitors):
            yield from table
        for _kind, path in self.others:
            yield path
        for more in self.elsewhere:
            yield from more()

    def put_virtual_address(self, wanted: VirtualAddress) -> None:
        key = canonical(wanted.address, self.route_domain(partition_of(wanted.path)))
        other = self._virtual_address_at.get(key)
        if other not in (None, wanted.path):
            raise DeviceError(
                f"0107176c:3: Invalid Virtual Address, the IP address {bare(wanted.address)} already exists."
            )
        self._virtual_address_at[key] = wanted.path
        self.virtual_addresses[wanted.path] = wanted
        self.touch(wanted.path)

    def remove_virtual_address(self, path: str) -> None:
        gone = self.virtual_addresses.pop(path, None)
        if gone:
            self._virtual_address_at.pop(canonical(gone.address, self.route_domain(partition_of(path))), None)
            self.touch(path)

    def _virtual_key(self, virtual: Virtual) -> tuple[str, int, int, str, str]:
        host, domain = canonical(virtual.destination, self.route_domain(partition_of(virtual.path)))
        return host, domain, virtual.port, virtual.ip_protocol, bare(virtual.source)

    def put_virtual(self, wanted: Virtual) -> None:
        key = self._virtual_key(wanted)
        other = self._virtual_at.get(key)
        if other not in (None, wanted.path):
            raise DeviceError(
                f"01070333:3: Virtual Server {wanted.path} illegally shares destination address, source "
                "address, service port, "
                f"and ip-protocol with existing virtual server {other}."
            )
        partition, home = partition_of(wanted.path), partition_of(wanted.virtual_address or wanted.path)
        if home not in (partition, "Common"):
            raise DeviceError(
                f"01070726:3: Virtual Server {wanted.path} in partition {partition} cannot reference "
                f"Virtual Address {wanted.virtual_address} "
                f"in partition {home}"
            )
        former = self.virtuals.get(wanted.path)
        if former:
            self._virtual_at.pop(self._virtual_key(former), None)
        self._virtual_at[key] = wanted.path
        self.virtuals[wanted.path] = wanted
        self.touch(wanted.path)

    def remove_virtual(self, path: str) -> None:
        gone = self.virtuals.pop(path, None)
        if gone:
            self._virtual_at.pop(self._virtual_key(gone), None)
            self.touch(path)

    def put_pool(self, wanted: Pool) -> None:
        """Members that are as before keep what their monitor found."""
        former = self.pools.get(wanted.path)
        if former:
            wanted = replace(
                wanted,
                members={path: _kept(former.members.get(path), m) for path, m in wanted.members.items()},
            )
        self._set_pool(wanted.path, wanted)

    def remove_pool(self, path: str) -> None:
        if path in self.pools:
            self._set_pool(path, None)

    def delete_members(self, pool: str, members: Iterable[str]) -> None:
        """``tmsh::modify ltm pool P members delete { ... }``"""
        gone = set(members)
        self._set_pool(
            pool,
            replace(
                self.pools[pool],
                members={path: m for path, m in self.pools[pool].members.items() if path not in gone},
            ),
        )

    def _set_pool(self, path: str, pool: Pool | None) -> None:
        former = self.pools.get(path)
        for member in former.members.values() if former else ():
            self.node_users[member.node] -= 1
            if not self.node_users[member.node]:
                del self.node_users[member.node]
        for member in pool.members.values() if pool else ():
            self.node_users[member.node] = self.node_users.get(member.node, 0) + 1
        if pool:
            self.pools[path] = pool
        else:
            del self.pools[path]
        self.touch(path)

    def put_node(self, wanted: Node) -> None:
        if wanted.fqdn is None:
            key = canonical(wanted.address, self.route_domain(partition_of(wanted.path)))
            other = self._node_at.get(key)
            if other not in (None, wanted.path):
                raise DeviceError(
                    f"0107176c:3: Invalid Node, the IP address {bare(wanted.address)} already exists."
                )
            self._node_at[key] = wanted.path
        former = self.nodes.get(wanted.path)
        if former:
            wanted.availability = former.availability
        self.nodes[wanted.path] = wanted
        self.touch(wanted.path)

    def remove_node(self, path: str) -> None:
        gone = self.nodes.pop(path, None)
        if gone:
            if gone.fqdn is None:
                self._node_at.pop(canonical(gone.address, self.route_domain(partition_of(path))), None)
            self.touch(path)

    def virtual_address_at(self, address: str, tenant: str) -> str | None:
        """The path of the virtual-address with this address, in any partition."""
        return self._virtual_address_at.get(canonical(address, self.route_domain(tenant)))

    def node_at(self, address: str, tenant: str = "Common") -> str | None:
        """The path of the node with this address, in any partition."""
        return self._node_at.get(canonical(address, self.route_domain(tenant)))

    def put_monitor(self, wanted: Monitor) -> None:
        self.monitors[wanted.path] = wanted
        self.touch(wanted.path)

    def remove_monitor(self, path: str) -> None:
        if self.monitors.pop(path, None):
            self.touch(path)

    def put_other(self, wanted: Other) -> None:
        self.others[wanted.kind, wanted.path] = wanted
        self.touch(wanted.path)

    def remove_other(self, kind: str, path: str) -> None:
        if self.others.pop((kind, path), None):
            self.touch(path)


def _kept(former: PoolMember | None, wanted: PoolMember) -> PoolMember:
    return former if former == wanted and former is not None else wanted
