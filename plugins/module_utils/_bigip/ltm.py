# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The state of the device, read by iControl REST: pools, members, addresses, routes, version, redundancy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection

from .._errors import Failure
from . import learnt
from .contact import NoAnswer
from .member import Address, MemberState, MemberStats, member_state, member_stats
from .network import Route, SelfIp, route, self_ip, uri_path
from .reads import collection, content, nested, statistics, value
from .response import mappings
from .session import Session

_POOLS = "/mgmt/tm/ltm/pool"
_ATTEMPTS = 3


@dataclass(frozen=True)
class SyncStatus:
    """The config-sync status of the device group.

    mode     standalone or high-availability
    status   "In Sync", "Changes Pending", ...
    details  a line for each device
    """

    mode: str
    status: str
    color: str
    summary: str
    details: tuple[str, ...] = ()

    @property
    def in_sync(self) -> bool:
        """True if all units have the same configuration; true for a standalone unit too."""
        return self.status in ("In Sync", "Standalone")

    @property
    def said(self) -> str:
        """BIG-IP's words about it."""
        parts = (self.status, self.summary.strip(), "; ".join(self.details))
        return ": ".join(part for part in parts if part)


class Ltm:
    """Reads of one BIG-IP. Each raises Failure (bigip_refused) if BIG-IP refuses it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pools(self, partitions: Collection[str] | None = None) -> dict[str, dict[Address, MemberState]]:
        """The members of every pool, by its full path ("/T1/A1/pool") and by address and port.

        It takes one request.

        Of several partitions all pools are read and the others dropped: iControl REST filters by one
        partition only. Members that are names (FQDN) are left out; the addresses that they resolved to are
        included.
        """
        if partitions is not None and not partitions:
            return {}
        params = {"expandSubcollections": "true", "$select": "fullPath,partition,membersReference"}
        if partitions is not None and len(partitions) == 1:
            params["$filter"] = f"partition eq {next(iter(partitions))}"
        doing = "Reading the pools of BIG-IP"
        response = self._session.request("GET", _POOLS, params=params, doing=doing)
        # A tenant whose partition another user deleted: a request for all partitions would not even mention
        # it.
        if response.status == 404 and "$filter" in params and "requested folder" in response.said:
            return {}
        pools: dict[str, dict[Address, MemberState]] = {}
        for pool in mappings(content(response, doing)):
            path = str(pool.get("fullPath"))
            if partitions is not None and path.partition("/")[2].partition("/")[0] not in partitions:
                continue
            states = (member_state(member) for member in mappings(pool.get("membersReference")))
            pools[path] = {(state.address, state.port): state for state in states if state is not None}
        return pools

    def members_stats(self, pool: str) -> dict[Address, MemberStats]:
        """Counters of the members of one pool (its full path); empty if it does not exist.

        One request for each pool: BIG-IP has no collection of them.
        """
        path = f"{_members(pool)}/stats"
        doing = f"Reading the statistics of pool {pool} on BIG-IP"
        response = self._session.request("GET", path, doing=doing)
        if response.status == 404:
            return {}
        members = (member_stats(entries) for entries in nested(content(response, doing)))
        return {(member.address, member.port): member for member in members if member is not None}

    def set_session(self, pool: str, member: str, session: str) -> None:
        """Set the session of a member (its full path) to user-enabled or user-disabled.

        BIG-IP keeps the member's connections, and AS3 sees the same as after adminState. A member that does
        not exist any more raises nothing: the next read shows it. A repeated request does no harm.
        """
        path = f"{_members(pool)}/{uri_path(member)}"
        doing = f"Setting the session of member {member} of pool {pool} on BIG-IP to {session}"
        for attempt in range(_ATTEMPTS):
            try:
                response = self._session.request("PATCH", path, json={"session": session}, doing=doing)
                break
            except NoAnswer:
                if attempt == _ATTEMPTS - 1:
                    raise
        if not response.ok and (response.status != 404 or response.unregistered):
            raise Failure("bigip_refused", doing, said=response.said)

    def common_addresses(self) -> tuple[str, ...]:
        """The virtual addresses in /Common itself, not in a folder of it."""
        params = {"$select": "fullPath,address", "$filter": "partition eq Common"}
        doing = "Reading the virtual addresses of BIG-IP"
        items = collection(self._session, "/mgmt/tm/ltm/virtual-address", doing, params)
        return tuple(str(item.get("address")) for item in items if str(item.get("fullPath")).count("/") == 2)

    def self_ips(self) -> tuple[SelfIp, ...]:
        items = collection(self._session, "/mgmt/tm/net/self", "Reading the self IP addresses of BIG-IP")
        return tuple(address for address in map(self_ip, items) if address is not None)

    def routes(self) -> tuple[Route, ...]:
        return tuple(
            map(route, collection(self._session, "/mgmt/tm/net/route", "Reading the routes of BIG-IP"))
        )

    def learnt_routes(self) -> tuple[Route, ...]:
        """The routes that BIG-IP learnt from a routing protocol, such as BGP."""
        return learnt.routes(self._session)

    def version(self) -> str:
        """The version of TMOS, as "17.1.1.3"."""
        doing = "Reading the version of BIG-IP"
        for entries in statistics(self._session, "/mgmt/tm/sys/version", doing):
            if value(entries, "Version"):
                return str(value(entries, "Version"))
        raise Failure("bigip_answer", doing, said="the answer has no version")

    def provisioned(self) -> tuple[str, ...]:
        """The modules that are provisioned: ("ltm", "asm")."""
        items = collection(
            self._session, "/mgmt/tm/sys/provision", "Reading the provisioned modules of BIG-IP"
        )
        return tuple(str(item.get("name")) for item in items if item.get("level", "none") != "none")

    def sync_status(self) -> SyncStatus:
        """The config-sync status of the device group."""
        doing = "Reading the config-sync status of BIG-IP"
        entries = list(statistics(self._session, "/mgmt/tm/cm/sync-status", doing))
        main = next((entry for entry in entries if value(entry, "status")), None)
        if main is None:
            raise Failure("bigip_answer", doing, said="the answer has no status")
        details = tuple(str(value(entry, "details")) for entry in entries if value(entry, "details"))
        mode, status, color, summary = (
            str(value(main, name) or "") for name in ("mode", "status", "color", "summary")
        )
        return SyncStatus(mode, status, color, summary, details)


def _members(pool: str) -> str:
    return f"{_POOLS}/{uri_path(pool)}/members"
