# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes that are dripped: 20 s in all, where an exchange has a second."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _exchange
from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip.contact import NoAnswer
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.dripping import (
    at_kubernetes,
)
from ansible_collections.vks.bigip.tests.unit.support.peers import PAUSE, Peer, answer, dripping, sending

LENGTH = 400
BODY = json.dumps({"items": [], "filler": "x" * LENGTH}).encode()
WHOLE = answer(BODY)
HEAD = WHOLE.index(b"\r\n\r\n") + 4
ENDLESS = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 40
CHUNKS = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in BODY) + b"0\r\n\r\n"
DRIPS = {
    "the status line": dripping(b"", WHOLE),
    "the headers": dripping(ENDLESS[:30], ENDLESS[30:]),
    "the body": dripping(WHOLE[:HEAD], WHOLE[HEAD:]),
    "chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNKS),
    "until the connection ends": dripping(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", BODY),
    "an answer to go on": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 20),
}
ENDS = ("bigip_unreachable", "timeout", "kubernetes_timeout")  # on a slow machine the time may be over before the request
BOMB = gzip.compress(bytes(300 * _exchange.MEGABYTE), 9)  # 300 kB


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def at_bigip(peer: Peer, method: str = "GET", deadline: float = 600.0, **provider: Any) -> Any:
    options = {"server": [f"127.0.0.1:{peer.port}"], "user": "admin", "password": "p", "auth": "basic", "timeout": 60, **provider}
    session = Session(options, Deadline(deadline))
    try:
        return session.request(method, "/mgmt/shared/appsvcs/info", doing="Reading")
    finally:
        session._transport.close()


def test_what_is_dripped_outlasts_every_deadline_here() -> None:
    assert LENGTH * PAUSE >= 20 and len(ENDLESS) * PAUSE > 20


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS.keys())
def test_a_drip_of_bigip_ends_at_the_deadline_of_the_task(drip: Any) -> None:
    with Peer(drip) as peer, pytest.raises(Failure) as caught:
        at_bigip(peer, deadline=1.0)
    assert caught.value.code in ENDS


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS.keys())
def test_a_drip_of_kubernetes_ends_at_the_deadline_of_the_task(drip: Any) -> None:
    with Peer(drip) as peer, pytest.raises(Failure) as caught:
        at_kubernetes(peer, deadline=1.0)
    assert caught.value.code in ENDS


def test_the_timeout_of_a_request_bounds_it_whole_and_a_read_is_repeated() -> None:
    with Peer(DRIPS["the body"], sending(WHOLE)) as peer:
        assert at_bigip(peer, timeout=1).json == json.loads(BODY)
    assert peer.connections == 2, "the broken connection is not used again"


def test_of_a_change_whose_answer_drips_the_outcome_is_unknown() -> None:
    with Peer(DRIPS["the headers"]) as peer, pytest.raises(NoAnswer) as caught:
        at_bigip(peer, method="POST", timeout=1)
    assert "no whole answer within 1 s" in str(caught.value.said)


def test_a_proxy_that_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "https")
    with Peer(*[dripping(b"", b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 40)] * 9) as peer, pytest.raises(Failure) as caught:
        at_bigip(peer, deadline=1.0, server=["192.0.2.1"], proxy=peer.url)
    assert caught.value.code in ENDS


def test_an_answer_that_ends_in_time_keeps_its_connection() -> None:
    with Peer(*[sending(answer(b'{"items": [], "metadata": {}}'))] * 3) as peer:
        client = Client({"host": peer.url, "allow_http": True, "api_key": "t"}, Deadline(600.0))
        for _number in range(3):
            assert lists.each(client, lists.SERVICES, "shop", lambda raw: raw) == []
        client.close()
    assert peer.connections == 1


@pytest.mark.parametrize("body", [answer(b"", status="204 No Content"), answer(b"")], ids=["204", "no body"])
def test_an_answer_without_a_body_keeps_its_connection(body: bytes) -> None:
    with Peer(*[sending(body)] * 3) as peer:
        made = Session({"server": [f"127.0.0.1:{peer.port}"], "user": "u", "password": "p", "auth": "basic"}, Deadline(600.0))
        for _number in range(3):
            assert made.request("GET", "/x").json is None
        made._transport.close()
    assert peer.connections == 1


LARGE = {
    "gzip": answer(BOMB, "Content-Encoding: gzip"),
    "gzip in many parts": answer(gzip.compress(b"") * 200, "Content-Encoding: gzip"),
    "gzip in gzip": answer(gzip.compress(BOMB), "Content-Encoding: gzip, gzip"),
    "deflate": answer(zlib.compress(bytes(9 * _exchange.MEGABYTE)), "Content-Encoding: deflate"),
    "plain": answer(b" " * (2 * _exchange.MEGABYTE)),
}


@pytest.mark.parametrize("name", LARGE)
def test_an_answer_that_is_too_large(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    check = _exchange._check
    monkeypatch.setattr(_exchange, "_check", lambda size, limit: (sizes.append(size), check(size, limit)))
    with Peer(*[sending(LARGE[name])] * 9) as peer, pytest.raises(Failure) as caught:
        at_bigip(peer, deadline=2.0, max_response_mb=1)
    wrong = name in ("gzip in many parts", "gzip in gzip", "deflate")
    assert caught.value.code == ("bigip_unreachable" if wrong else "bigip_answer")
    assert wrong or "larger than 1 MB" in str(caught.value.said) and "provider.max_response_mb" in str(caught.value.remedy)
    assert max(sizes, default=0) <= 1.2 * _exchange.MEGABYTE, "no piece is much larger than the limit"


def test_of_a_change_whose_answer_is_too_large_the_outcome_is_unknown() -> None:
    with Peer(sending(LARGE["gzip"])) as peer, pytest.raises(NoAnswer, match="larger than 1 MB"):
        at_bigip(peer, method="POST", max_response_mb=1)


def test_a_redirect_is_not_read_without_a_limit() -> None:
    with Peer(sending(answer(BOMB, "Content-Encoding: gzip", "Location: /login", status="302 Found"))) as peer, pytest.raises(Failure) as caught:
        at_bigip(peer, max_response_mb=1)
    assert caught.value.code == "bigip_answer"


def test_gzip_is_read_whole() -> None:
    texts = [b'{"a": "', b"x" * 200_000, b'"}']
    for packed in (gzip.compress(b"".join(texts)), b"".join(map(gzip.compress, texts))):
        with Peer(sending(answer(packed, "Content-Encoding: gzip"))) as peer:
            assert at_bigip(peer, max_response_mb=1).json == {"a": "x" * 200_000}


UNREADABLE = [b"[" * 100_000, b'{"items":' * 100_000, b'{"items": [{"a": 1' + b"0" * 5_000 + b"}]}", b"NaN", b'"\\ud800"', b'"' + b'\\"' * 99_999]


@pytest.mark.parametrize("body", UNREADABLE, ids=["brackets", "items", "digits", "NaN", "half a character", "quotes"])
def test_json_that_cannot_be_read(body: bytes) -> None:
    with Peer(*[sending(answer(body))] * 99) as peer:
        with pytest.raises(Failure) as caught:
            at_bigip(peer, deadline=1.0)
        assert caught.value.code == "bigip_answer"
        with pytest.raises(Failure) as caught:
            at_bigip(peer, method="POST")
            raise Failure("unknown outcome", "")  # the caller sees an answer without JSON
        assert caught.value.code == "unknown outcome"
        try:
            assert at_kubernetes(peer) == []
        except Failure as failed:
            assert failed.code == "kubernetes_not_json"


WAITS: dict[str, float | None] = {
    **{"7": 7.0, " 7 ": 7.0, "0": 0.0, "3600": 3600.0},
    **dict.fromkeys(["²", "٣", "1e400", "nan", "inf", "-5", "+5", "1.5", "9" * 5_000, "9" * 9, "", "soon", "1_0"]),
    **dict.fromkeys(["Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359"], 0.0),
    **dict.fromkeys(["Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 99999999999999999999 23:59:59 GMT", "Thu, 01 Jan " + "1" * 5000]),
}


@pytest.mark.parametrize("text, seconds", WAITS.items(), ids=lambda value: str(value)[:20])
def test_retry_after(text: str, seconds: float | None) -> None:
    assert _exchange.retry_after({"Retry-After": text}) == seconds


@pytest.mark.parametrize("text", ["", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +2359", "²", "1" * 5000, "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_date_that_makes_no_sense(text: str) -> None:
    assert _exchange.date({"Date": text}) is None


def test_the_date_of_a_server() -> None:
    from email.utils import formatdate

    assert _exchange.date({"Date": formatdate(usegmt=True)}) == pytest.approx(time.time(), abs=3600)


EXPIRES: dict[str, Callable[[], Any]] = {
    "huge": lambda: '{"exp": 1e300}',
    "digits": lambda: '{"exp": ' + "9" * 5_000 + "}",
    "infinite": lambda: '{"exp": Infinity}',
    "deep": lambda: "[" * 100_000,
    "text": lambda: '{"exp": "²"}',
    "a list": lambda: "[1]",
    "past": lambda: '{"exp": -1e300}',
}


@pytest.mark.parametrize("name", EXPIRES)
def test_the_end_of_a_token(name: str) -> None:
    import base64

    token = "x." + base64.urlsafe_b64encode(EXPIRES[name]().encode()).decode().rstrip("=") + ".y"
    client = Client({"host": "http://127.0.0.1:1", "allow_http": True, "api_key": token}, Deadline(600.0))
    client.token_expires()
    assert client._token_age()
    client.close()
