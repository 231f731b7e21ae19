# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers that a caller sees, and the failures of those that are waited out in vain."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.contact import NoAnswer
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import BUSY, INFO, PAGE, closed_port
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

JSON = {"Content-Type": "application/json"}
MET = Exchange("GET", "/met", json={})
SAID = "HTTP 200: Oops Not here"


def ask(clock: Clock, script: list[Exchange], method: str = "GET", seconds: float = 60) -> Any:
    """The answer to one request; what comes before it in the script is asked for first."""
    *before, last = script
    with ScriptedServer(script) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(seconds)) as session:
            for exchange in before:
                session.request(exchange.method, exchange.path)
            return session.request(method, last.path, doing="Reading")


STATUSES = [400, 402, 404, 405, 428, 430, 499, 500, 502, 504]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_in_json_is_for_the_caller(clock: Clock, method: str, status: int) -> None:
    answer = ask(clock, [Exchange(method, INFO, status, json={"message": "no"})], method)
    assert (answer.status, answer.json, clock.slept) == (status, {"message": "no"}, [])


PAGES = {
    "of a read": ([MET, Exchange("GET", INFO, 404, text=PAGE)], "GET"),
    "of a read below 500": ([MET, Exchange("GET", INFO, 499, text=PAGE)], "GET"),
    "of a change": ([MET, Exchange("POST", INFO, 200, text=PAGE)], "POST"),
    "of the first change": ([Exchange("POST", INFO, 500, text=PAGE)], "POST"),
}


@pytest.mark.parametrize(("script", "method"), PAGES.values(), ids=PAGES)
def test_a_page_that_is_for_the_caller(clock: Clock, script: list[Exchange], method: str) -> None:
    answer = ask(clock, script, method)
    assert (answer.status, answer.json, answer.said) == (script[-1].status, None, f"HTTP {answer.status}: Oops Not here")
    assert not clock.slept


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("GET", 499), ("GET", 200), ("POST", 200), ("POST", 400)])
def test_a_first_page_is_of_another_product(clock: Clock, method: str, status: int) -> None:
    with pytest.raises(Failure) as caught:
        ask(clock, [Exchange(method, INFO, status, text=PAGE)], method)
    (_text, name) = caught.value.what.removesuffix(" does not answer as a BIG-IP").split(": ", 1)
    remedy = (
        "Check provider.server and provider.server_port, "
        "and provider.proxy if there is a proxy between here and BIG-IP."
    )
    what = f"Reading: {name} does not answer as a BIG-IP"
    expected = Failure("bigip_not_found", what, said=f"HTTP {status}: Oops Not here", remedy=remedy)
    assert caught.value.as_dict() == expected.as_dict() and name.startswith("127.0.0.1:")


def test_an_account_without_rights(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        ask(clock, [Exchange("GET", INFO, 403, json={"message": "no"})])
    remedy = "The account needs the role Administrator in all partitions."
    assert caught.value.as_dict() == Failure("bigip_forbidden", "Reading", said="HTTP 403: no", remedy=remedy).as_dict()


UNREGISTERED = {"code": 404, "message": "Public URI path not registered"}
WAIT = "BIG-IP was busy until the timeout. Raise timeout, or run again later."
INSTEAD = "The web server of BIG-IP answered in place of its REST service until the timeout."
WORKERS = "The REST workers of BIG-IP did not start in time; look at /var/log/restnoded and /var/log/restjavad."
BREAKS = "The connection to BIG-IP breaks again and again."
CHANGES = "Look for something between here and BIG-IP that changes answers."
ENDED = "Remote end closed connection without response"
ENDLESS: dict[str, tuple[str, dict[str, Any], str, float, str, str]] = {
    # what BIG-IP answers, again and again: the code of the failure, its seconds, BIG-IP's words, and the remedy
    "503": ("POST", {"status": 503, "json": {"message": BUSY}}, "bigip_busy", 60, f"HTTP 503: {BUSY}", WAIT),
    "a page of 503": ("GET", {"status": 503, "text": PAGE}, "bigip_busy", 60, "HTTP 503: Oops Not here", WAIT),
    "429": ("POST", {"status": 429, "text": "slow"}, "bigip_busy", 60, "HTTP 429: slow", WAIT),
    "a page of 500": ("GET", {"status": 500, "text": PAGE}, "bigip_unavailable", 60, "HTTP 500: Oops Not here", INSTEAD),
    "a page of 504": ("GET", {"status": 504, "text": PAGE}, "bigip_unavailable", 60, "HTTP 504: Oops Not here", INSTEAD),
    "a page": ("GET", {"text": PAGE}, "bigip_answer", 15, f"the answer is not JSON: {SAID}", CHANGES),
    "half an answer": ("GET", {"text": "{", "headers": JSON}, "bigip_answer", 15, "the answer is not JSON: HTTP 200", CHANGES),
    "no worker": (
        *("POST", {"status": 404, "json": UNREGISTERED}, "bigip_unavailable", 60),
        *("HTTP 404: Public URI path not registered", WORKERS),
    ),
    "no answer": ("GET", {"drop": True}, "bigip_unreachable", 60, ENDED, BREAKS),
}


@pytest.mark.parametrize(("method", "answer", "code", "seconds", "said", "remedy"), ENDLESS.values(), ids=ENDLESS)
def test_what_is_waited_out_in_vain(
    clock: Clock, method: str, answer: dict[str, Any], code: Any, seconds: float, said: str, remedy: str
) -> None:
    with ScriptedServer([]) as server:
        server.take = lambda request: MET if request.path == "/met" else Exchange(method, INFO, **answer)  # type: ignore[method-assign]
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session, pytest.raises(Failure) as caught:
            session.request("GET", "/met")
            session.request(method, INFO, doing="Reading")
    expected = Failure(code, f"Reading (timed out after {seconds} s)", said=said, remedy=remedy)
    assert caught.value.as_dict() == expected.as_dict()
    assert sum(clock.slept) == pytest.approx(seconds)


def test_a_change_without_an_answer(clock: Clock) -> None:
    with pytest.raises(NoAnswer) as caught:
        ask(clock, [Exchange("POST", INFO, drop=True)], "POST")
    remedy = "BIG-IP may have processed the request. Check its state."
    expected = Failure("bigip_no_answer", "Reading", said=ENDED, remedy=remedy)
    assert caught.value.as_dict() == expected.as_dict() and not clock.slept


def remedy_of(*names: str) -> str:
    return (
        f"Check that {' and '.join(names)} is correct and that its management port is open from here. "
        "Check for a proxy between here and BIG-IP."
    )


def unreachable(clock: Clock, server: str, met: bool = False) -> tuple[Session, dict[str, Any]]:
    """The failure of a request to a BIG-IP that no request reaches."""
    session = Session(provider() | {"server": [server], "token": "GIVEN"}, clock.deadline(600))
    if met:
        session._contact._met.update(session._units)
    with pytest.raises(Failure) as caught:
        session.request("GET", INFO, doing="Reading")
    session._transport.close()
    return session, caught.value.as_dict()


@pytest.mark.parametrize(("met", "seconds"), [(False, 15), (True, 600)])
def test_a_bigip_that_is_not_reached(clock: Clock, met: bool, seconds: float) -> None:
    """One that never answered is more likely misspelt than restarting."""
    name = f"127.0.0.1:{closed_port().port}"
    session, shown = unreachable(clock, name, met)
    what = f"Reading (timed out after {seconds} s)"
    expected = Failure("bigip_unreachable", what, said="Connection refused", remedy=remedy_of(name))
    assert shown == expected.as_dict()
    assert sum(clock.slept) == pytest.approx(seconds) and session._contact.lost


def test_the_time_for_the_first_answer_begins_with_the_work(clock: Clock) -> None:
    name = f"127.0.0.1:{closed_port().port}"
    session = Session(provider() | {"server": [name], "token": "GIVEN"}, clock.deadline(600))
    clock.now += 100
    with pytest.raises(Failure, match="timed out after 15 s"), session:
        session.request("GET", INFO)
    assert sum(clock.slept) == pytest.approx(15)


def test_a_name_that_is_unknown(clock: Clock) -> None:
    _session, shown = unreachable(clock, "bigip.invalid")
    assert shown["code"] == "bigip_unreachable" and shown["summary"] == "Reading: bigip.invalid cannot be found"
    assert shown["remedy"] == remedy_of("bigip.invalid") and not clock.slept
