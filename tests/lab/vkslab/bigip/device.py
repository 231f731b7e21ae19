# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The object tree of a BIG-IP: what mcpd keeps, the rules it checks, and transactions over it.

Objects are replaced, not edited, when their configuration changes, so that a transaction can be taken back by restoring the
dictionaries. Run-time facts (what a monitor found) live in fields that comparison leaves out and are edited in place; a member
whose configuration did not change keeps its object, and with it what its monitor found.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Properties = dict[str, Any]


class DeviceError(Exception):
    """mcpd's refusal, word for word, as tmsh prints it."""


@dataclass
class Virtual:
    path: str
    destination: str  # an address, with %RD where one is set
    port: int  # 0 is any
    ip_protocol: str = "tcp"
    pool: str | None = None
    enabled: bool = True
    source: str = "0.0.0.0/0"
    mask: str = "255.255.255.255"
    snat: str = "automap"  # automap, none, or the path of a SNAT pool
    profiles: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    persistence: tuple[str, ...] = ()
    connection_limit: int = 0
    description: str | None = None
    virtual_address: str = ""  # path of its virtual-address, in its own partition or /Common
    redirect_to: str | None = None  # set for the :80 companion of a Service_HTTPS
    properties: Properties = field(default_factory=dict)  # the rest of its configuration


@dataclass
class VirtualAddress:
    path: str
    address: str
    arp: bool = True
    icmp_echo: str = "enabled"
    route_advertisement: str = "disabled"
    traffic_group: str = "/Common/traffic-group-1"
    properties: Properties = field(default_factory=dict)


@dataclass
class PoolMember:
    name: str  # 10.1.0.1:8080, 2001:db8::1.8080 or node:8080
    node: str  # path of the node
    address: str  # without route domain; "any6" for an FQDN that has not been resolved
    port: int
    route_domain: int | None = None
    ratio: int = 1
    priority_group: int = 0
    connection_limit: int = 0
    rate_limit: str = "disabled"
    dynamic_ratio: int = 1
    monitor: str = "default"  # or paths joined by " and "
    session: str = "user-enabled"  # as configured: user-enabled, user-disabled
    state: str = "user-up"  # as configured: user-up, user-down
    description: str | None = None
    metadata: Properties = field(default_factory=dict)
    min_monitors: int | str = 1
    fqdn: str | None = None
    autopopulate: bool = False
    availability: str = field(
        default="unchecked", compare=False
    )  # as monitored: unchecked, checking, up, down
    reason: str = field(default="", compare=False)  # why a monitor marked it down

    @property
    def path(self) -> str:
        return f"{self.node.rpartition('/')[0]}/{self.name}"


@dataclass
class Pool:
    path: str
    monitors: tuple[str, ...] = ()  # paths
    members: dict[str, PoolMember] = field(default_factory=dict)  # by path: /T1/10.1.0.1:8080
    lb_mode: str = "round-robin"
    min_active: int = 1
    min_monitors: int | str = 1
    slow_ramp_time: int = 10
    service_down_action: str = "none"
    reselect_tries: int = 0
    allow_nat: bool = True
    allow_snat: bool = True
    description: str | None = None
    metadata: Properties = field(default_factory=dict)


@dataclass
class Node:
    path: str
    address: str  # with %RD where one is set; "any6" for FQDN
    session: str = "user-enabled"
    state: str = "user-up"
    metadata: Properties = field(default_factory=dict)
    fqdn: Properties | None = None
    description: str | None = None
    availability: str = field(default="unchecked", compare=False)


@dataclass
class Monitor:
    path: str
    type: str  # http, https, tcp, tcp-half-open, icmp, udp, ...
    interval: int = 5
    timeout: int = 16
    time_until_up: int = 0
    up_interval: int = 0
    send: str | None = None
    receive: str | None = None
    receive_down: str | None = None
    reverse: bool = False
    transparent: bool = False
    target_address: str = "*"
    target_port: int = 0  # 0: the member's own
    username: str | None = None
    password: str | None = None
    description: str | None = None
    properties: Properties = field(default_factory=dict)


@dataclass
class Other:
    """Whatever the lab only keeps: profiles, iRules, certificates, SNAT pools, policies, data groups, ..."""

    kind: str  # tmsh's component: "ltm rule", "ltm snatpool", "ltm profile client-ssl", ...
    path: str
    properties: Properties = field(default_factory=dict)


@dataclass
class Folder:
    path: str  # /T1 or /T1/A1
    route_domain: int = 0
    properties: Properties = field(default_factory=dict)


def tenant_of(path: str) -> str:
    """The partition of a path: T1 of /T1/A1/pool."""
    return path.split("/", 2)[1]


def bare(address: str) -> str:
    """An address without its route domain."""
    return address.partition("%")[0]


def canonical(address: str, default_route_domain: int = 0) -> tuple[str, int]:
    """One key for every spelling of an address."""
    host, _, domain = address.partition("%")
    host = host.partition("/")[0]
    with contextlib.suppress(ValueError):
        host = ipaddress.ip_address(host).compressed
    return host, int(domain.partition("/")[0]) if domain else default_route_domain


def _common_monitors() -> dict[str, Monitor]:
    """The monitors that every BIG-IP has."""
    get = "GET /\\r\\n"
    found = [
        Monitor("/Common/http", "http", send=get),
        Monitor("/Common/https", "https", send=get),
        Monitor("/Common/http2", "http2", send="GET /\\r\\n\\r\\n"),
        Monitor("/Common/icmp", "icmp"),
        Monitor("/Common/gateway_icmp", "gateway-icmp"),
        Monitor("/Common/tcp", "tcp"),
        Monitor("/Common/tcp_half_open", "tcp-half-open"),
        Monitor("/Common/udp", "udp", send="default send string"),
    ]
    return {m.path: m for m in found}


class Device:
    """One BIG-IP. ``calls`` counts the REST calls that AS3 makes to its own device, as a measure of the work it has."""

    def __init__(self) -> None:
        self.calls = 0
        self.saves = 0  # "save sys config"
        self.version = 0  # grows with every change of configuration
        self._touched: dict[str, int] = {}  # partition -> version of its last change
        self._all_touched = 0
        self._listeners: list[Callable[[], None]] = []
        self.elsewhere: list[
            Callable[[], Iterable[str]]
        ] = []  # paths of objects that are kept outside of the device, as those of the network
        self._depth = 0
        self._empty()

    def _empty(self) -> None:
        self.folders: dict[str, Folder] = {"/Common": Folder("/Common")}
        self.virtuals: dict[str, Virtual] = {}
        self.virtual_addresses: dict[str, VirtualAddress] = {}
        self.pools: dict[str, Pool] = {}
        self.nodes: dict[str, Node] = {}
        self.monitors: dict[str, Monitor] = _common_monitors()
        self.others: dict[tuple[str, str], Other] = {}
        self.data_groups: dict[
            str, Any
        ] = {}  # what AS3 keeps on the device; values are replaced, never edited
        self.secrets: dict[str, str] = {}  # SecureVault: cryptogram -> secret, base64 as AS3 got it
        self.node_users: dict[str, int] = {}  # node -> members that use it
        self._node_at: dict[tuple[str, int], str] = {}  # address -> path
        self._virtual_address_at: dict[tuple[str, int], str] = {}
        self._virtual_at: dict[tuple[str, int, int, str, str], str] = {}

    # --- change and its listeners -------------------------------------------------------------------------------------

    def on_change(self, callback: Callable[[], None]) -> None:
        self._listeners.append(callback)

    def touch(self, path: str | None = None) -> None:
        """Say that the configuration changed (also by hand, outside a transaction); ``path`` narrows it to a partition."""
        self.version += 1
        if path is None:
            self._all_touched = self.version
        else:
            self._touched[tenant_of(path)] = self.version
        if not self._depth:
            for callback in self._listeners:
                callback()

    def changed_at(self, tenant: str) -> int:
        """The version of the last change of a partition."""
        return max(self._all_touched, self._touched.get(tenant, 0))

    def reset(self) -> None:
        """As from the factory."""
        self._empty()
        self.touch()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: a DeviceError inside, or at the check in the end, leaves everything as it was."""
        tables = ("folders", "virtuals", "virtual_addresses", "pools", "nodes", "monitors", "others")
        indexes = ("node_users", "_node_at", "_virtual_address_at", "_virtual_at")
        before = {name: dict(getattr(self, name)) for name in (*tables, *indexes)}
        version = self.version
        self._depth += 1
        try:
            yield
            self._check_references(before)
        except BaseException:
            for name, table in before.items():
                setattr(self, name, table)
            self.version = version
            raise
        finally:
            self._depth -= 1
        if self.version != version and not self._depth:
            for callback in self._listeners:
                callback()

    # --- folders ------------------------------------------------------------------------------------------------------

    def create_folder(self, path: str, route_domain: int = 0, **properties: Any) -> None:
        self.folders[path] = Folder(path, route_domain, properties)
        self.touch(path)

    def remove_folder(self, path: str) -> None:
        """Only an empty folder is removed. mcpd's words are from f5-appsvcs-extension#469 (a folder in it) and #858 (an object in a partition)."""
        below = f"{path}/"
        item = next((f"folder {p}" for p in sorted(self.folders) if p.startswith(below)), "") or next(
            (p for p in self.paths() if p.startswith(below)), ""
        )
        if item and path.count("/") == 1 and not item.startswith("folder "):
            raise DeviceError(
                f"0107082a:3: All objects must be removed from a partition ({path[1:]}) before the partition may be removed, type ID (467)"
            )
        if item:
            raise DeviceError(
                f"010713f9:3: The folder {path} cannot be deleted because it contains configuration item ({item})"
            )
        self.folders.pop(path, None)
        self.touch(path)

    def route_domain(self, tenant: str) -> int:
        folder = self.folders.get(f"/{tenant}")
        return folder.route_domain if folder else 0

    def paths(self) -> Iterator[str]:
        """Every object's path (folders left out)."""
        for table in (self.virtuals, self.virtual_addresses, self.pools, self.nodes, self.monitors):
            yield from table
        for _kind, path in self.others:
            yield path
        for more in self.elsewhere:
            yield from more()

    # --- one object at a time: create or replace, and remove ----------------------------------------------------------

    def put_virtual_address(self, wanted: VirtualAddress) -> None:
        key = canonical(wanted.address, self.route_domain(tenant_of(wanted.path)))
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
            self._virtual_address_at.pop(canonical(gone.address, self.route_domain(tenant_of(path))), None)
            self.touch(path)

    def _virtual_key(self, virtual: Virtual) -> tuple[str, int, int, str, str]:
        host, domain = canonical(virtual.destination, self.route_domain(tenant_of(virtual.path)))
        return host, domain, virtual.port, virtual.ip_protocol, bare(virtual.source)

    def put_virtual(self, wanted: Virtual) -> None:
        key = self._virtual_key(wanted)
        other = self._virtual_at.get(key)
        if other not in (None, wanted.path):
            raise DeviceError(
                f"01070333:3: Virtual Server {wanted.path} illegally shares destination address, source address, service port, "
                f"and ip-protocol with existing virtual server {other}."
            )
        partition, home = tenant_of(wanted.path), tenant_of(wanted.virtual_address or wanted.path)
        if home not in (partition, "Common"):
            raise DeviceError(
                f"01070726:3: Virtual Server {wanted.path} in partition {partition} cannot reference Virtual Address {wanted.virtual_address} "
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
            key = canonical(wanted.address, self.route_domain(tenant_of(wanted.path)))
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
                self._node_at.pop(canonical(gone.address, self.route_domain(tenant_of(path))), None)
            self.touch(path)

    def virtual_address_at(self, address: str, tenant: str) -> str | None:
        """The path of the virtual-address that has this address, whatever its partition."""
        return self._virtual_address_at.get(canonical(address, self.route_domain(tenant)))

    def node_at(self, address: str, tenant: str = "Common") -> str | None:
        """The path of the node that has this address, whatever its partition."""
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

    # --- what mcpd checks when a transaction is committed -------------------------------------------------------------

    def _check_references(self, before: dict[str, dict[Any, Any]]) -> None:
        lost_pools = before["pools"].keys() - self.pools.keys()
        for path, virtual in self.virtuals.items():
            if virtual.pool is None or (before["virtuals"].get(path) is virtual and not lost_pools):
                continue
            if virtual.pool not in self.pools:
                if virtual.pool in lost_pools and before["virtuals"].get(path) is virtual:
                    raise DeviceError(
                        f"01070265:3: The Pool ({virtual.pool}) cannot be deleted because it is in use by a Virtual Server ({path})."
                    )
                raise DeviceError(f"01020036:3: The requested Pool ({virtual.pool}) was not found.")
        lost_monitors = before["monitors"].keys() - self.monitors.keys()
        for path, pool in self.pools.items():
            if before["pools"].get(path) is pool and not lost_monitors:
                continue
            for monitor in pool.monitors:
                if monitor in lost_monitors:
                    raise DeviceError(f"01070083:3: Monitor {monitor} is in use.")
                if monitor not in self.monitors:
                    raise DeviceError(f"01020036:3: The requested monitor ({monitor}) was not found.")
        for node in before["nodes"].keys() - self.nodes.keys():
            if node in self.node_users:
                user = next(
                    path
                    for path, pool in self.pools.items()
                    if any(member.node == node for member in pool.members.values())
                )
                raise DeviceError(
                    f"01070110:3: Node address '{node}' is referenced by a member of pool '{user}'."
                )


def _kept(former: PoolMember | None, wanted: PoolMember) -> PoolMember:
    return former if former == wanted and former is not None else wanted
