# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that a declaration creates on the device: objects, shared nodes and addresses, and what is removed with a
tenant."""

from __future__ import annotations

from typing import Any

import pytest

from as3_tenants import item
from as3_world import POOL, World, adc, tenant
from vkslab.bigip.device import Node, Other


def shared(*addresses: str, **more: Any) -> dict[str, Any]:
    return tenant(*addresses, member={"shareNodes": True}, **more)


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
