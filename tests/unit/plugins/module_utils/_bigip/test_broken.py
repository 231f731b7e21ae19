# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failed exchange was not sent, lost, or final. The libraries raise the exceptions of the table."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests.exceptions as of_requests
from urllib3 import exceptions as of_urllib3

from ansible_collections.vks.bigip.plugins.module_utils import _exchange
from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip.broken import Lost, NotSent, explained
from ansible_collections.vks.bigip.plugins.module_utils._bigip.unit import Unit
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock
from ansible_collections.vks.bigip.tests.unit.support.peers import Peer, answer, dripping, sending

UNIT = Unit("bigip1", "https://bigip1:443")
POOL: Any = None


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


def new_connection(why: BaseException) -> of_requests.ConnectionError:
    reason = of_urllib3.NewConnectionError(POOL, f"Failed to establish a new connection: {why}")
    reason.__cause__ = why
    return of_requests.ConnectionError(of_urllib3.MaxRetryError(POOL, "/mgmt/shared/authz/tokens/SECRET", reason))


def caused(error: Exception, context: Exception) -> Exception:
    """An error that was raised while another one was handled."""
    error.__context__ = context
    return error


def circle() -> Exception:
    one, other = of_requests.ConnectionError("one"), ValueError(1, 2)
    one.__cause__, other.__cause__ = other, one
    return one


MEANINGS: dict[str, tuple[Callable[[], Exception], type[Exception], str]] = {
    "no connection in time": (lambda: of_requests.ConnectTimeout("url: /x"), NotSent, "no answer to the attempt to connect"),
    "no answer in time": (lambda: of_requests.ReadTimeout("url: /x"), Lost, "no answer in time"),
    "no more of an answer in time": (lambda: of_urllib3.ReadTimeoutError(POOL, "/x", "Read timed out."), Lost, "no answer in time"),
    "refused": (lambda: new_connection(ConnectionRefusedError(111, "Connection refused")), NotSent, "Connection refused"),
    "reset": (lambda: of_requests.ConnectionError(of_urllib3.ProtocolError("Connection aborted.", ConnectionResetError(104, "Reset"))), Lost, "Reset"),
    "cut in the middle": (lambda: of_urllib3.IncompleteRead(5, 10), Lost, "IncompleteRead"),
    "an unknown encoding": (lambda: _exchange.Undecodable("the answer is encoded as 'br'"), Lost, "the answer is encoded as 'br'"),
    "a proxy": (lambda: of_requests.ProxyError(OSError("Tunnel connection failed: 403")), NotSent, "through the proxy http://p:1: Tunnel connection"),
    "an unknown name": (lambda: new_connection(socket.gaierror(-2, "Name or service not known")), NotSent, "Name or service not known"),
    "a certificate": (lambda: of_requests.SSLError(untrusted()), Failure, "self-signed certificate"),
    "no TLS": (lambda: of_requests.SSLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong")), Failure, "wrong"),
    "another fault of TLS": (lambda: of_requests.SSLError(ssl.SSLError(1, "[SSL: TLSV1_ALERT] alert")), Lost, "[SSL: TLSV1_ALERT] alert"),
    "refused, without a wrapper": (lambda: of_urllib3.NewConnectionError(POOL, "Refused"), NotSent, "Refused"),
    "a URL": (lambda: of_requests.InvalidURL("no host"), Failure, "no host"),
    "the deepest cause": (lambda: caused(of_requests.ConnectionError(OSError(1, "shallow")), caused(ValueError(1, 2), OSError(2, "deep"))), Lost, "deep"),
    "a circle of causes": (circle, Lost, "one"),
    "no words of a cause": (lambda: of_requests.ConnectionError(ValueError("x", 2)), Lost, "ConnectionError"),
    "nothing to quote": (of_requests.ConnectionError, Lost, "ConnectionError"),
    "a URL to quote": (lambda: of_requests.ConnectionError("Max retries exceeded with url: /tokens/SECRET"), Lost, "ConnectionError"),
}


@pytest.mark.parametrize("make, kind, said", MEANINGS.values(), ids=MEANINGS)
def test_what_it_means(make: Callable[[], Exception], kind: type[Exception], said: str) -> None:
    meaning = explained(make(), UNIT, "http://me:very-secret@p:1")
    assert meaning.__class__ is kind
    assert said in str(getattr(meaning, "said"))  # noqa: B009
    assert kind is Failure or str(meaning) == getattr(meaning, "said")  # noqa: B009
    assert "SECRET" not in str(meaning) and "very-secret" not in str(meaning)


def without_words() -> Exception:
    error = untrusted()
    error.verify_message = ""
    return of_requests.SSLError(error)


TRUST = (
    "Set provider.ca_cert to the certificate of the authority that signed it, "
    "and name BIG-IP in provider.server as its certificate does."
)
FINAL: dict[str, tuple[Callable[[], Exception], Failure]] = {
    "a certificate": (
        MEANINGS["a certificate"][0],
        Failure("bigip_tls", "The certificate of BIG-IP bigip1 is not trusted", said="self-signed certificate", remedy=TRUST),
    ),
    "a certificate, in a few words": (
        without_words,
        Failure("bigip_tls", "The certificate of BIG-IP bigip1 is not trusted", said=str(untrusted()), remedy=TRUST),
    ),
    "no TLS": (
        MEANINGS["no TLS"][0],
        Failure(
            "bigip_tls",
            "BIG-IP bigip1 does not speak TLS at https://bigip1:443",
            said="[SSL: WRONG_VERSION_NUMBER] wrong",
            remedy="Check provider.server and provider.server_port.",
        ),
    ),
    "a URL": (
        MEANINGS["a URL"][0],
        Failure(
            "bigip_options",
            "Could not set up the connection to BIG-IP bigip1",
            said="no host",
            remedy="Check provider.server and provider.proxy.",
        ),
    ),
}


@pytest.mark.parametrize(("make", "expected"), FINAL.values(), ids=FINAL)
def test_the_final_ones(make: Callable[[], Exception], expected: Failure) -> None:
    meaning = explained(make(), UNIT, None)
    assert isinstance(meaning, Failure) and meaning.as_dict() == expected.as_dict()


PROXIES = {
    "http://p:1": "http://p:1",
    "http://me:very-secret@p:1": "http://p:1",
    "http://me:very@secret@p:1": "http://p:1",
    "": "",
    None: "",
}


@pytest.mark.parametrize(("proxy", "shown"), PROXIES.items())
def test_a_proxy_is_shown_without_its_password(proxy: str | None, shown: str) -> None:
    meaning = explained(of_requests.ProxyError("no"), UNIT, proxy)
    assert str(meaning) == f"through the proxy {shown}: no"


def test_only_an_unknown_name_is_hopeless() -> None:
    hopeless = {name for name, (make, kind, _said) in MEANINGS.items() if kind is NotSent and getattr(explained(make(), UNIT, None), "hopeless")}  # noqa: B009
    assert hopeless == {"an unknown name"}


def send(url: str, seconds: float, timeout: int = 60, **options: Any) -> Any:
    made = transport.Transport({"timeout": timeout, **options})
    try:
        return made.send(Unit("bigip1", url), "POST", "/x", headers={}, params=None, body=None, seconds=seconds)
    finally:
        made.close()


def test_a_body_that_is_cut_in_the_middle_is_lost() -> None:
    """It may be JSON by chance, and is not an answer."""
    whole = answer(b'{"a": 1}          ')
    with Peer(lambda connection, over: (connection.sendall(whole[:-5]), connection.close())[0]) as peer:
        with pytest.raises(Lost, match="^(?!no whole answer)"):
            send(peer.url, 30)


def test_an_answer_that_is_cut_in_its_first_line_is_lost() -> None:
    with Peer(lambda connection, over: (connection.sendall(b"HTTP/1.1 20"), connection.close())[0]) as peer:
        with pytest.raises(Lost):
            send(peer.url, 30)


@pytest.mark.parametrize("seconds, timeout", [(0.3, 60), (60, 1)])
def test_the_shorter_of_the_two_limits_counts(seconds: float, timeout: int) -> None:
    begin = time.monotonic()
    with Peer(dripping(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 2000)) as peer, pytest.raises(Lost, match=f"no whole answer within {min(seconds, timeout):g} s"):
        send(peer.url, seconds, timeout)
    assert time.monotonic() - begin < 10


def test_a_silent_peer_is_lost() -> None:
    with Peer(sending(b"")) as peer, pytest.raises(Lost):
        send(peer.url, 0.3)


def test_a_connection_that_the_deadline_ended_was_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change may be sent again then: BIG-IP has seen nothing of it."""

    def slow(self: Any, request: Any, **options: Any) -> Any:
        time.sleep(0.5)
        raise of_requests.ConnectTimeout

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", slow)
    with pytest.raises(NotSent):
        send("http://127.0.0.1:1", 0.1)


def test_the_limits_that_the_libraries_get(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """To connect, ten seconds at most; to read, no longer than the exchange may take."""
    given: list[Any] = []

    def refuse(self: Any, request: Any, **options: Any) -> Any:
        given.append((options["timeout"], options["verify"], options["stream"]))
        raise of_requests.ConnectTimeout

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", refuse)
    for seconds in (40.0, 4.0):
        with pytest.raises(NotSent, match="attempt to connect"):
            send("http://127.0.0.1:1", seconds)
    assert given == [((10.0, 40.0), True, True), ((4.0, 4.0), True, True)]
