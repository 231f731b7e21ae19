# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iControl REST of the network and the system, and the pair of units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bigip_machine import Machine, machine

DEVICES, SYNC_STATUS = "/mgmt/tm/cm/device", "/mgmt/tm/cm/sync-status"


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("reset")
    return shared


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("pair"), units=2) as found:
        yield found


def described(body: Any) -> dict[str, Any]:
    (nested,) = body["entries"].values()
    return {key: value["description"] for key, value in nested["nestedStats"]["entries"].items()}


def failover_states(bigip: Machine, unit: int = 0) -> dict[str, tuple[str, str]]:
    return {
        item["name"]: (item["failoverState"], item["selfDevice"])
        for item in bigip.get(DEVICES, unit=unit)["items"]
    }


def test_a_lab_starts_with_a_way_to_its_nodes(bigip: Machine) -> None:
    self_ips = {item["name"]: item["address"] for item in bigip.get("/mgmt/tm/net/self")["items"]}
    assert self_ips == {
        "self-nodes": "198.18.255.254/16",
        "self-nodes-v6": "2001:db8:18::ffff:fffe/64",
        "self-virtuals": "192.0.2.254/24",
    }
    (route,) = bigip.get("/mgmt/tm/net/route")["items"]
    assert (route["network"], route["gw"]) == ("default", "198.18.255.1")
    assert [item["id"] for item in bigip.get("/mgmt/tm/net/route-domain")["items"]] == [0]


def test_network_objects_are_made_changed_and_removed(bigip: Machine) -> None:
    made = bigip.call(
        "POST", "/mgmt/tm/net/route", {"name": "pods", "network": "100.96.0.0/11", "gw": "198.18.0.1"}
    )
    assert made.json()["fullPath"] == "/Common/pods"
    assert (
        bigip.call("PATCH", "/mgmt/tm/net/route/~Common~pods", {"gw": "198.18.0.2"}).json()["gw"]
        == "198.18.0.2"
    )
    assert bigip.call("DELETE", "/mgmt/tm/net/route/pods").status_code == 200
    assert bigip.call("DELETE", "/mgmt/tm/net/self/self-virtuals").status_code == 200
    assert "self-virtuals" not in [item["name"] for item in bigip.get("/mgmt/tm/net/self")["items"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/mgmt/tm/net/self", {"name": "bad", "address": "not an address"}, 400),
        ("POST", "/mgmt/tm/net/self", {"name": "rd", "address": "10.0.0.1%2/24"}, 404),
        ("POST", "/mgmt/tm/net/self", {"name": "self-nodes", "address": "10.0.0.1/24"}, 409),
        ("POST", "/mgmt/tm/net/route", {"network": "default"}, 400),
        ("POST", "/mgmt/tm/net/route", {"name": "r", "partition": "Nope", "network": "default"}, 404),
        ("GET", "/mgmt/tm/net/self/nope", None, 404),
        ("GET", "/mgmt/tm/net/route?$filter=partition+eq+Nope", None, 404),
    ],
)
def test_what_the_network_refuses(bigip: Machine, method: str, path: str, body: Any, status: int) -> None:
    assert bigip.call(method, path, body).status_code == status


def test_partitions(bigip: Machine) -> None:
    assert (
        bigip.call("POST", "/mgmt/tm/auth/partition", {"name": "T", "defaultRouteDomain": 2}).json()[
            "defaultRouteDomain"
        ]
        == 2
    )
    assert bigip.call("POST", "/mgmt/tm/auth/partition", {"name": "T"}).status_code == 409
    assert [item["name"] for item in bigip.get("/mgmt/tm/auth/partition")["items"]] == ["Common", "T"]
    assert [item["fullPath"] for item in bigip.get("/mgmt/tm/sys/folder")["items"]] == ["/Common", "/T"]
    assert bigip.call("DELETE", "/mgmt/tm/auth/partition/T").status_code == 200
    assert bigip.call("GET", "/mgmt/tm/auth/partition/T").status_code == 404


def test_version_modules_and_readiness(bigip: Machine) -> None:
    assert described(bigip.get("/mgmt/tm/sys/version"))["Version"] == "17.1.1"
    assert described(bigip.get("/mgmt/tm/sys/ready")) == {
        "configReady": "yes",
        "licenseReady": "yes",
        "provisionReady": "yes",
    }
    bigip.control("system", {"version": "16.1.0", "modules": {"gtm": "nominal"}})
    assert described(bigip.get("/mgmt/tm/sys/version"))["Version"] == "16.1.0"
    levels = {item["name"]: item["level"] for item in bigip.get("/mgmt/tm/sys/provision")["items"]}
    assert (levels["ltm"], levels["gtm"], levels["apm"]) == ("nominal", "nominal", "none")


def test_a_single_unit_is_standalone_and_active(bigip: Machine) -> None:
    assert failover_states(bigip) == {"bigip1.lab.test": ("active", "true")}
    assert described(bigip.get(SYNC_STATUS))["status"] == "Standalone"
    assert (
        bigip.call(
            "POST", "/mgmt/tm/cm", {"command": "run", "utilCmdArgs": "config-sync to-group lab-group"}
        ).status_code
        == 404
    )
    bigip.control("system", {"standby": True})
    assert failover_states(bigip) == {"bigip1.lab.test": ("standby", "true")}


def test_the_save_of_the_configuration_is_counted(bigip: Machine) -> None:
    before = bigip.control("calls", method="GET")["saves"]
    assert bigip.call("POST", "/mgmt/tm/sys/config", {"command": "save"}).status_code == 200
    assert bigip.call("POST", "/mgmt/tm/sys/config", {"command": "load"}).status_code == 400
    assert bigip.control("calls", method="GET")["saves"] == before + 1


def test_units_have_one_port_on_two_addresses(pair: Machine) -> None:
    first, second = pair.facts["units"]
    assert first["port"] == second["port"] and (first["host"], second["host"]) == ("127.0.0.1", "127.0.0.2")


def test_each_unit_knows_its_own_state(pair: Machine) -> None:
    assert failover_states(pair, 0) == {
        "bigip1.lab.test": ("active", "true"),
        "bigip2.lab.test": ("standby", "false"),
    }
    assert failover_states(pair, 1) == {
        "bigip1.lab.test": ("active", "false"),
        "bigip2.lab.test": ("standby", "true"),
    }
    assert pair.control("failover") == {"active": 1}
    assert failover_states(pair, 1)["bigip2.lab.test"] == ("active", "true")
    assert described(pair.get("/mgmt/tm/cm/failover-status", unit=0))["status"] == "STANDBY"
    assert (
        pair.call("POST", "/mgmt/tm/sys/failover", {"command": "run", "standby": True}, unit=1).status_code
        == 200
    )
    assert failover_states(pair, 0)["bigip1.lab.test"] == ("active", "true")


def test_a_change_waits_for_the_sync_and_traffic_follows_the_active_unit(pair: Machine) -> None:
    pair.network.members = {"10.1.0.1:80": "answer"}
    pair.pool("/T/A/pool", "10.1.0.1")
    assert described(pair.get(SYNC_STATUS, unit=1))["status"] == "Changes Pending"
    assert "items" not in pair.get("/mgmt/tm/ltm/pool", unit=1)
    assert pair.request("http://192.0.2.10/").text == "10.1.0.1:80\n"
    pair.control("failover")
    assert pair.request("http://192.0.2.10/").status_code == 502
    answer = pair.call(
        "POST", "/mgmt/tm/cm", {"command": "run", "utilCmdArgs": "config-sync to-group /Common/lab-group"}
    )
    assert answer.status_code == 200, answer.text
    assert described(pair.get(SYNC_STATUS))["status"] == "In Sync"
    assert pair.request("http://192.0.2.10/").text == "10.1.0.1:80\n"
    assert pair.get("/mgmt/tm/cm/device-group")["items"][0]["autoSync"] == "disabled"


def test_an_automatic_group_follows_at_once(pair: Machine) -> None:
    pair.control("sync", {"automatic": True})
    pair.pool("/T/A/pool", "10.1.0.1")
    assert [item["fullPath"] for item in pair.get("/mgmt/tm/ltm/pool", unit=1)["items"]] == ["/T/A/pool"]
    assert described(pair.get(SYNC_STATUS))["status"] == "In Sync"


def test_a_pair_that_is_renewed_is_as_after_its_start(pair: Machine) -> None:
    views = ("requests", "calls", "tokens", "faults", "engine", "system", "pools", "dataplane")

    def look() -> list[Any]:
        return [pair.control(view, method="GET", unit=unit) for unit in (0, 1) for view in views] + [
            pair.control("sync", unit=1)
        ]

    pair.control("sync", {"automatic": False})
    before = look()
    pair.pool("/T/A/pool", "10.1.0.1")
    pair.control("sync", {"automatic": True})
    pair.control("failover")
    pair.control("restart", {"down": 3600}, unit=1)
    pair.run(pair.lab.renew())
    pair.control("sync", {"automatic": False})
    assert look() == before
    assert pair.lab.units[0].system.active and pair.lab.facts()["renewals"] == 1
