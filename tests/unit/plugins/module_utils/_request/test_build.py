# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 applications from `applications`, and members in their pools."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member
from ansible_collections.vks.bigip.plugins.module_utils._request import build
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Fill, Problems, Wanted

WEB = {"tenant": "T1", "application": "A1", "service": {"name": "web", "port": "80"}}
SERVER = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": "80"}
STATIC = {"servicePort": 80, "serverAddresses": ["10.1.0.9"]}


def added(*items: dict[str, Any]) -> tuple[Wanted, list[str]]:
    wanted, problems = Wanted(), Problems()
    build.add_items(wanted, items, problems)
    return wanted, [place for place, _text in problems.found]


def test_an_item() -> None:
    wanted, faults = added(
        {**WEB, "virtual_server": SERVER, "pool": {"members": [STATIC]}, "member": {"ratio": "2"}}
    )
    objects = wanted.applications["T1"]["A1"]
    assert not faults and objects["vs"] == {**SERVER, "virtualPort": 80, "pool": "pool"}
    assert objects["pool"] == {"class": "Pool"}
    (fill,) = wanted.fills
    assert (fill.tenant, fill.application, fill.pool, fill.path) == ("T1", "A1", "pool", "applications[0]")
    assert (fill.member, fill.static) == ({"ratio": 2}, (STATIC,)) and fill.options == {
        "service": WEB["service"]
    }


def test_names_of_the_user() -> None:
    wanted, faults = added(
        {**WEB, "virtual_server": SERVER, "virtual_server_name": "web", "pool_name": "web_pool"}
    )
    objects = wanted.applications["T1"]["A1"]
    assert not faults and {"web", "web_pool"} <= objects.keys() and objects["web"]["pool"] == "web_pool"


FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no tenant": ({**WEB, "tenant": ""}, ["tenant"]),
    "names that are not valid": ({**WEB, "tenant": "1", "application": "1"}, ["tenant", "application"]),
    "an empty service": ({**WEB, "service": ""}, ["service"]),
    "nothing": ({"tenant": "T1", "application": "A1"}, [""]),
    "another class": ({**WEB, "virtual_server": {"class": "Pool"}}, ["virtual_server.class"]),
    "no class": ({**WEB, "virtual_server": {}}, ["virtual_server.class"]),
    "a pool of another class": ({**WEB, "pool": {"class": "GSLB_Pool"}}, ["pool.class"]),
    "an object without a class": ({**WEB, "objects": {"m": {"a": 1}}}, ["objects.m"]),
    "addresses for all members": ({**WEB, "member": {"serverAddresses": []}}, ["member.serverAddresses"]),
    "settings without a service": ({**WEB, "service": None, "pool": {}, "member": {"ratio": 1}}, ["member"]),
    "a member without addresses": ({**WEB, "pool": {"members": [{"servicePort": 80}]}}, ["pool.members[0]"]),
    "two objects of one name": ({**WEB, "virtual_server": SERVER, "pool_name": "vs"}, ["pool_name"]),
}


@pytest.mark.parametrize(("item", "places"), FAULTS.values(), ids=FAULTS)
def test_faults(item: dict[str, Any], places: list[str]) -> None:
    _wanted, faults = added(item)
    assert faults == [f"applications[0].{place}".rstrip(".") for place in places]


def test_two_items_may_share_an_object_that_is_the_same() -> None:
    monitor = {"class": "Monitor", "monitorType": "http"}
    one, two = {**WEB, "objects": {"m": monitor}}, {**WEB, "pool_name": "two", "objects": {"m": monitor}}
    assert added(one, two)[1] == []
    assert added(one, {**two, "objects": {"m": {**monitor, "interval": 9}}})[1] == [
        "applications[1].objects.m"
    ]


def fill(static: tuple[dict[str, Any], ...] = (), **member: Any) -> Fill:
    return Fill("T1", "A1", "pool", "applications[0]", {}, member, static)


ENTRIES: dict[str, tuple[list[Member], Fill, int | None, list[Any]]] = {
    "none": ([], fill(), None, []),
    "the user's only": ([], fill((STATIC,)), None, [STATIC]),
    "the same settings together": (
        [Member("10.0.0.1", 80), Member("10.0.0.2", 80)],
        fill((STATIC,)),
        None,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1", "10.0.0.2"], "shareNodes": True}, STATIC],
    ),
    "a route domain": (
        [Member("10.0.0.1", 80)],
        fill(),
        2,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1%2"], "shareNodes": True}],
    ),
    "a ratio of the member": (
        [Member("10.0.0.1", 80, ratio=3)],
        fill(),
        None,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1"], "shareNodes": True, "ratio": 3}],
    ),
    "a ratio of the user": (
        [Member("10.0.0.1", 80, ratio=3)],
        fill(ratio=5, shareNodes=False),
        None,
        [{"servicePort": 80, "serverAddresses": ["10.0.0.1"], "shareNodes": False, "ratio": 5}],
    ),
}


@pytest.mark.parametrize(("members", "filled", "domain", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_entries(members: list[Member], filled: Fill, domain: int | None, expected: list[Any]) -> None:
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
