# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, proxies, the environment, the URL of a unit."""

from __future__ import annotations

import ssl
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.peers import Peer, tunnel_to
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

trustme = pytest.importorskip("trustme")
PATH = "/mgmt/shared/appsvcs/info"
FOUND = Exchange("GET", PATH, json={"version": "3.56.0"})


@pytest.fixture(autouse=True)
def plain_http() -> None:
    """Here TLS is the matter."""


@pytest.fixture(scope="module")
def authority() -> Any:
    return trustme.CA()


@pytest.fixture
def ca_cert(authority: Any, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def tls(server: ScriptedServer, authority: Any, *names: str) -> ScriptedServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def ask(clock: Clock, **options: Any) -> Any:
    options = {"user": None, "password": None, "token": "T", "timeout": 5, **options}
    with Session(options, clock.deadline(60)) as session:
        return session.request("GET", PATH).json


def test_ca_cert_is_trusted(clock: Clock, authority: Any, ca_cert: str) -> None:
    with tls(ScriptedServer([FOUND]), authority) as server:
        assert ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=ca_cert) == {"version": "3.56.0"}


def test_the_text_of_certificates(clock: Clock, authority: Any, ca_cert: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with tls(ScriptedServer([FOUND]), authority) as server:
        assert ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=Path(ca_cert).read_text()) == {"version": "3.56.0"}
    assert [path.name for path in tmp_path.iterdir()] == ["ca.pem"], "its file is removed"


def test_a_text_that_is_no_certificate(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        ask(clock, server=["127.0.0.1"], ca_cert="-----BEGIN CERTIFICATE-----\nhello\n")
    assert caught.value.code == "bigip_options"


def test_server_port_is_the_port(clock: Clock, authority: Any, ca_cert: str) -> None:
    with tls(ScriptedServer([FOUND]), authority, "localhost") as server:
        assert ask(clock, server=["localhost"], server_port=server.port, ca_cert=ca_cert) == {"version": "3.56.0"}


def test_validate_certs_off(clock: Clock, authority: Any) -> None:
    """Python's own warning would be in the output of the module."""
    with tls(ScriptedServer([FOUND]), authority, "some.other.name") as server, warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        assert ask(clock, server=[f"127.0.0.1:{server.port}"], validate_certs=False) == {"version": "3.56.0"}
    assert [warning.message for warning in shown if "HTTPS" in str(warning.message)] == []


def test_the_settings_of_tls() -> None:
    """They do not depend on what the HTTP library makes of them."""
    off, on = (transport.Transport({"validate_certs": value})._context() for value in (False, None))
    assert (off.verify_mode, off.check_hostname) == (ssl.CERT_NONE, False)
    assert (on.verify_mode, on.check_hostname) == (ssl.CERT_REQUIRED, True)


UNTRUSTED = {
    "unknown authority": ("127.0.0.1", False, "self-signed certificate|unable to get local issuer"),
    "other name": ("bigip.example.com", True, "127.0.0.1"),
}


@pytest.mark.parametrize("name, trusted, said", UNTRUSTED.values(), ids=UNTRUSTED.keys())
def test_a_certificate_that_is_not_trusted(clock: Clock, authority: Any, ca_cert: str, name: str, trusted: bool, said: str) -> None:
    with tls(ScriptedServer([]), authority, name) as server:
        with pytest.raises(Failure, match=said) as caught:
            ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=ca_cert if trusted else None)
    assert caught.value.code == "bigip_tls"
    assert "ca_cert" in (caught.value.remedy or "")
    assert not clock.slept


def test_the_environment_has_no_say_in_tls(clock: Clock, authority: Any, ca_cert: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nonexistent")
    with tls(ScriptedServer([FOUND, FOUND]), authority) as server:
        ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=ca_cert)
        ask(clock, server=[f"127.0.0.1:{server.port}"], validate_certs=False)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_cert)
        with pytest.raises(Failure) as caught:
            ask(clock, server=[f"127.0.0.1:{server.port}"])
    assert caught.value.code == "bigip_tls"


def test_the_authorities_of_the_system_count(clock: Clock, authority: Any, ca_cert: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca_cert)  # what OpenSSL calls the system's
    with tls(ScriptedServer([FOUND]), authority) as server:
        assert ask(clock, server=[f"127.0.0.1:{server.port}"]) == {"version": "3.56.0"}


@pytest.mark.parametrize("content", ["", "\n"], ids=["empty", "an empty line"])
def test_an_empty_file_of_certificates_counts_as_unset(
    clock: Clock, authority: Any, tmp_path: Path, ca_cert: str, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As AWX writes one for an empty field of a credential."""
    monkeypatch.setenv("SSL_CERT_FILE", ca_cert)
    empty = tmp_path / "empty.pem"
    empty.write_text(content)
    with tls(ScriptedServer([FOUND]), authority) as server:
        assert ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=str(empty)) == {"version": "3.56.0"}


def test_ca_cert_stands_alone(clock: Clock, authority: Any, tmp_path: Path, ca_cert: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the authorities of the system count, nor those that the HTTP library brings."""
    monkeypatch.setenv("SSL_CERT_FILE", ca_cert)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", ca_cert)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with tls(ScriptedServer([]), authority) as server, pytest.raises(Failure) as caught:
        ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=str(other))
    assert caught.value.code == "bigip_tls"


def test_ca_cert_that_is_no_certificate(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("hello")
    with pytest.raises(Failure) as caught:
        ask(clock, server=["127.0.0.1"], ca_cert=str(path))
    assert caught.value.code == "bigip_options"


def test_a_port_without_tls(clock: Clock) -> None:
    with ScriptedServer([]) as server:
        server.take = lambda request: FOUND  # type: ignore[method-assign]
        with pytest.raises(Failure) as caught:
            ask(clock, server=[f"127.0.0.1:{server.port}"], validate_certs=False)
    assert caught.value.code in ("bigip_tls", "bigip_unreachable")


def test_netrc_has_no_say(clock: Clock, authority: Any, ca_cert: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other_user password something\n")
    monkeypatch.setenv("NETRC", str(netrc))

    def no_basic(request: Any) -> None:
        assert "Authorization" not in request.headers

    with tls(ScriptedServer([Exchange("GET", PATH, json={}, expect=no_basic)]), authority) as server:
        ask(clock, server=[f"127.0.0.1:{server.port}"], ca_cert=ca_cert)


PROXIES: dict[str, tuple[str, str | None, dict[str, str], str | None]] = {
    # name: (host, provider.proxy, environment, expected proxy)
    "none": ("bigip.example.com", None, {}, None),
    "option": ("bigip.example.com", "http://p:1", {}, "http://p:1"),
    "environment": ("bigip.example.com", None, {"HTTPS_PROXY": "http://e:1"}, "http://e:1"),
    "option first": ("bigip.example.com", "http://p:1", {"HTTPS_PROXY": "http://e:1"}, "http://p:1"),
    "empty option": ("bigip.example.com", "", {"HTTPS_PROXY": "http://e:1"}, "http://e:1"),
    "no proxy": ("bigip.example.com", "none", {"HTTPS_PROXY": "http://e:1"}, None),
    "NO_PROXY": ("bigip.example.com", None, {"HTTPS_PROXY": "http://e:1", "NO_PROXY": ".example.com"}, None),
    "loopback address": ("127.0.0.1", None, {"HTTPS_PROXY": "http://e:1"}, None),
    "loopback IPv6": ("::1", None, {"HTTPS_PROXY": "http://e:1"}, None),
    "loopback name": ("localhost", None, {"HTTPS_PROXY": "http://e:1"}, None),
    "loopback by the user's word": ("127.0.0.1", "http://p:1", {}, "http://p:1"),
}


@pytest.mark.parametrize("host, option, environment, expected", PROXIES.values(), ids=PROXIES.keys())
def test_which_proxy(monkeypatch: pytest.MonkeyPatch, host: str, option: str | None, environment: dict[str, str], expected: str | None) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxies = transport.Transport({"proxy": option})._proxies(transport.unit_of(host, 443).url)
    assert proxies.get("https") == expected


@pytest.mark.parametrize("by", ["the option", "the environment"])
def test_tls_through_a_proxy(clock: Clock, authority: Any, ca_cert: str, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca_cert)
    with tls(ScriptedServer([FOUND]), authority, "bigip.example.com") as server, Peer(tunnel_to(server.port)) as peer:
        monkeypatch.setenv("ALL_PROXY", peer.url)
        options = {"proxy": peer.url} if by == "the option" else {}
        assert ask(clock, server=["bigip.example.com"], **options) == {"version": "3.56.0"}


@pytest.mark.parametrize("by", ["the option", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_that_is_not_there(clock: Clock, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    with ScriptedServer([]) as server:
        port = server.port
    proxy = f"http://me:very-secret@127.0.0.1:{port}"
    if by != "the option":
        monkeypatch.setenv(by, proxy)
    with pytest.raises(Failure) as caught:
        ask(clock, server=["bigip.example.com"], proxy=proxy if by == "the option" else None)
    assert caught.value.code == "bigip_unreachable"
    assert f"through the proxy http://127.0.0.1:{port}" in caught.value.message
    assert "very-secret" not in str(caught.value.as_dict())


def test_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(Failure) as caught:
        transport.Transport(provider())
    assert caught.value.code == "library_missing"
