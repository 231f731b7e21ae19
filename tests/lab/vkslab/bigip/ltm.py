# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iControl REST below /mgmt/tm/ltm: what AS3 made, and what somebody may change by hand."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from .balance import Balancer, Counters, enabled
from .device import Device, DeviceError, Monitor, Node, Other, Pool, PoolMember, Virtual, VirtualAddress, bare
from .http import Reply, Request, Router, TmError, full_path, uri_name
from .rest import Item, collection, in_partition, named, partition_of, select, self_link, stat, stats

LTM = "/mgmt/tm/ltm"
_MEMBER_NUMBERS = {
    "ratio": "ratio",
    "priorityGroup": "priority_group",
    "connectionLimit": "connection_limit",
    "dynamicRatio": "dynamic_ratio",
}


class Ltm:
    def __init__(self, device: Device, balancer: Balancer) -> None:
        self._device, self._balancer = device, balancer

    def routes(self, router: Router) -> None:
        router.add(LTM, GET=self._ltm)
        router.add(f"{LTM}/pool", GET=self._pools, POST=self._create_pool)
        router.add(f"{LTM}/pool/stats", GET=self._pools_stats)
        router.add(f"{LTM}/pool/{{pool}}", GET=self._pool, PATCH=self._change_pool, DELETE=self._delete_pool)
        router.add(f"{LTM}/pool/{{pool}}/stats", GET=self._pool_stats)
        router.add(f"{LTM}/pool/{{pool}}/members", GET=self._members, POST=self._create_member)
        router.add(f"{LTM}/pool/{{pool}}/members/stats", GET=self._members_stats)
        router.add(
            f"{LTM}/pool/{{pool}}/members/{{member}}",
            GET=self._member,
            PATCH=self._change_member,
            DELETE=self._delete_member,
        )
        router.add(f"{LTM}/pool/{{pool}}/members/{{member}}/stats", GET=self._member_stats)
        router.add(f"{LTM}/virtual", GET=self._virtuals)
        router.add(f"{LTM}/virtual/stats", GET=self._virtuals_stats)
        router.add(
            f"{LTM}/virtual/{{virtual}}",
            GET=self._virtual,
            PATCH=self._change_virtual,
            DELETE=self._delete_virtual,
        )
        router.add(f"{LTM}/virtual/{{virtual}}/stats", GET=self._virtual_stats)
        router.add(f"{LTM}/virtual-address", GET=self._virtual_addresses)
        router.add(f"{LTM}/virtual-address/{{address}}", GET=self._virtual_address)
        router.add(f"{LTM}/node", GET=self._nodes, POST=self._create_node)
        router.add(f"{LTM}/node/{{node}}", GET=self._node, PATCH=self._change_node, DELETE=self._delete_node)
        router.add(f"{LTM}/monitor", GET=self._monitor_types)
        router.add(f"{LTM}/monitor/{{type}}", GET=self._monitors)
        router.add(f"{LTM}/monitor/{{type}}/{{monitor}}", GET=self._monitor)
        for kind in (
            "rule",
            "snatpool",
            "policy",
            "data-group/internal",
            "profile/client-ssl",
            "profile/server-ssl",
            "persistence/cookie",
        ):
            router.add(f"{LTM}/{kind}", GET=self._others_of(kind))
            router.add(f"{LTM}/{kind}/{{name}}", GET=self._other_of(kind))

    def _ltm(self, request: Request) -> Reply:
        names = ("monitor", "node", "policy", "pool", "rule", "snatpool", "virtual", "virtual-address")
        items = [{"reference": {"link": f"https://localhost{LTM}/{name}?ver=17.1.1"}} for name in names]
        return Reply(body=collection("tm:ltm:ltmcollectionstate", "ltm", items, request))

    def _listed(self, table: Iterable[Any], request: Request) -> list[Any]:
        partition = in_partition(request, self._device)
        return [thing for thing in table if partition is None or partition_of(thing.path) == partition]

    # --- pools ----------------------------------------------------------------------------------------------------------

    def _found_pool(self, name: str) -> Pool:
        path = full_path(name)
        pool = self._device.pools.get(path)
        if pool is None:
            raise TmError(404, f"01020036:3: The requested Pool ({path}) was not found.")
        return pool

    def _pool_item(self, pool: Pool, request: Request) -> Item:
        where = f"ltm/pool/{uri_name(pool.path)}"
        item = named("tm:ltm:pool:poolstate", "ltm/pool", pool.path, self._device.version)
        item |= {
            "allowNat": _yes(pool.allow_nat),
            "allowSnat": _yes(pool.allow_snat),
            "ignorePersistedWeight": "disabled",
            "ipTosToClient": "pass-through",
            "ipTosToServer": "pass-through",
            "linkQosToClient": "pass-through",
            "linkQosToServer": "pass-through",
            "loadBalancingMode": pool.lb_mode,
            "minActiveMembers": pool.min_active,
            "minUpMembers": 0,
            "minUpMembersAction": "failover",
            "minUpMembersChecking": "disabled",
            "queueDepthLimit": 0,
            "queueOnConnectionLimit": "disabled",
            "queueTimeLimit": 0,
            "reselectTries": pool.reselect_tries,
            "serviceDownAction": pool.service_down_action,
            "slowRampTime": pool.slow_ramp_time,
        }
        if pool.description:
            item["description"] = pool.description
        if pool.monitors:
            every = pool.min_monitors in ("all", len(pool.monitors)) or len(pool.monitors) == 1
            item["monitor"] = (
                " and ".join(pool.monitors)
                if every
                else f"min {pool.min_monitors} of {{ {' '.join(pool.monitors)} }}"
            )
        reference: Item = {"link": self_link(f"{where}/members"), "isSubcollection": True}
        if request.query.get("expandSubcollections") == "true" and pool.members:
            reference["items"] = [
                self._member_item(pool, member, request) for member in pool.members.values()
            ]
        item["membersReference"] = reference
        return item

    def _pools(self, request: Request) -> Reply:
        pools = self._listed(self._device.pools.values(), request)
        return Reply(
            body=collection(
                "tm:ltm:pool:poolcollectionstate",
                "ltm/pool",
                (self._pool_item(pool, request) for pool in pools),
                request,
            )
        )

    def _pool(self, request: Request, pool: str) -> Reply:
        return Reply(body=select(self._pool_item(self._found_pool(pool), request), request))

    def _create_pool(self, request: Request) -> Reply:
        body = request.json()
        path = self._new_path(body)
        if path in self._device.pools:
            raise TmError(
                409,
                f"01020066:3: The requested Pool ({path}) already exists in partition {partition_of(path)}.",
            )
        pool = self._with_pool_properties(Pool(path), body)
        with self._by_hand():
            self._device.put_pool(pool)
            for member in body.get("members", []):
                self._add_member(path, member if isinstance(member, dict) else {"name": member})
        return Reply(body=self._pool_item(self._device.pools[path], request))

    def _change_pool(self, request: Request, pool: str) -> Reply:
        found = self._found_pool(pool)
        with self._by_hand():
            self._device.put_pool(self._with_pool_properties(found, request.json()))
        return Reply(body=self._pool_item(self._device.pools[found.path], request))

    def _delete_pool(self, request: Request, pool: str) -> Reply:
        found = self._found_pool(pool)
        with self._by_hand():
            self._device.remove_pool(found.path)
        return Reply()

    @staticmethod
    def _with_pool_properties(pool: Pool, body: Item) -> Pool:
        changes: Item = {}
        for key, name in (
            ("loadBalancingMode", "lb_mode"),
            ("description", "description"),
            ("serviceDownAction", "service_down_action"),
        ):
            if key in body:
                changes[name] = str(body[key])
        for key, name in (
            ("minActiveMembers", "min_active"),
            ("reselectTries", "reselect_tries"),
            ("slowRampTime", "slow_ramp_time"),
        ):
            if key in body:
                changes[name] = int(body[key])
        if "monitor" in body:
            text = str(body["monitor"] or "").strip()
            few = re.fullmatch(r"min (\d+) of \{ (.*) \}", text)
            changes["monitors"] = tuple(
                full_path(name.replace("/", "~"))
                for name in re.split(r"\s+and\s+|\s+", few[2] if few else text)
                if name
            )
            changes["min_monitors"] = int(few[1]) if few else "all"
        return replace(pool, **changes)

    # --- members --------------------------------------------------------------------------------------------------------

    def _found_member(self, pool: Pool, name: str) -> PoolMember:
        path = full_path(name)
        member = pool.members.get(path)
        if member is None:
            raise TmError(
                404,
                f"01020036:3: The requested Pool Member ({pool.path} {path.rpartition(':')[0]} {path.rpartition(':')[2]}) was not found.",
            )
        return member

    def _address(self, address: str, partition: str, request: Request) -> str:
        """With its route domain, unless that is 0, or the filter has made the partition's default the point of view."""
        plain, _percent, given = address.partition("%")
        default = self._device.route_domain(partition)
        domain = int(given) if given else default
        if (
            plain == "any6"
            or domain == 0
            or (domain == default and in_partition(request, self._device) == partition)
        ):
            return plain
        return f"{plain}%{domain}"

    def _member_item(self, pool: Pool, member: PoolMember, request: Request) -> Item:
        where = f"ltm/pool/{uri_name(pool.path)}/members"
        domain = "" if member.route_domain is None or "%" in member.address else f"%{member.route_domain}"
        address = self._address(f"{member.address}{domain}", partition_of(member.node), request)
        item = named("tm:ltm:pool:members:membersstate", where, member.path, self._device.version)
        item |= {
            "address": address,
            "connectionLimit": member.connection_limit,
            "dynamicRatio": member.dynamic_ratio,
            "ephemeral": "false",
            "fqdn": {"autopopulate": "disabled"},
            "inheritProfile": "enabled",
            "logging": "disabled",
            "monitor": member.monitor,
            "priorityGroup": member.priority_group,
            "rateLimit": member.rate_limit,
            "ratio": member.ratio,
            "session": _session(member),
            "state": _state(member),
        }
        if member.fqdn:
            item["fqdn"] = {"autopopulate": "disabled", "tmName": member.fqdn}
        if member.description:
            item["description"] = member.description
        if member.metadata:
            item["metadata"] = [
                {"name": name, "persist": "true", "value": value} for name, value in member.metadata.items()
            ]
        return item

    def _members(self, request: Request, pool: str) -> Reply:
        found = self._found_pool(pool)
        items = (self._member_item(found, member, request) for member in found.members.values())
        return Reply(
            body=collection(
                "tm:ltm:pool:members:memberscollectionstate",
                f"ltm/pool/{uri_name(found.path)}/members",
                items,
                request,
            )
        )

    def _member(self, request: Request, pool: str, member: str) -> Reply:
        found = self._found_pool(pool)
        return Reply(
            body=select(self._member_item(found, self._found_member(found, member), request), request)
        )

    def _create_member(self, request: Request, pool: str) -> Reply:
        found = self._found_pool(pool)
        with self._by_hand():
            path = self._add_member(found.path, request.json())
        found = self._device.pools[found.path]
        return Reply(body=self._member_item(found, found.members[path], request))

    def _add_member(self, pool: str, body: Item) -> str:
        """As tmsh does: the node is made if it is not there."""
        partition = str(body.get("partition") or partition_of(pool))
        given = str(body.get("name", ""))
        if given.startswith("/"):
            partition, given = partition_of(given), given.rpartition("/")[2]
        match = (
            re.fullmatch(r"(.+?):(\d+)", given)
            if given.count(":") <= 1
            else re.fullmatch(r"(.+)\.(\d+)", given)
        )
        if match is None:
            raise TmError(
                400,
                f"01070587:3: The requested member name ({given}) is invalid, it must be of the form <node>:<port>.",
            )
        node_path, port = f"/{partition}/{match[1]}", int(match[2])
        node = self._device.nodes.get(node_path)
        if node is None:
            node = Node(node_path, str(body.get("address") or match[1]))
            self._device.put_node(node)
        domain = node.address.partition("%")[2]
        member = PoolMember(
            name=given,
            node=node_path,
            address=bare(node.address),
            port=port,
            route_domain=int(domain) if domain else None,
        )
        found = self._device.pools[pool]
        if member.path in found.members:
            raise TmError(
                409,
                f"01020066:3: The requested Pool Member ({pool} {node_path} {port}) already exists in partition {partition_of(pool)}.",
            )
        member = self._with_member_properties(member, body)
        self._device.put_pool(replace(found, members={**found.members, member.path: member}))
        return member.path

    def _change_member(self, request: Request, pool: str, member: str) -> Reply:
        found = self._found_pool(pool)
        changed = self._with_member_properties(self._found_member(found, member), request.json())
        with self._by_hand():
            self._device.put_pool(replace(found, members={**found.members, changed.path: changed}))
        found = self._device.pools[found.path]
        return Reply(body=self._member_item(found, found.members[changed.path], request))

    @staticmethod
    def _with_member_properties(member: PoolMember, body: Item) -> PoolMember:
        changes: Item = {
            attribute: int(body[key]) for key, attribute in _MEMBER_NUMBERS.items() if key in body
        }
        changes |= {key: str(body[key]) for key in ("description", "monitor") if key in body}
        for key, values in (
            ("session", ("user-enabled", "user-disabled")),
            ("state", ("user-up", "user-down")),
        ):
            if key in body:
                if body[key] not in values:
                    raise TmError(400, f'invalid property value "{key}":"{body[key]}"', 26214401)
                changes[key] = body[key]
        return replace(member, **changes)

    def _delete_member(self, request: Request, pool: str, member: str) -> Reply:
        found = self._found_pool(pool)
        path = self._found_member(found, member).path
        with self._by_hand():
            self._device.delete_members(found.path, [path])
        return Reply()

    def _member_entry(self, pool: Pool, member: PoolMember) -> Item:
        count = self._balancer.counters[pool.path, member.path]
        rule = " and ".join(pool.monitors) if member.monitor == "default" else member.monitor
        return stat(
            {
                "addr": member.address,
                "connq.depth": 0,
                "curSessions": count.current,
                "monitorRule": f"{rule} (pool monitor)"
                if rule and member.monitor == "default"
                else rule or "none",
                "monitorStatus": _state(member) if member.state == "user-up" else "forced-down",
                "nodeName": member.node,
                "poolName": pool.path,
                "port": member.port,
                **_traffic(count),
                "sessionStatus": "enabled" if member.session == "user-enabled" else "user-disabled",
                **self._member_status(member),
                "totRequests": 0,
            }
        )

    def _member_status(self, member: PoolMember) -> dict[str, str | int]:
        on = enabled(member, self._device.nodes.get(member.node))
        if member.state == "user-down":
            return _status("offline", False, "Forced down")
        tail = "" if on else ", user disabled"
        if member.availability == "up":
            return _status("available", on, "Pool member is available" + tail)
        if member.availability == "down":
            return _status("offline", on, "Pool member has been marked down by a monitor" + tail)
        if member.availability == "checking":
            return _status("unknown", on, "Pool member service check results are not available yet" + tail)
        return _status("unknown", on, "Pool member does not have service checking enabled" + tail)

    def _members_stats(self, request: Request, pool: str) -> Reply:
        found = self._found_pool(pool)
        where = f"ltm/pool/{uri_name(found.path)}/members"
        entries = {
            f"{where}/{uri_name(path)}/stats": self._member_entry(found, member)
            for path, member in found.members.items()
        }
        return Reply(body=stats("tm:ltm:pool:members:memberscollectionstats", f"{where}/stats", entries))

    def _member_stats(self, request: Request, pool: str, member: str) -> Reply:
        found = self._found_pool(pool)
        one = self._found_member(found, member)
        where = f"ltm/pool/{uri_name(found.path)}/members/{uri_name(one.path)}"
        return Reply(
            body=stats(
                "tm:ltm:pool:members:membersstats",
                f"{where}/stats",
                {f"{where}/stats": self._member_entry(found, one)},
            )
        )

    def _pool_entry(self, pool: Pool) -> Item:
        total = _sum(self._balancer.counters[pool.path, path] for path in pool.members)
        usable = len(self._balancer.usable(pool))
        return stat(
            {
                "activeMemberCnt": usable,
                "availableMemberCnt": sum(
                    1 for member in pool.members.values() if member.availability == "up"
                ),
                "curSessions": total.current,
                "memberCnt": len(pool.members),
                "minActiveMembers": pool.min_active,
                "monitorRule": " and ".join(pool.monitors) or "none",
                **_traffic(total),
                **self._pool_status(pool),
                "tmName": pool.path,
                "totRequests": 0,
            }
        )

    def _pool_status(self, pool: Pool) -> dict[str, str | int]:
        members = list(pool.members.values())
        on = [member for member in members if enabled(member, self._device.nodes.get(member.node))]
        if members and not on:
            return _status("offline", False, "The children pool member(s) are disabled")
        if any(member.availability == "up" for member in on):
            return _status("available", True, "The pool is available")
        if on and all(member.availability == "down" for member in on):
            return _status("offline", True, "The children pool member(s) are down")
        return _status(
            "unknown",
            True,
            "The children pool member(s) either don't have service checking enabled, or service check results are not available yet",
        )

    def _pools_stats(self, request: Request) -> Reply:
        pools = self._listed(self._device.pools.values(), request)
        entries = {f"ltm/pool/{uri_name(pool.path)}/stats": self._pool_entry(pool) for pool in pools}
        return Reply(body=stats("tm:ltm:pool:poolcollectionstats", "ltm/pool/stats", entries))

    def _pool_stats(self, request: Request, pool: str) -> Reply:
        found = self._found_pool(pool)
        where = f"ltm/pool/{uri_name(found.path)}/stats"
        return Reply(body=stats("tm:ltm:pool:poolstats", where, {where: self._pool_entry(found)}))

    # --- virtual servers ------------------------------------------------------------------------------------------------

    def _found_virtual(self, name: str) -> Virtual:
        path = full_path(name)
        virtual = self._device.virtuals.get(path)
        if virtual is None:
            raise TmError(404, f"01020036:3: The requested Virtual Server ({path}) was not found.")
        return virtual

    def _destination(self, virtual: Virtual) -> str:
        # the virtual address may be shared (in Common); in AS3's tenants it lies in the partition, above the application
        partition = partition_of(virtual.virtual_address or virtual.path)
        return f"/{partition}/{virtual.destination}{'.' if ':' in virtual.destination else ':'}{virtual.port}"

    def _virtual_item(self, virtual: Virtual, request: Request) -> Item:
        item = named("tm:ltm:virtual:virtualstate", "ltm/virtual", virtual.path, self._device.version)
        item |= {
            "addressStatus": "yes",
            "connectionLimit": virtual.connection_limit,
            "destination": self._destination(virtual),
            "enabled" if virtual.enabled else "disabled": True,
            "ipProtocol": virtual.ip_protocol,
            "mask": virtual.mask,
            "source": virtual.source,
            "sourceAddressTranslation": {"type": virtual.snat}
            if virtual.snat in ("automap", "none")
            else {"pool": virtual.snat, "type": "snat"},
            "translateAddress": "enabled",
            "translatePort": "enabled",
            "vlansDisabled": True,
        }
        if virtual.description:
            item["description"] = virtual.description
        if virtual.pool:
            item |= {
                "pool": virtual.pool,
                "poolReference": {"link": self_link(f"ltm/pool/{uri_name(virtual.pool)}")},
            }
        if virtual.rules:
            item["rules"] = list(virtual.rules)
        if virtual.persistence:
            item["persist"] = [
                {"name": path.rpartition("/")[2], "partition": partition_of(path), "tmDefault": "yes"}
                for path in virtual.persistence
            ]
        where = f"ltm/virtual/{uri_name(virtual.path)}/profiles"
        reference: Item = {"link": self_link(where), "isSubcollection": True}
        if request.query.get("expandSubcollections") == "true" and virtual.profiles:
            reference["items"] = [
                {**named("tm:ltm:virtual:profiles:profilesstate", where, path), "context": "all"}
                for path in virtual.profiles
            ]
        item["profilesReference"] = reference
        return item

    def _virtuals(self, request: Request) -> Reply:
        virtuals = self._listed(self._device.virtuals.values(), request)
        items = (self._virtual_item(virtual, request) for virtual in virtuals)
        return Reply(body=collection("tm:ltm:virtual:virtualcollectionstate", "ltm/virtual", items, request))

    def _virtual(self, request: Request, virtual: str) -> Reply:
        return Reply(body=select(self._virtual_item(self._found_virtual(virtual), request), request))

    def _change_virtual(self, request: Request, virtual: str) -> Reply:
        found, body = self._found_virtual(virtual), request.json()
        changes: Item = {}
        if "enabled" in body or "disabled" in body:
            changes["enabled"] = bool(body["enabled"] if "enabled" in body else not body["disabled"])
        if "pool" in body:
            changes["pool"] = full_path(str(body["pool"]).replace("/", "~")) if body["pool"] else None
        if "description" in body:
            changes["description"] = str(body["description"])
        with self._by_hand():
            self._device.put_virtual(replace(found, **changes))
        return Reply(body=self._virtual_item(self._device.virtuals[found.path], request))

    def _delete_virtual(self, request: Request, virtual: str) -> Reply:
        found = self._found_virtual(virtual)
        with self._by_hand():
            self._device.remove_virtual(found.path)
        return Reply()

    def _virtual_entry(self, virtual: Virtual) -> Item:
        pool = self._device.pools.get(virtual.pool or "")
        count = (
            _sum(self._balancer.counters[pool.path, path] for path in pool.members) if pool else Counters()
        )
        status = (
            self._pool_status(pool)
            if pool
            else _status(
                "unknown", True, "The children pool member(s) either don't have service checking enabled"
            )
        )
        if status["status.availabilityState"] == "available":
            status = _status("available", True, "The virtual server is available")
        if not virtual.enabled:
            status = {**status, "status.enabledState": "disabled"}
        traffic = {key.replace("serverside", "clientside"): value for key, value in _traffic(count).items()}
        return stat(
            {
                **traffic,
                "destination": self._destination(virtual),
                **status,
                "tmName": virtual.path,
                "totRequests": 0,
            }
        )

    def _virtuals_stats(self, request: Request) -> Reply:
        virtuals = self._listed(self._device.virtuals.values(), request)
        entries = {
            f"ltm/virtual/{uri_name(virtual.path)}/stats": self._virtual_entry(virtual)
            for virtual in virtuals
        }
        return Reply(body=stats("tm:ltm:virtual:virtualcollectionstats", "ltm/virtual/stats", entries))

    def _virtual_stats(self, request: Request, virtual: str) -> Reply:
        found = self._found_virtual(virtual)
        where = f"ltm/virtual/{uri_name(found.path)}/stats"
        return Reply(body=stats("tm:ltm:virtual:virtualstats", where, {where: self._virtual_entry(found)}))

    # --- virtual addresses and nodes ------------------------------------------------------------------------------------

    def _virtual_address_item(self, address: VirtualAddress) -> Item:
        return {
            **named(
                "tm:ltm:virtual-address:virtual-addressstate",
                "ltm/virtual-address",
                address.path,
                self._device.version,
            ),
            "address": address.address,
            "arp": "enabled" if address.arp else "disabled",
            "enabled": "yes",
            "icmpEcho": address.icmp_echo,
            "routeAdvertisement": address.route_advertisement,
            "trafficGroup": address.traffic_group,
        }

    def _virtual_addresses(self, request: Request) -> Reply:
        found = self._listed(self._device.virtual_addresses.values(), request)
        items = (self._virtual_address_item(address) for address in found)
        return Reply(
            body=collection(
                "tm:ltm:virtual-address:virtual-addresscollectionstate", "ltm/virtual-address", items, request
            )
        )

    def _virtual_address(self, request: Request, address: str) -> Reply:
        path = full_path(address)
        if path not in self._device.virtual_addresses:
            raise TmError(404, f"01020036:3: The requested Virtual Address ({path}) was not found.")
        return Reply(body=select(self._virtual_address_item(self._device.virtual_addresses[path]), request))

    def _node_item(self, node: Node, request: Request) -> Item:
        item = named("tm:ltm:node:nodestate", "ltm/node", node.path, self._device.version)
        item |= {
            "address": self._address(node.address, partition_of(node.path), request),
            "connectionLimit": 0,
            "dynamicRatio": 1,
            "ephemeral": "false",
            "fqdn": {
                "addressFamily": "ipv4",
                "autopopulate": "disabled",
                "downInterval": 5,
                "interval": "3600",
                **(node.fqdn or {}),
            },
            "logging": "disabled",
            "monitor": "default",
            "rateLimit": "disabled",
            "ratio": 1,
            "session": node.session,
            "state": "user-down" if node.state == "user-down" else node.availability,
        }
        if node.metadata:
            item["metadata"] = [
                {"name": name, "persist": "true", "value": value} for name, value in node.metadata.items()
            ]
        return item

    def _found_node(self, name: str) -> Node:
        path = full_path(name)
        node = self._device.nodes.get(path)
        if node is None:
            raise TmError(404, f"01020036:3: The requested Node ({path}) was not found.")
        return node

    def _nodes(self, request: Request) -> Reply:
        nodes = self._listed(self._device.nodes.values(), request)
        return Reply(
            body=collection(
                "tm:ltm:node:nodecollectionstate",
                "ltm/node",
                (self._node_item(node, request) for node in nodes),
                request,
            )
        )

    def _node(self, request: Request, node: str) -> Reply:
        return Reply(body=select(self._node_item(self._found_node(node), request), request))

    def _create_node(self, request: Request) -> Reply:
        body = request.json()
        path = self._new_path(body)
        if path in self._device.nodes:
            raise TmError(
                409,
                f"01020066:3: The requested Node ({path}) already exists in partition {partition_of(path)}.",
            )
        with self._by_hand():
            self._device.put_node(Node(path, str(body.get("address") or path.rpartition("/")[2])))
        return Reply(body=self._node_item(self._device.nodes[path], request))

    def _change_node(self, request: Request, node: str) -> Reply:
        found, body = self._found_node(node), request.json()
        with self._by_hand():
            self._device.put_node(
                replace(
                    found,
                    session=str(body.get("session", found.session)),
                    state=str(body.get("state", found.state)),
                )
            )
        return Reply(body=self._node_item(self._device.nodes[found.path], request))

    def _delete_node(self, request: Request, node: str) -> Reply:
        found = self._found_node(node)
        with self._by_hand():
            self._device.remove_node(found.path)
        return Reply()

    # --- monitors and the rest ------------------------------------------------------------------------------------------

    def _monitor_types(self, request: Request) -> Reply:
        types = sorted({monitor.type for monitor in self._device.monitors.values()})
        items = [
            {"reference": {"link": f"https://localhost{LTM}/monitor/{name}?ver=17.1.1"}} for name in types
        ]
        return Reply(body=collection("tm:ltm:monitor:monitorcollectionstate", "ltm/monitor", items, request))

    def _monitor_item(self, monitor: Monitor) -> Item:
        item = named(
            f"tm:ltm:monitor:{monitor.type}:{monitor.type}state",
            f"ltm/monitor/{monitor.type}",
            monitor.path,
            self._device.version,
        )
        item |= {
            "destination": f"{monitor.target_address}:{monitor.target_port or '*'}",
            "interval": monitor.interval,
            "manualResume": "disabled",
            "recv": monitor.receive or "none",
            "recvDisable": monitor.receive_down or "none",
            "reverse": "enabled" if monitor.reverse else "disabled",
            "timeUntilUp": monitor.time_until_up,
            "timeout": monitor.timeout,
            "transparent": "enabled" if monitor.transparent else "disabled",
            "upInterval": monitor.up_interval,
        }
        if monitor.send is not None:
            item["send"] = monitor.send
        return item

    def _monitors(self, request: Request, type: str) -> Reply:
        known = [monitor for monitor in self._device.monitors.values() if monitor.type == type]
        if not known:
            raise TmError(404, f"Found unexpected URI tmapi_mapper/ltm/monitor/{type}.", 1)
        items = map(self._monitor_item, self._listed(known, request))
        return Reply(
            body=collection(
                f"tm:ltm:monitor:{type}:{type}collectionstate", f"ltm/monitor/{type}", items, request
            )
        )

    def _monitor(self, request: Request, type: str, monitor: str) -> Reply:
        path = full_path(monitor)
        found = self._device.monitors.get(path)
        if found is None or found.type != type:
            raise TmError(404, f"01020036:3: The requested monitor ({path}) was not found.")
        return Reply(body=select(self._monitor_item(found), request))

    def _other_item(self, kind: str, other: Other) -> Item:
        kind_name = kind.replace("/", ":")
        return {
            **named(
                f"tm:ltm:{kind_name}:{kind_name.rpartition(':')[2]}state",
                f"ltm/{kind}",
                other.path,
                self._device.version,
            ),
            **_readable(other.properties),
        }

    def _others(self, kind: str) -> list[Other]:
        component = "ltm " + kind.replace("/", " ")
        return [other for (found, _path), other in self._device.others.items() if found == component]

    def _others_of(self, kind: str) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            kind_name = kind.replace("/", ":")
            items = (self._other_item(kind, other) for other in self._listed(self._others(kind), request))
            return Reply(
                body=collection(
                    f"tm:ltm:{kind_name}:{kind_name.rpartition(':')[2]}collectionstate",
                    f"ltm/{kind}",
                    items,
                    request,
                )
            )

        return answer

    def _other_of(self, kind: str) -> Callable[..., Reply]:
        def answer(request: Request, name: str) -> Reply:
            path = full_path(name)
            for other in self._others(kind):
                if other.path == path:
                    return Reply(body=select(self._other_item(kind, other), request))
            raise TmError(404, f"01020036:3: The requested {kind} ({path}) was not found.")

        return answer

    # --- changes by hand ------------------------------------------------------------------------------------------------

    def _new_path(self, body: Item) -> str:
        name, partition, sub = (
            str(body.get("name", "")),
            str(body.get("partition", "Common")),
            str(body.get("subPath", "")),
        )
        if not name:
            raise TmError(400, 'one or more properties must be specified: "name"', 26214401)
        path = name if name.startswith("/") else "/".join(["", partition, *filter(None, [sub]), name])
        if path.rpartition("/")[0] not in self._device.folders:
            raise TmError(404, f"01020036:3: The requested folder ({path.rpartition('/')[0]}) was not found.")
        return path

    @contextlib.contextmanager
    def _by_hand(self) -> Iterator[None]:
        """A change by REST is a transaction of its own; what mcpd refuses is a 400 (409 where something exists already)."""
        try:
            with self._device.transaction():
                yield
        except DeviceError as refusal:
            raise TmError(409 if "already exists" in str(refusal) else 400, str(refusal)) from None


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _session(member: PoolMember) -> str:
    if member.session != "user-enabled":
        return member.session
    return "user-enabled" if member.availability == "unchecked" else "monitor-enabled"


def _state(member: PoolMember) -> str:
    return "user-down" if member.state == "user-down" else member.availability


def _status(availability: str, on: bool, reason: str) -> dict[str, str | int]:
    return {
        "status.availabilityState": availability,
        "status.enabledState": "enabled" if on else "disabled",
        "status.statusReason": reason,
    }


def _traffic(count: Counters) -> dict[str, str | int]:
    return {
        "serverside.bitsIn": count.bytes_in * 8,
        "serverside.bitsOut": count.bytes_out * 8,
        "serverside.curConns": count.current,
        "serverside.maxConns": count.maximum,
        "serverside.totConns": count.total,
    }


def _sum(counters: Iterable[Counters]) -> Counters:
    total = Counters()
    for count in counters:
        total.current += count.current
        total.maximum += count.maximum
        total.total += count.total
        total.bytes_in += count.bytes_in
        total.bytes_out += count.bytes_out
    return total


def _readable(properties: Item) -> Item:
    """What the lab keeps of an object, without keys that a BIG-IP never shows."""
    hidden = re.compile("key|passphrase|password|secret", re.IGNORECASE)
    return {
        name: value
        for name, value in properties.items()
        if not hidden.search(name) and isinstance(value, (str, int, bool, list))
    }
