# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, what a 401 means, signing out."""

from __future__ import annotations

import functools
import os
import signal
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import (
    DECLARE,
    INFO,
    LOGIN,
    PAGE,
    TOKENS,
    carries,
    get,
    login,
    logout,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer


def test_signs_in_with_the_login_provider_once_and_signs_out(clock: Clock) -> None:
    def credentials(request: Request) -> None:
        assert request.json == {"username": "admin", "password": "pass-word", "loginProviderName": "radius"}
        assert "Authorization" not in request.headers

    hidden: list[str] = []
    with ScriptedServer([login(expect=credentials), get(expect=carries("T0")), get(expect=carries("T0")), logout()]) as server:
        with Session(provider(server, auth_provider="radius"), clock.deadline(60), hide=hidden.extend) as session:
            assert session.request("GET", INFO).json == {"version": "3.56.0"}
            assert session.request("GET", INFO).status == 200
        assert dict(session.requests) == {f"POST {LOGIN}": 1, f"GET {INFO}": 2, f"DELETE {TOKENS}": 1}
    assert hidden == ["T0"]
    assert session.warnings == []
    assert not clock.slept


def test_basic_needs_no_token(clock: Clock) -> None:
    def credentials(request: Request) -> None:
        assert request.headers["Authorization"] == "Basic YWRtaW46cGFzcy13b3Jk"
        assert "X-F5-Auth-Token" not in request.headers

    with ScriptedServer([get(expect=credentials)]) as server:
        with Session(provider(server, auth="basic"), clock.deadline(60)) as session:
            session.request("GET", INFO)


def test_a_given_token_is_used_and_left_alone(clock: Clock) -> None:
    with ScriptedServer([get(expect=carries("GIVEN"))]) as server:
        with Session(provider(server, token="GIVEN", user=None, password=None), clock.deadline(60)) as session:
            session.request("GET", INFO)


EXPIRED = {"code": 401, "message": "X-F5-Auth-Token does not exist."}


@pytest.mark.parametrize("method, path", [("GET", INFO), ("POST", DECLARE)])
def test_a_token_that_ends_in_the_middle_is_renewed(clock: Clock, method: str, path: str) -> None:
    script = [
        login("T1"),
        Exchange(method, path, json={}),
        Exchange(method, path, 401, json=EXPIRED),
        login("T2"),
        Exchange(method, path, json={}, expect=carries("T2")),
        Exchange("DELETE", f"{TOKENS}/T1", 401, json=EXPIRED),
        logout("T2"),
    ]
    with ScriptedServer(script) as server, Session(provider(server), clock.deadline(60)) as session:
        session.request(method, path, json={"a": 1})
        assert session.request(method, path, json={"a": 1}).status == 200
    assert not session.warnings


def test_a_given_token_that_ended_gives_way_to_the_password(clock: Clock) -> None:
    script = [get(status=401, json=EXPIRED, expect=carries("GIVEN")), login(), get(expect=carries("T0")), logout()]
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        assert session.request("GET", INFO).status == 200


def test_tokens_that_are_never_taken_end_in_one_failure(clock: Clock) -> None:
    script = [entry for number in range(4) for entry in (login(f"T{number}"), get(status=401, json=EXPIRED))]
    script += [logout(f"T{number}") for number in range(4)]
    with ScriptedServer(script) as server, Session(provider(server), clock.deadline(600)) as session:
        with pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_auth"


def test_basic_and_a_wrong_password(clock: Clock) -> None:
    with ScriptedServer([get(status=401, text=PAGE)]) as server:
        with Session(provider(server, auth="basic"), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_auth"


def test_an_ended_token_without_a_password(clock: Clock) -> None:
    with ScriptedServer([get(status=401, json=EXPIRED)]) as server:
        with Session(provider(server, token="OLD", user=None, password=None), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_auth"
    assert "OLD" not in str(caught.value.as_dict())


def test_the_token_limit_is_not_waited_for_forever(clock: Clock) -> None:
    with ScriptedServer([]) as server:
        full = Exchange("POST", LOGIN, 400, json={"code": 400, "message": "user admin has reached maximum active login tokens"})
        server.take = lambda request: full  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(3600)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_token_limit"
    assert 50 < sum(clock.slept) <= 61


ENDS: dict[str, BaseException] = {"failure": Failure("x", "y"), "error": ValueError("x"), "interrupt": KeyboardInterrupt(), "exit": SystemExit(1)}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_the_token_is_deleted_whatever_happened(clock: Clock, end: BaseException) -> None:
    with ScriptedServer([login(), get(), logout()]) as server:
        with pytest.raises(type(end)), Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
            raise end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_token_is_deleted_when_the_job_is_cancelled(clock: Clock, number: signal.Signals, request: pytest.FixtureRequest) -> None:
    # Under nohup the tests would ignore SIGHUP, and so would the session.
    request.addfinalizer(functools.partial(signal.signal, number, signal.signal(number, signal.SIG_DFL)))
    with ScriptedServer([login(), get(), logout()]) as server:
        with pytest.raises(SystemExit) as caught, Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
            os.kill(os.getpid(), number)
    assert caught.value.code == 128 + number
    assert signal.getsignal(number) is signal.SIG_DFL


def test_the_token_is_deleted_after_the_deadline_too(clock: Clock) -> None:
    with ScriptedServer([login(), get(), logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
            clock.now += 61
            with pytest.raises(Failure) as caught:
                session.request("GET", INFO)
    assert caught.value.code == "timeout"


def test_signing_out_is_tried_again_and_then_reported(clock: Clock) -> None:
    with ScriptedServer([login(), get(), logout(status=503), logout(drop=True), Exchange("DELETE", f"{TOKENS}/T0", text=PAGE), logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert session.warnings == []

    with ScriptedServer([]) as server:
        answers = {LOGIN: login(), INFO: get()}
        server.take = lambda request: answers.get(request.path, logout(status=503))  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert len(session.warnings) == 1
    assert "T0" not in session.warnings[0]


def test_a_failure_carries_what_signing_out_had_to_say(clock: Clock) -> None:
    with ScriptedServer([]) as server:
        answers = {LOGIN: login(), INFO: get(status=403, json={"code": 403, "message": "no"})}
        server.take = lambda request: answers.get(request.path, logout(status=503))  # type: ignore[method-assign]
        with pytest.raises(Failure) as caught, Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_forbidden" and caught.value.warnings == session.warnings and len(session.warnings) == 1


def test_signing_out_does_not_wait_again(clock: Clock) -> None:
    with ScriptedServer([login(), get()]) as server:
        session = Session(provider(server), clock.deadline(30))
        session.__enter__()
        session.request("GET", INFO)
        session._transport.close()
    with pytest.raises(Failure) as caught:
        session.request("GET", INFO)
    assert caught.value.code == "bigip_unreachable"
    before = len(clock.slept)
    session.__exit__(None, None, None)
    assert len(clock.slept) == before
    assert len(session.warnings) == 1


def test_what_is_asked_after_the_deadline_does_not_make_bigip_come_back(clock: Clock) -> None:
    with ScriptedServer([login(), get()]) as server:
        session = Session(provider(server), clock.deadline(30))
        session.__enter__()
        session.request("GET", INFO)
        session._transport.close()
    for code in ("bigip_unreachable", "timeout"):
        with pytest.raises(Failure) as caught:
            session.request("GET", INFO)
        assert caught.value.code == code
        clock.now += 30
    before = len(clock.slept)
    session.__exit__(None, None, None)
    assert len(clock.slept) == before


def tokens_listed(*records: dict[str, Any]) -> Exchange:
    return Exchange("GET", TOKENS, json={"items": list(records)}, expect=carries("T0"))


def record(token: str, millisecond: int, **more: Any) -> dict[str, Any]:
    """A token's record as BIG-IP lists it; millisecond: when it was made, on BIG-IP's clock."""
    return {"token": token, "userName": "admin", "address": "10.0.0.9", "startTime": f"2026-11-23T19:00:00.{millisecond:03}-0800", **more}


OWN = record("T0", 500)
LOST_LOGINS: dict[str, tuple[list[dict[str, Any]], list[str] | None]] = {
    # what BIG-IP lists (ours was made at .500, half a second after the lost one) -> what is deleted beside ours; None: a warning
    "it made one": ([record("LOST", 5), OWN], ["LOST"]),
    "it made none": ([OWN], []),
    "another user's": ([record("OTHER", 5, userName="other_user"), OWN], []),
    "from another address": ([record("OTHER", 5, address="10.0.0.8"), OWN], []),
    "of another time": ([record("OTHER", 5, startTime="2026-11-23T18:59:58.060-0800"), record("LATER", 300), OWN], []),
    "two that it could be": ([record("ONE", 5), record("TWO", 6), OWN], None),
    "ours is not listed": ([record("LOST", 5)], None),
    "no times": ([record("LOST", 5, startTime=None), OWN], None),
}


@pytest.mark.parametrize("listed, deleted", LOST_LOGINS.values(), ids=LOST_LOGINS.keys())
@pytest.mark.parametrize("answer", [login(drop=True), Exchange("POST", LOGIN, 503, text=PAGE)], ids=["dropped", "page"])
def test_the_token_of_a_sign_in_whose_answer_was_lost(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, answer: Exchange, listed: list[dict[str, Any]], deleted: list[str] | None
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)  # the pause between the two is half a second
    gone = [Exchange("DELETE", f"{TOKENS}/{token}", json={}, expect=carries("T0")) for token in deleted or ()]
    with ScriptedServer([answer, login(), get(), tokens_listed(*listed), *gone, logout()]) as server:
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert bool(session.warnings) is (deleted is None)


def test_a_password_that_no_unit_takes(clock: Clock) -> None:
    wrong = Exchange("POST", LOGIN, 401, json={"code": 401, "message": "Authentication failed."})
    with ScriptedServer([wrong]) as one, ScriptedServer([wrong]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_auth"
    assert not clock.slept
