# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP in TMOS mode by iControl REST: the database variable, instances, neighbors."""

from __future__ import annotations

from typing import Any

import pytest

from bigip_machine import Machine

DB, BGP, DOMAIN = "/mgmt/tm/sys/db", "/mgmt/tm/net/routing/bgp", "/mgmt/tm/net/route-domain"
VARIABLE = f"{DB}/tmrouted.tmos.routing"
PODS, NEIGHBOR = f"{BGP}/~Common~pods", f"{BGP}/~Common~pods/neighbor"
MIXED = "01071c3f:3: Cannot mix routing-protocol Legacy and TMOS mode for route-domain (/Common/0)."


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("reset")
    return shared


@pytest.fixture
def on(bigip: Machine) -> Machine:
    """With the variable set, and an instance."""
    assert bigip.call("PATCH", VARIABLE, {"value": "enable"}).status_code == 200
    assert bigip.call("POST", BGP, instance()).status_code == 200
    return bigip


def instance(**given: Any) -> dict[str, Any]:
    return {"name": "pods", "localAs": 64512, **given}


def neighbor(**given: Any) -> dict[str, Any]:
    return {"name": "198.18.0.10", "remoteAs": 64512, **given}


def test_the_database_variable(bigip: Machine) -> None:
    item = bigip.get(VARIABLE)
    assert (item["kind"], item["value"], item["defaultValue"]) == ("tm:sys:db:dbstate", "disable", "disable")
    assert [one["name"] for one in bigip.get(DB)["items"]] == ["tmrouted.tmos.routing"]
    assert bigip.call("PATCH", VARIABLE, {"value": "enable"}).json()["value"] == "enable"
    assert bigip.get(VARIABLE)["value"] == "enable"
    assert bigip.call("PATCH", VARIABLE, {"value": "perhaps"}).status_code == 400
    assert bigip.call("GET", f"{DB}/nope").status_code == 404
    assert bigip.call("DELETE", VARIABLE).status_code == 405


def test_the_modes_do_not_mix(bigip: Machine) -> None:
    refused = bigip.call("POST", BGP, instance())
    assert (refused.status_code, refused.json()["message"]) == (400, MIXED)
    assert bigip.call("PATCH", VARIABLE, {"value": "enable"}).status_code == 200
    assert bigip.call("PATCH", f"{DOMAIN}/0", {"routingProtocol": ["BFD", "BGP"]}).status_code == 200
    assert bigip.call("POST", BGP, instance()).json()["message"] == MIXED
    assert bigip.call("PATCH", f"{DOMAIN}/0", {"routingProtocol": ["BFD"]}).status_code == 200
    assert bigip.call("POST", BGP, instance()).status_code == 200
    assert bigip.call("PATCH", f"{DOMAIN}/0", {"routingProtocol": ["BGP"]}).json()["message"] == MIXED
    assert bigip.call("PATCH", VARIABLE, {"value": "disable"}).json()["message"] == MIXED
    assert bigip.call("DELETE", PODS).status_code == 200
    assert bigip.call("PATCH", VARIABLE, {"value": "disable"}).status_code == 200


def test_an_instance(on: Machine) -> None:
    item = on.get(PODS)
    assert {
        "kind": "tm:net:routing:bgp:bgpstate",
        "fullPath": "/Common/pods",
        "localAs": 64512,
        "holdTime": 90,
        "keepAlive": 30,
        "routeDomain": "/Common/0",
        "peerGroup": [],
    }.items() <= item.items()
    assert item["neighborReference"] == {
        "link": f"https://localhost{NEIGHBOR}?ver=17.1.1",
        "isSubcollection": True,
    }
    changed = on.call("PATCH", PODS, {"routerId": "198.18.255.254", "holdTime": 9, "keepAlive": 3}).json()
    assert (changed["routerId"], changed["holdTime"], changed["localAs"]) == ("198.18.255.254", 9, 64512)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"name": "more", "localAs": "64513"}, 200),
        ({"name": "more", "holdTime": 0}, 200),
        ({"name": "more", "holdTime": 89}, 400),
        ({"name": "more", "localAs": 0}, 400),
        ({"name": "more", "localAs": "many"}, 400),
        ({"name": "more", "routerId": "here"}, 400),
        ({"name": "more", "routeDomain": "/Common/9"}, 404),
        ({"name": "more", "neighbor": [{"name": "198.18.0.10", "remoteAs": "64512"}]}, 200),
        ({"name": "more", "neighbor": [{"name": "198.18.0.10"}]}, 400),
        ({}, 409),
    ],
)
def test_a_new_instance(on: Machine, given: dict[str, Any], status: int) -> None:
    assert on.call("POST", BGP, instance(**given)).status_code == status


def test_an_instance_needs_a_number_and_keeps_it(on: Machine) -> None:
    assert on.call("POST", BGP, {"name": "more"}).status_code == 400
    assert on.call("PATCH", PODS, {"localAs": 64513}).status_code == 400
    assert on.call("PATCH", PODS, {"localAs": 64512}).status_code == 200
    assert on.call("PATCH", PODS, {"holdTime": 10, "keepAlive": 30}).status_code == 400


def test_neighbors_one_by_one(on: Machine) -> None:
    given = neighbor(description="mine", password="secret-word", ebgpMultihop=2)
    answers = [on.call("POST", NEIGHBOR, given), on.call("GET", f"{NEIGHBOR}/198.18.0.10")]
    answers += [on.call("GET", NEIGHBOR), on.call("GET", f"{PODS}?expandSubcollections=true")]
    item = answers[0].json()
    assert {
        "kind": "tm:net:routing:bgp:neighbor:neighborstate",
        "name": "198.18.0.10",
        "remoteAs": 64512,
        "description": "mine",
        "ebgpMultihop": 2,
        "enabled": "true",
    }.items() <= item.items()
    assert answers[3].json()["neighborReference"]["items"] == [item]
    changed = on.call("PATCH", f"{NEIGHBOR}/198.18.0.10", {"enabled": False, "password": "other-word"})
    assert changed.json()["enabled"] == "false"
    assert all("-word" not in answer.text for answer in (*answers, changed))
    assert on.call("POST", NEIGHBOR, neighbor(name="2001:DB8:18::10")).json()["name"] == "2001:db8:18::10"
    assert on.call("DELETE", f"{NEIGHBOR}/198.18.0.10").status_code == 200
    assert [one["name"] for one in on.get(NEIGHBOR)["items"]] == ["2001:db8:18::10"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 409),
        ({"name": "198.18.0.11", "enabled": "maybe"}, 400),
        ({"name": "198.18.0.11", "ebgpMultihop": 256}, 400),
        ({"name": "198.18.0.11", "remoteAs": -1}, 400),
        ({"name": "198.18.0.11", "remoteAs": None}, 400),
        ({"name": "198.18.0.11", "peerGroup": "missing"}, 404),
        ({"name": "198.18.0.11", "colour": "blue"}, 400),
        ({"name": "node-1"}, 400),
    ],
)
def test_what_is_refused_of_a_neighbor(on: Machine, given: dict[str, Any], status: int) -> None:
    assert on.call("POST", NEIGHBOR, neighbor()).status_code == 200
    assert on.call("POST", NEIGHBOR, neighbor(**given)).status_code == status
    assert on.call("GET", f"{BGP}/~Common~more/neighbor").status_code == 404


def test_a_peer_group_with_members_stays(on: Machine) -> None:
    groups = [{"name": "nodes", "remoteAs": 64512}]
    assert on.call("PATCH", PODS, {"peerGroup": groups}).status_code == 200
    assert on.call("POST", NEIGHBOR, {"name": "198.18.0.10", "peerGroup": "nodes"}).status_code == 200
    for body in ({"peerGroup": []}, {"peerGroup": groups}):
        assert "is in use by neighbor (198.18.0.10)" in on.call("PATCH", PODS, body).json()["message"]
    assert on.call("DELETE", f"{NEIGHBOR}/198.18.0.10").status_code == 200
    assert on.call("PATCH", PODS, {"peerGroup": []}).status_code == 200


def test_it_is_saved_and_belongs_to_its_unit(on: Machine) -> None:
    on.control("restart")
    on.http.close()
    assert on.call("GET", PODS).status_code == 404 and on.get(VARIABLE)["value"] == "disable"


def test_its_route_domain_stays(on: Machine) -> None:
    assert on.call("POST", DOMAIN, {"name": "two", "id": 2}).status_code == 200
    assert on.call("POST", BGP, instance(name="two", routeDomain="two")).status_code == 200
    refused = on.call("DELETE", f"{DOMAIN}/two")
    assert "BGP instance (/Common/two)" in refused.json()["message"]


def test_neighbors_in_a_transaction(on: Machine) -> None:
    number = on.call("POST", "/mgmt/tm/transaction", {}).json()["transId"]
    headers = {"X-F5-REST-Coordination-Id": str(number)}
    on.call("POST", NEIGHBOR, neighbor(), headers=headers)
    on.call("POST", NEIGHBOR, neighbor(name="198.18.0.11", ebgpMultihop=0), headers=headers)
    refused = on.call("PATCH", f"/mgmt/tm/transaction/{number}", {"state": "VALIDATING"})
    assert refused.json()["message"].startswith("transaction failed:invalid property value")
    assert "items" not in on.get(NEIGHBOR)
