# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request as urllib3 gets it, and what becomes of its answer: nothing of this needs a network or time."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from email.utils import formatdate
from typing import Any, Callable, Iterator
from unittest import mock

import kubernetes
import pytest
import urllib3
from urllib3 import exceptions

from ansible_collections.vks.bigip.plugins.module_utils import _exchange
from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import client as client_module
from ansible_collections.vks.bigip.plugins.module_utils._kube import unverified
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock
from ansible_collections.vks.bigip.tests.unit.support.kube_connection import kubeconfig

SERVER = "https://cluster.example:6443"
RIGHT = {"verb": "get", "resource": "namespaces", "group": ""}


class Answer:
    """An answer of urllib3 that is not preloaded."""

    closed = True

    def __init__(self, status: int = 200, body: Any = b"{}", **headers: str) -> None:
        self.status, self.reason, self.headers = status, "Reason", headers
        self._body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def stream(self, _size: int, *, decode_content: bool) -> Iterator[bytes]:
        assert decode_content is False
        yield self._body

    def close(self) -> None: ...

    def release_conn(self) -> None: ...


class Pool:
    """The connections of urllib3: plays answers and exceptions, and keeps what was asked."""

    def __init__(self, *script: Any) -> None:
        self.left = list(script)
        self.asked: list[dict[str, Any]] = []

    def request(self, method: str, url: str, **more: Any) -> Any:
        self.asked.append({"method": method, "url": url, **more})
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def no_reports() -> Iterator[None]:
    for collected in (notices.warnings, notices.secrets):
        collected.take()
    yield
    for collected in (notices.warnings, notices.secrets):
        collected.take()


def play(
    pool: Pool,
    work: Callable[[Client], Any],
    clock: Clock | None = None,
    seconds: float = 60.0,
    **options: Any,
) -> Any:
    made = Client({"host": SERVER, "api_key": "t", **options}, (clock or Clock()).deadline(seconds))
    with mock.patch.object(
        urllib3.PoolManager, "request", lambda _self, *words, **more: pool.request(*words, **more)
    ):
        try:
            return work(made)
        finally:
            made.close()


def get(client: Client) -> Any:
    return client.get("/api/v1/x", {"a": "b c/d"}, doing="reading x", right=RIGHT)


def patch(client: Client) -> Any:
    return client.patch("/api/v1/x", {"é": 1}, doing="changing x", right=RIGHT)


def delete(client: Client) -> Any:
    return client.delete("/api/v1/x", "u1", doing="deleting x", right=RIGHT)


def text(seconds: float) -> Callable[[Client], Any]:
    def work(client: Client) -> str:
        soon = client.deadline.sooner(seconds)
        return client.text("/log", {}, doing="reading the log", right=RIGHT, deadline=soon)

    return work


HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "vks.bigip (Ansible collection)",
    "authorization": "Bearer t",
}
DELETION = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "u1"}}
# the request, its method and URL, its headers, its body
REQUESTS: dict[str, tuple[Callable[[Client], Any], str, str, dict[str, str], Any]] = {
    "get": (get, "GET", "/api/v1/x?a=b%20c%2Fd", HEADERS, None),
    "patch": (
        *(patch, "PATCH", "/api/v1/x?fieldManager=vks.bigip"),
        {**HEADERS, "Content-Type": "application/merge-patch+json"},
        {"é": 1},
    ),
    "delete": (delete, "DELETE", "/api/v1/x", {**HEADERS, "Content-Type": "application/json"}, DELETION),
    "text": (text(5), "GET", "/log", {**HEADERS, "Accept": "*/*"}, None),
}


@pytest.mark.parametrize(("work", "method", "url", "headers", "body"), REQUESTS.values(), ids=REQUESTS)
def test_a_request(work: Any, method: str, url: str, headers: dict[str, str], body: Any) -> None:
    pool = Pool(Answer())
    play(pool, work)
    (asked,) = pool.asked
    assert dict(asked.pop("headers")) == headers
    sent, _timeout = asked.pop("body"), asked.pop("timeout")
    assert (sent if sent is None else json.loads(sent)) == body and (sent is None) == (body is None)
    assert asked == {
        **{"method": method, "url": f"{SERVER}{url}"},
        **{"retries": False, "redirect": False, "preload_content": False},
    }


@pytest.mark.parametrize(
    ("work", "seconds", "connect", "read"),
    [
        (get, 100.0, 10.0, 60.0),
        (get, 30.0, 10.0, 30.0),
        (get, 5.0, 5.0, 5.0),
        (text(5), 100.0, 5.0, 5.0),
        (text(0.2), 100.0, 1.0, 1.0),
        (text(5), 0.5, 0.5, 0.5),
    ],
)
def test_the_time_of_a_request(work: Any, seconds: float, connect: float, read: float) -> None:
    pool = Pool(Answer())
    play(pool, work, seconds=seconds)
    timeout = pool.asked[0]["timeout"]
    assert (timeout.connect_timeout, timeout.read_timeout) == (connect, read)


def test_no_request_is_sent_when_no_time_is_left() -> None:
    pool = Pool()
    with pytest.raises(Failure) as caught:
        play(pool, get, seconds=0.0)
    assert (caught.value.code, caught.value.said) == ("kubernetes_timeout", "the task timed out after 0 s")
    assert pool.asked == []


@pytest.mark.parametrize(
    ("status", "good"), [(199, False), (200, True), (201, True), (299, True), (300, False)]
)
def test_which_answers_are_good(status: int, good: bool) -> None:
    if good:
        assert play(Pool(Answer(status, {"a": 1})), get) == {"a": 1}
    else:
        with pytest.raises(Failure) as caught:
            play(Pool(Answer(status, {"message": "no"})), get)
        assert (caught.value.code, caught.value.what) == ("kubernetes_error", "reading x")


def test_what_the_methods_return() -> None:
    assert play(Pool(Answer(body={"a": 1})), patch) == {"a": 1}
    assert play(Pool(Answer(body=b"a\xff")), text(5)) == "a\ufffd"
    assert play(Pool(Answer()), delete) is None
    raw = Pool(Answer(body=b"[1]"))
    assert play(raw, lambda client: client.raw("/x", doing="reading x", right=RIGHT)) == b"[1]"
    assert raw.asked[0]["url"] == f"{SERVER}/x" and raw.asked[0]["headers"]["Accept"] == "application/json"


DEEP = b'{"a":' * 150 + b"1" + b"}" * 150


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1]", "[1] (it is not an object of JSON)"),
        (b"{", "it is not JSON (JSONDecodeError)"),
        (DEEP, "it has more than 100 levels"),
    ],
)
def test_an_answer_that_is_not_an_object(body: bytes, said: str) -> None:
    for work, doing in ((get, "reading x"), (patch, "changing x")):
        with pytest.raises(Failure) as caught:
            play(Pool(Answer(body=body)), work)
        failed = caught.value
        assert (failed.code, failed.what, failed.said) == (
            "kubernetes_not_json",
            f"{doing} at {SERVER}",
            said,
        )


def unreachable() -> Exception:
    return exceptions.NewConnectionError(mock.Mock(host="a"), "refused")


def test_a_server_that_never_answered_is_asked_three_times() -> None:
    pool, clock = Pool(*(unreachable() for _time in range(9))), Clock()
    with pytest.raises(Failure) as caught:
        play(pool, get, clock)
    assert (caught.value.code, len(pool.asked), len(clock.pauses)) == ("kubernetes_unreachable", 3, 2)


def test_a_server_that_answered_before_is_asked_until_the_deadline() -> None:
    pool, clock = Pool(Answer(), *(unreachable() for _time in range(5)), Answer(body={"a": 1})), Clock()
    assert play(pool, lambda client: (get(client), get(client), client.requests), clock)[1:] == ({"a": 1}, 7)
    assert len(clock.pauses) == 5 and all(a < b for a, b in zip(clock.pauses[:3], clock.pauses[1:]))
    assert play(Pool(Answer()), lambda client: client.requests) == 0


def test_a_connection_that_breaks_is_no_unreachable_server() -> None:
    pool = Pool(*(exceptions.ProtocolError("cut") for _time in range(4)), Answer(body={"a": 1}))
    assert play(pool, get) == {"a": 1}


@pytest.mark.parametrize(("name", "code"), [("Conflict", 409), ("Forbidden", 403), ("NotFound", 404)])
def test_the_errors_that_a_caller_meets(name: str, code: int) -> None:
    assert {"Client", name} <= set(client_module.__all__)
    with pytest.raises(getattr(client_module, name)):
        play(Pool(Answer(code)), patch)


@pytest.mark.parametrize("error", [OSError("no such file"), ValueError("no such proxy")], ids=repr)
def test_a_connection_that_cannot_be_made(error: Exception) -> None:
    with (
        mock.patch.object(kubernetes.client, "ApiClient", side_effect=error),
        pytest.raises(Failure) as caught,
    ):
        play(Pool(), get)
    assert (caught.value.code, caught.value.what, caught.value.said) == (
        *("kubernetes_config", "setting up the connection to Kubernetes"),
        str(error),
    )


def test_closing_a_client_closes_its_connections() -> None:
    with mock.patch.object(urllib3.PoolManager, "clear") as clear:
        play(Pool(Answer()), get)
    clear.assert_called_once_with()


def test_an_answer_without_success_is_an_answer_too() -> None:
    pool = Pool(Answer(503), *(unreachable() for _time in range(4)), Answer(body={"a": 1}))
    assert play(pool, get) == {"a": 1}


@pytest.mark.parametrize(("left", "good"), [(7.5, True), (7.0, False), (6.0, False)])
def test_the_server_sets_the_pause_within_the_deadline(left: float, good: bool) -> None:
    busy, clock = Answer(429, {"message": "slow down"}, **{"Retry-After": "7"}), Clock()
    pool = Pool(busy, Answer(body={"a": 1}))
    if good:
        assert play(pool, get, clock, left) == {"a": 1} and clock.pauses == [7.0]
        return
    with pytest.raises(Failure) as caught:
        play(pool, get, clock, left)
    failed = caught.value
    assert (failed.code, failed.what) == ("kubernetes_timeout", f"reading x at {SERVER}")
    assert failed.said == f"slow down; timed out after {left:g} s" and clock.pauses == []


def test_a_pause_of_no_time() -> None:
    clock = Clock()
    assert play(Pool(Answer(503, **{"Retry-After": "0"}), Answer(body={"a": 1})), get, clock) == {"a": 1}
    assert clock.pauses == [0.0]


FINAL = [
    (OSError("no file"), "kubernetes_config", "no file"),
    (ValueError("bad header"), "kubernetes_config", "bad header"),
    (exceptions.SSLError("bad certificate"), "kubernetes_tls", "bad certificate"),
    (_exchange.TooLarge("it has 9 MB"), "kubernetes_too_large", "it has 9 MB"),
]


@pytest.mark.parametrize(("error", "code", "said"), FINAL, ids=lambda value: type(value).__name__)
def test_what_does_not_get_better_by_waiting(error: Exception, code: str, said: str) -> None:
    pool, clock = Pool(error), Clock()
    with pytest.raises(Failure) as caught:
        play(pool, get, clock)
    assert (caught.value.code, caught.value.said, clock.pauses) == (code, said, [])


REPEATED = [
    (_exchange.Undecodable("half a gzip"), "half a gzip"),
    (exceptions.ProtocolError("cut"), "cut"),
]


@pytest.mark.parametrize(("error", "said"), REPEATED, ids=lambda value: type(value).__name__)
def test_what_is_asked_for_again(error: Exception, said: str) -> None:
    assert play(Pool(error, error, Answer(body={"a": 1})), get) == {"a": 1}
    with pytest.raises(Failure) as caught:
        play(Pool(error), get, seconds=0.1)
    assert (caught.value.code, caught.value.said) == ("kubernetes_timeout", f"{said}; timed out after 0.1 s")


@pytest.mark.parametrize(
    "error", [None, exceptions.ProtocolError("cut"), OSError("cut"), ValueError("cut")], ids=repr
)
def test_an_exchange_that_the_deadline_ends(error: Exception | None) -> None:
    @contextlib.contextmanager
    def within(watch: _exchange.Watch, seconds: float) -> Iterator[None]:
        watch.over = True
        yield
        raise _exchange.Ended

    with mock.patch.object(_exchange.Watch, "within", within), pytest.raises(Failure) as caught:
        play(Pool(error or Answer()), get, seconds=0.25)
    said = "no whole answer within 0.25 s; timed out after 0.25 s"
    assert (caught.value.code, caught.value.said) == ("kubernetes_timeout", said)


@pytest.mark.parametrize(("limit", "given"), [(64, {}), (3, {"max_response_mb": 3})])
def test_the_largest_answer(limit: int, given: dict[str, int]) -> None:
    with mock.patch.object(_exchange, "body_of", return_value=b"{}") as body_of:
        play(Pool(Answer()), get, **given)
    assert body_of.call_args.args[1] == limit * 1024 * 1024


def test_the_clock_of_the_server() -> None:
    then = int(time.time()) - 5000
    pool = Pool(Answer(Date=formatdate(then, usegmt=True)), Answer())
    before, read, without = play(pool, lambda client: (client.server_time, got(client), got(client)))
    assert before == pytest.approx(time.time(), abs=600)
    assert read == then and without == pytest.approx(time.time(), abs=600)


def got(client: Client) -> float:
    get(client)
    return client.server_time


def headers(**options: Any) -> Any:
    pool = Pool(Answer())
    play(pool, get, **options)
    return pool.asked[0]["headers"]


BASIC = base64.b64encode(b"me:pass").decode()


def test_the_credentials_of_a_request() -> None:
    assert headers(api_key="abc=")["authorization"] == "Bearer abc="
    assert notices.secrets.take() == ["abc"]
    assert headers(api_key=None, username="me", password="pass")["authorization"] == f"Basic {BASIC}"
    assert notices.secrets.take() == [BASIC.rstrip("="), "pass"]
    assert headers(username="me", password="pass")["authorization"] == "Bearer t"
    for part in ({"username": "me"}, {"password": "pass"}, {}):
        assert "authorization" not in headers(api_key=None, **part)
    assert (
        headers(host=None, api_key=None, kubeconfig=kubeconfig(SERVER))["authorization"]
        == "Bearer from-kubeconfig"
    )


def test_the_headers_of_another_user() -> None:
    sent = headers(impersonate_user="jane", impersonate_groups=["ops", "dev"])
    assert sent.getlist("Impersonate-User") == ["jane"] and sent.getlist("Impersonate-Group") == [
        "ops",
        "dev",
    ]


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"validate_certs": False}, True),
        ({"validate_certs": False, "host": "HTTPS://cluster.example"}, True),
        ({"validate_certs": False, "host": "http://cluster.example", "allow_http": True}, False),
        ({}, False),
    ],
)
def test_a_certificate_that_is_not_verified(options: dict[str, Any], warned: bool) -> None:
    play(Pool(Answer()), lambda client: notices.warnings.take() or get(client), **options)
    assert notices.warnings.take() == [unverified.UNVERIFIED] * warned


def token(payload: str) -> str:
    return f"x.{base64.urlsafe_b64encode(payload.encode()).decode().rstrip('=')}.y"


EXPIRED = "The token expired at 2023-11-14 22:13:20 UTC."
UNKNOWN = "The token or certificate is wrong or has expired."
TOKENS: list[tuple[str, float | None, str]] = [
    (token('{"exp": 1700000000}'), 1700000000.0, EXPIRED),
    (token('{"exp": 1700000000, "a": 1}'), 1700000000.0, EXPIRED),
    (token('{"exp":  1700000000, "a": 1}'), 1700000000.0, EXPIRED),
    (token('{"exp":   1700000000, "a": 1}'), 1700000000.0, EXPIRED),
    (token('{"exp": 99999999999}'), 99999999999.0, UNKNOWN),
    (token('{"exp": -1e12}'), -1e12, UNKNOWN),
    (token('{"exp": -1e17}'), -1e17, UNKNOWN),
    (token('{"exp": -1e300}'), -1e300, UNKNOWN),
    (token('{"exp": "5"}'), None, UNKNOWN),
    (token("{}"), None, UNKNOWN),
    (token("[5]"), None, UNKNOWN),
    (token("{"), None, UNKNOWN),
    ("a.b.c", None, UNKNOWN),
    ("a.é.c", None, UNKNOWN),
    ("opaque", None, UNKNOWN),
]


@pytest.mark.parametrize(("api_key", "expires", "sentence"), TOKENS)
def test_the_age_of_a_token(api_key: str, expires: float | None, sentence: str) -> None:
    assert play(Pool(), lambda client: client.token_expires(), api_key=api_key) == expires
    with pytest.raises(Failure) as caught:
        play(Pool(Answer(401)), get, api_key=api_key)
    assert caught.value.remedy == f"Sign in again. {sentence}"


def test_a_certificate_has_no_age_of_a_token() -> None:
    assert play(Pool(), lambda client: client.token_expires(), api_key=None) is None


def test_what_is_left_out_is_said_once() -> None:
    said: list[str] = []

    def work(client: Client) -> None:
        client.left_out("before")
        client.warn = said.append
        for words in ("a", "b", "a", "before"):
            client.left_out(words)

    play(Pool(), work)
    assert said == ["a", "b"]
