# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers to a sign-in, to a rejected request and to signing out, each with its failure or warning."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.broken import Lost, NotSent
from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.transport import Transport
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import (
    INFO,
    LOGIN,
    PAGE,
    TOKENS,
    get,
    login,
    logout,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

EXPIRED = {"code": 401, "message": "X-F5-Auth-Token does not exist."}
SAID = f"HTTP 401: {EXPIRED['message']}"
REJECTED = get(status=401, json=EXPIRED)
BEFORE = "BIG-IP accepted the password before and rejects it now."

NOT_ENOUGH = ["", "u", "p", "b", "ub", "pb", "tb", "utb", "ptb"]
ENOUGH = ["up", "upb", "t", "ut", "pt", "upt", "uptb"]


def given(letters: str) -> dict[str, Any]:
    names = {"u": ("user", "me"), "p": ("password", "pass-word"), "t": ("token", "T"), "b": ("auth", "basic")}
    return {"server": ["b"], **dict(names[letter] for letter in letters)}


@pytest.mark.parametrize("letters", ENOUGH)
@pytest.mark.parametrize("others", [{}, {"user": "", "password": "", "token": ""}])
def test_credentials_that_are_enough(clock: Clock, letters: str, others: dict[str, str]) -> None:
    """u: user, p: password, t: token, b: basic authentication."""
    Session({**others, **given(letters)}, clock.deadline(60))


@pytest.mark.parametrize("letters", NOT_ENOUGH)
@pytest.mark.parametrize("others", [{}, {"user": "", "password": "", "token": ""}])
def test_credentials_that_are_not_enough(clock: Clock, letters: str, others: dict[str, str]) -> None:
    with pytest.raises(Failure) as caught:
        Session({**others, **given(letters)}, clock.deadline(60))
    remedy = "Set provider.user and provider.password (F5_USER, F5_PASSWORD), or provider.token."
    assert caught.value.as_dict() == Failure("bigip_options", "No BIG-IP credentials given", remedy=remedy).as_dict()


def ask(clock: Clock, script: list[Exchange], times: int = 1, seconds: float = 600, **options: Any) -> ScriptedServer:
    with ScriptedServer(script) as server, Session(provider(server, **options), clock.deadline(seconds)) as session:
        for _number in range(times):
            session.request("GET", INFO, doing="Reading")
    return server


def failure(clock: Clock, answer: Callable[[Request], Exchange], **options: Any) -> tuple[str, dict[str, Any]]:
    """The name of BIG-IP and the failure of one request, after one that succeeds if BIG-IP lets it."""
    with ScriptedServer([]) as server:
        server.take = answer  # type: ignore[method-assign]
        with pytest.raises(Failure) as caught:
            with Session(provider(server, **options), clock.deadline(600)) as session:
                session.request("GET", "/first", doing="Reading")
                session.request("GET", INFO, doing="Reading")
    return f"127.0.0.1:{server.port}", caught.value.as_dict()


def always(exchange: Exchange) -> Callable[[Request], Exchange]:
    return lambda request: exchange


# -- signing in --------------------------------------------------------------------------------------------

ODD: list[tuple[int, Any]] = [
    (200, ["x"]),
    (200, {}),
    (200, {"token": "x"}),
    (200, {"token": {"token": 5}}),
    (200, {"token": {"token": "a/b"}}),
    (200, {"token": {"token": "a" * 4097}}),
    (401, {"token": {"token": "T"}}),
]


@pytest.mark.parametrize(("status", "body"), ODD)
def test_an_answer_without_a_token(clock: Clock, status: int, body: Any) -> None:
    name, shown = failure(clock, always(Exchange("POST", LOGIN, status, json=body)))
    what = f"Signing in to BIG-IP {name} as admin by the login provider tmos"
    assert (shown["code"], shown["summary"]) == ("bigip_auth", what)
    assert str(shown["said"]).startswith(f"HTTP {status}: ") and not clock.slept
    assert shown["remedy"] == "Check provider.user, provider.password and provider.auth_provider."


FULL = "user admin has reached maximum active login tokens"
LIMIT = "Delete the user's tokens (DELETE /mgmt/shared/authz/tokens/...), or set provider.auth to basic."
UNREGISTERED = "Public URI path not registered"
START = "The REST service of BIG-IP did not start in time."
BREAKS = "The connection to BIG-IP breaks at each attempt to sign in."
ENDLESS: dict[str, tuple[Exchange, str, float, str, str]] = {
    # what BIG-IP answers to each sign-in: the code of the failure, its seconds, BIG-IP's words, and the remedy
    "tokens": (Exchange("POST", LOGIN, 400, json={"message": FULL}), "bigip_token_limit", 60, f"HTTP 400: {FULL}", LIMIT),
    "no worker": (
        Exchange("POST", LOGIN, 404, json={"message": UNREGISTERED}),
        *("bigip_unavailable", 600, f"HTTP 404: {UNREGISTERED}", START),
    ),
    "no answer": (
        Exchange("POST", LOGIN, drop=True),
        *("bigip_unreachable", 600, "Remote end closed connection without response", BREAKS),
    ),
}


@pytest.mark.parametrize(("answer", "code", "seconds", "said", "remedy"), ENDLESS.values(), ids=ENDLESS)
def test_a_sign_in_that_is_waited_for_in_vain(
    clock: Clock, answer: Exchange, code: Any, seconds: float, said: str, remedy: str
) -> None:
    _name, shown = failure(clock, always(answer))
    expected = Failure(code, f"Reading (timed out after {seconds} s)", said=said, remedy=remedy)
    assert shown == expected.as_dict()


def test_a_sign_in_that_is_rejected_after_an_earlier_one(clock: Clock) -> None:
    """A transient fault of BIG-IP under load: it is waited out for 15 s."""
    wrong = Exchange("POST", LOGIN, 401, json={"message": "Authentication failed."})
    script = [login("a"), get(), REJECTED, wrong, login("b"), get(), logout("a"), logout("b")]
    ask(clock, script, times=2)
    assert len(clock.slept) == 1
    logins = [login("a")]

    def answer(request: Request) -> Exchange:
        if request.path == LOGIN:
            return logins.pop() if logins else wrong
        return Exchange("GET", "/first", json={}) if request.path != INFO else REJECTED

    _name, shown = failure(clock, answer)
    said = "HTTP 401: Authentication failed."
    assert shown == Failure("bigip_auth", "Reading (timed out after 15 s)", said=said, remedy=BEFORE).as_dict()


# -- 401 ---------------------------------------------------------------------------------------------------


def test_a_rejected_token_is_renewed_at_once_and_then_after_a_pause(clock: Clock) -> None:
    script = [entry for token in "abc" for entry in (login(token), REJECTED)]
    ask(clock, [*script, login("d"), get(), *map(logout, "abcd")])
    assert len(clock.slept) == 2


def test_tokens_that_are_all_rejected(clock: Clock) -> None:
    tokens = list("abcde")
    answers = {LOGIN: lambda: login(tokens.pop()), INFO: lambda: REJECTED, "/first": lambda: REJECTED}
    _name, shown = failure(clock, lambda request: answers.get(request.path, lambda: logout("x"))())
    remedy = "BIG-IP issues tokens and rejects them: check the time on both units and its restjavad log."
    assert shown == Failure("bigip_auth", "Reading", said=SAID, remedy=remedy).as_dict() and tokens == ["a"]


@pytest.mark.parametrize("others", [{"user": None}, {"password": None}])
def test_a_token_that_was_given_and_is_rejected(clock: Clock, others: dict[str, None]) -> None:
    _name, shown = failure(clock, always(REJECTED), token="OLD", **others)
    remedy = "The token has expired or belongs to another BIG-IP: give a new one, or user and password."
    assert shown == Failure("bigip_auth", "Reading with the token given", said=SAID, remedy=remedy).as_dict()


def test_basic_authentication_that_was_never_accepted(clock: Clock) -> None:
    _name, shown = failure(clock, always(REJECTED), auth="basic")
    remedy = "Check provider.user and provider.password."
    what = "Reading as admin (basic authentication)"
    assert shown == Failure("bigip_auth", what, said=SAID, remedy=remedy).as_dict() and not clock.slept


def test_basic_authentication_that_was_accepted_before(clock: Clock) -> None:
    """Three rejections in a row are waited out."""
    ask(clock, [get(), REJECTED, REJECTED, REJECTED, get()], times=2, auth="basic")
    assert len(clock.slept) == 3
    rejections: list[str] = []

    def answer(request: Request) -> Exchange:
        if request.path == "/first":
            return Exchange("GET", "/first", json={})
        rejections.append(request.path)
        return REJECTED

    _name, shown = failure(clock, answer, auth="basic")
    assert len(rejections) == 4 and shown["summary"] == "Reading as admin (basic authentication)"


def test_basic_authentication_that_runs_out_of_time(clock: Clock) -> None:
    with ScriptedServer([]) as server:
        server.take = lambda request: get() if not clock.slept and request.path == "/first" else REJECTED  # type: ignore[method-assign]
        with Session(provider(server, auth="basic"), clock.deadline(1)) as session, pytest.raises(Failure) as caught:
            session.request("GET", "/first")
            session.request("GET", INFO, doing="Reading")
    expected = Failure("bigip_auth", "Reading (timed out after 1 s)", said=SAID, remedy=BEFORE)
    assert caught.value.as_dict() == expected.as_dict()


# -- signing out -------------------------------------------------------------------------------------------


def left(name: str, said: str) -> str:
    return f"The token of this task on BIG-IP {name} could not be deleted ({said}). It expires within 20 minutes."


def signing_out(clock: Clock, answer: Exchange) -> tuple[str, list[str], int]:
    """The name of BIG-IP, the warnings, and how often the token's deletion was sent."""
    with ScriptedServer([]) as server:
        answers = {LOGIN: login(), INFO: get()}
        server.take = lambda request: answers.get(request.path, answer)  # type: ignore[method-assign]
        with Session(provider(server), clock.deadline(60)) as session:
            session.request("GET", INFO)
        sent = session.requests[f"DELETE {TOKENS}"]
    return f"127.0.0.1:{server.port}", session.warnings, sent


@pytest.mark.parametrize("status", [200, 204, 401, 404])
def test_answers_that_end_signing_out(clock: Clock, status: int) -> None:
    _name, warnings, sent = signing_out(clock, Exchange("DELETE", "", status, json=None if status == 204 else {}))
    assert (warnings, sent, clock.slept) == ([], 1, [])


RETRIED: dict[str, tuple[Exchange, str]] = {
    **{str(status): (Exchange("DELETE", "", status, json={"message": "no T0"}), f"HTTP {status}: no ...") for status in (400, 402, 403, 405, 500)},
    "no worker": (Exchange("DELETE", "", 404, json={"message": UNREGISTERED}), f"HTTP 404: {UNREGISTERED}"),
    "a page": (Exchange("DELETE", "", 200, text=PAGE), "HTTP 200: Oops Not here"),
    "a page of 404": (Exchange("DELETE", "", 404, text=PAGE), "HTTP 404: Oops Not here"),
    "no answer": (Exchange("DELETE", "", drop=True), "Remote end closed connection without response"),
}


@pytest.mark.parametrize(("answer", "said"), RETRIED.values(), ids=RETRIED)
def test_signing_out_that_is_tried_for_15_seconds(clock: Clock, answer: Exchange, said: str) -> None:
    name, warnings, sent = signing_out(clock, answer)
    assert warnings == [left(name, said)] and sent > 3
    assert sum(clock.slept) == pytest.approx(15)


def sends(monkeypatch: pytest.MonkeyPatch, deleting: Callable[[], Response]) -> list[float]:
    """The seconds of each exchange after the sign-in; deleting: the answer to the token's deletion."""
    seconds: list[float] = []

    def send(self: Transport, unit: Any, method: str, path: str, **options: Any) -> Response:
        if method == "POST":
            return Response(200, {"token": {"token": "T0"}})
        seconds.append(options["seconds"])
        return deleting() if method == "DELETE" else Response(200, {})

    monkeypatch.setattr(Transport, "send", send)
    return seconds


def test_the_time_of_signing_out(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """15 s in all, whatever the task has left, and a second for the last attempt."""
    monkeypatch.setattr("random.random", lambda: 0.0)
    seconds = sends(monkeypatch, lambda: Response(500, {"message": "no"}))
    with Session({"server": ["b"], "user": "u", "password": "p"}, clock.deadline(60)) as session:
        session.request("GET", INFO)
    assert seconds == pytest.approx([60, 15, 14.5, 13.5, 11.5, 7.5, 1])
    assert session.warnings == [left("b", "HTTP 500: no")]


def test_a_failure_ends_signing_out(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Response:
        raise Failure("bigip_tls", "The certificate is not trusted")

    sends(monkeypatch, fail)
    with Session({"server": ["b"], "user": "u", "password": "p"}, clock.deadline(60)) as session:
        session.request("GET", INFO)
    assert session.warnings == [left("b", "The certificate is not trusted.")] and not clock.slept


# -- sign-ins without an answer ----------------------------------------------------------------------------


def stray(name: str) -> str:
    return (
        f"The answer to a sign-in at BIG-IP {name} was lost. "
        "If it created a token, that token still exists and expires within 20 minutes."
    )


def record(token: str, millisecond: int) -> dict[str, str]:
    time = f"2026-11-23T19:00:00.{millisecond:03}-0800"
    return {"token": token, "userName": "admin", "address": "10.0.0.9", "startTime": time}


LISTED = {"items": [record("LOST", 5), record("T0", 500)]}


def lost(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, listing: Callable[[], Response], deleting: Callable[[], Response]
) -> tuple[Session, list[Any]]:
    """A task whose first sign-in had no answer, and its exchanges while it signs out."""
    monkeypatch.setattr("random.random", lambda: 0.0)
    begun: list[str] = []
    exchanges: list[Any] = []

    def send(self: Transport, unit: Any, method: str, path: str, **options: Any) -> Response:
        if method == "POST":
            begun.append(path)
            if len(begun) == 1:
                raise Lost("no answer")
            return Response(200, {"token": {"token": "T0"}})
        if path == INFO:
            return Response(200, {})
        token = options["headers"]["X-F5-Auth-Token"]
        exchanges.append((method, path.removeprefix(TOKENS), token, round(options["seconds"], 3), list(hidden)))
        return listing() if method == "GET" else deleting() if path.endswith("LOST") else Response(200, {})

    monkeypatch.setattr(Transport, "send", send)
    hidden: list[str] = []
    with Session({"server": ["b"], "user": "u", "password": "p"}, clock.deadline(60), hidden.extend) as session:
        session.request("GET", INFO)
    return session, exchanges


def test_the_token_of_a_lost_sign_in_is_hidden_and_deleted(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def listing() -> Response:
        clock.now += 14.5
        return Response(200, LISTED)

    session, exchanges = lost(clock, monkeypatch, listing, lambda: Response(200, {}))
    assert exchanges == [
        ("GET", "", "T0", 15, ["T0"]),
        ("DELETE", "/LOST", "T0", 1, ["T0", "LOST"]),
        ("DELETE", "/T0", "T0", 1, ["T0", "LOST"]),
    ]
    assert session.warnings == []


def test_a_list_of_tokens_that_comes_late(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    session, exchanges = lost(clock, monkeypatch, lambda: Response(200, LISTED), lambda: Response(200, {}))
    assert [seconds for _method, _path, _token, seconds, _hidden in exchanges] == [15, 15, 15]
    odd = [{**record("a/b", 5)}, record("T0", 500)]
    session, exchanges = lost(clock, monkeypatch, lambda: Response(200, {"items": odd}), lambda: Response(200, {}))
    assert [path for _method, path, *_rest in exchanges] == ["", "/T0"] and session.warnings == []


FAULTS = [NotSent("no connection"), Lost("no answer"), Failure("bigip_tls", "no trust")]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", ["the list", "the deletion"])
def test_a_token_that_may_be_left(clock: Clock, monkeypatch: pytest.MonkeyPatch, fault: Exception, at: str) -> None:
    def fail() -> Response:
        raise fault

    listing = fail if at == "the list" else lambda: Response(200, LISTED)
    session, exchanges = lost(clock, monkeypatch, listing, fail)
    assert session.warnings == [stray("b")]
    assert [path for _method, path, *_rest in exchanges] == (["", "/T0"] if at == "the list" else ["", "/LOST", "/T0"])


def test_without_an_own_token_nothing_is_listed(clock: Clock) -> None:
    with ScriptedServer([]) as server:
        server.take = lambda request: login(drop=True)  # type: ignore[method-assign]
        with pytest.raises(Failure), Session(provider(server), clock.deadline(10)) as session:
            session.request("GET", INFO)
    assert session.warnings == [stray(f"127.0.0.1:{server.port}")]
    assert set(session.requests) == {f"POST {LOGIN}"}


def test_a_bigip_that_went_away_is_not_asked_for_its_tokens(clock: Clock) -> None:
    with ScriptedServer([login(drop=True), login(), get()]) as server:
        session = Session(provider(server), clock.deadline(30))
        session.__enter__()
        session.request("GET", INFO)
        session._transport.close()
    with pytest.raises(Failure):
        session.request("GET", INFO)
    before = len(clock.slept)
    session.__exit__(None, None, None)
    name = f"127.0.0.1:{server.port}"
    assert session.warnings == [stray(name), left(name, "Connection refused")]
    assert len(clock.slept) == before and session.requests[f"GET {TOKENS}"] == 0
