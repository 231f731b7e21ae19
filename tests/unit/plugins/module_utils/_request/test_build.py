# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 applications from `applications`, and members in their pools."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member
from ansible_collections.vks.bigip.plugins.module_utils._request import build
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import ClusterPool, Problems, Wanted

WEB = {"tenant": "T1", "application": "A1", "service": {"name": "web", "port": "80"}}
SERVER = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": "80"}
STATIC = {"servicePort": 80, "serverAddresses": ["10.1.0.9"]}


def added(*items: dict[str, Any]) -> tuple[Wanted, list[tuple[str, str]]]:
    wanted, problems = Wanted(), Problems()
    build.add_items(wanted, items, problems)
    return wanted, problems.found


def test_an_item() -> None:
    wanted, faults = added(
        {**WEB, "virtual_server": SERVER, "pool": {"members": [STATIC]}, "member": {"ratio": "2"}}
    )
    objects = wanted.applications["T1"]["A1"]
    assert not faults and objects["vs"] == {**SERVER, "virtualPort": 80, "pool": "pool"}
    assert objects["pool"] == {"class": "Pool"}
    (cluster_pool,) = wanted.cluster_pools
    assert (cluster_pool.tenant, cluster_pool.application, cluster_pool.name, cluster_pool.path) == (
        "T1",
        "A1",
        "pool",
        "applications[0]",
    )
    assert (cluster_pool.member, cluster_pool.static) == (
        {"ratio": 2},
        (STATIC,),
    ) and cluster_pool.options == {"service": WEB["service"]}


def test_names_of_the_user() -> None:
    objects = {"mon": {"class": "Monitor", "monitorType": "http"}}
    wanted, faults = added(
        {
            **WEB,
            "virtual_server": SERVER,
            "virtual_server_name": "web",
            "pool": {"remark": "x"},
            "pool_name": "web_pool",
            "member": {},
            "objects": objects,
            "pool_member_type": "nodeport",
        }
    )
    assert not faults and wanted.applications == {
        "T1": {
            "A1": {
                "class": "Application",
                "web": {**SERVER, "virtualPort": 80, "pool": "web_pool"},
                "web_pool": {"class": "Pool", "remark": "x"},
                **objects,
            }
        }
    }
    assert wanted.objects == {
        ("T1", "A1", "web"): "applications[0].virtual_server",
        ("T1", "A1", "web_pool"): "applications[0].pool",
        ("T1", "A1", "mon"): "applications[0].objects.mon",
    }
    options = {"service": WEB["service"], "pool_member_type": "nodeport"}
    assert wanted.cluster_pools == [ClusterPool("T1", "A1", "web_pool", "applications[0]", options)]


def test_a_virtual_server_may_have_a_pool_of_its_own_or_none() -> None:
    objects = added({**WEB, "virtual_server": {**SERVER, "pool": "/Common/x"}})[0].applications["T1"]["A1"]
    assert objects["vs"]["pool"] == "/Common/x" and "pool" in objects
    alone = {"tenant": "T1", "application": "A1", "virtual_server": SERVER}
    wanted, faults = added(alone)
    assert not faults and wanted.applications["T1"]["A1"] == {
        "class": "Application", "vs": {**SERVER, "virtualPort": 80},
    }  # fmt: skip
    wanted, faults = added({**alone, "pool": {}})
    assert not faults and not wanted.cluster_pools and wanted.applications["T1"]["A1"]["vs"]["pool"] == "pool"


NOT_VALID = (
    "is not valid in AS3: it begins with a letter, then letters, digits, '_', '.' and '-' "
    "(a name that begins with a digit needs a prefix)"
)
NO_SERVICE_CLASS = (
    "; a virtual server is one of AS3's Service_ classes (Service_HTTP, Service_HTTPS, Service_TCP, ...)"
)
MISSING = "is missing: name the AS3 class of the virtual server, as in class: Service_HTTP"
LEFT_EMPTY = "is empty. Omit the key if the application has none"
FROM_CLUSTER = (
    "comes from the cluster; member has the other settings of all members, "
    "as in member: {connectionLimit: 100}"
)
NO_CLASS = "is not an AS3 object: it needs a class, as in class: Monitor"
NO_ADDRESSES = "has no addresses; members of the service are added without being listed here"
TWICE = "the application T1/A1 has two objects of the name"
FAULTS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "no names": ({**WEB, "tenant": "", "application": None}, [(".tenant", "is required"), (".application", "is required")]),
    "no names at all": ({}, [(".tenant", "is required"), (".application", "is required")]),
    "a tenant's name": ({**WEB, "tenant": "1", "service": ""}, [(".tenant", f"tenant name '1' {NOT_VALID}")]),
    "names that are not valid": (
        {**WEB, "tenant": "1", "application": "2"},
        [(".tenant", f"tenant name '1' {NOT_VALID}"), (".application", f"application name '2' {NOT_VALID}")],
    ),
    "an empty service": ({**WEB, "service": "", "member": {"ratio": 1}}, [(".service", LEFT_EMPTY)]),
    "an empty virtual server": ({**WEB, "virtual_server": ""}, [(".virtual_server", LEFT_EMPTY)]),
    "nothing": (
        {"tenant": "T1", "application": "A1", "objects": {}},
        [("", "has nothing to publish: give virtual_server, service, pool or objects")],
    ),
    "another class": ({**WEB, "virtual_server": {"class": "Pool"}}, [(".virtual_server.class", f"is 'Pool'{NO_SERVICE_CLASS}")]),
    "a class of another type": ({**WEB, "virtual_server": {"class": 5}}, [(".virtual_server.class", f"is 5{NO_SERVICE_CLASS}")]),
    "no class": ({**WEB, "virtual_server": {}}, [(".virtual_server.class", MISSING)]),
    "a pool of another class": (
        {**WEB, "pool": {"class": "GSLB_Pool"}, "member": {"servicePort": 1}},
        [(".pool.class", "is 'GSLB_Pool'; the pool of an application is of class Pool")],
    ),
    "objects without a class": (
        {**WEB, "objects": {"m1": {"a": 1}, "m2": "text", "m3": {"class": " "}, "m4": {"class": 5}}},
        [(f".objects.m{number}", NO_CLASS) for number in (1, 2, 3, 4)],
    ),
    "settings from the cluster": (
        {**WEB, "member": {"serverAddresses": [], "servers": [], "bigip": 1, "servicePort": 1, "addressDiscovery": "x"}},
        [(f".member.{key}", FROM_CLUSTER) for key in ("servicePort", "serverAddresses", "servers", "addressDiscovery", "bigip")],
    ),
    "settings without a service": (
        {**WEB, "service": None, "pool": {}, "member": {"ratio": 1}},
        [(".member", "holds settings of a service's members, but there is no service")],
    ),
    "members without addresses": (
        {**WEB, "pool": {"members": [STATIC, {"servicePort": 80}, {"servers": []}]}},
        [(".pool.members[1]", NO_ADDRESSES), (".pool.members[2]", NO_ADDRESSES)],
    ),
    "two objects of one name": (
        {**WEB, "virtual_server": SERVER, "pool_name": "vs"},
        [(".pool_name", f"{TWICE} 'vs', here and in applications[0].virtual_server")],
    ),
    "an object with the name of the pool": (
        {**WEB, "objects": {"pool": {"class": "Monitor"}}},
        [(".objects.pool", f"{TWICE} 'pool', here and in applications[0].pool")],
    ),
    "a path that is too long": (
        {**WEB, "tenant": "t" * 100, "application": "a" * 95},
        [(".pool_name", f"the path /{'t' * 100}/{'a' * 95}/pool has 202 characters; AS3 takes at most 195")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("item", "faults"), FAULTS.values(), ids=FAULTS)
def test_faults(item: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    _wanted, found = added(item)
    assert found == [(f"applications[0]{place}", text) for place, text in faults]


def test_an_item_that_is_refused_adds_no_pool() -> None:
    for item in ({**WEB, "pool": {"class": "GSLB_Pool"}}, {**WEB, "pool_name": "1"}, {**WEB, "pool_name": "enable"}):
        wanted, _faults = added(item)
        assert wanted.applications == {"T1": {"A1": {"class": "Application"}}} and not wanted.cluster_pools


def test_members_beside_those_of_the_service() -> None:
    listed = [
        STATIC,
        {"servicePort": 80, "servers": [{"name": "a", "address": "10.1.0.8"}]},
        {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"},
        {"bigip": "/Common/node"},
    ]
    wanted, faults = added({**WEB, "pool": {"members": listed}})
    assert not faults and wanted.cluster_pools[0].static == tuple(listed)
    wanted, faults = added({**WEB, "service": None, "pool": {"members": [{"servicePort": "80"}]}})
    assert not faults and not wanted.cluster_pools
    assert wanted.applications["T1"]["A1"]["pool"] == {"class": "Pool", "members": [{"servicePort": 80}]}


def test_reserved_names_hold_their_tenant() -> None:
    items = [
        {**WEB, "tenant": "label"},
        {**WEB, "tenant": "T2", "application": "defaultRouteDomain"},
        {**WEB, "tenant": "T3", "pool_name": "enable"},
    ]
    wanted, faults = added(*items)
    assert not faults and {
        tenant: [path for _failure, path in several] for tenant, several in wanted.faults.items()
    } == {
        "label": ["applications[0].tenant"],
        "T2": ["applications[1].application"],
        "T3": ["applications[2].pool_name"],
    }


def test_two_items_may_share_an_object_that_is_the_same() -> None:
    monitor = {"class": "Monitor", "monitorType": "http"}
    one, two = {**WEB, "objects": {"m": monitor}}, {**WEB, "pool_name": "two", "objects": {"m": monitor}}
    wanted, faults = added(one, two)
    assert not faults and wanted.objects[("T1", "A1", "m")] == "applications[0].objects.m"
    assert wanted.paths == {("T1", "A1"): ["applications[0]", "applications[1]"]}
    text = f"{TWICE} 'm', here and in applications[0].objects.m"
    assert added(one, {**two, "objects": {"m": {**monitor, "interval": 9}}})[1] == [
        ("applications[1].objects.m", text)
    ]
    wanted, faults = added({**WEB, "pool": {"remark": "first"}}, WEB)
    assert faults == [("applications[1].pool_name", f"{TWICE} 'pool', here and in applications[0].pool")]
    assert [cluster_pool.path for cluster_pool in wanted.cluster_pools] == ["applications[0]"]
    assert wanted.applications["T1"]["A1"]["pool"] == {"class": "Pool", "remark": "first"}


def cluster_pool(static: tuple[dict[str, Any], ...] = (), **member: Any) -> ClusterPool:
    return ClusterPool("T1", "A1", "pool", "applications[0]", {}, member, static)


ENTRIES: dict[str, tuple[list[Member], ClusterPool, int | None, list[Any]]] = {
    "none": ([], cluster_pool(), None, []),
    "the user's only": ([], cluster_pool((STATIC,)), None, [STATIC]),
    "the same settings together": (
        [Member("10.0.0.1", 80), Member("10.0.0.2", 80)],
        cluster_pool((STATIC,)),
        None,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1", "10.0.0.2"], "shareNodes": True}, STATIC],
    ),
    "a route domain": (
        [Member("10.0.0.1", 80), Member("10.0.0.2%3", 80)],
        cluster_pool(),
        2,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1%2", "10.0.0.2%3"], "shareNodes": True}],
    ),
    "a ratio of the member": (
        [Member("10.0.0.1", 80, ratio=3)],
        cluster_pool(),
        None,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1"], "shareNodes": True, "ratio": 3}],
    ),
    "a ratio of the user": (
        [Member("10.0.0.1", 80, ratio=3)],
        cluster_pool(ratio=5, shareNodes=False),
        None,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1"], "shareNodes": False, "ratio": 5}],
    ),
}


@pytest.mark.parametrize(("members", "filled", "domain", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_entries(members: list[Member], filled: ClusterPool, domain: int | None, expected: list[Any]) -> None:
    assert build.entries(members, filled, domain, True) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([STATIC], True),
        ([{**STATIC, "shareNodes": False}], True),
        ([{**STATIC, "shareNodes": True}], False),
        ([STATIC, {"servicePort": 80, "serverAddresses": ["10.1.0.8"], "shareNodes": True}], False),
        ([], False),
        (None, False),
    ],
)
def test_keeps_private_nodes(members: Any, expected: bool) -> None:
    assert build.keeps_private_nodes({"members": members}) is expected
    assert not build.keeps_private_nodes(None)
