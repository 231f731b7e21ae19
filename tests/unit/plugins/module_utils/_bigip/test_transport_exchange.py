# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange: the bytes that are sent, the limits, and the end of the connection."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
import requests.exceptions as of_requests
from urllib3 import exceptions as of_urllib3

from ansible_collections.vks.bigip.plugins.module_utils import _exchange
from ansible_collections.vks.bigip.plugins.module_utils._bigip.broken import Lost, NotSent
from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response
from ansible_collections.vks.bigip.plugins.module_utils._bigip.transport import Transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip.unit import Unit
from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.peers import Peer, answer, sending
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def opened() -> Iterator[Callable[..., Transport]]:
    """Transports that are closed after the test."""
    made: list[Transport] = []

    def open_one(**options: Any) -> Transport:
        made.append(Transport(options))
        return made[-1]

    yield open_one
    for transport in made:
        transport.close()


def send(
    transport: Transport,
    url: str,
    method: str = "GET",
    path: str = "/x",
    *,
    headers: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
    body: bytes | None = None,
    seconds: float = 30,
) -> Response:
    return transport.send(
        Unit("bigip1", url), method, path, headers=headers or {}, params=params, body=body, seconds=seconds
    )


def of(request: Request) -> tuple[str, str, dict[str, str], bytes]:
    headers = {name: value for name, value in request.headers.items() if name not in ("Host", "User-Agent")}
    return request.method, request.path, headers, request.body


ALWAYS = {"Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "keep-alive"}


def test_what_is_sent_and_what_comes_back(opened: Callable[..., Transport]) -> None:
    made = Exchange("POST", "/x?$filter=partition%20eq%20Common&a=b/c,d%26", 201, json={"a": 1})
    script = [made, Exchange("DELETE", "/x", text="<p>")]
    with ScriptedServer(script) as server:
        transport = opened()
        params = {"$filter": "partition eq Common", "a": "b/c,d&"}
        first = send(transport, server.url, "POST", headers={"X-A": "1"}, params=params, body=b"{}")
        second = send(transport, server.url, "DELETE", params={})
    assert (first.status, first.json, first.text) == (201, {"a": 1}, '{"a": 1}')
    assert (second.status, second.json, second.text) == (200, None, "<p>")
    assert second.headers["Content-Type"] == "text/html"
    assert [of(request) for request in server.requests] == [
        ("POST", made.path, {**ALWAYS, "X-A": "1", "Content-Length": "2"}, b"{}"),
        ("DELETE", "/x", {**ALWAYS, "Content-Length": "0"}, b""),
    ]


def test_a_cookie_of_bigip_is_sent_back(opened: Callable[..., Transport]) -> None:
    script = [Exchange("GET", "/x", headers={"Set-Cookie": "BIGIPAuthCookie=ABC; path=/"}), Exchange("GET", "/x")]
    with ScriptedServer(script) as server:
        transport = opened()
        send(transport, server.url), send(transport, server.url)
    assert [request.headers.get("Cookie") for request in server.requests] == [None, "BIGIPAuthCookie=ABC"]


def test_a_header_that_http_cannot_carry(opened: Callable[..., Transport]) -> None:
    """A token that was pasted with another character."""
    with ScriptedServer([]) as server, pytest.raises(Failure) as caught:
        send(opened(), server.url, headers={"X-F5-Auth-Token": "very-secret\u2026"})
    expected = Failure(
        "bigip_options",
        "Could not set up the connection to BIG-IP bigip1",
        said="UnicodeEncodeError",
        remedy="Check provider.server and provider.proxy.",
    )
    assert caught.value.as_dict() == expected.as_dict()


# -- the end -----------------------------------------------------------------------------------------------


def test_close_ends_the_connection(opened: Callable[..., Transport]) -> None:
    ended = threading.Event()

    def answered(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(answer(b"{}"))
        if connection.recv(1) == b"":
            ended.set()

    with Peer(answered) as peer:
        transport = opened()
        send(transport, peer.url)
        assert not ended.is_set()
        transport.close()
        assert ended.wait(10)


def test_close_removes_the_file_of_the_certificates(
    opened: Callable[..., Transport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text = "-----BEGIN CERTIFICATE-----\n"
    transport = opened(ca_cert=text, validate_certs=False)
    assert [path.read_text() for path in tmp_path.iterdir()] == [text]
    transport.close()
    assert list(tmp_path.iterdir()) == []


# -- limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "seconds", "expected"),
    [
        ({}, 1000, (10, 60)),
        ({"timeout": 0}, 1000, (10, 60)),
        ({"timeout": 30}, 1000, (10, 30)),
        ({"timeout": 30}, 20, (10, 20)),
        ({"timeout": 5}, 20, (5, 5)),
    ],
)
def test_the_seconds_to_connect_and_to_read(
    opened: Callable[..., Transport],
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, int],
    seconds: float,
    expected: tuple[float, float],
) -> None:
    given: list[Any] = []

    def refuse(self: Any, request: Any, **options: Any) -> Any:
        given.append(options["timeout"])
        raise of_requests.ConnectTimeout

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", refuse)
    with pytest.raises(NotSent, match="^no answer to the attempt to connect$"):
        send(opened(**options), NOWHERE, seconds=seconds)
    assert given == [expected]


@pytest.mark.parametrize(("options", "megabytes"), [({}, 64), ({"max_response_mb": 0}, 64), ({"max_response_mb": 2}, 2)])
def test_the_largest_answer(
    opened: Callable[..., Transport],
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, int],
    megabytes: int,
) -> None:
    limits: list[int] = []
    monkeypatch.setattr(_exchange, "body_of", lambda raw, limit: limits.append(limit) or b"{}")
    with ScriptedServer([Exchange("GET", "/x")]) as server:
        send(opened(**options), server.url)
    assert limits == [megabytes * 1024 * 1024]


LARGE = sending(answer(b" " * (_exchange.MEGABYTE + 1)))


def test_a_read_with_a_larger_answer_fails(opened: Callable[..., Transport]) -> None:
    with Peer(LARGE) as peer, pytest.raises(Failure) as caught:
        send(opened(max_response_mb=1), peer.url)
    expected = Failure(
        "bigip_answer",
        "Reading /x of BIG-IP bigip1",
        said="the answer is larger than 1 MB",
        remedy=(
            "If BIG-IP holds that much, raise provider.max_response_mb. "
            "Otherwise look for something between here and BIG-IP that changes answers."
        ),
    )
    assert caught.value.as_dict() == expected.as_dict()


def test_of_a_change_with_a_larger_answer_the_outcome_is_unknown(opened: Callable[..., Transport]) -> None:
    with Peer(LARGE) as peer, pytest.raises(Lost) as caught:
        send(opened(max_response_mb=1), peer.url, "POST")
    assert caught.value.said == "the answer is larger than 1 MB (provider.max_response_mb)"


# -- faults ------------------------------------------------------------------------------------------------


FAULTS: dict[str, tuple[Callable[[], Exception], type[Exception], str]] = {
    "undecodable": (lambda: _exchange.Undecodable("br"), Lost, "br"),
    "of the system": (of_requests.ReadTimeout, Lost, "no answer in time"),
    "of urllib3": (lambda: of_urllib3.ProtocolError("cut"), Lost, "cut"),
    "of a value": (lambda: ValueError("odd"), Failure, "odd"),
}


@pytest.mark.parametrize(("make", "kind", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_time_has_its_own_words(
    opened: Callable[..., Transport],
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], Exception],
    kind: type[Exception],
    said: str,
) -> None:
    def fail(raw: Any, limit: int) -> bytes:
        raise make()

    monkeypatch.setattr(_exchange, "body_of", fail)
    with ScriptedServer([Exchange("GET", "/x")]) as server, pytest.raises(kind) as caught:
        send(opened(), server.url)
    assert getattr(caught.value, "said") == said  # noqa: B009


@pytest.mark.parametrize("make", [of_requests.ReadTimeout, lambda: None], ids=["a fault", "an end"])
def test_after_the_deadline_an_exchange_is_lost(
    opened: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch, make: Callable[[], Exception | None]
) -> None:
    """The watch ends the connection: a fault then has no words of its own, and an answer can be half of one."""
    transport = opened()

    def late(raw: Any, limit: int) -> bytes:
        transport._watch.over = True
        if (fault := make()) is not None:
            raise fault
        return b"{}"

    monkeypatch.setattr(_exchange, "body_of", late)
    with ScriptedServer([Exchange("GET", "/x")]) as server, pytest.raises(Lost) as caught:
        send(transport, server.url, seconds=30)
    assert caught.value.said == "no whole answer within 30 s"


# -- certificates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "warned"), [("https", True), ("http", False)])
@pytest.mark.parametrize("validate", [True, False])
def test_each_certificate_that_is_not_verified_costs_a_warning(
    opened: Callable[..., Transport],
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    warned: bool,
    validate: bool,
) -> None:
    monkeypatch.setattr("ansible_collections.vks.bigip.plugins.module_utils._bigip.transport._SCHEME", scheme)
    notices.warnings.take()
    with pytest.raises((NotSent, Lost)):
        send(opened(validate_certs=validate), NOWHERE)
    expected = (
        "The certificate of BIG-IP is not verified (provider.validate_certs or F5_VALIDATE_CERTS is false): "
        "any machine on the way to it can read and change everything. Set provider.ca_cert instead."
    )
    assert notices.warnings.take() == [expected] * (warned and not validate)


def test_a_file_of_certificates_must_be_readable(opened: Callable[..., Transport]) -> None:
    """Unless no certificate is verified."""
    with pytest.raises(Failure) as caught:
        opened(ca_cert="/nonexistent/ca.pem")
    expected = Failure(
        "bigip_options",
        "provider.ca_cert names /nonexistent/ca.pem, which cannot be read",
        remedy="Give the path of a file of PEM certificates, or their text.",
    )
    assert caught.value.as_dict() == expected.as_dict()
    opened(ca_cert="/nonexistent/ca.pem", validate_certs=False)
