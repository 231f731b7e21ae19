# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on the device: pools, members, network, redundancy, by iControl REST. This module util is PRIVATE to the collection."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Collection, Iterator, Mapping
from urllib.parse import quote

from .._errors import Failure
from .response import Response, mappings, whole
from .session import Session

_POOLS = "/mgmt/tm/ltm/pool"

Address = tuple[str, int]


@dataclass(frozen=True)
class MemberState:
    """One member of a pool as the device has it.

    session  user-enabled, user-disabled, monitor-enabled: whether new connections may come
    state    up, down, user-down, user-up, checking, unchecked, unavailable: what its monitor says, or the operator
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
        """A monitor has seen it answer."""
        return self.state == "up"

    @property
    def down(self) -> bool:
        """A monitor has seen it fail, or an operator forced it offline: no traffic goes there."""
        return self.state in ("down", "user-down", "unavailable")

    @property
    def unmonitored(self) -> bool:
        """No monitor judges it, so that it gets traffic whatever its condition."""
        return self.state in ("unchecked", "user-up")

    @property
    def disabled(self) -> bool:
        """An operator or the declaration (adminState) keeps new connections away."""
        return self.session == "user-disabled"

    @property
    def admin_state(self) -> str:
        """The adminState in AS3 that sets a member as it is: enable, disable, or offline where it is forced offline."""
        return "offline" if self.state == "user-down" else "disable" if self.disabled else "enable"

    @property
    def availability(self) -> str:
        """available, unknown or offline: the colour the configuration utility shows."""
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


@dataclass(frozen=True)
class SelfIp:
    name: str
    address: str
    prefix_length: int
    route_domain: int | None
    vlan: str
    floating: bool
    traffic_group: str

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        return ipaddress.ip_network(f"{self.address}/{self.prefix_length}", strict=False)


@dataclass(frozen=True)
class Route:
    """network is a CIDR; 0.0.0.0/0 and ::/0 are the default routes. gateway is None for a route to an interface, a pool or nowhere."""

    name: str
    network: str
    route_domain: int | None
    gateway: str | None
    interface: str | None
    pool: str | None
    blackhole: bool


@dataclass(frozen=True)
class SyncStatus:
    """mode: standalone or high-availability. status: "In Sync", "Changes Pending", ... in_sync also for a standalone unit."""

    mode: str
    status: str
    color: str
    summary: str

    @property
    def in_sync(self) -> bool:
        return self.status in ("In Sync", "Standalone")


class Ltm:
    """Reads only."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pools(self, partitions: Collection[str] | None = None) -> dict[str, dict[Address, MemberState]]:
        """The members of every pool, by the pool's full path ("/T1/A1/pool") and then by address and port. One request.

        Of several partitions all pools are read and the others dropped: iControl REST filters by one partition only.
        Members that are names (FQDN) are left out; the addresses they resolved to are in.
        """
        if partitions is not None and not partitions:
            return {}
        params = {"expandSubcollections": "true", "$select": "fullPath,partition,membersReference"}
        if partitions is not None and len(partitions) == 1:
            params["$filter"] = f"partition eq {next(iter(partitions))}"
        found: dict[str, dict[Address, MemberState]] = {}
        doing = "Reading the pools of BIG-IP"
        response = self._session.request("GET", _POOLS, params=params, doing=doing)
        # A tenant whose partition somebody deleted: a request for all partitions would not even mention it.
        if response.status == 404 and "$filter" in params and "requested folder" in response.said:
            return {}
        for pool in mappings(_json(response, doing)):
            path = str(pool.get("fullPath") or "")
            if partitions is not None and path.partition("/")[2].partition("/")[0] not in partitions:
                continue
            states = (_member(member) for member in mappings(pool.get("membersReference")))
            found[path] = {(state.address, state.port): state for state in states if state is not None}
        return found

    def members_stats(self, pool: str) -> dict[Address, MemberStats]:
        """Counters of the members of one pool (its full path). One request a pool: BIG-IP has no collection of them."""
        path = f"{_POOLS}/{quote(pool.replace('/', '~'), safe='~')}/members/stats"
        response = self._session.request("GET", path, doing=f"Reading the statistics of pool {pool} on BIG-IP")
        if response.status == 404:
            return {}
        found: dict[Address, MemberStats] = {}
        for entries in _nested(_json(response, f"Reading the statistics of pool {pool} on BIG-IP")):
            address, domain = _split_domain(str(_value(entries, "addr") or ""))
            port = whole(_value(entries, "port"), -1)
            if address is None or port < 0:
                continue
            found[(address, port)] = MemberStats(
                address=address,
                port=port,
                route_domain=domain,
                current_connections=whole(_value(entries, "serverside.curConns")),
                total_connections=whole(_value(entries, "serverside.totConns")),
                availability=str(_value(entries, "status.availabilityState") or "unknown"),
                enabled=str(_value(entries, "status.enabledState") or "unknown"),
                reason=str(_value(entries, "status.statusReason") or ""),
            )
        return found

    def common_addresses(self) -> tuple[str, ...]:
        """The virtual addresses in /Common itself, not in a folder of it."""
        params = {"$select": "fullPath,address", "$filter": "partition eq Common"}
        items = self._items("/mgmt/tm/ltm/virtual-address", "Reading the virtual addresses of BIG-IP", params)
        return tuple(str(item.get("address")) for item in items if str(item.get("fullPath")).count("/") == 2)

    def self_ips(self) -> tuple[SelfIp, ...]:
        return tuple(
            SelfIp(
                name=str(item.get("fullPath") or item.get("name")),
                address=network.ip.compressed,
                prefix_length=network.network.prefixlen,
                route_domain=domain,
                vlan=str(item.get("vlan") or ""),
                floating=item.get("floating") == "enabled",
                traffic_group=str(item.get("trafficGroup") or ""),
            )
            for item in self._items("/mgmt/tm/net/self", "Reading the self IP addresses of BIG-IP")
            for network, domain in [_interface(str(item.get("address") or ""))]
            if network is not None
        )

    def routes(self) -> tuple[Route, ...]:
        return tuple(_route(item) for item in self._items("/mgmt/tm/net/route", "Reading the routes of BIG-IP"))

    def version(self) -> str:
        """The version of TMOS, as "17.1.1.3"."""
        doing = "Reading the version of BIG-IP"
        for entries in _nested(_json(self._session.request("GET", "/mgmt/tm/sys/version", doing=doing), doing)):
            if _value(entries, "Version"):
                return str(_value(entries, "Version"))
        raise Failure("bigip_answer", doing, said="the answer names no version")

    def provisioned(self) -> tuple[str, ...]:
        """The modules that are provisioned: ("ltm", "asm")."""
        items = self._items("/mgmt/tm/sys/provision", "Reading the provisioned modules of BIG-IP")
        return tuple(str(item.get("name")) for item in items if item.get("level", "none") != "none")

    def sync_status(self) -> SyncStatus:
        """Whether the units of the device group hold the same configuration."""
        doing = "Reading the config-sync status of BIG-IP"
        for entries in _nested(_json(self._session.request("GET", "/mgmt/tm/cm/sync-status", doing=doing), doing)):
            if _value(entries, "status"):
                return SyncStatus(*(str(_value(entries, name) or "") for name in ("mode", "status", "color", "summary")))
        raise Failure("bigip_answer", doing, said="the answer names no status")

    def _items(self, path: str, doing: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        return mappings(_json(self._session.request("GET", path, params=params, doing=doing), doing))


def _json(response: Response, doing: str) -> dict[str, Any]:
    if not response.ok or not isinstance(response.json, dict):
        raise Failure("bigip_refused", doing, said=response.said)
    return response.json


def _member(item: Mapping[str, Any]) -> MemberState | None:
    name = str(item.get("name") or "")
    address, domain = _split_domain(str(item.get("address") or ""))
    port = _port(name)
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


def _port(name: str) -> int | None:
    """The port at the end of a member's name: 10.1.0.1:8080, 10.1.0.1%2:8080, web:8080, 2001:db8::1.8080."""
    head, colon, tail = name.rpartition(":")
    if not colon or ":" in head:
        tail = name.rpartition(".")[2]
    if tail == "any":
        return 0
    return _digits(tail)


def _digits(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def _split_domain(text: str) -> tuple[str | None, int | None]:
    """ "10.1.0.1%2" -> ("10.1.0.1", 2). None for what is not an address, as the "any6" of a member that is a name."""
    bare, percent, domain = text.partition("%")
    try:
        return ipaddress.ip_address(bare).compressed, (_digits(domain) or 0) if percent else None
    except ValueError:
        return None, None


def _interface(text: str) -> tuple[ipaddress.IPv4Interface | ipaddress.IPv6Interface | None, int | None]:
    """ "10.1.0.5%2/24" -> (10.1.0.5/24, 2)."""
    host, _slash, length = text.partition("/")
    address, domain = _split_domain(host)
    try:
        return (ipaddress.ip_interface(f"{address}/{length}" if length else address), domain) if address else (None, None)
    except ValueError:
        return None, None


def _route(item: Mapping[str, Any]) -> Route:
    text = str(item.get("network") or "")
    gateway, gateway_domain = _split_domain(str(item.get("gw") or ""))
    if text.startswith("default"):
        name, _percent, number = text.partition("%")
        inet6 = name == "default-inet6" or (gateway is not None and ":" in gateway)
        given = _digits(number)
        network, domain = "::/0" if inet6 else "0.0.0.0/0", gateway_domain if given is None else given
    else:
        interface, domain = _interface(text)
        network = interface.network.compressed if interface is not None else text
    return Route(
        name=str(item.get("fullPath") or item.get("name")),
        network=network,
        route_domain=domain,
        gateway=gateway,
        interface=str(item["tmInterface"]) if item.get("tmInterface") else None,
        pool=str(item["pool"]) if item.get("pool") else None,
        blackhole=bool(item.get("blackhole")),
    )


def _nested(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The innermost `entries` of a statistics answer, whose keys are URLs."""
    entries = body.get("entries")
    if not isinstance(entries, dict):
        return
    deeper = [value["nestedStats"] for value in entries.values() if isinstance(value, dict) and isinstance(value.get("nestedStats"), dict)]
    if len(deeper) < len(entries):
        yield entries
    for stats in deeper:
        yield from _nested(stats)


def _value(entries: Mapping[str, Any], name: str) -> Any:
    """A statistic is {"value": 1} or {"description": "text"}."""
    entry = entries.get(name)
    if not isinstance(entry, dict):
        return None
    return entry.get("value", entry.get("description"))
