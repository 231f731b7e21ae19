# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths, queries, tasks, the lock, history, per-application requests, PATCH, settings, service discovery, and
the engine's faults."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from as3_world import World, adc, tenant
from vkslab.bigip.as3.lock import BUSY, FULL
from vkslab.bigip.as3.store import lock_key
from vkslab.bigip.faults import Lost

POOL = "/T1/A1/web_pool"
APP = tenant("10.1.0.1")["A1"]
EXCHANGE = tuple[str, str, Any, dict[str, str], int, Any]


@pytest.fixture
def world() -> Iterator[World]:
    found = World()
    yield found
    found.close()


def app(*addresses: str, vip: str = "192.0.2.10") -> dict[str, Any]:
    found: dict[str, Any] = tenant(*addresses, vip=vip)["A1"]
    return found


# -- requests that never reach a declaration

ONE_LINE: list[tuple[str, str, Any, dict[str, str], int, str]] = [
    ("GET", "/nosuch", None, {}, 400, "Bad Request: Invalid path"),
    ("GET", "/declare/T1/x", None, {}, 400, "Bad Request: Invalid path"),
    ("GET", "/declare/T1/applications/A1/x", None, {}, 400, "Bad Request: Invalid path"),
    ("DELETE", "/declare/T1/applications", None, {}, 400, "Bad Request: Invalid path"),
    ("PATCH", "/declare/T1/applications/A1", [], {}, 400, "Bad Request: Invalid path"),
    ("PUT", "/declare", {}, {}, 405, "Method PUT not allowed"),
    ("POST", "/declare", b"", {}, 408, "Request exceeded iControl LX timeout"),
    (
        "POST",
        "/declare",
        b'{"class": ',
        {},
        400,
        "Found invalid JSON body in the request. Error: Unexpected end of JSON input",
    ),
    (
        "POST",
        "/declare",
        b'{"class": x}',
        {},
        400,
        "Found invalid JSON body in the request. Error: Unexpected token x in JSON at position 10",
    ),
    (
        "POST",
        "/declare",
        {"a": 1},
        {},
        422,
        "Invalid request: /declaration: should have required property 'class'",
    ),
    (
        "POST",
        "/declare",
        {"class": "X"},
        {},
        422,
        'Invalid request: /class: should be equal to constant "AS3"',
    ),
    ("POST", "/declare", [], {}, 422, "Invalid request: /: should NOT have fewer than 1 items"),
    (
        "POST",
        "/declare",
        {"class": "AS3", "persist": "no", "declaration": adc()},
        {},
        422,
        "Invalid request: /persist: should be boolean",
    ),
    (
        "POST",
        "/declare",
        {"class": "AS3", "historyLimit": 16, "declaration": adc()},
        {},
        422,
        "Invalid request: /historyLimit: should be <= 15",
    ),
    (
        "POST",
        "/declare",
        {"class": "AS3", "declaration": {"class": "X"}},
        {},
        422,
        'Invalid request: /declaration/class: should be equal to constant "ADC"',
    ),
    (
        "PATCH",
        "/declare",
        [{"op": "add"}],
        {},
        422,
        "Invalid request: /patchBody/0: should have required property 'path'",
    ),
    ("POST", "/declare", {"class": "AS3"}, {}, 400, 'for action "deploy", a declaration is required.'),
    (
        "POST",
        "/declare",
        {"class": "AS3", "action": "remove", "declaration": adc()},
        {},
        400,
        'for action "remove", a declaration is not allowed.',
    ),
    (
        "POST",
        "/declare",
        {"class": "AS3", "action": "redeploy", "redeployAge": 1},
        {},
        404,
        "cannot retrieve declaration of age 1 from localhost",
    ),
    ("POST", "/declare", adc(), {"async": "maybe"}, 400, 'async must be "true" or "false"'),
    (
        "GET",
        "/declare",
        None,
        {"async": "true"},
        400,
        'query param "async" is not allowed for method=GET or action=retrieve.',
    ),
    ("GET", "/declare", None, {"show": "all"}, 400, 'show must be "base", "full", or "expanded"'),
    ("GET", "/declare", None, {"age": "16"}, 400, 'invalid age value "16" - must be between 0-15 or "list"'),
    (
        "GET",
        "/declare",
        None,
        {"age": "x"},
        400,
        'invalid age value "x" - must be a number between 0-15 or "list"',
    ),
    ("POST", "/declare", adc(), {"age": "1"}, 400, 'query param "age" is not allowed for method Post'),
    (
        "DELETE",
        "/declare",
        None,
        {"showHash": "true"},
        400,
        'query param "showHash" is not allowed for method Delete',
    ),
    ("POST", "/declare", adc(), {"showHash": "1"}, 400, 'showHash must be "true" or "false"'),
    ("POST", "/declare", adc(), {"controls.dryRun": "1"}, 400, 'dryRun must be "true" or "false"'),
    ("POST", "/declare", adc(), {"foo": "1"}, 400, 'unrecognized URL query parameter "foo"'),
    ("GET", "/declare/T1", None, {}, 404, "declaration in specified path not found"),
    ("GET", "/declare/T1/applications", None, {}, 404, "declaration in specified path not found"),
    (
        "POST",
        "/declare/T1/applications",
        {"schemaVersion": "3.50.0"},
        {},
        422,
        "Invalid data property: Per-app declaration must contain at least one application",
    ),
    (
        "POST",
        "/declare/T1,T2/applications",
        {},
        {},
        400,
        "declare/T1,T2/applications is an invalid path. Only 1 tenant and 1 application may be specified in "
        "the URL.",
    ),
    (
        "DELETE",
        "/settings",
        None,
        {},
        405,
        "http://localhost:8100/mgmt/shared/appsvcs/settings: Only acceptable methods are Post and Get",
    ),
    ("POST", "/settings", {"nope": 1}, {}, 422, "declaration is invalid"),
    ("POST", "/settings", {"burstHandlingEnabled": "yes"}, {}, 422, "declaration is invalid"),
    ("PATCH", "/declare", {"op": "add"}, {}, 422, "Invalid request: /patchBody: should be array"),
    (
        "PATCH",
        "/declare",
        [{"op": "test", "path": "/T1", "value": 1}],
        {},
        422,
        "invalid patch - op 'test' is not supported",
    ),
    (
        "PATCH",
        "/declare",
        [{"op": "remove", "path": "/T1/A7"}],
        {},
        422,
        "InvalidPatchOperationError: path does not exist /T1/A7",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "query", "status", "said"), ONE_LINE)
def test_one_line_answers(
    world: World, method: str, path: str, body: Any, query: dict[str, str], status: int, said: str
) -> None:
    got, answer = world.call(method, path, body, **query)
    assert (got, answer["message"]) == (status, said)
    assert answer["code"] == status


def test_an_empty_device(world: World) -> None:
    assert world.call("GET", "/info") == (
        200,
        {"version": "3.56.0", "release": "10", "schemaCurrent": "3.56.0", "schemaMinimum": "3.0.0"},
    )
    assert world.call("GET", "/declare") == (204, None)
    assert world.call("GET", "/task") == (200, {"items": []})
    assert world.call("GET", "/task/x") == (404, {"message": "No record found with ID of x"})
    assert world.call("DELETE", "/declare")[1]["results"] == [
        {"message": "no change", "host": "localhost", "code": 200}
    ]


# -- which tenants


def test_selective_leaves_others_alone_and_complete_deletes_them(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.11"))
    body = world.deployed(T2=tenant("10.2.0.2", vip="192.0.2.11"))
    assert list(body["declaration"]) == ["T2", "class", "schemaVersion", "id", "updateMode", "controls"]
    assert set(world.stored()) >= {"T1", "T2"}
    _status, body = world.post({**adc(T2=tenant("10.2.0.2", vip="192.0.2.11")), "updateMode": "complete"})
    assert [(r["tenant"], r["message"]) for r in body["results"]] == [("T2", "no change"), ("T1", "success")]
    assert "T1" not in world.stored()


def test_tenants_of_the_path(world: World) -> None:
    _status, body = world.post(
        adc(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.11")), "/declare/T2,T9"
    )
    assert [r["tenant"] for r in body["results"]] == ["T2"]
    assert [r["tenant"] for r in world.call("DELETE", "/declare/T2,T9")[1]["results"]] == ["T2", "T9"]
    assert world.call("GET", "/declare") == (204, None)


def test_get(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.11"))
    assert "T2" not in world.stored("/declare/T1")
    assert world.call("GET", "/declare/T1,Nope") == (
        404,
        {"code": 404, "message": "specified Tenant(s) 'Nope' not found in declaration"},
    )
    assert world.call("GET", "/declare/id")[0] == 409
    assert world.stored(filterClass="Pool") == {
        name: {"A1": {"web_pool": world.stored()[name]["A1"]["web_pool"]}} for name in ("T1", "T2")
    }
    full = world.stored(show="full")["T1"]["A1"]
    assert (
        full["web_pool"]["loadBalancingMode"],
        full["web_pool"]["members"][0]["ratio"],
        full["vs"]["snat"],
    ) == ("round-robin", 1, "auto")
    assert full["vs"]["pool"] == "web_pool"
    assert world.stored(show="expanded")["T1"]["A1"]["vs"]["pool"] == POOL


def test_history(world: World) -> None:
    for number in range(1, 7):
        world.deployed(T1=tenant(f"10.1.0.{number}"))
    listed = world.stored(age="list")
    assert [(entry["age"], entry["name"]) for entry in listed] == [
        (i, f"____appsvcs_declaration-{entry['timestamp']}") for i, entry in enumerate(listed)
    ]
    assert len(listed) == 4
    assert world.stored(age="2")["T1"] == tenant("10.1.0.4")
    assert world.call("GET", "/declare", age="4") == (204, None)
    world.post({"class": "AS3", "action": "redeploy", "redeployAge": 2})
    assert world.stored()["T1"] == tenant("10.1.0.4")


def test_207_in_body_order(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    status, body = world.post(adc(T2=tenant("10.2.0.1"), T3=tenant("10.3.0.1", vip="192.0.2.13")))
    assert (status, body["code"]) == (207, 207)
    assert [(r["tenant"], r["code"], r["message"]) for r in body["results"]] == [
        ("T2", 422, "declaration failed"),
        ("T3", 200, "success"),
    ]
    assert "T2" not in body["declaration"]
    status, body = world.post(adc(T2=tenant("10.2.0.1")))
    assert (status, body["code"], "message" in body) == (422, 422, False)


def test_dry_run(world: World) -> None:
    by_query = world.post(adc(T1=tenant("10.1.0.1")), controls_dryRun="true")
    by_controls = world.post(
        {**adc(T1=tenant("10.1.0.1")), "controls": {"class": "Controls", "dryRun": True}}
    )
    by_action = world.post({"class": "AS3", "action": "dry-run", "declaration": adc(T1=tenant("10.1.0.1"))})
    by_tenant = world.post(adc(T1={**tenant("10.1.0.1"), "controls": {"class": "Controls", "dryRun": True}}))
    for status, body in (by_query, by_controls, by_action, by_tenant):
        assert (status, body["dryRun"], body["results"][0]["dryRun"], body["results"][0]["message"]) == (
            200,
            True,
            True,
            "success",
        )
    controls = {"controls": {"class": "Controls", "dryRun": True}}
    by_application = world.post(
        {"schemaVersion": "3.50.0", **controls, "A1": app("10.1.0.1")}, "/declare/T1/applications"
    )
    assert (
        by_application[0] == 200
        and by_application[1]["dryRun"]
        and by_application[1]["declaration"].keys() == {"schemaVersion", "A1"}
    )
    for _status, body in (by_tenant, by_application):
        assert body["results"][0]["dryRun"] and body["results"][0]["warnings"] == [
            {"tenant": "T1", "message": "dryRun true found in Tenant controls"}
        ]
    assert world.device.pools == {} and world.call("GET", "/declare") == (204, None)
    world.deployed(T1=tenant("10.1.0.1"))
    _status, body = world.post(adc(T1=tenant("10.1.0.1")), controls_dryRun="true")
    assert "dryRun" not in body["results"][0]


# -- the optimistic lock


def test_optimistic_lock(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.11"))
    key = world.stored(showHash="true")["T1"]["optimisticLockKey"]
    assert key == lock_key(tenant("10.1.0.1"))
    world.deployed(T1={**tenant("10.1.0.2"), "optimisticLockKey": key})
    assert "optimisticLockKey" not in world.stored()["T1"]
    status, body = world.post(
        adc(T1={**tenant("10.1.0.3"), "optimisticLockKey": key}, T2=tenant("10.2.0.1", vip="192.0.2.11"))
    )
    assert status == 207
    assert body["results"][0]["message"].startswith(
        "The hash you submitted does not match the hash on the current Tenant."
    )
    assert world.stored()["T1"] == tenant("10.1.0.2")


def test_a_key_that_as3_never_computes_creates_a_tenant_and_overwrites_none(world: World) -> None:
    world.deployed(T1={**tenant("10.1.0.1"), "optimisticLockKey": "whatever"})
    (result,) = world.post(adc(T1={**tenant("10.1.0.2"), "optimisticLockKey": "whatever"}))[1]["results"]
    assert result["code"] == 422 and result["message"].startswith(
        "The hash you submitted does not match the hash on the current Tenant."
    )
    assert world.stored()["T1"] == tenant("10.1.0.1")


def test_the_key_of_a_known_tenant() -> None:
    """Recorded from the real AS3."""
    stored = tenant("10.1.10.1", "10.1.10.2")
    assert lock_key(stored) == "ubIw06AvVJNSS5re9yK5QcRBtKZU1jAV5bNNPhtBExQ="


# -- tasks, time, the lock


def test_async(world: World) -> None:
    world.engine.delay(50)
    status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    submitted = {
        "message": "Declaration successfully submitted",
        "tenant": "",
        "host": "",
        "runTime": 0,
        "code": 0,
        "declarationId": "test",
    }
    assert (status, task["results"], task["declaration"]) == (202, [submitted], {})
    assert task["selfLink"] == f"https://localhost/mgmt/shared/appsvcs/task/{task['id']}"
    assert world.call("GET", f"/task/{task['id']}")[1]["results"][0]["message"] == "in progress"
    world.wait(0.2)
    found = world.call("GET", f"/task/{task['id']}")[1]
    assert found["results"][0]["message"] == "success"
    assert found["declaration"]["T1"] == tenant("10.1.0.1")


def test_async_refusals_stand_in_the_task(world: World) -> None:
    _status, task = world.post(adc(T1={"class": "Tenant", "A1": {"class": "Nope"}}), **{"async": "true"})
    world.wait(0.02)
    assert world.call("GET", f"/task/{task['id']}")[1]["results"] == [
        {"code": 422, "message": "Invalid data property: Nope"}
    ]


def test_a_request_becomes_a_task_after_45_seconds(world: World) -> None:
    assert world.engine.switch_seconds == 45
    world.engine.switch_seconds = 0.02
    world.engine.delay(100)
    status, task = world.post(adc(T1=tenant("10.1.0.1")))
    assert (status, task["results"][0]["message"]) == (202, "Declaration successfully submitted")
    world.wait(0.3)
    assert world.call("GET", f"/task/{task['id']}")[1]["results"][0]["message"] == "success"


def test_25_finished_tasks_are_kept_newest_first(world: World) -> None:
    for _ in range(28):
        world.call("DELETE", "/declare/T1")
    _status, last = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    listed = world.call("GET", "/task")[1]["items"]
    assert listed[0]["id"] == last["id"]
    assert len(listed) == 26, "25 finished ones, and one that runs"


def test_a_second_writer_is_told_to_wait(world: World) -> None:
    world.engine.delay(50)

    async def two() -> list[tuple[int, Any]]:
        return await asyncio.gather(
            world.send("POST", "/declare", adc(T1=tenant("10.1.0.1"))),
            world.send(
                "POST",
                "/declare",
                adc(T2=tenant("10.2.0.1", vip="192.0.2.11")),
                **{"controls_dryRun": "true"},
            ),
        )

    first, second = world.run(two())
    assert first[0] == 200
    assert second == (
        503,
        {"code": 503, "message": BUSY, "host": "localhost", "tenant": ["T2"], "declarationId": "test"},
    )


@pytest.mark.parametrize(("age", "status"), [(0, 503), (118, 503), (121, 200)])
def test_a_lock_is_taken_over_after_two_minutes(world: World, age: float, status: int) -> None:
    world.engine.take_lock(age)
    assert world.post(adc(T1=tenant("10.1.0.1")))[0] == status


def test_a_long_request_keeps_its_lock(world: World) -> None:
    seen: list[int] = []

    async def sleep(seconds: float) -> None:
        world.now += 100
        seen.append((await world.send("POST", "/declare", adc(T9=tenant("10.9.0.1", vip="192.0.2.19"))))[0])

    world.engine._deployer._sleep = sleep
    world.deployed(**{f"T{i}": tenant(f"10.{i}.0.1", vip=f"192.0.2.{10 + i}") for i in range(1, 4)})
    assert seen == [503, 503, 503]


def test_burst_handling(world: World) -> None:
    world.call("POST", "/settings", {"burstHandlingEnabled": True})
    world.engine.delay(5)

    async def many() -> list[tuple[int, Any]]:
        return await asyncio.gather(
            *[
                world.send("POST", "/declare", adc(**{f"B{i}": tenant(f"10.3.0.{i}", vip=f"192.0.2.{i}")}))
                for i in range(14)
            ]
        )

    answers = world.run(many())
    assert [status for status, _body in answers] == [200] * 11 + [503] * 3
    assert answers[-1][1] == {"code": 503, "message": FULL}


def test_an_array_of_declarations(world: World) -> None:
    two = [adc(T1=tenant("10.1.0.1")), adc(T2=tenant("10.2.0.1", vip="192.0.2.11"))]
    status, body = world.post(two)
    assert (status, [item["results"][0]["tenant"] for item in body["items"]]) == (200, ["T1", "T2"])
    status, body = world.post([two[0], two[0]])
    assert (status, [item["code"] for item in body["items"]]) == (422, [422, 422])
    status, body = world.post(two, **{"async": "true"})
    assert (status, body["code"], len(body["items"])) == (202, 202, 2)


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


# -- faults


def test_a_script_fails_for_the_tenant_that_was_named(world: World) -> None:
    world.engine.faults.script.append({"tenant": "T2", "message": "no"})
    status, body = world.post(adc(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.12")))
    assert (status, [r["code"] for r in body["results"]]) == (207, [200, 422])
    assert world.verdict(T2=tenant("10.2.0.1", vip="192.0.2.12")) == ["success"], "it is used up"


def test_a_fault_without_member_deletes(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.engine.faults.script.append({"message": "no", "deletes": False})
    assert world.verdict(T1=tenant("10.1.0.2")) == ["no"]
    assert world.members() == ["/T1/10.1.0.1:8080"]


def test_a_code_that_is_a_word(world: World) -> None:
    world.engine.faults.script.append(
        {"message": "getaddrinfo ENOTFOUND nowhere.example", "code": "ENOTFOUND"}
    )
    status, body = world.post(adc(T1=tenant("10.1.0.1")))
    assert (status, body["results"][0]["code"]) == (422, "ENOTFOUND")


def test_the_store_fails_after_the_device_was_changed(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.engine.faults.store = 1
    status, body = world.post(adc(T1=tenant("10.1.0.2")))
    assert (status, body["code"]) == (500, 500)
    assert world.members() == ["/T1/10.1.0.2:8080"]
    assert world.stored()["T1"] == tenant("10.1.0.1")
    assert world.verdict(T1=tenant("10.1.0.2")) == ["no change"], "the lock was released"


def test_a_task_disappears(world: World) -> None:
    world.engine.faults.lost_tasks = 1
    _status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    assert world.call("GET", f"/task/{task['id']}")[0] == 404
    world.wait(0.05)
    assert world.members() == ["/T1/10.1.0.1:8080"], "its work was done"


@pytest.mark.parametrize(("when", "left"), [("before", {"/T1"}), ("after", {"/T1", "/T2"})])
def test_the_engine_dies_half_way(world: World, when: str, left: set[str]) -> None:
    world.engine.faults.crash.append({"tenant": "T2", "when": when})
    both = adc(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.12"))
    with pytest.raises(Lost):
        world.post(both)
    assert {path for path in world.device.folders if path.count("/") == 1} == {"/Common"} | left
    assert world.call("GET", "/declare") == (204, None), "nothing was stored"
    assert world.post(both)[0] == 503, "the lock stays"
    world.now += 125
    assert world.post(both)[0] == 200


def test_a_restart_cancels_tasks_and_keeps_the_lock(world: World) -> None:
    world.engine.delay(200)
    _status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    world.wait(0.02)
    world.engine.restart()
    assert world.call("GET", f"/task/{task['id']}")[1]["results"] == [
        {"message": "task cancelled", "tenant": "", "host": "", "runTime": 0, "code": 0}
    ]
    world.engine.delay(1)
    assert world.post(adc(T1=tenant("10.1.0.1")))[0] == 503
    world.now += 125
    assert world.post(adc(T1=tenant("10.1.0.1")))[0] == 200


def test_a_crash_of_an_asynchronous_request(world: World) -> None:
    world.engine.faults.crash.append({"tenant": "T1"})
    _status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    world.wait(0.02)
    assert world.call("GET", f"/task/{task['id']}")[1]["results"][0]["message"] == "task cancelled"


def test_reset_forgets_everything(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.call("POST", "/settings", {"burstHandlingEnabled": True})
    world.engine.take_lock(0)
    world.engine.faults.store = 1
    world.engine.reset()
    assert world.call("GET", "/declare") == (204, None)
    assert world.call("GET", "/task")[1] == {"items": []}
    assert world.call("GET", "/settings")[1]["burstHandlingEnabled"] is False
    world.deployed(T1=tenant("10.1.0.1"))


def test_each_machine_counts_its_own_operations() -> None:
    """Several BIG-IPs in one process are several machines."""
    answers = []
    for _ in range(2):
        world = World()
        answers.append(
            [world.run(world.send("POST", "/declare", b"{"))[1]["restOperationId"] for _ in range(2)]
        )
        world.close()
    assert answers == [[1000, 1001], [1000, 1001]]
