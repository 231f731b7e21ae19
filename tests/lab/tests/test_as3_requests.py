# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to AS3: paths, queries, the tenants that they change, locks, tasks, time, settings."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from as3_world import POOL, World, adc, app, tenant
from vkslab.bigip.as3.lock import BUSY, FULL
from vkslab.bigip.as3.store import lock_key

EXCHANGE = tuple[str, str, Any, dict[str, str], int, Any]


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

    world.engine._deployer.scripts.sleep = sleep
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
