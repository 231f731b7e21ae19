# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iControl REST of LTM: reads in the device's shapes, and changes by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bigip_machine import Machine

POOL, MEMBERS = "/mgmt/tm/ltm/pool/~T~A~pool", "/mgmt/tm/ltm/pool/~T~A~pool/members"
ONE = "~T~10.1.0.1:80"


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("reset")
    shared.network.members = {"10.1.0.1:80": "answer"}
    shared.pool("/T/A/pool", "10.1.0.1", "10.1.0.2")
    shared.pool("/U/A/pool", "2001:db8:18::1", virtual="2001:db8::10")
    return shared


def names(body: Any) -> list[str]:
    return [item["fullPath"] for item in body.get("items", [])]


def everything(bigip: Machine) -> Any:
    """All pools and their members, without the count of changes."""

    def plain(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: plain(value) for key, value in item.items() if key != "generation"}
        return [plain(value) for value in item] if isinstance(item, list) else item

    return plain(bigip.get("/mgmt/tm/ltm/pool?expandSubcollections=true")["items"])


def entries(body: Any) -> dict[str, Any]:
    """Link to plain values."""
    return {
        link.partition("/mgmt/tm/ltm/")[2]: {
            key: next(iter(value.values())) for key, value in nested["nestedStats"]["entries"].items()
        }
        for link, nested in body["entries"].items()
    }


def test_a_pool_as_the_device_shows_it(bigip: Machine) -> None:
    pool = bigip.get(POOL)
    assert {
        key: pool[key]
        for key in ("kind", "name", "partition", "subPath", "fullPath", "loadBalancingMode", "allowSnat")
    } == {
        "kind": "tm:ltm:pool:poolstate",
        "name": "pool",
        "partition": "T",
        "subPath": "A",
        "fullPath": "/T/A/pool",
        "loadBalancingMode": "round-robin",
        "allowSnat": "yes",
    }
    assert pool["selfLink"] == "https://localhost/mgmt/tm/ltm/pool/~T~A~pool?ver=17.1.1"
    assert pool["membersReference"] == {
        "link": "https://localhost/mgmt/tm/ltm/pool/~T~A~pool/members?ver=17.1.1",
        "isSubcollection": True,
    }


def test_all_pools_with_their_members_in_one_read(bigip: Machine) -> None:
    body = bigip.get("/mgmt/tm/ltm/pool?expandSubcollections=true")
    members = {
        pool["fullPath"]: [
            (m["fullPath"], m["address"], m["session"], m["state"]) for m in pool["membersReference"]["items"]
        ]
        for pool in body["items"]
    }
    assert members == {
        "/T/A/pool": [
            ("/T/10.1.0.1:80", "10.1.0.1", "user-enabled", "unchecked"),
            ("/T/10.1.0.2:80", "10.1.0.2", "user-enabled", "unchecked"),
        ],
        "/U/A/pool": [("/U/2001:db8:18::1.80", "2001:db8:18::1", "user-enabled", "unchecked")],
    }


@pytest.mark.parametrize(
    ("query", "status", "found"),
    [
        ("$filter=partition+eq+T", 200, ["/T/A/pool"]),
        ("$filter=partition%20eq%20U", 200, ["/U/A/pool"]),
        ("$filter=partition+eq+Common", 200, []),
        ("$filter=partition+eq+Nope", 404, []),
        ("$filter=name+eq+pool", 400, []),
        ("$top=1", 200, ["/T/A/pool"]),
        ("$top=1&$skip=1", 200, ["/U/A/pool"]),
        ("$top=x", 400, []),
    ],
)
def test_filter_and_pages(bigip: Machine, query: str, status: int, found: list[str]) -> None:
    answer = bigip.call("GET", f"/mgmt/tm/ltm/pool?{query}")
    assert (answer.status_code, names(answer.json())) == (status, found)


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "10.3.0.1%2"),
        ("$filter=partition+eq+R", "10.3.0.1"),
        ("expandSubcollections=true&$filter=partition+eq+R", "10.3.0.1"),
    ],
)
def test_an_address_in_the_default_route_domain_of_its_partition(
    bigip: Machine, query: str, address: str
) -> None:
    bigip.call("POST", "/mgmt/tm/auth/partition", {"name": "R", "defaultRouteDomain": 2})
    bigip.pool("/R/A/pool", "10.3.0.1", virtual=None)
    nodes = {node["fullPath"]: node["address"] for node in bigip.get(f"/mgmt/tm/ltm/node?{query}")["items"]}
    assert nodes["/R/10.3.0.1"] == address
    (pool,) = [
        pool
        for pool in bigip.get(f"/mgmt/tm/ltm/pool?expandSubcollections=true&{query}")["items"]
        if pool["partition"] == "R"
    ]
    assert [member["address"] for member in pool["membersReference"]["items"]] == [address]


def test_select_keeps_what_is_named(bigip: Machine) -> None:
    body = bigip.get("/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,membersReference")
    assert [item.keys() for item in body["items"]] == [{"fullPath", "membersReference"}] * 2
    assert bigip.get(f"{MEMBERS}?$select=name,state")["items"] == [
        {"name": "10.1.0.1:80", "state": "unchecked"},
        {"name": "10.1.0.2:80", "state": "unchecked"},
    ]


def test_the_statistics_of_members_with_a_monitor(bigip: Machine) -> None:
    assert bigip.call("PATCH", POOL, {"monitor": "/Common/http"}).status_code == 200
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up", "down"})
    found = entries(bigip.get(f"{MEMBERS}/stats"))
    one, two = (found[f"pool/~T~A~pool/members/~T~10.1.0.{n}:80/stats"] for n in (1, 2))
    assert (
        one["addr"] == "10.1.0.1"
        and one["port"] == 80
        and one["nodeName"] == "/T/10.1.0.1"
        and one["poolName"] == "/T/A/pool"
    )
    assert [one[f"status.{key}"] for key in ("availabilityState", "enabledState", "statusReason")] == [
        "available",
        "enabled",
        "Pool member is available",
    ]
    assert [two[f"status.{key}"] for key in ("availabilityState", "statusReason")] == [
        "offline",
        "Pool member has been marked down by a monitor",
    ]
    assert (one["monitorStatus"], two["monitorStatus"]) == ("up", "down")
    assert [(m["session"], m["state"]) for m in bigip.get(MEMBERS)["items"]] == [
        ("monitor-enabled", "up"),
        ("monitor-enabled", "down"),
    ]
    pool = entries(bigip.get(f"{POOL}/stats"))["pool/~T~A~pool/stats"]
    assert (pool["memberCnt"], pool["activeMemberCnt"], pool["status.availabilityState"]) == (
        2,
        1,
        "available",
    )
    virtual = entries(bigip.get("/mgmt/tm/ltm/virtual/~T~A~vs/stats"))["virtual/~T~A~vs/stats"]
    assert (virtual["status.availabilityState"], virtual["destination"]) == ("available", "/T/192.0.2.10:80")


@pytest.mark.parametrize(
    ("change", "session", "state", "enabled", "reason"),
    [
        (
            {"session": "user-disabled"},
            "user-disabled",
            "unchecked",
            "disabled",
            "Pool member does not have service checking enabled, user disabled",
        ),
        (
            {"session": "user-disabled", "state": "user-down"},
            "user-disabled",
            "user-down",
            "disabled",
            "Forced down",
        ),
        (
            {"session": "user-enabled", "state": "user-up"},
            "user-enabled",
            "unchecked",
            "enabled",
            "Pool member does not have service checking enabled",
        ),
    ],
)
def test_a_member_changed_by_hand(
    bigip: Machine, change: dict[str, str], session: str, state: str, enabled: str, reason: str
) -> None:
    answer = bigip.call("PATCH", f"{MEMBERS}/{ONE}", change)
    assert (answer.status_code, answer.json()["session"], answer.json()["state"]) == (200, session, state)
    stats = entries(bigip.get(f"{MEMBERS}/{ONE}/stats"))[f"pool/~T~A~pool/members/{ONE}/stats"]
    assert (stats["status.enabledState"], stats["status.statusReason"]) == (enabled, reason)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("PATCH", f"{MEMBERS}/{ONE}", {"state": "up"}, 400, 'invalid property value "state":"up"'),
        (
            "PATCH",
            f"{MEMBERS}/~T~10.9.9.9:80",
            {},
            404,
            "01020036:3: The requested Pool Member (/T/A/pool /T/10.9.9.9 80) was not found.",
        ),
        (
            "POST",
            MEMBERS,
            {"name": "10.1.0.1:80", "partition": "T"},
            409,
            "01020066:3: The requested Pool Member (/T/A/pool /T/10.1.0.1 80) already exists",
        ),
        ("POST", MEMBERS, {"name": "10.1.0.9", "partition": "T"}, 400, "01070587:3"),
        (
            "POST",
            MEMBERS,
            {"name": "10.1.0.1:81", "partition": "Common"},
            409,
            "0107176c:3: Invalid Node, the IP address 10.1.0.1 already exists.",
        ),
        (
            "DELETE",
            POOL,
            None,
            400,
            "01070265:3: The Pool (/T/A/pool) cannot be deleted because it is in use by a Virtual Server "
            "(/T/A/vs).",
        ),
        (
            "DELETE",
            "/mgmt/tm/ltm/node/~T~10.1.0.1",
            None,
            400,
            "01070110:3: Node address '/T/10.1.0.1' is referenced by a member of pool '/T/A/pool'.",
        ),
        (
            "PATCH",
            POOL,
            {"monitor": "/Common/nope"},
            400,
            "01020036:3: The requested monitor (/Common/nope) was not found.",
        ),
        (
            "POST",
            "/mgmt/tm/ltm/pool",
            {"name": "p", "partition": "Nope"},
            404,
            "01020036:3: The requested folder (/Nope) was not found.",
        ),
        (
            "DELETE",
            "/mgmt/tm/auth/partition/T",
            None,
            400,
            "010713f9:3: The folder /T cannot be deleted because it contains configuration item (folder "
            "/T/A)",
        ),
        ("PUT", POOL, {}, 405, "Method Not Allowed"),
    ],
)
def test_what_the_device_refuses(
    bigip: Machine, method: str, path: str, body: Any, status: int, message: str
) -> None:
    before = everything(bigip)
    answer = bigip.call(method, path, body)
    assert answer.status_code == status and answer.json()["message"].startswith(message), answer.text
    assert everything(bigip) == before


def test_a_member_added_and_removed_by_hand(bigip: Machine) -> None:
    assert (
        bigip.call("POST", MEMBERS, {"name": "10.1.0.7:8080", "partition": "T", "ratio": 3}).json()["ratio"]
        == 3
    )
    assert "/T/10.1.0.7" in names(bigip.get("/mgmt/tm/ltm/node"))
    assert bigip.call("DELETE", f"{MEMBERS}/{ONE}").status_code == 200
    assert names(bigip.get(MEMBERS)) == ["/T/10.1.0.2:80", "/T/10.1.0.7:8080"]


def test_a_pool_made_by_hand_is_in_the_way_of_its_partition(bigip: Machine) -> None:
    assert (
        bigip.call(
            "POST",
            "/mgmt/tm/ltm/pool",
            {"name": "mine", "partition": "T", "members": [{"name": "10.1.0.1:81", "partition": "T"}]},
        ).status_code
        == 200
    )
    assert names(bigip.get("/mgmt/tm/ltm/pool/~T~mine/members")) == ["/T/10.1.0.1:81"]
    assert bigip.call("DELETE", "/mgmt/tm/ltm/pool/~T~mine").status_code == 200
    assert bigip.call("GET", "/mgmt/tm/ltm/pool/~T~mine").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ltm/pool", {"name": "mine"}),
        ("ltm/node", {"name": "10.1.0.77", "address": "10.1.0.77"}),
        ("net/self", {"name": "mine", "address": "10.9.0.1/24"}),
        ("net/route", {"name": "mine", "network": "10.8.0.0/16", "gw": "198.18.0.1"}),
        ("net/route-domain", {"name": "mine", "id": 9}),
        ("net/vlan", {"name": "mine", "tag": 9}),
    ],
)
def test_a_partition_with_an_object_is_not_removed(bigip: Machine, path: str, body: dict[str, Any]) -> None:
    assert bigip.call("POST", "/mgmt/tm/auth/partition", {"name": "Mine"}).status_code == 200
    assert bigip.call("POST", f"/mgmt/tm/{path}", {**body, "partition": "Mine"}).status_code == 200
    refused = bigip.call("DELETE", "/mgmt/tm/auth/partition/Mine")
    assert refused.status_code == 400 and refused.json()["apiError"] == 3
    assert refused.json()["message"].startswith(
        "0107082a:3: All objects must be removed from a partition (Mine) before the partition may be"
    )
    assert names(bigip.get(f"/mgmt/tm/{path}?$filter=partition+eq+Mine")) == [f"/Mine/{body['name']}"]
    assert bigip.call("DELETE", f"/mgmt/tm/{path}/~Mine~{body['name']}").status_code == 200
    assert bigip.call("DELETE", "/mgmt/tm/auth/partition/Mine").status_code == 200


def test_the_partition_common_stays(bigip: Machine) -> None:
    assert bigip.call("DELETE", "/mgmt/tm/auth/partition/Common").status_code == 400
    assert bigip.call("DELETE", "/mgmt/tm/auth/partition/Nope").status_code == 404


def test_a_virtual_server_as_the_device_shows_it_and_disabled(bigip: Machine) -> None:
    virtual = bigip.get("/mgmt/tm/ltm/virtual/~T~A~vs")
    assert (virtual["destination"], virtual["pool"], virtual["enabled"], virtual["ipProtocol"]) == (
        "/T/192.0.2.10:80",
        "/T/A/pool",
        True,
        "tcp",
    )
    assert bigip.get("/mgmt/tm/ltm/virtual/~U~A~vs")["destination"] == "/U/2001:db8::10.80"
    changed = bigip.call("PATCH", "/mgmt/tm/ltm/virtual/~T~A~vs", {"disabled": True}).json()
    assert changed["disabled"] is True and "enabled" not in changed


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/mgmt/tm/ltm/node", ["/T/10.1.0.1", "/T/10.1.0.2", "/U/2001:db8:18::1"]),
        ("/mgmt/tm/ltm/virtual", ["/T/A/vs", "/U/A/vs"]),
        ("/mgmt/tm/ltm/virtual-address", []),
        ("/mgmt/tm/ltm/monitor/http", ["/Common/http"]),
        ("/mgmt/tm/ltm/rule", []),
    ],
)
def test_the_other_collections(bigip: Machine, path: str, found: list[str]) -> None:
    assert names(bigip.get(path)) == found


def test_a_monitor_as_the_device_shows_it(bigip: Machine) -> None:
    monitor = bigip.get("/mgmt/tm/ltm/monitor/http/~Common~http")
    assert (monitor["interval"], monitor["timeout"], monitor["send"], monitor["destination"]) == (
        5,
        16,
        "GET /\\r\\n",
        "*:*",
    )
    assert bigip.call("GET", "/mgmt/tm/ltm/monitor/tcp/~Common~http").status_code == 404
