# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which answers are waited out, and which end in a failure."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.contact import NoAnswer
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import (
    BUSY,
    DECLARE,
    INFO,
    LOGIN,
    PAGE,
    TOKENS,
    closed_port,
    get,
    login,
    logout,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


def unregistered(method: str = "GET", path: str = INFO) -> Exchange:
    return Exchange(method, path, 404, json={"code": 404, "message": f"Public URI path not registered. Please see /var/log/restjavad.0.log {path}"})


AFTER_SIGN_IN = [login(), get(), logout()]
# After a sign-in whose answer was lost, the client reads the list of tokens at the end.
AFTER_LOST_SIGN_IN = [login(), get(), Exchange("GET", TOKENS, json={"items": []}), logout()]
WAITED_OUT = {
    # what comes first -> then it goes on as if nothing had been
    "login answers 503": ([Exchange("POST", LOGIN, 503, json={"code": 503, "message": "starting"})], AFTER_SIGN_IN),
    "login is a page of 503": ([Exchange("POST", LOGIN, 503, text=PAGE)], AFTER_LOST_SIGN_IN),
    "login is a page of 502": ([Exchange("POST", LOGIN, 502, text=PAGE)], AFTER_LOST_SIGN_IN),
    "login is not registered": ([unregistered("POST", LOGIN)], AFTER_SIGN_IN),
    "login is dropped": ([login(drop=True)], AFTER_LOST_SIGN_IN),
    "too many tokens for a moment": (
        [Exchange("POST", LOGIN, 400, json={"code": 400, "message": "user admin has reached maximum active login tokens"})],
        AFTER_SIGN_IN,
    ),
    "read answers 503": ([login(), get(status=503, json={"code": 503, "message": BUSY})], [get(), logout()]),
    "read is a page of 503": ([login(), get(status=503, text=PAGE)], [get(), logout()]),
    "read is a page of 500": ([login(), get(status=500, text=PAGE)], [get(), logout()]),
    "read is not registered": ([login(), unregistered()], [get(), logout()]),
    "read is dropped": ([login(), get(drop=True)], [get(), logout()]),
    "read is a page of 200": ([login(), get(text=PAGE)], [get(), logout()]),
    "read is half an answer": ([login(), get(text='{"version": "3.5')], [get(), logout()]),
    "login is half an answer": ([Exchange("POST", LOGIN, 200, text='{"tok', headers={"Content-Type": "application/json"})], AFTER_LOST_SIGN_IN),
    "429 on a read": ([login(), get(status=429, json={"code": 429, "message": "slow down"})], [get(), logout()]),
    "three in a row": ([login(), get(status=503, text=PAGE), get(drop=True), unregistered()], [get(), logout()]),
}


@pytest.mark.parametrize("first, then", WAITED_OUT.values(), ids=WAITED_OUT.keys())
def test_waited_out(clock: Clock, first: list[Exchange], then: list[Exchange]) -> None:
    with ScriptedServer([*first, *then]) as server, Session(provider(server), clock.deadline(60)) as session:
        assert session.request("GET", INFO).status == 200
    assert 0 < sum(clock.slept) < 10


CHANGES_REPEATED = {
    "503 as JSON": Exchange("POST", DECLARE, 503, json={"code": 503, "message": BUSY}),
    "429": Exchange("POST", DECLARE, 429, text="slow down"),
    "not registered": unregistered("POST", DECLARE),
}


@pytest.mark.parametrize("answer", CHANGES_REPEATED.values(), ids=CHANGES_REPEATED.keys())
def test_a_change_that_did_not_happen_is_sent_again(clock: Clock, answer: Exchange) -> None:
    with ScriptedServer([login(), answer, Exchange("POST", DECLARE, 202, json={"id": "1"}), logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session:
            assert session.request("POST", DECLARE, json={}).status == 202
    assert clock.slept


def test_a_change_whose_answer_was_lost_is_not_sent_again(clock: Clock) -> None:
    with ScriptedServer([login(), Exchange("POST", DECLARE, drop=True), logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session, pytest.raises(NoAnswer) as caught:
            session.request("POST", DECLARE, json={})
    assert caught.value.code == "bigip_no_answer"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_page_after_a_change_is_handed_back(clock: Clock, status: int) -> None:
    with ScriptedServer([login(), Exchange("POST", DECLARE, status, text=PAGE), logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session:
            response = session.request("POST", DECLARE, json={})
    assert (response.status, response.json, response.said) == (status, None, f"HTTP {status}: Oops Not here")


def test_retry_after_is_kept(clock: Clock) -> None:
    with ScriptedServer([login(), get(status=429, json={}, headers={"Retry-After": "7"}), get(), logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert clock.slept == [7]


FAILURES = {
    "wrong password": ([Exchange("POST", LOGIN, 401, json={"code": 401, "message": "Authentication failed."})], "bigip_auth", "Authentication failed."),
    "html 404": ([Exchange("POST", LOGIN, 404, text=PAGE)], "bigip_not_found", "Oops"),
    "another product's redirect": ([Exchange("POST", LOGIN, 302, text=PAGE, headers={"Location": "/login"})], "bigip_not_found", "HTTP 302"),
    "another product's page": ([Exchange("POST", LOGIN, 200, text=PAGE)], "bigip_not_found", "HTTP 200"),
    "no rights": (
        [login(), get(status=403, json={"code": 403, "message": "Authorization failed: user=https://localhost/mgmt/x"}), logout()],
        "bigip_forbidden",
        "Authorization failed",
    ),
}


@pytest.mark.parametrize("script, code, said", FAILURES.values(), ids=FAILURES.keys())
def test_one_clear_failure(clock: Clock, script: list[Exchange], code: str, said: str) -> None:
    with ScriptedServer(script) as server, Session(provider(server), clock.deadline(60)) as session:
        with pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == code
    assert said in (caught.value.said or "")
    assert caught.value.remedy
    assert "pass-word" not in caught.value.message
    assert not clock.slept, "waiting does not help here"


def test_an_address_without_a_server(clock: Clock) -> None:
    with Session(provider(closed_port()), clock.deadline(600)) as session, pytest.raises(Failure) as caught:
        session.request("GET", INFO, doing="Reading the version")
    assert caught.value.code == "bigip_unreachable"
    assert caught.value.said == "Connection refused"
    assert sum(clock.slept) <= 15.1, "a BIG-IP that never answered is more likely misspelt than restarting"


def test_a_name_that_does_not_exist(clock: Clock) -> None:
    options = provider(closed_port()) | {"server": ["bigip.invalid"]}
    with Session(options, clock.deadline(600)) as session, pytest.raises(Failure) as caught:
        session.request("GET", INFO)
    assert caught.value.code == "bigip_unreachable"
    assert "bigip.invalid" in caught.value.message
    assert not clock.slept
