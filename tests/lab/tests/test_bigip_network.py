# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes, self IPs and route domains of BIG-IP by iControl REST: rules, save, config-sync, and their faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bigip_machine import Machine, machine

ROUTE, SELF, DOMAIN = "/mgmt/tm/net/route", "/mgmt/tm/net/self", "/mgmt/tm/net/route-domain"
CONFIG, SYNC = (
    "/mgmt/tm/sys/config",
    {"command": "run", "utilCmdArgs": "config-sync to-group /Common/lab-group"},
)
NODE = "198.18.0.10"
UNCONNECTED = "01070330:3: Static route gateway {} is not directly connected via an interface."


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    """With route domain 2, its self IP, and the partition T, whose default it is."""
    shared.control("reset")
    made(shared, DOMAIN, {"name": "two", "id": 2, "parent": "/Common/0"})
    made(shared, SELF, {"name": "in-two", "address": "10.2.0.1%2/24"})
    made(shared, "/mgmt/tm/auth/partition", {"name": "T", "defaultRouteDomain": 2})
    return shared


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("pair"), units=2) as found:
        yield found


def made(bigip: Machine, path: str, body: dict[str, Any], unit: int = 0) -> dict[str, Any]:
    answer = bigip.call("POST", path, body, unit=unit)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def route(**given: Any) -> dict[str, Any]:
    return {"name": "pods", "network": "100.96.0.0/20", **given}


def restart(bigip: Machine) -> None:
    bigip.control("restart")
    bigip.http.close()  # it keeps connections that the restart cut


def networks(bigip: Machine, unit: int = 0) -> list[str]:
    return [item["network"] for item in bigip.get(ROUTE, unit=unit)["items"]]


# -- routes


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"gw": NODE}, {"gw": NODE, "network": "100.96.0.0/20", "mtu": 0}),
        ({"gw": NODE, "network": "100.96.0.1"}, {"network": "100.96.0.1/32"}),
        ({"gw": "10.2.0.9%2", "network": "default%2"}, {"gw": "10.2.0.9%2", "network": "default%2"}),
        ({"gw": "10.2.0.9%2", "network": "0.0.0.0%2/0"}, {"network": "default%2"}),
        ({"gw": "10.2.0.9%2", "network": "10.0.0.0%2/24"}, {"network": "10.0.0.0%2/24"}),
        ({"gw": "10.2.0.9", "partition": "T"}, {"gw": "10.2.0.9%2", "network": "100.96.0.0%2/20"}),
        ({"gw": NODE, "partition": "T", "network": "10.0.0.0%0/24"}, None),
        ({"gw": "2001:db8:18::10", "network": "default-inet6"}, {"network": "default-inet6"}),
        ({"gw": "2001:db8:18::10", "network": "2001:DB8:96:0::/64"}, {"network": "2001:db8:96::/64"}),
        ({"gw": "fe80::1", "tmInterface": "internal", "network": "default-inet6"}, {"gw": "fe80::1"}),
        ({"pool": "gateways"}, {"pool": "/Common/gateways"}),
        ({"tmInterface": "/Common/internal"}, {"tmInterface": "/Common/internal"}),
        ({"blackhole": True}, {"blackhole": True}),
    ],
)
def test_a_route_as_the_device_stores_it(
    bigip: Machine, given: dict[str, Any], stored: dict[str, Any] | None
) -> None:
    if stored is None:  # the gateway is in the partition's route domain 2, and the network is not
        assert bigip.call("POST", ROUTE, route(**given)).json()["message"] == UNCONNECTED.format(f"{NODE}%2")
        return
    item = made(bigip, ROUTE, route(description="mine", **given))
    path = f"~{given.get('partition', 'Common')}~pods"
    assert {
        "kind": "tm:net:route:routestate",
        "name": "pods",
        "fullPath": path.replace("~", "/"),
        "selfLink": f"https://localhost{ROUTE}/{path}?ver=17.1.1",
        "description": "mine",
        **stored,
    }.items() <= item.items()
    assert bigip.get(f"{ROUTE}/{path}") == item


@pytest.mark.parametrize(
    ("given", "row"),
    [
        ({"gw": NODE}, ("100.96.0.0/20", "gw", NODE, "static")),
        ({"gw": "10.2.0.9", "partition": "T"}, ("100.96.0.0%2/20", "gw", "10.2.0.9%2", "static")),
        ({"pool": "gateways"}, ("100.96.0.0/20", "pool", "/Common/gateways", "static")),
        ({"tmInterface": "internal"}, ("100.96.0.0/20", "interface", "/Common/internal", "static")),
        ({"blackhole": True}, ("100.96.0.0/20", "blackhole", "", "static")),
    ],
)
def test_the_route_table(bigip: Machine, given: dict[str, Any], row: tuple[str, ...]) -> None:
    made(bigip, ROUTE, route(**given))
    answer = bigip.get(f"{ROUTE}/stats")
    assert answer["kind"] == "tm:net:route:routecollectionstats"
    rows = {
        link.removeprefix(f"https://localhost{ROUTE}/"): entry["nestedStats"]["entries"]
        for link, entry in answer["entries"].items()
    }
    found = rows[f"~{given.get('partition', 'Common')}~pods/stats"]
    columns = ("destination", "type", "nextHop", "origin")
    assert tuple(found[column]["description"] for column in columns) == row
    connected = [name for name, one in rows.items() if one["origin"]["description"] == "connected"]
    assert "10.2.0.0%2~24/stats" in connected and "198.18.0.0~16/stats" in connected


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        ({"gw": "203.0.113.1"}, 400, UNCONNECTED.format("203.0.113.1")),
        ({"gw": "10.2.0.9"}, 400, UNCONNECTED.format("10.2.0.9")),
        ({"gw": "10.2.0.9%2"}, 400, UNCONNECTED.format("10.2.0.9%2")),
        ({"gw": NODE, "network": "100.96.0.0%2/20"}, 400, UNCONNECTED.format(NODE)),
        ({}, 400, "exactly one of these properties must be specified: gw, pool, tmInterface, blackhole"),
        ({"gw": NODE, "blackhole": True}, 400, "exactly one of"),
        ({"gw": NODE, "tmInterface": "internal"}, 400, "exactly one of"),
        ({"gw": "2001:db8:18::10"}, 400, "invalid IP address"),
        ({"gw": "nowhere"}, 400, "invalid IP address: nowhere"),
        ({"gw": NODE, "network": "100.96.0.1/20"}, 400, "invalid IP network: 100.96.0.1/20"),
        ({"gw": NODE, "network": ""}, 400, 'one or more properties must be specified: "network"'),
        ({"gw": "10.7.0.1%7", "network": "10.0.0.0%7/24"}, 404, "01020036:3: The requested route domain (7)"),
        ({"gw": NODE, "network": "default"}, 409, "01020066:3: The requested Route Entry (default) already"),
        ({"gw": NODE, "name": "default"}, 409, "01020066:3: The requested Route Entry (/Common/default)"),
        ({"gw": NODE, "partition": "Nope"}, 404, "01020036:3: The requested folder (/Nope) was not found."),
    ],
)
def test_what_is_refused_of_a_route(bigip: Machine, given: dict[str, Any], status: int, message: str) -> None:
    before = networks(bigip)
    answer = bigip.call("POST", ROUTE, route(**given))
    assert (answer.status_code, answer.json()["message"][: len(message)]) == (status, message)
    assert networks(bigip) == before


@pytest.mark.parametrize(
    ("change", "status", "expected"),
    [
        ({"gw": "198.18.0.11"}, 200, {"gw": "198.18.0.11"}),
        ({"description": "yours"}, 200, {"gw": NODE, "description": "yours"}),
        ({"network": "100.96.0.0/20", "gw": "198.18.0.11"}, 200, {"gw": "198.18.0.11"}),
        ({"blackhole": True}, 200, {"blackhole": True}),
        ({"network": "100.96.16.0/20"}, 400, {"gw": NODE}),
        ({"network": "100.96.0.0%2/20"}, 400, {"gw": NODE}),
        ({"gw": "203.0.113.1"}, 400, {"gw": NODE}),
    ],
)
def test_a_changed_route(
    bigip: Machine, change: dict[str, Any], status: int, expected: dict[str, Any]
) -> None:
    made(bigip, ROUTE, route(gw=NODE))
    assert bigip.call("PATCH", f"{ROUTE}/~Common~pods", change).status_code == status
    item = bigip.get(f"{ROUTE}/~Common~pods")
    assert expected.items() <= item.items() and item["network"] == "100.96.0.0/20"
    assert sum(way in item for way in ("gw", "pool", "tmInterface", "blackhole")) == 1


def test_a_guest_reads_routes_and_changes_none(bigip: Machine) -> None:
    guest = bigip.session("guest")
    assert bigip.call("GET", ROUTE, session=guest).status_code == 200
    for method, path in (("POST", ROUTE), ("DELETE", f"{ROUTE}/default"), ("POST", "/mgmt/tm/transaction")):
        assert bigip.call(method, path, route(gw=NODE), session=guest).status_code == 401


# -- self IPs and route domains


def test_a_self_ip_that_a_gateway_needs_stays(bigip: Machine) -> None:
    made(bigip, ROUTE, route(gw="10.2.0.9%2", network="default%2"))
    refused = bigip.call("DELETE", f"{SELF}/in-two")
    assert (refused.status_code, refused.json()["message"]) == (400, UNCONNECTED.format("10.2.0.9%2"))
    refused = bigip.call("PATCH", f"{SELF}/in-two", {"address": "10.3.0.1%2/24"})
    assert refused.json()["message"] == UNCONNECTED.format("10.2.0.9%2")
    made(bigip, SELF, {"name": "second", "address": "10.2.0.2%2/24"})
    assert bigip.call("DELETE", f"{SELF}/in-two").status_code == 200
    assert bigip.call("DELETE", f"{ROUTE}/pods").status_code == 200
    assert bigip.call("DELETE", f"{SELF}/second").status_code == 200


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [
        ({"address": "10.9.0.1/24"}, 200, {"address": "10.9.0.1/24", "floating": "disabled"}),
        ({"address": "10.9.0.1/24", "partition": "T"}, 200, {"address": "10.9.0.1%2/24"}),
        (
            {"address": "10.9.0.1/24", "floating": "enabled"},
            200,
            {"trafficGroup": "/Common/traffic-group-1", "floating": "enabled"},
        ),
        ({"address": "10.9.0.1%7/24"}, 404, {}),
        ({"address": "10.9.0.1"}, 400, {}),
        ({"address": "10.2.0.1%2/16"}, 409, {}),
    ],
)
def test_a_new_self_ip(bigip: Machine, given: dict[str, Any], status: int, expected: dict[str, Any]) -> None:
    answer = bigip.call("POST", SELF, {"name": "mine", **given})
    assert answer.status_code == status, answer.text
    assert expected.items() <= answer.json().items()


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [
        ({"name": "9"}, 200, {"id": 9, "strict": "enabled", "connectionLimit": 0}),
        (
            {"name": "nine", "id": 9, "strict": "disabled", "parent": "0", "vlans": ["internal"]},
            200,
            {"strict": "disabled", "parent": "/Common/0", "vlans": ["/Common/internal"]},
        ),
        (
            {"name": "nine", "id": 9, "routingProtocol": ["BGP", "BFD"]},
            200,
            {"routingProtocol": ["BGP", "BFD"]},
        ),
        ({"name": "nine"}, 400, {}),
        ({"name": "nine", "id": 70000}, 400, {}),
        ({"name": "nine", "id": 2}, 409, {}),
        ({"name": "nine", "id": 9, "strict": "maybe"}, 400, {}),
        ({"name": "nine", "id": 9, "parent": "other"}, 404, {}),
    ],
)
def test_a_new_route_domain(
    bigip: Machine, given: dict[str, Any], status: int, expected: dict[str, Any]
) -> None:
    answer = bigip.call("POST", DOMAIN, given)
    assert answer.status_code == status, answer.text
    assert expected.items() <= answer.json().items()


def test_a_route_domain_in_use_stays(bigip: Machine) -> None:
    for name, user in (("two", "self IP (/Common/in-two)"), ("0", "the system")):
        refused = bigip.call("DELETE", f"{DOMAIN}/{name}")
        assert refused.status_code == 400 and user in refused.json()["message"]
    assert bigip.call("PATCH", f"{DOMAIN}/two", {"id": 3}).status_code == 400
    assert bigip.call("PATCH", f"{DOMAIN}/two", {"routingProtocol": ["BGP"]}).json()["routingProtocol"] == [
        "BGP"
    ]
    assert "routingProtocol" not in bigip.call("PATCH", f"{DOMAIN}/two", {"routingProtocol": []}).json()
    assert bigip.call("DELETE", f"{SELF}/in-two").status_code == 200
    assert "partition (T)" in bigip.call("DELETE", f"{DOMAIN}/two").json()["message"]
    assert bigip.call("DELETE", "/mgmt/tm/auth/partition/T").status_code == 200
    assert bigip.call("DELETE", f"{DOMAIN}/two").status_code == 200


# -- saved and running


def test_a_restart_loses_what_was_not_saved(bigip: Machine) -> None:
    made(bigip, ROUTE, route(gw=NODE))
    assert bigip.call("POST", CONFIG, {"command": "save"}).status_code == 200
    made(bigip, ROUTE, route(name="more", network="100.96.16.0/20", gw=NODE))
    assert bigip.call("DELETE", f"{ROUTE}/default").status_code == 200
    restart(bigip)
    assert networks(bigip) == ["default", "100.96.0.0/20"]


def test_a_restart_of_the_rest_api_alone_loses_nothing(bigip: Machine) -> None:
    made(bigip, ROUTE, route(gw=NODE))
    for reboot, kept in ((False, True), (True, False)):
        bigip.fault("restart", {"path": "sys/version"}, reboot=reboot)
        with pytest.raises(OSError):
            bigip.call("GET", "/mgmt/tm/sys/version")
        assert ("100.96.0.0/20" in networks(bigip)) == kept


def test_a_declaration_that_persists_saves_all(bigip: Machine) -> None:
    for number, persist in enumerate((False, True)):
        made(bigip, ROUTE, route(gw=NODE))
        pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": [f"10.1.0.{number}"]}]}
        tenant = {"class": "Tenant", "A": {"class": "Application", "template": "generic", "pool": pool}}
        adc = {"class": "ADC", "schemaVersion": "3.50.0", "id": "x", "U": tenant}
        body = {"class": "AS3", "action": "deploy", "persist": persist, "declaration": adc}
        assert bigip.call("POST", "/mgmt/shared/appsvcs/declare", body).status_code == 200
        restart(bigip)
        assert networks(bigip) == ["default", "100.96.0.0/20"][: 1 + persist]


def test_a_refused_save(bigip: Machine) -> None:
    made(bigip, ROUTE, route(gw=NODE))
    bigip.fault("mcpd", {"path": "sys/config"}, message="01070734:3: the disk is full")
    refused = bigip.call("POST", CONFIG, {"command": "save"})
    assert (refused.status_code, refused.json()["message"]) == (400, "01070734:3: the disk is full")
    restart(bigip)
    assert networks(bigip) == ["default"]


# -- config-sync


def status(bigip: Machine, unit: int = 0) -> tuple[str, list[str]]:
    """The status of the group, and the lines of its details."""
    (report,) = bigip.get("/mgmt/tm/cm/sync-status", unit=unit)["entries"].values()
    entries = report["nestedStats"]["entries"]
    details = entries.get("https://localhost/mgmt/tm/cm/syncStatus/0/details", {})
    lines = details.get("nestedStats", {}).get("entries", {}).values()
    return entries["status"]["description"], [
        line["nestedStats"]["entries"]["details"]["description"] for line in lines
    ]


def test_each_unit_has_its_own_self_ip(pair: Machine) -> None:
    found = [pair.get(f"{SELF}/self-nodes", unit=unit)["address"] for unit in (0, 1)]
    assert found == ["198.18.255.254/16", "198.18.255.253/16"]


def test_a_sync_copies_routes_and_floating_self_ips(pair: Machine) -> None:
    made(pair, "/mgmt/tm/sys/folder", {"name": "LOCAL_ONLY"})
    made(pair, ROUTE, route(name="local", partition="LOCAL_ONLY", network="10.0.0.0/8", gw=NODE))
    made(pair, SELF, {"name": "local", "address": "10.9.0.1/24"})
    made(pair, SELF, {"name": "floating", "address": "10.9.0.3/24", "floating": "enabled"})
    made(pair, ROUTE, route(gw=NODE))
    assert status(pair, 1)[0] == "Changes Pending"
    made(pair, "/mgmt/tm/cm", SYNC)
    assert status(pair) == ("In Sync", [])
    assert networks(pair, 1) == ["default", "100.96.0.0/20"]
    assert {item["name"] for item in pair.get(SELF, unit=1)["items"]} == {
        "self-nodes",
        "self-nodes-v6",
        "self-virtuals",
        "floating",
    }
    assert pair.call("DELETE", f"{ROUTE}/pods", unit=1).status_code == 200
    made(pair, "/mgmt/tm/cm", SYNC, unit=1)
    assert sorted(networks(pair)) == ["10.0.0.0/8", "default"]


def test_a_sync_fails_without_the_self_ip_of_a_gateway(pair: Machine) -> None:
    made(pair, SELF, {"name": "more", "address": "10.9.0.1/24"})
    made(pair, ROUTE, route(gw="10.9.0.9"))
    pair.pool("/T/A/pool", "10.1.0.1")
    made(pair, "/mgmt/tm/cm", SYNC)
    lines = status(pair, 1)[1]
    assert status(pair)[0] == "Sync Failed"
    assert lines[1] == (
        "Sync error on bigip2.lab.test: Load failed from /Common/bigip1.lab.test "
        + UNCONNECTED.format("10.9.0.9")
    )
    assert networks(pair, 1) == ["default"] and "items" not in pair.get("/mgmt/tm/ltm/pool", unit=1)
    made(pair, SELF, {"name": "more", "address": "10.9.0.2/24"}, unit=1)
    made(pair, "/mgmt/tm/cm", SYNC)
    assert status(pair) == ("In Sync", []) and networks(pair, 1) == ["default", "100.96.0.0/20"]


def test_a_refused_sync(pair: Machine) -> None:
    made(pair, ROUTE, route(gw=NODE))
    pair.fault("mcpd", {"method": "POST", "path": "tm/cm"}, message="01071488:3: the lab's fault")
    made(pair, "/mgmt/tm/cm", SYNC)
    assert status(pair)[0] == "Sync Failed" and networks(pair, 1) == ["default"]
    assert status(pair)[1][1].endswith("01071488:3: the lab's fault")
    made(pair, "/mgmt/tm/cm", SYNC)
    assert status(pair)[0] == "In Sync" and networks(pair, 1) == ["default", "100.96.0.0/20"]
