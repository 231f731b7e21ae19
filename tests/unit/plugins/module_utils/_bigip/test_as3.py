# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of what AS3 stores."""

from __future__ import annotations

import json as jsonlib
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.as3 import As3
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_as3 import (
    ACCEPTED_BODY,
    ADC,
    AS3,
    DECLARE,
    T1,
    T2,
    run,
    stored,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

NOT_FOUND = {"code": 404, "message": "specified Tenant(s) 'T9' not found in declaration"}
NOTHING = {"code": 404, "message": "declaration in specified path not found"}
READ: dict[str, tuple[list[Exchange], dict[str, Any], dict[str, Any]]] = {
    "all": ([stored()], {}, {"T1": T1, "T2": T2}),
    "empty device": ([stored(status=204)], {}, {}),
    "one": ([stored("/T1?show=base&showHash=true", {**ADC, "T1": T1})], {"tenants": ["T1"]}, {"T1": T1}),
    "two, in any order": ([stored("/T1%2CT2?show=base&showHash=true".replace("%2C", ","))], {"tenants": ["T2", "T1"]}, {"T1": T1, "T2": T2}),
    "one that is not stored": ([stored("/T9?show=base&showHash=true", NOT_FOUND, 404)], {"tenants": ["T9"]}, {}),
    "one of an empty device": ([stored("/T1?show=base&showHash=true", NOTHING, 404)], {"tenants": ["T1"]}, {}),
    "one of two is not stored": ([stored("/T1,T9?show=base&showHash=true", NOT_FOUND, 404), stored()], {"tenants": ["T1", "T9"]}, {"T1": T1}),
    "two of an empty device": ([stored("/T1,T2?show=base&showHash=true", NOTHING, 404), stored(status=204)], {"tenants": ["T1", "T2"]}, {}),
    "none asked for": ([], {"tenants": []}, {}),
    "full, without keys": ([stored("/T2?show=full", {**ADC, "T2": T2})], {"tenants": ["T2"], "show": "full", "lock_keys": False}, {"T2": T2}),
    "one application": (
        [stored("/T1?show=base&showHash=true", {**ADC, "T1": T1})],
        {"tenants": ["T1"], "application": "A2"},
        {"T1": {"class": "Tenant", "A2": {"class": "Application"}, "label": "x", "optimisticLockKey": "k1="}},
    ),
    "an unknown application": ([stored()], {"application": "A9"}, {}),
    "an application that is a property": ([stored()], {"application": "label"}, {}),
}


@pytest.mark.parametrize("script, arguments, expected", READ.values(), ids=READ.keys())
def test_declaration(clock: Clock, script: list[Exchange], arguments: dict[str, Any], expected: dict[str, Any]) -> None:
    assert run(clock, script, lambda as3: as3.declaration(**arguments)) == expected


WHOLE = stored("?show=base")
OTHERS: dict[str, tuple[list[Exchange], list[str], list[str]]] = {
    "one was read before the others were deleted": ([stored("/T1?show=base&showHash=true", {**ADC, "T1": T1}), stored("?show=base", status=204)], ["T1"], []),
    "one is read": ([stored("/T1?show=base&showHash=true", {**ADC, "T1": T1}), WHOLE], ["T1"], ["T2"]),
    "one that is not stored": ([stored("/T9?show=base&showHash=true", NOT_FOUND, 404), WHOLE], ["T9"], ["T1", "T2"]),
    "one of an empty device": ([stored("/T9?show=base&showHash=true", NOTHING, 404)], ["T9"], []),
    "all were read, because one was missing": ([stored("/T1,T9?show=base&showHash=true", NOT_FOUND, 404), stored()], ["T1", "T9"], ["T2"]),
    "two of an empty device": ([stored("/T1,T9?show=base&showHash=true", NOTHING, 404), stored(status=204)], ["T1", "T9"], []),
}


@pytest.mark.parametrize("script, tenants, expected", OTHERS.values(), ids=OTHERS.keys())
def test_others(clock: Clock, script: list[Exchange], tenants: list[str], expected: list[str]) -> None:
    def work(as3: As3) -> list[str]:
        as3.declaration(tenants)
        assert sorted(as3.others(tenants)) == sorted(as3.others(tenants))
        return sorted(as3.others(tenants))

    assert run(clock, script, work) == expected


@pytest.mark.parametrize(("name", "path"), [("a/b", "/a%2Fb"), ("a" * 6000, f"/{'a' * 6000}"), ("a" * 6001, "")])
def test_the_path_of_a_tenant(clock: Clock, name: str, path: str) -> None:
    script = [stored(f"{path}?show=base&showHash=true", {**ADC, name: T1})]
    assert run(clock, script, lambda as3: as3.declaration([name])) == {name: T1}


def test_too_many_names_for_one_request_line(clock: Clock) -> None:
    names = [f"Tenant_{number:04}_of_a_very_large_company" for number in range(500)]
    assert run(clock, [stored(body={**ADC, names[3]: T1, "Other": T2})], lambda as3: as3.declaration(names)) == {names[3]: T1}


def test_a_declaration_that_cannot_be_read_is_not_an_empty_one(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [stored(body={"code": 500, "message": "An unexpected error occurred."}, status=500)], lambda as3: as3.declaration())
    assert caught.value.code == "as3_refused"
    assert "An unexpected error occurred." in caught.value.message


REFUSALS = [
    (404, NOTHING, f"HTTP 404: {NOTHING['message']}"),
    (200, ["x"], 'HTTP 200: ["x"]'),
    (500, {"message": "no"}, "HTTP 500: no"),
]


@pytest.mark.parametrize(("status", "body", "said"), REFUSALS)
def test_a_declaration_that_as3_refuses_to_return(clock: Clock, status: int, body: Any, said: str) -> None:
    """Of all tenants, AS3 answers 204 when it stores none: a 404 has another reason."""
    with pytest.raises(Failure) as caught:
        run(clock, [stored(body=body, status=status)], lambda as3: as3.declaration())
    remedy = "Read the log of AS3: /var/log/restnoded/restnoded.log on BIG-IP."
    expected = Failure("as3_refused", "Reading the declaration from AS3", said=said, remedy=remedy)
    assert caught.value.as_dict() == expected.as_dict()


DEEP = f'{{"class": "ADC", "T1": {jsonlib.dumps(T1)}, "Deep": {{"class": "Tenant", "a": {"[" * 200_000}{"]" * 200_000}}}}}'


def test_a_tenant_that_cannot_be_read_is_left_out(clock: Clock) -> None:
    """It costs one warning, and a failure for those who ask for it."""
    answer = Exchange("GET", f"{DECLARE}?show=base&showHash=true", text=DEEP)
    named = Exchange("GET", f"{DECLARE}/Deep,T1?show=base&showHash=true", text=DEEP)

    def work(as3: As3) -> list[str]:
        assert as3.declaration() == as3.declaration() == {"T1": T1}
        with pytest.raises(Failure) as caught:
            as3.declaration(["T1", "Deep"])
        remedy = "Another writer stored it so: correct it in AS3, or omit this tenant."
        why = str(caught.value.said)
        expected = Failure("as3_unreadable", "Reading tenant Deep from AS3", said=why, remedy=remedy, tenant="Deep")
        assert caught.value.as_dict() == expected.as_dict()
        assert as3._session.warnings == [f"Tenant Deep on BIG-IP is left out: {why}."]
        return as3._session.warnings

    assert "deep" in str(run(clock, [answer, answer, named], work))


def test_info_settings_tasks(clock: Clock) -> None:
    script = [
        Exchange("GET", f"{AS3}/info", json={"version": "3.56.0", "release": "10"}),
        Exchange("GET", f"{AS3}/settings", json={"burstHandlingEnabled": False}),
        Exchange("GET", f"{AS3}/task", json={"items": [ACCEPTED_BODY]}),
    ]
    found = run(clock, script, lambda as3: (as3.info(), as3.settings(), as3.tasks()))
    assert found == ({"version": "3.56.0", "release": "10"}, {"burstHandlingEnabled": False}, [ACCEPTED_BODY])


def test_a_404_of_another_server_is_asked_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)
    wrong = stored(T1_ALONE, {"code": 404, "message": "Not Found"}, 404)
    script = [wrong, wrong, stored(T1_ALONE, {**ADC, "T1": T1})]
    assert run(clock, script, lambda as3: as3.declaration(["T1"])) == {"T1": T1}
    assert clock.slept == [1, 2]


T1_ALONE = "/T1?show=base&showHash=true"
NOT_FROM_AS3: dict[str, dict[str, Any]] = {
    "a page": {"text": "<html><body><h1>404 Not Found</h1></body></html>"},
    "another JSON": {"json": {"code": 404, "message": "Not Found"}},
    "a page with AS3's sentence": {"text": f"<html>{NOTHING['message']}</html>"},
    "not registered, as newer versions say": {"json": {"code": 404, "message": "URI path /mgmt/shared/appsvcs/declare/T1 not registered. Please verify"}},
}


@pytest.mark.parametrize("answer", NOT_FROM_AS3.values(), ids=NOT_FROM_AS3.keys())
def test_a_404_that_is_not_from_as3_does_not_mean_that_nothing_is_stored(clock: Clock, answer: dict[str, Any]) -> None:
    """Otherwise a new tenant would replace the stored one, also that of another owner."""
    info = Exchange("GET", f"{AS3}/info", json={"version": "3.56.0"})
    wrong = Exchange("GET", f"{DECLARE}{T1_ALONE}", 404, **answer)

    def work(as3: As3) -> Any:
        as3.info()
        return as3.declaration(["T1"])

    assert run(clock, [info, wrong, wrong, stored(T1_ALONE, {**ADC, "T1": T1})], work) == {"T1": T1} and clock.slept
    assert run(clock, [info, wrong, stored(T1_ALONE, NOT_FOUND, 404)], work) == {}


@pytest.mark.parametrize("answer", list(NOT_FROM_AS3.values())[:2])
def test_a_404_that_never_comes_from_as3_is_a_failure(clock: Clock, answer: dict[str, Any]) -> None:
    with ScriptedServer([]) as server:
        info = Exchange("GET", f"{AS3}/info", json={"version": "3.56.0"})
        server.take = lambda request: info if "info" in request.path else Exchange("GET", request.path, 404, **answer)  # type: ignore[method-assign]
        with Session(provider(server, token="GIVEN"), clock.deadline(600)) as session, pytest.raises(Failure, match="Not Found") as caught:
            as3 = As3(session)
            as3.info()
            as3.declaration(["T1", "T2"])
    assert caught.value.code == "as3_refused" and 25 < sum(clock.slept) < 40
