# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration does to the device, and what it leaves behind when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from as3_world import PLAIN, World, adc, tenant
from vkslab.bigip.device import Node, Other, Pool

POOL = "/T1/A1/web_pool"


@pytest.fixture
def world() -> Iterator[World]:
    found = World()
    yield found
    found.close()


def shared(*addresses: str, **more: Any) -> dict[str, Any]:
    return tenant(*addresses, member={"shareNodes": True}, **more)


def item(name: str, **properties: Any) -> dict[str, Any]:
    found = tenant("10.1.0.1")
    found["A1"][name] = properties
    return found


# -- what is made


def test_objects_of_a_tenant(world: World) -> None:
    member = {"ratio": 3, "priorityGroup": 5, "connectionLimit": 7, "adminState": "offline"}
    world.deployed(
        T1=tenant(
            "10.1.0.1",
            "2001:db8::1",
            "10.1.0.3%2",
            member=member,
            loadBalancingMode="ratio-member",
            minimumMembersActive=2,
        )
    )
    pool = world.device.pools[POOL]
    assert (pool.lb_mode, pool.min_active, pool.monitors) == ("ratio-member", 2, ("/Common/http",))
    assert world.members() == ["/T1/10.1.0.1:8080", "/T1/10.1.0.3%2:8080", "/T1/2001:db8::1.8080"]
    found = pool.members["/T1/10.1.0.3%2:8080"]
    assert (
        found.address,
        found.route_domain,
        found.port,
        found.ratio,
        found.priority_group,
        found.connection_limit,
    ) == ("10.1.0.3", 2, 8080, 3, 5, 7)
    assert {(m.session, m.state) for m in pool.members.values()} == {("user-disabled", "user-down")}
    assert sorted(world.device.nodes) == ["/T1/10.1.0.1", "/T1/10.1.0.3%2", "/T1/2001:db8::1"]
    virtual = world.device.virtuals["/T1/A1/vs"]
    assert (virtual.destination, virtual.port, virtual.ip_protocol, virtual.pool, virtual.enabled) == (
        "192.0.2.10",
        80,
        "tcp",
        POOL,
        True,
    )
    assert virtual.virtual_address == "/T1/192.0.2.10"
    assert sorted(world.device.folders) == ["/Common", "/T1", "/T1/A1"]


@pytest.mark.parametrize(
    ("state", "session", "up"),
    [
        ("enable", "user-enabled", "user-up"),
        ("disable", "user-disabled", "user-up"),
        ("offline", "user-disabled", "user-down"),
    ],
)
def test_admin_state(world: World, state: str, session: str, up: str) -> None:
    world.deployed(T1=tenant("10.1.0.1", member={"adminState": state}))
    member = world.device.pools[POOL].members["/T1/10.1.0.1:8080"]
    assert (member.session, member.state) == (session, up)


def test_one_virtual_for_each_address_and_a_redirect_for_https(world: World) -> None:
    wanted = tenant("10.1.0.1")
    wanted["A1"]["vs"].update(
        {"class": "Service_HTTPS", "virtualAddresses": ["192.0.2.10", "2001:db8::a"], "virtualPort": 443}
    )
    world.deployed(T1=wanted)
    found = {
        path.rpartition("/")[2]: (v.destination, v.port, v.redirect_to)
        for path, v in world.device.virtuals.items()
    }
    assert found == {
        "vs": ("192.0.2.10", 443, None),
        "vs-1-": ("2001:db8::a", 443, None),
        "vs-Redirect-": ("192.0.2.10", 80, "https"),
        "vs-Redirect--1-": ("2001:db8::a", 80, "https"),
    }


@pytest.mark.parametrize(
    ("kind", "more", "protocol", "profile"),
    [
        ("Service_HTTP", {}, "tcp", "/Common/http"),
        ("Service_TCP", {"virtualPort": 25}, "tcp", "/Common/f5-tcp-progressive"),
        ("Service_TCP", {"virtualPort": 25, "profileTCP": "lan"}, "tcp", "/Common/f5-tcp-lan"),
        ("Service_UDP", {"virtualPort": 53}, "udp", "/Common/udp"),
        ("Service_L4", {"virtualPort": 53, "layer4": "udp"}, "udp", "/Common/fastL4"),
        ("Service_SCTP", {"virtualPort": 3868}, "sctp", "/Common/sctp"),
    ],
)
def test_services(world: World, kind: str, more: dict[str, Any], protocol: str, profile: str) -> None:
    world.deployed(
        T1=item("other", **{"class": kind, "virtualAddresses": ["192.0.2.99"], "pool": "web_pool", **more})
    )
    virtual = world.device.virtuals["/T1/A1/other"]
    assert virtual.ip_protocol == protocol
    assert profile in virtual.profiles


def test_monitor(world: World) -> None:
    wanted = item(
        "my_mon",
        **{
            "class": "Monitor",
            "monitorType": "http",
            "interval": 2,
            "timeout": 7,
            "send": "GET /up",
            "receive": "ok",
            "targetPort": 9,
        },
    )
    wanted["A1"]["web_pool"]["monitors"] = [{"use": "my_mon"}]
    world.deployed(T1=wanted)
    found = world.device.monitors["/T1/A1/my_mon"]
    assert (found.type, found.interval, found.timeout, found.send, found.receive, found.target_port) == (
        "http",
        2,
        7,
        "GET /up",
        "ok",
        9,
    )
    assert world.device.pools[POOL].monitors == ("/T1/A1/my_mon",)


def test_a_member_that_is_not_enabled_is_left_out(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1", member={"enable": False}))
    assert world.members() == []


def test_the_later_of_two_entries_wins(world: World) -> None:
    wanted = tenant("10.1.0.1")
    wanted["A1"]["web_pool"]["members"].append(
        {"servicePort": 8080, "serverAddresses": ["10.1.0.1"], "ratio": 9}
    )
    world.deployed(T1=wanted)
    assert world.device.pools[POOL].members["/T1/10.1.0.1:8080"].ratio == 9


@pytest.mark.parametrize("by_ip", [False, True])
def test_service_address(world: World, by_ip: bool) -> None:
    wanted = item(
        "va",
        **{
            "class": "Service_Address",
            "virtualAddress": "192.0.2.77",
            "arpEnabled": False,
            "useIpName": by_ip,
        },
    )
    wanted["A1"]["vs"]["virtualAddresses"] = [{"use": "va"}]
    world.deployed(T1=wanted)
    path = "/T1/192.0.2.77" if by_ip else "/T1/va"
    assert {p: (a.address, a.arp) for p, a in world.device.virtual_addresses.items()} == {
        path: ("192.0.2.77", False)
    }
    virtual = world.device.virtuals["/T1/A1/vs"]
    assert (virtual.destination, virtual.virtual_address) == ("192.0.2.77", path)
    assert world.verdict(T1=wanted) == ["no change"]
    wanted["A1"]["va"]["virtualAddress"] = "192.0.2.78"
    if not by_ip:
        assert world.verdict(T1=wanted) == [
            "The Service Address virtualAddress property cannot be modified. Please delete /T1/va and "
            "recreate it."
        ]
    world.call("DELETE", "/declare")
    assert world.device.virtual_addresses == {}


# -- what is a change

SAME: list[tuple[str, list[dict[str, Any]]]] = [
    ("order", [{"servicePort": 8080, "serverAddresses": ["10.1.0.2", "10.1.0.1"]}]),
    (
        "grouping",
        [
            {"servicePort": 8080, "serverAddresses": ["10.1.0.2"]},
            {"servicePort": 8080, "serverAddresses": ["10.1.0.1"]},
        ],
    ),
    (
        "defaults",
        [
            {
                "servicePort": 8080,
                "serverAddresses": ["10.1.0.1", "10.1.0.2"],
                "ratio": 1,
                "adminState": "enable",
                "rateLimit": -1,
            }
        ],
    ),
    (
        "servers",
        [{"servicePort": 8080, "servers": [{"address": "10.1.0.1"}], "serverAddresses": ["10.1.0.2"]}],
    ),
    ("route domain 0", [{"servicePort": 8080, "serverAddresses": ["10.1.0.1%0", "10.1.0.2"]}]),
]


@pytest.mark.parametrize("members", [pytest.param(members, id=name) for name, members in SAME])
def test_other_words_for_the_same(world: World, members: list[dict[str, Any]]) -> None:
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.2"))
    other = tenant()
    other["A1"]["web_pool"]["members"] = members
    version = {name: id(pool) for name, pool in world.device.pools.items()}
    assert world.verdict(T1=other) == ["no change"]
    assert {name: id(pool) for name, pool in world.device.pools.items()} == version
    assert world.stored()["T1"] == other, "what was posted is stored nevertheless"


def test_constants_are_no_change_but_stored(world: World) -> None:
    wanted = tenant("10.1.0.1")
    wanted["A1"]["constants"] = {"class": "Constants", "mark": {"owner": "a"}}
    world.deployed(T1=wanted)
    wanted["A1"]["constants"]["mark"]["owner"] = "b"
    assert world.verdict(T1=wanted) == ["no change"]
    assert world.stored()["T1"]["A1"]["constants"]["mark"] == {"owner": "b"}


@pytest.mark.parametrize(
    "change",
    [
        {"loadBalancingMode": "least-connections-member"},
        {"monitors": ["tcp"]},
        {"monitors": []},
        {"minimumMonitors": "all"},
        {"slowRampTime": 0},
        {"serviceDownAction": "reset"},
        {"remark": "x"},
        {"metadata": {"a": {"value": "b"}}},
    ],
)
def test_pool_properties_are_changes(world: World, change: dict[str, Any]) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    assert world.verdict(T1=tenant("10.1.0.1", **change)) == ["success"]
    assert world.verdict(T1=tenant("10.1.0.1", **change)) == ["no change"]
    assert world.verdict(T1=tenant("10.1.0.1")) == ["success"]


@pytest.mark.parametrize(
    "change",
    [
        {"virtualPort": 81},
        {"virtualAddresses": ["192.0.2.11"]},
        {"snat": "none"},
        {"maxConnections": 5},
        {"adminState": "disable"},
        {"persistenceMethods": []},
        {"iRules": [{"bigip": "/Common/r"}]},
        {"profileHTTPCompression": "wan"},
        {"mirroring": "L4"},
    ],
)
def test_service_properties_are_changes(world: World, change: dict[str, Any]) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    other = tenant("10.1.0.1")
    other["A1"]["vs"].update(change)
    assert world.verdict(T1=other) == ["success"]
    assert world.verdict(T1=other) == ["no change"]


def test_members_that_stay_keep_what_their_monitor_found(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.2"))
    for member in world.device.pools[POOL].members.values():
        member.availability = "up"
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.3"))
    assert {m.name: m.availability for m in world.device.pools[POOL].members.values()} == {
        "10.1.0.1:8080": "up",
        "10.1.0.3:8080": "unchecked",
    }
    assert "/T1/10.1.0.2" not in world.device.nodes


def test_secrets(world: World) -> None:
    secret = {"ciphertext": "c2VjcmV0", "protected": PLAIN}
    pem = {
        "class": "Certificate",
        "certificate": "-----BEGIN CERTIFICATE-----",
        "privateKey": "-----BEGIN PRIVATE KEY-----",
        "passphrase": dict(secret),
    }
    wanted = item("cert", **pem)
    wanted["A1"]["mon"] = {
        "class": "Monitor",
        "monitorType": "https",
        "username": "u",
        "passphrase": dict(secret),
    }
    body = world.deployed(T1=wanted)
    for found in (body["declaration"], world.stored()):
        assert found["T1"]["A1"]["cert"]["privateKey"] == pem["privateKey"], "AS3 returns it in clear"
        for name in ("cert", "mon"):
            sealed = found["T1"]["A1"][name]["passphrase"]
            assert (sealed["miniJWE"], sealed["protected"]) == (True, "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=")
            assert sealed["ciphertext"] != secret["ciphertext"]
    assert world.verdict(T1=wanted) == ["no change"], "the same plain text"
    assert world.verdict(T1=world.stored()["T1"]) == ["no change"], "the stored cryptogram"
    wanted["A1"]["cert"]["passphrase"]["ciphertext"] = "b3RoZXI="
    assert world.verdict(T1=wanted) == ["success"]


# -- drift: AS3 compares with the device


def test_what_was_changed_by_hand_is_put_back(world: World) -> None:
    wanted = tenant("10.1.0.1", "10.1.0.2")
    world.deployed(T1=wanted)
    device = world.device
    device.delete_members(POOL, ["/T1/10.1.0.2:8080"])
    assert world.verdict(T1=wanted) == ["success"]
    assert len(world.members()) == 2

    pool = device.pools[POOL]
    member = pool.members["/T1/10.1.0.1:8080"]
    device.put_pool(
        replace(
            pool, members={**pool.members, member.path: replace(member, session="user-disabled", ratio=4)}
        )
    )
    assert world.verdict(T1=wanted) == ["success"]
    assert device.pools[POOL].members["/T1/10.1.0.1:8080"].session == "user-enabled"

    device.remove_virtual("/T1/A1/vs")
    device.put_virtual(
        replace(device.virtuals.get("/T1/A1/x") or _virtual(world), path="/T1/A1/byhand", port=81)
    )
    device.put_pool(Pool("/T1/A1/stray"))
    assert world.verdict(T1=wanted) == ["success"]
    assert sorted(device.virtuals) == ["/T1/A1/vs"]
    assert sorted(device.pools) == [POOL]
    assert world.verdict(T1=wanted) == ["no change"]


def _virtual(world: World) -> Any:
    world.deployed(T8=tenant("10.8.0.1", vip="192.0.2.80"))
    found = replace(
        world.device.virtuals["/T8/A1/vs"],
        destination="192.0.2.10",
        pool=None,
        virtual_address="/T1/192.0.2.10",
    )
    world.call("DELETE", "/declare/T8")
    return found


def test_unchecked_mode_does_not_look_at_the_device(world: World) -> None:
    wanted = tenant("10.1.0.1", "10.1.0.2")
    world.deployed(T1=wanted)
    world.device.delete_members(POOL, ["/T1/10.1.0.2:8080"])
    assert world.post(adc(T1=wanted), unchecked="true")[1]["results"][0]["message"] == "no change"
    assert len(world.members()) == 1


# -- failures


def test_member_deletes_survive_a_failed_transaction(world: World) -> None:
    """The fault that the collection must never run into with all members at once."""
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.2"))
    world.engine.fail_next("01070734:3: Configuration error: no")
    status, body = world.post(adc(T1=tenant("10.1.0.1", "10.1.0.2", member={"servicePort": 9090})))
    assert (status, body["results"][0]["response"]) == (422, "01070734:3: Configuration error: no")
    assert world.members() == [], "the pool is empty"
    assert world.stored()["T1"] == tenant("10.1.0.1", "10.1.0.2"), "GET still shows what last succeeded"
    assert world.verdict(T1=world.stored()["T1"]) == ["success"], "posting it again repairs the device"
    assert world.members() == ["/T1/10.1.0.1:8080", "/T1/10.1.0.2:8080"]


@pytest.mark.parametrize("change", [{"ratio": 2}, {"adminState": "disable"}, {"priorityGroup": 3}])
def test_a_changed_setting_is_a_delete_and_re_add(world: World, change: dict[str, Any]) -> None:
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.2"))
    members = world.device.pools[POOL].members
    wanted = tenant("10.1.0.1")
    wanted["A1"]["web_pool"]["members"].append(
        {"servicePort": 8080, "serverAddresses": ["10.1.0.2"], **change}
    )
    world.engine.fail_next("no")
    world.post(adc(T1=wanted))
    assert world.members() == ["/T1/10.1.0.1:8080"], "only the changed one was deleted"
    world.deployed(T1=wanted)
    assert world.device.pools[POOL].members["/T1/10.1.0.1:8080"] is members["/T1/10.1.0.1:8080"]


def test_added_members_touch_no_other(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.engine.fail_next("no")
    assert world.verdict(T1=tenant("10.1.0.1", "10.1.0.2")) == ["no"]
    assert world.members() == ["/T1/10.1.0.1:8080"]


def test_a_transaction_is_all_or_nothing(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    wanted = tenant("10.2.0.1", "10.2.0.2", vip="192.0.2.10")
    assert "illegally shares destination address" in world.verdict(T2=wanted)[0]
    assert [path for path in world.device.paths() if path.startswith("/T2/")] == []
    assert sorted(world.device.folders) == ["/Common", "/T1", "/T1/A1"]


def test_the_script_is_visible_while_it_runs(world: World) -> None:
    """Members are gone before the transaction, for as long as the script takes; reads are served meanwhile."""
    world.deployed(T1=tenant("10.1.0.1"))
    world.engine.delay(60)
    seen = []

    async def both() -> None:
        import asyncio

        post = asyncio.create_task(world.send("POST", "/declare", adc(T1=tenant("10.1.0.2"))))
        await asyncio.sleep(0.03)
        seen.append(list(world.device.pools[POOL].members))
        seen.append((await world.send("GET", "/declare"))[1]["T1"])
        await post

    world.run(both())
    assert seen == [[], tenant("10.1.0.1")]
    assert world.members() == ["/T1/10.1.0.2:8080"]


def test_a_script_of_more_than_30_seconds_goes_on_alone(world: World) -> None:
    world.engine.delay(30_100)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    world.engine._deployer._sleep = sleep
    status, body = world.post(adc(T1=tenant("10.1.0.1")))
    assert (status, body["results"][0]["response"]) == (422, "TMSH CLI script taking longer than expected")
    world.wait(0.02)
    assert world.members() == ["/T1/10.1.0.1:8080"], "the device was changed in the end"
    assert world.call("GET", "/declare/T1")[0] == 204


# -- addresses that two tenants want


def test_a_node_of_another_tenant(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    for wanted in (tenant("10.1.0.1", vip="192.0.2.11"), shared("10.1.0.1", vip="192.0.2.11")):
        _status, body = world.post(adc(T2=wanted))
        conflict = (
            "/T2/A1/web_pool/members: pool member /T2/A1/web_pool/members/0 static address 10.1.0.1 "
            "conflicts with bigip node /T1/10.1.0.1"
        )
        assert body["errors"] == [conflict]


def test_two_new_tenants_with_one_node(world: World) -> None:
    status, body = world.post(adc(T1=tenant("10.1.0.1"), T2=tenant("10.1.0.1", vip="192.0.2.11")))
    assert status == 207
    assert [r["code"] for r in body["results"]] == [200, 422]
    assert (
        body["results"][1]["response"] == "0107176c:3: Invalid Node, the IP address 10.1.0.1 already exists."
    )
    assert list(body["declaration"]) >= ["T1"] and "T2" not in body["declaration"]


def test_shared_nodes_are_counted_and_go_with_their_last_member(world: World) -> None:
    world.deployed(T1=shared("10.1.0.1", "10.1.0.2"), T2=shared("10.1.0.1", vip="192.0.2.11"))
    assert {path: node.metadata for path, node in world.device.nodes.items()} == {
        "/Common/10.1.0.1": {"references": "2"},
        "/Common/10.1.0.2": {"references": "1"},
    }
    assert world.members() == ["/Common/10.1.0.1:8080", "/Common/10.1.0.2:8080"]
    assert world.verdict(T1=shared("10.1.0.1", "10.1.0.2"), T2=shared("10.1.0.1", vip="192.0.2.11")) == [
        "no change",
        "no change",
    ]
    world.call("DELETE", "/declare/T1")
    assert {path: node.metadata for path, node in world.device.nodes.items()} == {
        "/Common/10.1.0.1": {"references": "1"}
    }
    world.call("DELETE", "/declare/T2")
    assert world.device.nodes == {}


def test_sharing_cannot_be_taken_back(world: World) -> None:
    world.deployed(T1=shared("10.1.0.1"))
    for name, wanted in (("T1", tenant("10.1.0.1")), ("T2", tenant("10.1.0.1", vip="192.0.2.11"))):
        _status, body = world.post(adc(**{name: wanted}))
        assert body["errors"] == [
            f"/{name}/A1/web_pool/members: The node /{name}/10.1.0.1 conflicts with /Common/10.1.0.1"
        ]


def test_a_tenant_can_begin_to_share(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.deployed(T1=shared("10.1.0.1"))
    assert world.members() == ["/Common/10.1.0.1:8080"]
    assert list(world.device.nodes) == ["/Common/10.1.0.1"]


def test_a_node_made_by_hand_in_common_is_used_as_it_is(world: World) -> None:
    world.device.put_node(Node("/Common/by_hand", "10.1.0.1"))
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.2"))
    assert world.members() == ["/Common/by_hand:8080", "/T1/10.1.0.2:8080"]
    assert world.verdict(T1=tenant("10.1.0.1", "10.1.0.2")) == ["no change"]
    world.call("DELETE", "/declare/T1")
    assert list(world.device.nodes) == ["/Common/by_hand"]


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (
            80,
            "01070333:3: Virtual Server /T2/A1/vs illegally shares destination address, source address, "
            "service port, and ip-protocol "
            "with existing virtual server /T1/A1/vs.",
        ),
        (
            81,
            "01070726:3: Virtual Server /T2/A1/vs in partition T2 cannot reference Virtual Address "
            "/T1/192.0.2.10 in partition T1",
        ),
    ],
)
def test_a_virtual_address_of_another_tenant(world: World, port: int, said: str) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    assert world.verdict(T2=tenant("10.2.0.1", port=port)) == [said]


def test_two_new_tenants_with_one_virtual_address(world: World) -> None:
    world.post(adc(T1=tenant("10.1.0.1")), controls_dryRun="true")
    status, body = world.post([adc(T1=tenant("10.1.0.1")), adc(T2=tenant("10.2.0.1", port=81))])
    assert status == 207
    assert [answer.get("code", 200) for answer in body["items"]] == [200, 422]


def test_shared_virtual_addresses(world: World) -> None:
    one, two = tenant("10.1.0.1"), tenant("10.2.0.1", port=81)
    for each in (one, two):
        each["A1"]["vs"]["shareAddresses"] = True
    world.deployed(T1=one)
    world.deployed(T2=two)
    assert list(world.device.virtual_addresses) == ["/Common/192.0.2.10"]
    assert world.verdict(T1=one, T2=two) == ["no change", "no change"]
    world.call("DELETE", "/declare")
    assert world.device.virtual_addresses == {}


def test_two_services_of_a_tenant_on_one_address(world: World) -> None:
    wanted = item(
        "other",
        **{
            "class": "Service_HTTP",
            "virtualAddresses": ["192.0.2.10"],
            "virtualPort": 81,
            "pool": "web_pool",
        },
    )
    world.deployed(T1=wanted)
    assert list(world.device.virtual_addresses) == ["/T1/192.0.2.10"]
    assert world.verdict(T1=wanted) == ["no change"]


# -- tenants that go


@pytest.mark.parametrize("how", ["DELETE", "empty", "disabled"])
def test_a_tenant_goes_with_all_that_is_its_own(world: World, how: str) -> None:
    world.deployed(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.11"))
    if how == "DELETE":
        world.call("DELETE", "/declare/T1")
    else:
        world.deployed(T1={"class": "Tenant"} if how == "empty" else {**tenant("10.1.0.1"), "enable": False})
    assert [path for path in world.device.paths() if path.startswith("/T1/")] == []
    assert sorted(world.device.folders) == ["/Common", "/T2", "/T2/A1"]


def test_an_application_that_is_left_out_goes(world: World) -> None:
    wanted = tenant("10.1.0.1")
    wanted["A2"] = tenant("10.1.0.1", vip="192.0.2.11")["A1"]
    world.deployed(T1=wanted)
    world.deployed(T1=tenant("10.1.0.1"))
    assert sorted(world.device.pools) == [POOL]
    assert "/T1/A2" not in world.device.folders
    assert "/T1/10.1.0.1" in world.device.nodes, "the other application still uses it"


def test_common_shared(world: World) -> None:
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.5.0.1"]}]}
    common = {
        "class": "Tenant",
        "Shared": {"class": "Application", "template": "shared", "shared_pool": pool},
    }
    user = tenant("10.1.0.1")
    user["A1"]["vs"]["pool"] = {"use": "/Common/Shared/shared_pool"}
    assert world.verdict(Common=common, T1=user) == ["success", "success", "no change"]
    assert world.device.virtuals["/T1/A1/vs"].pool == "/Common/Shared/shared_pool"
    assert world.verdict(T1=user) == ["no change"] * 3, "the stored Common is pulled in"
    assert world.verdict(
        Common={"class": "Tenant", "Shared": {"class": "Application", "template": "shared"}},
        T1=tenant("10.1.0.1"),
    ) == [
        "no change",
        "success",
        "success",
    ]
    assert "/Common/Shared/shared_pool" not in world.device.pools


def test_the_work_that_as3_gives_its_device(world: World) -> None:
    """Calls of one request, as measured on the real AS3: 40 for a new tenant, 143 for a known one, 11,450 for
    a hundred."""
    before = world.device.calls
    world.deployed(T1=tenant("10.1.0.1"))
    assert 35 <= world.device.calls - before <= 50
    before = world.device.calls
    world.deployed(T1=tenant("10.1.0.1"))
    assert 141 <= world.device.calls - before <= 144
    many = {f"B{i}": tenant(f"10.2.0.{i}", vip=f"192.0.2.{100 + i}") for i in range(20)}
    world.deployed(**many)
    before = world.device.calls
    world.deployed(**many)
    assert 20 * 114 <= world.device.calls - before <= 20 * 114 + 40


def test_objects_of_other_kinds_are_kept_and_compared(world: World) -> None:
    wanted = item("my_rule", **{"class": "iRule", "iRule": "when HTTP_REQUEST { }"})
    wanted["A1"]["vs"]["iRules"] = ["my_rule"]
    world.deployed(T1=wanted)
    assert world.device.virtuals["/T1/A1/vs"].rules == ("/T1/A1/my_rule",)
    found = world.device.others["ltm rule", "/T1/A1/my_rule"]
    world.device.put_other(Other(found.kind, found.path, {**found.properties, "iRule": "changed by hand"}))
    assert world.verdict(T1=wanted) == ["success"]
    assert world.device.others["ltm rule", "/T1/A1/my_rule"].properties["iRule"] == "when HTTP_REQUEST { }"
