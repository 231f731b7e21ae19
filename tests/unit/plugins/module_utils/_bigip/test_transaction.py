# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several changes as one transaction."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.contact import NoAnswer
from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.transaction import Step, send
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

PATH = "/mgmt/tm/transaction"
HEADER = "X-F5-REST-Coordination-Id"
STEPS = [Step("PATCH", "/mgmt/tm/net/route/a", {"gw": "198.18.0.1"}), Step("DELETE", "/mgmt/tm/net/route/b")]


def begun(number: int = 7) -> Exchange:
    return Exchange("POST", PATH, json={"transId": number, "state": "STARTED"}, expect=is_empty)


def is_empty(request: Request) -> None:
    assert request.json == {} and HEADER not in request.headers


def added(step: Step, number: int = 7, **more: object) -> Exchange:
    def check(request: Request) -> None:
        assert request.headers.get(HEADER) == str(number)
        assert (request.json if request.body else None) == step.body

    return Exchange(step.method, step.path, **{"json": {}, **more}, expect=check)  # type: ignore[arg-type]


def committed(number: int = 7, **more: object) -> Exchange:
    def check(request: Request) -> None:
        assert request.json == {"state": "VALIDATING"} and HEADER not in request.headers

    return Exchange("PATCH", f"{PATH}/{number}", **{"json": {"state": "COMPLETED"}, **more}, expect=check)  # type: ignore[arg-type]


def deleted(number: int = 7) -> Exchange:
    return Exchange("DELETE", f"{PATH}/{number}", json={})


def run(clock: Clock, script: list[Exchange], steps: list[Step] | None = None) -> Response:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        return send(session, STEPS if steps is None else steps, "Changing routes")


ALL = [added(step) for step in STEPS]
NOT_THERE = {"status": 404, "json": {"code": 404, "message": "01020036:3: The requested transaction (7) was not found."}}


def test_a_transaction(clock: Clock) -> None:
    assert run(clock, [begun(), *ALL, committed()]).ok


def test_a_single_change_needs_none(clock: Clock) -> None:
    def check(request: Request) -> None:
        assert HEADER not in request.headers

    assert run(clock, [Exchange("PATCH", STEPS[0].path, json={}, expect=check)], STEPS[:1]).ok


@pytest.mark.parametrize(
    "lost",
    [
        [Exchange("POST", PATH, drop=True)],
        [begun(3), added(STEPS[0], 3), added(STEPS[1], 3, json=None, drop=True)],
        [begun(3), added(STEPS[0], 3, **NOT_THERE)],
    ],
    ids=["at its begin", "at a step", "expired"],
)
def test_before_the_commit_a_lost_answer_begins_another_transaction(clock: Clock, lost: list[Exchange]) -> None:
    assert run(clock, [*lost, begun(), *ALL, committed()]).ok


def test_it_is_given_up_after_three_attempts(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [Exchange("POST", PATH, drop=True)] * 3)
    assert caught.value.code == "bigip_no_answer" and "Nothing was changed." in str(caught.value.remedy)
    with pytest.raises(Failure) as caught:
        run(clock, [begun(), added(STEPS[0], **NOT_THERE)] * 3)
    assert "The requested transaction (7) was not found" in str(caught.value.said)


def test_the_lost_answer_to_the_commit_is_for_the_caller(clock: Clock) -> None:
    with pytest.raises(NoAnswer):
        run(clock, [begun(), *ALL, committed(json=None, drop=True)])


def test_a_commit_that_fails_is_returned(clock: Clock) -> None:
    message = "transaction failed:01070330:3: Static route gateway 198.18.0.1 is not directly connected via an interface."
    answer = run(clock, [begun(), *ALL, committed(status=409, json={"code": 409, "message": message}), deleted()])
    assert not answer.ok and message in answer.said


REFUSED = {"status": 400, "json": {"code": 400, "message": "one or more properties must be specified"}}


@pytest.mark.parametrize(
    "script",
    [
        [Exchange("POST", PATH, **REFUSED)],  # type: ignore[arg-type]
        [Exchange("POST", PATH, json={"state": "STARTED"})],
        [begun(), added(STEPS[0], **REFUSED), deleted()],
        [begun(), added(STEPS[0], status=404, json={"code": 404, "message": "01020036:3: The requested route (/Common/a) was not found."}), deleted()],
        [begun(), added(STEPS[0], status=400, json={"code": 400, "message": "it cannot be part of a transaction"}), deleted()],
        [begun(), added(STEPS[0], **REFUSED), Exchange("DELETE", f"{PATH}/7", 400, json={"message": "no"})],
        [begun(), added(STEPS[0], **REFUSED), Exchange("DELETE", f"{PATH}/7", drop=True)],
    ],
)
def test_a_refusal_before_the_commit(clock: Clock, script: list[Exchange]) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, script)
    assert (caught.value.code, caught.value.remedy) == ("bigip_refused", "Nothing was changed.")
