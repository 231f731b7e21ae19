# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations and deletions, each followed to its end."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.as3 import As3
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_as3 import (
    ACCEPTED_BODY,
    ADC,
    DECLARE,
    PACKAGES,
    T1,
    T2,
    TASK,
    UNREGISTERED,
    run,
    stored,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

POST = f"{DECLARE}?async=true"
BUSY = "Error: Configuration operation in progress on device localhost, please try again in 2 minutes"
QUEUE_FULL = "Error: Too many configuration operations are in progress on the device. Please try again later"
PAGE = "<html><body><h1>HTTP ERROR 500</h1><p>AsyncContext timeout</p></body></html>"


def ok(tenant: str, message: str = "success") -> dict[str, Any]:
    return {"code": 200, "message": message, "lineCount": 25, "host": "localhost", "tenant": tenant, "runTime": 27, "declarationId": "demo"}


def task(*results: Any, **more: Any) -> Exchange:
    return Exchange("GET", TASK, json={"id": "6d3", "results": list(results), "declaration": {}, "selfLink": f"https://localhost{TASK}", **more})


ACCEPTED = Exchange("POST", POST, 202, json=ACCEPTED_BODY)
RUNNING = {"message": "in progress", "tenant": "", "host": "", "runTime": 0, "code": 0}


def brief(outcome: Outcome) -> Any:
    """The outcome as a table holds it: a list of (tenant, code, message), or why it is unknown."""
    return [(result.tenant, result.code, result.message) for result in outcome.results] if outcome.known else f"unknown: {outcome.why}"


INVALID = {
    "code": 422,
    "errors": ["/T1/A1/web_pool/members/0/servicePort: should be <= 65535"],
    "message": "declaration is invalid",
    "host": "localhost",
    "tenant": ["T1"],
    "declarationId": "demo",
}
TAKEN = "01070333:3: Virtual Server /T5/A1/vs illegally shares destination address with existing virtual server /T1/A1/vs."
REFUSED = {"code": 422, "message": "declaration failed", "response": TAKEN, "host": "localhost", "tenant": "T5", "runTime": 7}
HASH = {"message": "The hash you submitted does not match the hash on the current Tenant. This usually ...", "host": "localhost", "tenant": "T2", "code": 422}
LOCKED = {"code": 503, "message": BUSY, "host": "localhost", "tenant": ["T2"], "declarationId": "demo"}
STORE = "An unexpected error occurred. See logs for details. Error: store a declaration response=400"
OUTCOMES: dict[str, tuple[list[Exchange], Any]] = {
    "success": ([ACCEPTED, task(ok("T1"))], [("T1", 200, "success")]),
    "after a while": ([ACCEPTED, task(RUNNING), task(RUNNING), task(ok("T1"))], [("T1", 200, "success")]),
    "one of two is still in progress": ([ACCEPTED, task(ok("T1"), RUNNING), task(ok("T1"), ok("T2"))], [("T1", 200, "success"), ("T2", 200, "success")]),
    "no change, no tenant": ([ACCEPTED, task({"message": "no change", "host": "localhost", "code": 200})], [("", 200, "no change")]),
    "some fail": ([ACCEPTED, task(REFUSED, ok("T6"))], [("T5", 422, "declaration failed"), ("T6", 200, "success")]),
    "stale lock key": ([ACCEPTED, task(HASH)], [("T2", 422, HASH["message"])]),
    "code is text": ([ACCEPTED, task({"code": "ENOTFOUND", "message": "declaration failed", "tenant": "T1"})], [("T1", "ENOTFOUND", "declaration failed")]),
    "500 of one tenant": ([ACCEPTED, task({"code": 500, "message": "declaration failed", "tenant": "T1"})], [("T1", 500, "declaration failed")]),
    "invalid, in the task": ([ACCEPTED, task(INVALID)], [("T1", 422, "declaration is invalid")]),
    "invalid, short": ([ACCEPTED, task({"message": "Invalid data property: Nope", "code": 422})], [("", 422, "Invalid data property: Nope")]),
    "invalid, at once": ([Exchange("POST", POST, 422, json=INVALID)], [("T1", 422, "declaration is invalid")]),
    "per-app disabled": (
        [Exchange("POST", POST, 400, json={"code": 400, "message": "Error: Per-application deployment has been disabled"})],
        [("", 400, "Error: Per-application deployment has been disabled")],
    ),
    "answered at once": (
        [Exchange("POST", POST, 207, json={"results": [REFUSED, ok("T6")], "declaration": {}, "code": 207})],
        [("T5", 422, "declaration failed"), ("T6", 200, "success")],
    ),
    "busy at the POST": ([Exchange("POST", POST, 503, json=LOCKED), ACCEPTED, task(ok("T2"))], [("T2", 200, "success")]),
    "busy in the task": ([ACCEPTED, task(LOCKED), ACCEPTED, task(LOCKED), ACCEPTED, task(ok("T2"))], [("T2", 200, "success")]),
    "queue full": ([ACCEPTED, task({"code": 503, "message": QUEUE_FULL}), ACCEPTED, task(ok("T2"))], [("T2", 200, "success")]),
    "restart before the POST": (
        [Exchange("POST", POST, 404, json=UNREGISTERED), Exchange("GET", PACKAGES, json={"items": [{"appName": "f5-appsvcs"}]}), ACCEPTED, task(ok("T1"))],
        [("T1", 200, "success")],
    ),
    "503 and reset while polling": (
        [ACCEPTED, Exchange("GET", TASK, 503, text=PAGE), Exchange("GET", TASK, drop=True), Exchange("GET", TASK, 404, json=UNREGISTERED), task(ok("T1"))],
        [("T1", 200, "success")],
    ),
    "connection lost after the POST": (
        [Exchange("POST", POST, drop=True)],
        "unknown: the connection broke after the POST: Remote end closed connection without response",
    ),
    "page of 500 after the POST": ([Exchange("POST", POST, 500, text=PAGE)], "unknown: after the POST came HTTP 500: HTTP ERROR 500 AsyncContext timeout"),
    "page of 503 after the POST": ([Exchange("POST", POST, 503, text=PAGE)], "unknown: after the POST came HTTP 503: HTTP ERROR 500 AsyncContext timeout"),
    "AS3's own 500": ([Exchange("POST", POST, 500, json={"code": 500, "message": STORE})], f"unknown: {STORE}"),
    "AS3's own 500 in the task": ([ACCEPTED, task({"code": 500, "message": STORE})], f"unknown: {STORE}"),
    "the task disappeared": (
        [ACCEPTED, Exchange("GET", TASK, 404, json={"message": "No record found with ID of 6d3"})],
        "unknown: the task disappeared: HTTP 404: No record found with ID of 6d3",
    ),
    "a task that cannot be read": ([ACCEPTED, Exchange("GET", TASK, 400, json={"message": "no"})], "unknown: the task could not be read: HTTP 400: no"),
    "a task of another shape": ([ACCEPTED, Exchange("GET", TASK, json=[1])], "unknown: the task could not be read: HTTP 200: [1]"),
    "accepted without a task": ([Exchange("POST", POST, 202, json={"results": [ok("T1")]})], [("T1", 200, "success")]),
    "accepted in another shape": ([Exchange("POST", POST, 202, json=[1])], "unknown: AS3 answered [1]"),
    "the result at once": ([Exchange("POST", POST, 200, json={"id": "6d3", "results": [ok("T1")]})], [("T1", 200, "success")]),
    "the task was cancelled": ([ACCEPTED, task({"message": "task cancelled", "code": 0, "tenant": ""})], "unknown: AS3 was restarted and cancelled the task"),
    "an answer that is not JSON": (
        [Exchange("POST", POST, 413, text="<h1>Request Entity Too Large</h1>")],
        "unknown: after the POST came HTTP 413: Request Entity Too Large",
    ),
}


@pytest.mark.parametrize("script, expected", OUTCOMES.values(), ids=OUTCOMES.keys())
def test_submit(clock: Clock, script: list[Exchange], expected: Any) -> None:
    # Something that proves the server to be a BIG-IP comes first, as in every real run.
    before = Exchange("GET", "/mgmt/tm/sys/version", json={})

    def work(as3: As3) -> Outcome:
        as3._session.request("GET", "/mgmt/tm/sys/version")
        return as3.submit({**ADC, "T1": T1})

    assert brief(run(clock, [before, *script], work)) == expected


def test_the_parts_of_an_outcome(clock: Clock) -> None:
    script = [
        ACCEPTED,
        task(
            {**REFUSED, "warnings": [{"tenant": "T5", "message": "careful"}]},
            ok("T6"),
            INVALID,
            {**ok("T7", "no change"), "dryRun": True},
            declaration={**ADC, "T6": T2},
        ),
    ]
    outcome = run(clock, script, lambda as3: as3.submit(ADC))
    five, six, one, seven = outcome.results
    assert (five.response, five.run_time, five.host, five.warnings) == (TAKEN, 7, "localhost", ("careful",))
    assert (six.line_count, six.changed, seven.changed, seven.dry_run) == (25, True, False, True)
    assert (one.errors, outcome.errors) == (tuple(INVALID["errors"]), tuple(INVALID["errors"]))
    assert (outcome.task_id, outcome.ok, outcome.failed) == ("6d3", False, (five, one))
    assert outcome.declaration["T6"] == T2
    assert outcome.of("T6") == (six,)


def test_an_application_is_sent_to_its_tenant(clock: Clock) -> None:
    body = {"schemaVersion": "3.50.0", "A1": {"class": "Application"}}

    def same(request: Request) -> None:
        assert request.json == body

    script = [Exchange("POST", f"{DECLARE}/T1/applications?async=true", 202, json=ACCEPTED_BODY, expect=same), task(ok("T1"))]
    assert run(clock, script, lambda as3: as3.submit(body, tenant="T1")).ok


def test_names_are_quoted(clock: Clock) -> None:
    paths = [f"{DECLARE}/a%2Fb/applications", f"{DECLARE}/a%2Fb", f"{DECLARE}/a%2Fb/applications/c%2Fd"]
    methods = ["POST", "DELETE", "DELETE"]
    script = [Exchange(method, f"{path}?async=true", json={"results": [ok("a/b")]}) for method, path in zip(methods, paths, strict=True)]
    run(clock, script, lambda as3: (as3.submit({}, tenant="a/b"), as3.remove("a/b"), as3.remove("a/b", "c/d")))


REMOVE = {
    "tenant": (("T1",), f"{DECLARE}/T1?async=true"),
    "application": (("T1", "A1"), f"{DECLARE}/T1/applications/A1?async=true"),
}


@pytest.mark.parametrize("arguments, path", REMOVE.values(), ids=REMOVE.keys())
def test_remove(clock: Clock, arguments: tuple[str, ...], path: str) -> None:
    script = [Exchange("DELETE", path, 202, json=ACCEPTED_BODY), task(LOCKED), Exchange("DELETE", path, 202, json=ACCEPTED_BODY), task(ok("T1"))]
    assert run(clock, script, lambda as3: as3.remove(*arguments)).ok


def device(state: str) -> Exchange:
    path = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
    return Exchange("GET", path, json={"items": [{"name": "self", "selfDevice": "true", "failoverState": state}]})


def test_a_change_goes_to_the_unit_that_is_active_now(clock: Clock) -> None:
    was = [device("active"), stored(), device("standby")]
    with ScriptedServer(was) as one, ScriptedServer([device("active"), ACCEPTED, task(ok("T1"))]) as two:
        with Session(provider(one, two, token="GIVEN"), clock.deadline(60)) as session:
            as3 = As3(session)
            as3.declaration()
            assert as3.submit({**ADC, "T1": T1}).ok


# Without jitter an attempt starts 46.2 s after the first: with 46.3 s in all, it would have 0.1 s to learn its outcome.
ATTEMPTS: dict[float, list[float]] = {
    # the deadline: when AS3 is asked. Each attempt takes 0.2 s; the last one begins 5 s before the end.
    150: [0, 1.2, 3.4, 7.6, 15.8, 31, 46.2, 61.4, 76.6, 91.8, 107, 122.2, 137.4, 145],
    50: [0, 1.2, 3.4, 7.6, 15.8, 31, 45],
    6: [0, 1],
    4: [0],
}


@pytest.mark.parametrize(("seconds", "attempts"), ATTEMPTS.items())
def test_busy_to_the_end(clock: Clock, monkeypatch: pytest.MonkeyPatch, seconds: float, attempts: list[float]) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)
    posts: list[float] = []

    def answer(request: Request) -> Exchange:
        if request.method == "POST":
            posts.append(clock.now - 1000)
            return ACCEPTED
        return task(LOCKED, {**LOCKED, "message": QUEUE_FULL})

    with ScriptedServer([]) as server:
        server.take = answer  # type: ignore[method-assign]
        with Session(provider(server, token="GIVEN"), clock.deadline(seconds)) as session, pytest.raises(Failure) as caught:
            As3(session).submit(ADC)
    expected = Failure(
        "bigip_busy",
        f"Sending the declaration to AS3 (timed out after {seconds} s)",
        said=BUSY,
        remedy="Another writer kept AS3 busy. Raise timeout, or run again later.",
    )
    assert caught.value.as_dict() == expected.as_dict()
    assert posts == pytest.approx(attempts)
    assert len(posts) <= 20, "each attempt leaves a record in AS3, which keeps 25"


def test_in_progress_to_the_end(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)
    with ScriptedServer([]) as server:
        server.take = lambda request: ACCEPTED if request.method == "POST" else task(RUNNING)  # type: ignore[method-assign]
        with Session(provider(server, token="GIVEN"), clock.deadline(100)) as session:
            outcome = As3(session).submit(ADC)
    assert outcome == Outcome(known=False, why="timed out after 100 s while the task was in progress", task_id="6d3")
    assert clock.slept[:9] == pytest.approx([0.2, 0.32, 0.512, 0.8192, 1.31072, 2.097152, 3.3554432, 5, 5])
    assert sum(clock.slept) == pytest.approx(100)


def test_no_answer_while_the_task_runs(clock: Clock) -> None:
    with ScriptedServer([]) as server:
        server.take = lambda request: ACCEPTED if request.method == "POST" else Exchange("GET", "", 503, text=PAGE)  # type: ignore[method-assign]
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
            outcome = As3(session).submit(ADC)
    assert (outcome.known, outcome.task_id) == (False, "6d3")
    assert "HTTP 503" in (outcome.why or "")
