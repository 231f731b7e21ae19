# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, patience, the active unit, signing out."""

from __future__ import annotations

import functools
import os
import signal
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import NoAnswer, Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

INFO = "/mgmt/shared/appsvcs/info"
DECLARE = "/mgmt/shared/appsvcs/declare"
LOGIN = "/mgmt/shared/authn/login"
TOKENS = "/mgmt/shared/authz/tokens"
DEVICE = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
BUSY = "Error: Configuration operation in progress on device localhost, please try again in 2 minutes"
PAGE = "<html><head><title>Oops</title></head><body><h1>Not here</h1></body></html>"


def login(token: str = "T0", **kwargs: Any) -> Exchange:
    return Exchange("POST", LOGIN, json={"token": {"token": token, "timeout": 1200}}, **kwargs)


def logout(token: str = "T0", **kwargs: Any) -> Exchange:
    return Exchange("DELETE", f"{TOKENS}/{token}", json={"token": token}, expect=carries(token), **kwargs)


def carries(token: str) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        assert request.headers.get("X-F5-Auth-Token") == token
        assert "Authorization" not in request.headers

    return check


def get(path: str = INFO, **kwargs: Any) -> Exchange:
    return Exchange("GET", path, **({"json": {"version": "3.56.0"}} | kwargs if not {"text", "drop"} & set(kwargs) else kwargs))


def unregistered(method: str = "GET", path: str = INFO) -> Exchange:
    return Exchange(method, path, 404, json={"code": 404, "message": f"Public URI path not registered. Please see /var/log/restjavad.0.log {path}"})


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


def test_nothing_is_asked_before_the_first_request(clock: Clock) -> None:
    with ScriptedServer([]) as server, Session(provider(server), clock.deadline(60)):
        pass


def test_one_connection_is_kept(clock: Clock) -> None:
    ports: list[str] = []
    with ScriptedServer([login(), get(), get(), logout()]) as server:
        original = server._server.get_request

        def counted() -> Any:
            connection, address = original()
            ports.append(address)
            return connection, address

        server._server.get_request = counted  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
            session.request("GET", INFO)
    assert len(ports) == 1


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


AFTER_SIGN_IN = [login(), get(), logout()]
# After a sign-in that nobody knows of the list of tokens is asked, in the end.
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


def test_pauses_grow_to_a_cap_and_end_with_the_deadline(clock: Clock) -> None:
    with ScriptedServer([], any_order=True) as server:
        server.take = lambda request: login() if request.path == LOGIN else get(status=503, json={"code": 503, "message": BUSY})  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(120)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO, doing="Reading the version")
    failure = caught.value
    assert (failure.code, failure.said) == ("bigip_busy", f"HTTP 503: {BUSY}")
    assert failure.message.startswith("Reading the version (given up after 120 s): HTTP 503")
    assert sum(session.requests.values()) < 30
    assert max(clock.slept) <= 8
    assert clock.slept[0] <= 0.5 < clock.slept[3]


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


def closed_port() -> Any:
    with ScriptedServer([]) as server:
        return server


def test_nobody_there(clock: Clock) -> None:
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


OPTIONS = {
    "no server": ({"server": []}, "F5_SERVER"),
    "server of blanks": ({"server": [" "]}, "F5_SERVER"),
    "no password": ({"server": ["b"], "user": "u"}, "F5_PASSWORD"),
    "token, but basic": ({"server": ["b"], "token": "t", "auth": "basic"}, "F5_PASSWORD"),
    "http": ({"server": ["http://b"], "token": "t"}, "https"),
    "path": ({"server": ["b/mgmt"], "token": "t"}, "host name"),
    "bad port": ({"server": ["b:99999999"], "token": "t"}, "host name"),
    "no such file": ({"server": ["b"], "token": "t", "ca_cert": "/nonexistent/ca.pem"}, "/nonexistent/ca.pem"),
}


@pytest.mark.parametrize("options, named", OPTIONS.values(), ids=OPTIONS.keys())
def test_wrong_options_are_refused_before_anything_is_sent(clock: Clock, options: dict[str, Any], named: str) -> None:
    with pytest.raises(Failure) as caught:
        Session(options, clock.deadline(60))
    assert caught.value.code == "bigip_options"
    assert named in caught.value.message


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


def test_nobody_is_waited_for_again_when_signing_out(clock: Clock) -> None:
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
    "another user's": ([record("OTHER", 5, userName="somebody"), OWN], []),
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


def device(state: str, **kwargs: Any) -> Exchange:
    items = [
        {"name": "other", "selfDevice": "false", "failoverState": "active" if state == "standby" else "standby"},
        {"name": "self", "selfDevice": "true", "failoverState": state},
    ]
    return Exchange("GET", DEVICE, **({"json": {"items": items}} | kwargs))


def test_the_active_unit_is_asked(clock: Clock) -> None:
    with ScriptedServer([login("S"), device("standby"), logout("S")]) as standby:
        with ScriptedServer([login("A"), device("active"), get(expect=carries("A")), get(), logout("A")]) as active:
            with Session(provider(standby, active), clock.deadline(60)) as session:
                session.request("GET", INFO)
                session.request("GET", INFO)


def test_the_first_unit_is_down(clock: Clock) -> None:
    with ScriptedServer([login(), device("active"), get(), logout()]) as active:
        with Session(provider(closed_port(), active), clock.deadline(60)) as session:
            session.request("GET", INFO)
    assert not clock.slept


def test_after_a_retry_the_active_unit_is_asked_for_again(clock: Clock) -> None:
    first = [login("1"), device("active"), get(status=503, text=PAGE), device("standby"), logout("1")]
    with ScriptedServer(first) as one, ScriptedServer([login("2"), device("active"), get(expect=carries("2")), logout("2")]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session:
            assert session.request("GET", INFO).status == 200


def test_no_unit_is_active_yet(clock: Clock) -> None:
    first = [login("1"), device("standby"), device("active"), get(), logout("1")]
    with ScriptedServer(first) as one, ScriptedServer([login("2"), device("standby"), logout("2")]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session:
            assert session.request("GET", INFO).status == 200
    assert clock.slept


def test_no_unit_is_active_at_all(clock: Clock) -> None:
    with ScriptedServer([]) as one, ScriptedServer([]) as two:
        for server in (one, two):
            server.take = lambda request: {"POST": login(), "DELETE": logout()}.get(request.method, device("standby"))  # type: ignore[method-assign]
        with Session(provider(one, two), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_no_active_unit"
    assert f"127.0.0.1:{one.port} reports standby; 127.0.0.1:{two.port} reports standby" in (caught.value.said or "")


def test_a_password_that_no_unit_takes(clock: Clock) -> None:
    wrong = Exchange("POST", LOGIN, 401, json={"code": 401, "message": "Authentication failed."})
    with ScriptedServer([wrong]) as one, ScriptedServer([wrong]) as two:
        with Session(provider(one, two), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", INFO)
    assert caught.value.code == "bigip_auth"
    assert not clock.slept


def test_servers_may_come_as_one_text(clock: Clock) -> None:
    with ScriptedServer([login("S"), device("standby"), logout("S")]) as one, ScriptedServer([login(), device("active"), get(), logout()]) as two:
        options = provider() | {"server": [f"127.0.0.1:{one.port}, 127.0.0.1:{two.port}"]}
        with Session(options, clock.deadline(60)) as session:
            session.request("GET", INFO)
