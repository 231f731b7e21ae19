# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From `applications` to AS3 applications, and members into pools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping, Protocol, Sequence

from .._as3 import names, vocabulary
from .._as3.members import Members, canonical, flatten, group, is_static
from .._as3.types import Json, Object
from . import shapes
from .wanted import ClusterPool, Problems, Wanted

# Keys of an item beside its source.
OWN = (
    "tenant",
    "application",
    "virtual_server",
    "virtual_server_name",
    "pool",
    "pool_name",
    "member",
    "objects",
)
# These come from the cluster, never from `member`.
_FROM_CLUSTER = ("servicePort", "serverAddresses", "servers", "addressDiscovery", "bigip")


class ClusterMember(Protocol):
    """The part of _members.model.Member in use."""

    @property
    def address(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def ratio(self) -> int | None: ...


def add_items(wanted: Wanted, items: Sequence[Mapping[str, Json]], problems: Problems) -> None:
    """Add every element of `applications`."""
    for number, item in enumerate(items):
        _add_item(wanted, item, f"applications[{number}]", problems)


def _add_item(wanted: Wanted, item: Mapping[str, Json], path: str, problems: Problems) -> None:
    tenant, name = str(item.get("tenant") or ""), str(item.get("application") or "")
    before = len(problems.found)
    for kind, value in (("tenant", tenant), ("application", name)):
        fault = names.container_fault(kind, value) if value else "is required"
        if fault:
            problems.add(f"{path}.{kind}", fault)
    if len(problems.found) > before:
        return
    for key in ("service", "virtual_server"):
        if item.get(key) == "":  # BIG-IP would lose the pool or the virtual server that it has
            problems.add(f"{path}.{key}", "is empty. Omit the key if the application has none")
    if len(problems.found) > before:
        return
    wanted.holds_reserved("tenant", tenant, tenant, f"{path}.tenant")
    wanted.holds_reserved("application", tenant, name, f"{path}.application")
    wanted.application(tenant, name, path)
    application = _Application(wanted, tenant, name, problems)
    if item.get("virtual_server") is not None:
        _add_virtual_server(application, item, path)
    if _has_pool(item):
        _add_pool(application, item, path)
    objects = item.get("objects") or {}
    for key, value in objects.items():
        place = f"{path}.objects.{key}"
        as3_class = value.get("class") if isinstance(value, dict) else None
        if not isinstance(as3_class, str) or not as3_class.strip():
            problems.add(place, "is not an AS3 object: it needs a class, as in class: Monitor")
            continue
        application.put(str(key), vocabulary.convert_object(value), place, place, shared=True)
    if item.get("virtual_server") is None and not _has_pool(item) and not objects:
        problems.add(path, "has nothing to publish: give virtual_server, service, pool or objects")


@dataclass(frozen=True)
class _Application:
    """The application of an item, which may be that of other items too."""

    wanted: Wanted
    tenant: str
    name: str
    problems: Problems

    def put(self, key: str, value: Object, place: str, name_place: str, *, shared: bool = False) -> bool:
        """Put an object into the application; False if that is not possible.

        place, name_place: where the object and its name are in the user's input. shared: an equal object may be
        there already.
        """
        fault = names.item_fault(key) or names.path_fault(self.tenant, self.name, key)
        if fault:
            self.problems.add(name_place, fault)
            return False
        if self.wanted.holds_reserved("object", self.tenant, key, name_place):
            return False
        objects = self.wanted.applications[self.tenant][self.name]
        first = self.wanted.objects.get((self.tenant, self.name, key))
        if first is not None:
            if not shared or objects[key] != value:
                what = f"the application {self.tenant}/{self.name} has two objects of the name {key!r}"
                self.problems.add(name_place, f"{what}, here and in {first}")
            return False
        objects[key] = value
        self.wanted.objects[(self.tenant, self.name, key)] = place
        return True


def _has_pool(item: Mapping[str, Json]) -> bool:
    return item.get("pool") is not None or bool(item.get("service"))


def _pool_name(item: Mapping[str, Json]) -> str:
    return str(item.get("pool_name") or "pool")


def _add_virtual_server(application: _Application, item: Mapping[str, Json], path: str) -> None:
    server = vocabulary.convert_object(dict(item["virtual_server"]))
    kind = item["virtual_server"].get("class")
    if kind is None:
        what = "is missing: name the AS3 class of the virtual server, as in class: Service_HTTP"
        application.problems.add(f"{path}.virtual_server.class", what)
    elif not isinstance(kind, str) or not kind.startswith("Service_"):
        application.problems.add(
            f"{path}.virtual_server.class",
            f"is {kind!r}; a virtual server is one of AS3's Service_ classes "
            "(Service_HTTP, Service_HTTPS, Service_TCP, ...)",
        )
    if _has_pool(item) and "pool" not in server:
        server["pool"] = _pool_name(item)
    name = str(item.get("virtual_server_name") or "vs")
    application.put(name, server, f"{path}.virtual_server", f"{path}.virtual_server_name")


def _add_pool(application: _Application, item: Mapping[str, Json], path: str) -> None:
    problems = application.problems
    properties = dict(item.get("pool") or {})
    if properties.get("class", "Pool") != "Pool":
        what = f"is {properties['class']!r}; the pool of an application is of class Pool"
        problems.add(f"{path}.pool.class", what)
        return
    pool = vocabulary.convert_object({"class": "Pool", **properties})
    member = vocabulary.convert_member(dict(item.get("member") or {}))
    for key in _FROM_CLUSTER:
        if key in member:
            problems.add(
                f"{path}.member.{key}",
                "comes from the cluster; member has the other settings of all members, "
                "as in member: {connectionLimit: 100}",
            )
    static: list[Object] = []
    if item.get("service"):
        listed = shapes.members(pool.pop("members", None), f"{path}.pool.members", problems)
        for place, entry in enumerate(listed):
            if is_static(entry) and not entry.get("serverAddresses") and not entry.get("servers"):
                what = "has no addresses; members of the service are added without being listed here"
                problems.add(f"{path}.pool.members[{place}]", what)
            else:
                static.append(entry)
    elif member:
        problems.add(f"{path}.member", "holds settings of a service's members, but there is no service")
    name = _pool_name(item)
    if application.put(name, pool, f"{path}.pool", f"{path}.pool_name") and item.get("service"):
        options = {key: value for key, value in item.items() if key not in OWN}
        cluster_pool = ClusterPool(
            application.tenant, application.name, name, path, options, member, tuple(static)
        )
        application.wanted.cluster_pools.append(cluster_pool)


def entries(
    members: Iterable[ClusterMember], pool: ClusterPool, route_domain: int | None, share_nodes: bool
) -> list[Object]:
    """The value of Pool.members: equal settings together, the user's own entries after them."""
    pool_members = Members()
    for member in members:
        settings = {"shareNodes": share_nodes, **pool.member}
        if member.ratio is not None and "ratio" not in pool.member:
            settings["ratio"] = member.ratio
        address = canonical(member.address)
        if route_domain is not None and "%" not in address:
            address = f"{address}%{route_domain}"
        pool_members.static[(address, member.port)] = settings
    return group(pool_members) + [dict(entry) for entry in pool.static]


def keeps_private_nodes(stored_pool: Mapping[str, Json] | None) -> bool:
    """True if all members of a stored pool have nodes of their own tenant (no shareNodes).

    An adopted pool stays so.
    """
    stored = flatten((stored_pool or {}).get("members"))
    return bool(stored.static) and not any(settings.get("shareNodes") for settings in stored.static.values())
