# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to AS3 for single applications, PATCH, and service discovery."""

from __future__ import annotations

from typing import Any

import pytest

from as3_world import POOL, World, app, tenant

APP = tenant("10.1.0.1")["A1"]


# -- applications by themselves


def test_applications_are_merged_into_the_tenant(world: World) -> None:
    status, body = world.post({"schemaVersion": "3.50.0", "A1": app("10.1.0.1")}, "/declare/T1/applications")
    assert (status, body["declaration"]) == (200, {"schemaVersion": "3.50.0", "A1": app("10.1.0.1")})
    assert body["results"][0]["declarationId"].startswith("autogen_")
    world.post(
        {"schemaVersion": "3.50.0", "A2": app("10.1.0.2", vip="192.0.2.11")}, "/declare/T1/applications"
    )
    assert set(world.device.pools) == {POOL, "/T1/A2/web_pool"}
    assert set(world.stored("/declare/T1/applications")) == {"schemaVersion", "A1", "A2"}
    assert set(world.stored("/declare/T1/applications/A2")) == {"schemaVersion", "A2"}
    assert world.call("GET", "/declare/T1/applications/A9") == (
        404,
        {"code": 404, "message": "specified Application 'A9' not found in 'T1'"},
    )
    assert world.call("GET", "/declare/T9/applications") == (
        404,
        {"code": 404, "message": "specified tenant 'T9' not found in declaration"},
    )


def test_an_application_request_leaves_drift_of_others_alone(world: World) -> None:
    world.deployed(T1={**tenant("10.1.0.1"), "A2": app("10.1.0.2", vip="192.0.2.11")})
    world.device.delete_members(POOL, ["/T1/10.1.0.1:8080"])
    _status, body = world.post(
        {"schemaVersion": "3.50.0", "A2": app("10.1.0.2", vip="192.0.2.11")}, "/declare/T1/applications"
    )
    assert body["results"][0]["message"] == "no change"
    assert world.members() == []


def test_deleting_applications(world: World) -> None:
    world.deployed(T1={**tenant("10.1.0.1"), "A2": app("10.1.0.2", vip="192.0.2.11")})
    status, body = world.call("DELETE", "/declare/T1/applications/A2")
    assert (status, body["declaration"]["T1"]) == (200, tenant("10.1.0.1")), (
        "answered in the form of a tenant"
    )
    assert set(world.device.pools) == {POOL}
    status, body = world.call("DELETE", "/declare/T1/applications/A2")
    assert (status, body["message"]) == (500, "Cannot read properties of undefined (reading 'controls')")
    world.call("DELETE", "/declare/T1/applications/A1")
    assert world.call("GET", "/declare") == (204, None)
    assert sorted(world.device.folders) == ["/Common"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"A1": APP},
            {
                "code": 422,
                "message": "declaration is invalid",
                "errors": ["/: should have required property 'schemaVersion'"],
            },
        ),
        (
            {"schemaVersion": "3.50.0", "A1": {"class": "Nope"}},
            {
                "code": 422,
                "message": "Invalid data property: Per-app declaration must contain at least one application",
                "declaration": {},
            },
        ),
        (
            {"schemaVersion": "3.50.0", "A1": {**APP, "bogus": 1}},
            {"code": 422, "message": "Invalid data property: bogus", "declaration": {}},
        ),
    ],
)
def test_application_requests_refused(world: World, body: Any, said: Any) -> None:
    assert world.post(body, "/declare/T1/applications") == (422, said)


def test_applications_can_be_forbidden(world: World) -> None:
    world.call("POST", "/settings", {"perAppDeploymentAllowed": False})
    assert world.post({"schemaVersion": "3.50.0", "A1": APP}, "/declare/T1/applications")[0] == 400


# -- PATCH


def test_patch(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.12"))
    patch = [{"op": "add", "path": "/T1/A1/web_pool/members/0/serverAddresses/-", "value": "10.1.0.2"}]
    status, body = world.call("PATCH", "/declare", patch)
    assert (status, [(r["tenant"], r["message"]) for r in body["results"]]) == (200, [("T1", "success")])
    assert len(world.members()) == 2
    assert "T2" in world.stored()
    world.call(
        "PATCH", "/declare", [{"op": "add", "path": "/T3", "value": tenant("10.3.0.1", vip="192.0.2.13")}]
    )
    assert "/T3/A1/web_pool" in world.device.pools
    world.call(
        "PATCH", "/declare", [{"op": "replace", "path": "/T1/A1/web_pool/members/0/servicePort", "value": 81}]
    )
    assert world.members() == ["/T1/10.1.0.1:81", "/T1/10.1.0.2:81"]
    status, body = world.call("PATCH", "/declare", [{"op": "remove", "path": "/T3"}])
    assert (status, body) == (
        404,
        {"code": 404, "message": "specified Tenant(s) 'T3' not found in declaration", "statusCode": 404},
    )


# -- service discovery

EVENT = {
    "class": "Tenant",
    "A1": {
        "class": "Application",
        "ev_pool": {
            "class": "Pool",
            "members": [{"servicePort": 8080, "addressDiscovery": "event", "ratio": 3}],
        },
    },
}
TASK = "/mgmt/shared/service-discovery/task"


def test_event_pools(world: World) -> None:
    world.deployed(T1=EVENT)
    task = world.call("GET", TASK)[1]["items"][0]
    assert (task["id"], task["nodePrefix"], task["provider"]) == ("~T1~A1~ev_pool", "/T1/", "event")
    nodes = [
        {"id": "n1", "ip": "10.7.0.1", "port": 81},
        {"id": "n2", "ip": "10.7.0.2", "session": "user-disabled"},
    ]
    _status, answer = world.call("POST", f"{TASK}/~T1~A1~ev_pool/nodes", nodes)
    assert answer["providerOptions"]["nodeList"] == nodes
    members = world.device.pools["/T1/A1/ev_pool"].members
    assert {m.path: (m.port, m.ratio, m.session) for m in members.values()} == {
        "/T1/n1:81": (81, 3, "user-enabled"),
        "/T1/n2:8080": (8080, 3, "user-disabled"),
    }
    assert world.verdict(T1=EVENT) == ["no change"], "discovered members stay"
    world.call("POST", f"{TASK}/~T1~A1~ev_pool/nodes", nodes[1:])
    assert list(world.device.pools["/T1/A1/ev_pool"].members) == ["/T1/n2:8080"]
    assert sorted(world.device.nodes) == ["/T1/n2"]
    assert (
        world.call("GET", f"{TASK}/~T1~A1~ev_pool/nodes")[1]["result"]["providerOptions"]["nodeList"]
        == nodes[1:]
    )
    world.call("DELETE", "/declare/T1")
    assert world.call("GET", TASK)[1] == {"items": []}
    assert world.device.nodes == {}


def test_an_event_task_that_meets_a_conflict_says_so(world: World) -> None:
    world.deployed(T1=EVENT, T2=tenant("10.7.0.1", vip="192.0.2.12"))
    world.call("POST", f"{TASK}/~T1~A1~ev_pool/nodes", [{"id": "n1", "ip": "10.7.0.1"}])
    found = world.call("GET", f"{TASK}/~T1~A1~ev_pool")[1]["lastDiscoveryResult"]
    assert found == {
        "status": "Failed",
        "message": "0107176c:3: Invalid Node, the IP address 10.7.0.1 already exists.",
    }
    assert world.device.pools["/T1/A1/ev_pool"].members == {}


@pytest.mark.parametrize(
    ("nodes", "status"), [({"id": "x"}, 422), ([{"id": "x"}], 422), ([{"ip": "10.7.0.1"}], 422)]
)
def test_event_nodes_refused(world: World, nodes: Any, status: int) -> None:
    world.deployed(T1=EVENT)
    assert world.call("POST", f"{TASK}/~T1~A1~ev_pool/nodes", nodes)[0] == status
    assert world.call("POST", f"{TASK}/~T9~A1~ev_pool/nodes", [])[0] == 404
