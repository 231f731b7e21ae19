# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes that AS3 sees, the state that it restores, and the remains of a failed deployment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from as3_tenants import item
from as3_world import PLAIN, POOL, World, adc, tenant
from vkslab.bigip.device import Pool


def shared(*addresses: str, **more: Any) -> dict[str, Any]:
    return tenant(*addresses, member={"shareNodes": True}, **more)


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


def disable(world: World, name: str, session: str = "user-disabled", availability: str = "up") -> Any:
    """The session of a member, as iControl REST sets it, and what its monitor found."""
    pool = world.device.pools[POOL]
    member = replace(pool.members[f"/T1/{name}"], session=session, availability=availability)
    world.device.put_pool(replace(pool, members={**pool.members, member.path: member}))
    return member


OFF = {"servicePort": 8080, "serverAddresses": ["10.1.0.1"], "adminState": "disable"}


@pytest.mark.parametrize("availability", ["up", "down", "checking"])
def test_a_session_set_beside_as3_is_what_admin_state_sets(world: World, availability: str) -> None:
    """AS3 reads session without "monitor" and any state but user-down as user-up (map_mcp.js of 3.56).

    So a POST that declares what the device has neither deletes the member nor adds it again.
    """
    world.deployed(T1=tenant("10.1.0.1", "10.1.0.2"))
    member = disable(world, "10.1.0.1:8080", availability=availability)
    wanted = tenant("10.1.0.2")
    wanted["A1"]["web_pool"]["members"].append(OFF)
    assert world.verdict(T1=wanted) == ["no change"]
    assert world.device.pools[POOL].members[member.path] is member
    wanted["A1"]["web_pool"]["members"].append({"servicePort": 8080, "serverAddresses": ["10.1.0.3"]})
    assert world.verdict(T1=wanted) == ["success"]
    assert world.device.pools[POOL].members[member.path].session == "user-disabled"
    assert world.device.pools[POOL].members[member.path].availability == availability


@pytest.mark.parametrize(("before", "after"), [("enable", "disable"), ("disable", "enable")])
def test_admin_state_by_a_post_deletes_the_member_and_adds_it_again(world: World, before: str, after: str) -> None:
    """members delete and, in the transaction, the member anew (map_cli.js of 3.56, kind E of a member)."""
    world.deployed(T1=tenant("10.1.0.1", member={"adminState": before}))
    deleted: list[str] = []
    real = world.device.delete_members
    world.device.delete_members = lambda pool, names: (deleted.extend(names), real(pool, names))[1]  # type: ignore[method-assign]
    assert world.verdict(T1=tenant("10.1.0.1", member={"adminState": after})) == ["success"]
    assert deleted == ["/T1/10.1.0.1:8080"]


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
    """Members are deleted before the transaction and missing while the script runs; reads work meanwhile."""
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

    world.engine._deployer.scripts.sleep = sleep
    status, body = world.post(adc(T1=tenant("10.1.0.1")))
    assert (status, body["results"][0]["response"]) == (422, "TMSH CLI script taking longer than expected")
    world.wait(0.02)
    assert world.members() == ["/T1/10.1.0.1:8080"], "the device was changed in the end"
    assert world.call("GET", "/declare/T1")[0] == 204
