# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of the device, read into our words."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.contact import NoAnswer
from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import Ltm, SyncStatus
from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import MemberState, MemberStats
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"


def run(clock: Clock, script: list[Exchange], work: Any) -> Any:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        return work(Ltm(session))


def member(name: str, address: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "partition": "T1", "address": address, "session": "monitor-enabled", "state": "up", "ratio": 1, "priorityGroup": 0, **more}


def pool(path: str, *members: dict[str, Any]) -> dict[str, Any]:
    return {"fullPath": path, "partition": path.split("/")[1], "membersReference": {"isSubcollection": True, **({"items": list(members)} if members else {})}}


def test_pools(clock: Clock) -> None:
    items = [
        pool(
            "/T1/A1/web",
            member("10.1.0.1:8080", "10.1.0.1", ratio=3, priorityGroup=5),
            member("10.1.0.2%7:8080", "10.1.0.2%7", state="down"),
            member("2001:db8::1.8080", "2001:db8:0::1", session="user-disabled"),
            member("named:443", "10.1.0.3", state="unchecked", session="user-enabled", partition="Common"),
            member("_auto_10.1.0.4:80", "10.1.0.4", state="user-down"),
            member("www.example.com:80", "any6", state="fqdn-up"),
        ),
        pool("/T1/A1/empty"),
        pool("/Other/A1/web", member("10.1.0.1:80", "10.1.0.1")),
    ]
    found = run(clock, [Exchange("GET", POOLS, json={"items": items})], lambda ltm: ltm.pools({"T1", "T2"}))
    assert set(found) == {"/T1/A1/web", "/T1/A1/empty"}
    assert found["/T1/A1/empty"] == {}
    web = found["/T1/A1/web"]
    assert list(web) == [("10.1.0.1", 8080), ("10.1.0.2", 8080), ("2001:db8::1", 8080), ("10.1.0.3", 443), ("10.1.0.4", 80)]
    assert web[("10.1.0.1", 8080)] == MemberState("10.1.0.1:8080", "10.1.0.1", 8080, None, "monitor-enabled", "up", 3, 5, 0, "T1")
    assert web[("10.1.0.2", 8080)].route_domain == 7
    assert [state.availability for state in web.values()] == ["available", "offline", "available", "unknown", "offline"]
    assert [state.disabled for state in web.values()] == [False, False, True, False, False]
    assert [state.unmonitored for state in web.values()] == [False, False, False, True, False]


def test_one_partition_is_filtered_on_the_device(clock: Clock) -> None:
    script = [Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={"kind": "tm:ltm:pool:poolcollectionstate"})]
    assert run(clock, script, lambda ltm: ltm.pools(["T1"])) == {}


def test_a_partition_that_does_not_exist_has_no_pools(clock: Clock) -> None:
    body = {"code": 404, "message": "01020066:3: The requested folder (/T1) was not found.", "errorStack": []}
    script = [Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", 404, json=body)]
    assert run(clock, script, lambda ltm: ltm.pools(["T1"])) == {}


def test_any_other_404_is_not_an_empty_partition(clock: Clock) -> None:
    script = [Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", 404, json={"code": 404, "message": "Object not found - /pool"})]
    with pytest.raises(Failure, match="Object not found"):
        run(clock, script, lambda ltm: ltm.pools(["T1"]))


@pytest.mark.parametrize(
    ("partitions", "path", "status"), [(["T1", "T2"], POOLS, 404), (["T1"], f"{POOLS}&$filter=partition%20eq%20T1", 400)]
)
def test_only_the_404_of_one_partition_means_that_it_does_not_exist(clock: Clock, partitions: list[str], path: str, status: int) -> None:
    script = [Exchange("GET", path, status, json={"code": status, "message": "The requested folder (/T1) was not found."})]
    with pytest.raises(Failure) as caught:
        run(clock, script, lambda ltm: ltm.pools(partitions))
    said = f"HTTP {status}: The requested folder (/T1) was not found."
    assert caught.value.as_dict() == Failure("bigip_refused", "Reading the pools of BIG-IP", said=said).as_dict()


def test_no_partition_is_no_request(clock: Clock) -> None:
    assert run(clock, [], lambda ltm: ltm.pools([])) == {}


def test_all_partitions(clock: Clock) -> None:
    assert set(run(clock, [Exchange("GET", POOLS, json={"items": [pool("/Common/p"), pool("/T1/A1/p")]})], lambda ltm: ltm.pools())) == {
        "/Common/p",
        "/T1/A1/p",
    }


def test_a_failed_read_is_not_an_empty_device(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [Exchange("GET", POOLS, 400, json={"code": 400, "message": "remoteSender:10.0.0.1, method:GET"})], lambda ltm: ltm.pools())
    assert "remoteSender" in caught.value.message


def stats(pool_path: str, name: str, **entries: Any) -> dict[str, Any]:
    values = {key.replace("__", "."): {"value": value} if isinstance(value, int) else {"description": value} for key, value in entries.items()}
    return {f"https://localhost/mgmt/tm/ltm/pool/{pool_path}/members/~T1~{name}/stats": {"nestedStats": {"kind": "x", "entries": values}}}


def test_members_stats(clock: Clock) -> None:
    entries = stats(
        "~T1~A1~web",
        "10.1.0.1:8080",
        addr="10.1.0.1",
        port=8080,
        serverside__curConns=4,
        serverside__totConns=99,
        status__availabilityState="offline",
        status__enabledState="enabled",
        status__statusReason="Pool member has been marked down by a monitor",
    )
    entries |= stats("~T1~A1~web", "2001:db8::1.8080", addr="2001:db8::1", port=8080)
    entries |= stats("~T1~A1~web", "www.example.com:80", addr="any6", port=80)
    found = run(clock, [Exchange("GET", "/mgmt/tm/ltm/pool/~T1~A1~web/members/stats", json={"entries": entries})], lambda ltm: ltm.members_stats("/T1/A1/web"))
    reason = "Pool member has been marked down by a monitor"
    assert found == {
        ("10.1.0.1", 8080): MemberStats("10.1.0.1", 8080, None, 4, 99, "offline", "enabled", reason),
        ("2001:db8::1", 8080): MemberStats("2001:db8::1", 8080, None, 0, 0, "unknown", "unknown", ""),
    }


def test_members_stats_of_a_pool_that_is_gone(clock: Clock) -> None:
    gone = Exchange(
        "GET", "/mgmt/tm/ltm/pool/~T1~A1~web/members/stats", 404, json={"code": 404, "message": "01020036:3: The requested Pool (/T1/A1/web) was not found."}
    )
    assert run(clock, [gone], lambda ltm: ltm.members_stats("/T1/A1/web")) == {}
    refused = Exchange("GET", gone.path, 400, json={"code": 400, "message": "no"})
    with pytest.raises(Failure) as caught:
        run(clock, [refused], lambda ltm: ltm.members_stats("/T1/A1/web"))
    doing = "Reading the statistics of pool /T1/A1/web on BIG-IP"
    assert caught.value.as_dict() == Failure("bigip_refused", doing, said="HTTP 400: no").as_dict()


SESSIONS = [
    ("/T1/A1/web", "/Common/10.1.0.1:8080", "~T1~A1~web/members/~Common~10.1.0.1:8080"),
    ("/T1/A1/web", "/T1/10.1.0.1%2:80", "~T1~A1~web/members/~T1~10.1.0.1%252:80"),
    ("/Common/Shared/p", "/Common/2001:db8::1.8080", "~Common~Shared~p/members/~Common~2001:db8::1.8080"),
]


@pytest.mark.parametrize(("pool_path", "name", "path"), SESSIONS)
def test_the_session_of_a_member(clock: Clock, pool_path: str, name: str, path: str) -> None:
    bodies: list[Any] = []
    patch = Exchange("PATCH", f"/mgmt/tm/ltm/pool/{path}", json={}, expect=lambda request: bodies.append(request.json))
    run(clock, [patch], lambda ltm: ltm.set_session(pool_path, name, "user-disabled"))
    assert bodies == [{"session": "user-disabled"}]


MEMBER_PATH = "/mgmt/tm/ltm/pool/~T1~A1~web/members/~T1~10.1.0.1:80"


def enable(ltm: Ltm) -> None:
    ltm.set_session("/T1/A1/web", "/T1/10.1.0.1:80", "user-enabled")


def test_the_session_of_a_member_that_is_gone_or_refused(clock: Clock) -> None:
    said = "01020036:3: The requested Pool Member (/T1/A1/web /T1/10.1.0.1 80) was not found."
    run(clock, [Exchange("PATCH", MEMBER_PATH, 404, json={"code": 404, "message": said})], enable)
    with pytest.raises(Failure) as caught:
        run(clock, [Exchange("PATCH", MEMBER_PATH, 400, json={"code": 400, "message": "no"})], enable)
    doing = "Setting the session of member /T1/10.1.0.1:80 of pool /T1/A1/web on BIG-IP to user-enabled"
    assert caught.value.as_dict() == Failure("bigip_refused", doing, said="HTTP 400: no").as_dict()


def test_a_lost_answer_to_a_session_is_asked_for_again(clock: Clock) -> None:
    lost = Exchange("PATCH", MEMBER_PATH, drop=True)
    run(clock, [lost, lost, Exchange("PATCH", MEMBER_PATH, json={})], enable)
    with pytest.raises(NoAnswer):
        run(clock, [lost, lost, lost], enable)


def test_virtual_addresses_of_common(clock: Clock) -> None:
    items = [{"fullPath": f"/Common/{name}", "address": "192.0.2.10"} for name in ("192.0.2.10", "Shared/vip")]
    path = "/mgmt/tm/ltm/virtual-address?$select=fullPath,address&$filter=partition%20eq%20Common"
    assert run(clock, [Exchange("GET", path, json={"items": items})], Ltm.common_addresses) == ("192.0.2.10",)
    assert run(clock, [Exchange("GET", path, json={})], Ltm.common_addresses) == ()


def test_self_ips(clock: Clock) -> None:
    items = [
        {
            "fullPath": "/Common/int",
            "address": "198.18.0.5/16",
            "vlan": "/Common/internal",
            "floating": "disabled",
            "trafficGroup": "/Common/traffic-group-local-only",
        },
        {"fullPath": "/Common/rd2", "address": "10.1.0.5%2/24", "vlan": "/Common/v2", "floating": "enabled"},
        {"fullPath": "/Common/six", "address": "2001:db8::5/64", "vlan": "/Common/v6"},
        {"fullPath": "/Common/odd", "address": "any6"},
    ]
    one, two, six = run(clock, [Exchange("GET", "/mgmt/tm/net/self", json={"items": items})], Ltm.self_ips)
    assert (one.address, one.prefix_length, one.route_domain, str(one.network), one.floating) == ("198.18.0.5", 16, None, "198.18.0.0/16", False)
    assert (two.address, two.route_domain, str(two.network), two.floating) == ("10.1.0.5", 2, "10.1.0.0/24", True)
    assert str(six.network) == "2001:db8::/64"


def test_routes(clock: Clock) -> None:
    items = [
        {"fullPath": "/Common/d", "network": "default", "gw": "192.0.2.1"},
        {"fullPath": "/Common/d6", "network": "default-inet6", "gw": "2001:db8::1"},
        {"fullPath": "/Common/d2", "network": "default%2", "gw": "192.0.2.1%2"},
        {"fullPath": "/Common/pods", "network": "100.96.1.0/24", "gw": "198.18.0.11"},
        {"fullPath": "/Common/pods2", "network": "100.96.2.0%2/24", "tmInterface": "/Common/tunnel"},
        {"fullPath": "/Common/hole", "network": "10.0.0.0/8", "blackhole": True},
    ]
    found = run(clock, [Exchange("GET", "/mgmt/tm/net/route", json={"items": items})], Ltm.routes)
    assert [(route.network, route.route_domain, route.gateway) for route in found] == [
        ("0.0.0.0/0", None, "192.0.2.1"),
        ("::/0", None, "2001:db8::1"),
        ("0.0.0.0/0", 2, "192.0.2.1"),
        ("100.96.1.0/24", None, "198.18.0.11"),
        ("100.96.2.0/24", 2, None),
        ("10.0.0.0/8", None, None),
    ]
    assert (found[4].interface, found[5].blackhole) == ("/Common/tunnel", True)


def test_version(clock: Clock) -> None:
    entries = {
        "https://localhost/mgmt/tm/sys/version/0": {"nestedStats": {"entries": {"Build": {"description": "0.0.5"}, "Version": {"description": "17.1.1.3"}}}}
    }
    assert run(clock, [Exchange("GET", "/mgmt/tm/sys/version", json={"entries": entries})], Ltm.version) == "17.1.1.3"


NOTHING: list[tuple[str, str, str, Any]] = [
    ("/mgmt/tm/sys/version", "Reading the version of BIG-IP", "the answer has no version", Ltm.version),
    ("/mgmt/tm/cm/sync-status", "Reading the config-sync status of BIG-IP", "the answer has no status", Ltm.sync_status),
]


@pytest.mark.parametrize(("path", "doing", "said", "read"), NOTHING)
def test_an_answer_without_the_value(clock: Clock, path: str, doing: str, said: str, read: Any) -> None:
    entries = {"x/0": {"nestedStats": {"entries": {"Build": {"description": "0.0.5"}}}}}
    for body in ({}, {"entries": entries}):
        with pytest.raises(Failure) as caught:
            run(clock, [Exchange("GET", path, json=body)], read)
        assert caught.value.as_dict() == Failure("bigip_answer", doing, said=said).as_dict()


def test_a_sync_status_in_part(clock: Clock) -> None:
    entries = {"x/0": {"nestedStats": {"entries": {"status": {"description": "Standalone"}}}}}
    script = [Exchange("GET", "/mgmt/tm/cm/sync-status", json={"entries": entries})]
    assert run(clock, script, Ltm.sync_status) == SyncStatus("", "Standalone", "", "")


def test_provisioned(clock: Clock) -> None:
    items = [{"name": "ltm", "level": "nominal"}, {"name": "gtm", "level": "none"}, {"name": "asm", "level": "minimum"}, {"name": "avr"}]
    assert run(clock, [Exchange("GET", "/mgmt/tm/sys/provision", json={"items": items})], Ltm.provisioned) == ("ltm", "asm")


SYNC = {"In Sync": True, "Standalone": True, "Changes Pending": False, "Awaiting Initial Sync": False, "Disconnected": False}


@pytest.mark.parametrize("status, in_sync", SYNC.items())
def test_sync_status(clock: Clock, status: str, in_sync: bool) -> None:
    inner = {
        "color": {"description": "green"},
        "https://localhost/mgmt/tm/cm/syncStatus/0/details": {
            "nestedStats": {"entries": {"x/0": {"nestedStats": {"entries": {"details": {"description": "d"}}}}}}
        },
        "mode": {"description": "high-availability"},
        "status": {"description": status},
        "summary": {"description": "all"},
    }
    script = [Exchange("GET", "/mgmt/tm/cm/sync-status", json={"entries": {"https://localhost/mgmt/tm/cm/sync-status/0": {"nestedStats": {"entries": inner}}}})]
    found = run(clock, script, Ltm.sync_status)
    assert (found.mode, found.status, found.color, found.summary, found.in_sync) == ("high-availability", status, "green", "all", in_sync)
