# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to an API server: TLS, credentials, failures."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Iterator

import pytest
import trustme
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._boundary import kubeconfig as kubeconfigs
from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices
from ansible_collections.vks.bigip.plugins.module_utils._kube import client as client_module
from ansible_collections.vks.bigip.plugins.module_utils._kube import unverified
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.kube_connection import (
    PATH,
    failing,
    get,
    header,
    kubeconfig,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def test_no_server_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        clock = Clock()
        failed = failing({"host": url, "api_key": "t"}, clock)
    assert failed.code == "kubernetes_unreachable" and "refused" in failed.message and url in failed.message
    assert clock.now < 5, "a wrong address fails soon"


def test_no_such_host() -> None:
    assert failing({"host": "http://cluster.invalid", "api_key": "t"}).code == "kubernetes_unreachable"


def jwt(expires: float) -> str:
    part = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{part}.sig"


def test_an_expired_token_is_named_so() -> None:
    with ScriptedServer([Exchange("GET", PATH, 401, json=status(401, "Unauthorized"))]) as server:
        failed = failing({"host": server.url, "api_key": jwt(1_700_000_000)})
    assert "The token expired at 2023-11-14 22:13:20 UTC." in failed.message


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.e30.c", jwt(9_999_999_999), jwt(1e300)])
def test_a_token_whose_age_tells_nothing(token: str) -> None:
    with ScriptedServer([Exchange("GET", PATH, 401, json=status(401, "Unauthorized"))]) as server:
        failed = failing({"host": server.url, "api_key": token})
    assert "wrong or has expired" in failed.message


@pytest.fixture
def tls() -> Iterator[tuple[str, trustme.CA]]:
    """An HTTPS server that answers anything, and whose client certificates are checked."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            certificate = self.connection.getpeercert()  # type: ignore[attr-defined]
            body = json.dumps({"client": bool(certificate)}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *args: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}", authority
    server.shutdown()
    server.server_close()


def test_an_untrusted_certificate(tls: tuple[str, trustme.CA]) -> None:
    clock = Clock()
    failed = failing({"host": tls[0], "api_key": "t"}, clock)
    assert (
        failed.code == "kubernetes_tls"
        and "certificate" in failed.message.lower()
        and "ca_cert" in failed.message
    )
    assert clock.pauses == [], "it does not get better by waiting"


def test_a_certificate_of_a_known_authority(tls: tuple[str, trustme.CA], tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    tls[1].cert_pem.write_to_path(authority)
    assert get({"host": tls[0], "api_key": "t", "ca_cert": str(authority)}) == {"client": False}


def test_not_verified_on_the_users_word(tls: tuple[str, trustme.CA]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # urllib3 warns of each request, unless that is switched off
        assert get({"host": tls[0], "api_key": "t", "validate_certs": False}) == {"client": False}


def test_a_client_certificate(tls: tuple[str, trustme.CA], tmp_path: Path) -> None:
    authority, certificate, key = tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem"
    tls[1].cert_pem.write_to_path(authority)
    issued = tls[1].issue_cert("jane@example.com")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    assert get(
        {"host": tls[0], "client_cert": str(certificate), "client_key": str(key), "ca_cert": str(authority)}
    ) == {"client": True}


def test_a_client_certificate_inside_a_kubeconfig(tls: tuple[str, trustme.CA]) -> None:
    issued = tls[1].issue_cert("jane@example.com")
    user = {
        "client-certificate-data": base64.b64encode(issued.cert_chain_pems[0].bytes()).decode(),
        "client-key-data": base64.b64encode(issued.private_key_pem.bytes()).decode(),
    }
    authority = base64.b64encode(tls[1].cert_pem.bytes()).decode()
    assert get({"kubeconfig": kubeconfig(tls[0], user, **{"certificate-authority-data": authority})}) == {
        "client": True
    }


def test_secrets_of_a_kubeconfig() -> None:
    content = kubeconfig(
        "https://127.0.0.1",
        {
            "token": "T",
            "password": "P",
            "client-key-data": "K",
            "username": "default",
            "tokenFile": "/a/file",
        },
    )
    content["users"].append(
        {
            "name": "o",
            "user": {
                "auth-provider": {
                    "name": "oidc",
                    "config": {"id-token": "I", "refresh-token": "R", "client-secret": "S"},
                }
            },
        }
    )
    arguments = ["get-token", "--login", "azurecli", "--password", "A", "--client-secret=B", "-v", "2"]
    content["users"].append(
        {
            "name": "e",
            "user": {
                "exec": {
                    "command": "kubelogin",
                    "args": arguments,
                    "env": [{"name": "IDP_TOKEN", "value": "E"}],
                }
            },
        }
    )
    found = list(kubeconfigs.secrets(kubeconfigs.inline(yaml.safe_dump(content))))
    assert sorted(secret for secret, shortest in found if shortest == 4) == sorted("TPKIRSABE")
    assert {secret for secret, shortest in found if shortest > 4} == {"2"}, "too short to be masked in texts"
    masked = kubeconfigs.masked(content)["users"][-1]["user"]["exec"]
    assert masked["args"] == [
        "get-token",
        "--login",
        "azurecli",
        "--password",
        "********",
        "--client-secret=********",
        "-v",
        "********",
    ]
    assert list(kubeconfigs.secrets(kubeconfigs.inline("/a/path"))) == []


UNVERIFIED: dict[str, tuple[dict[str, Any], bool]] = {
    "option": ({"validate_certs": False}, True),
    "kubeconfig": ({"skip": True}, True),
    "the option counts": ({"validate_certs": True, "skip": True}, False),
}


@pytest.mark.parametrize(("options", "warned"), UNVERIFIED.values(), ids=UNVERIFIED)
def test_a_certificate_that_is_not_verified_costs_one_warning(
    options: dict[str, Any], warned: bool, tls: tuple[str, trustme.CA], tmp_path: Path
) -> None:
    authority = tmp_path / "ca.pem"
    tls[1].cert_pem.write_to_path(authority)
    ca = {"ca_cert": str(authority)} if options.get("validate_certs") else {}
    content = kubeconfig(tls[0], **{"insecure-skip-tls-verify": True} if options.pop("skip", False) else {})
    notices.warnings.take()
    for _time in range(2):
        get({"kubeconfig": content, **ca, **options})
    assert notices.warnings.take() == [unverified.UNVERIFIED] * warned


def test_without_a_connection_nothing_is_warned_of() -> None:
    notices.warnings.take()
    Client(
        {"host": "https://127.0.0.1:1", "api_key": "t", "validate_certs": False}, Clock().deadline()
    ).close()
    assert notices.warnings.take() == []


@pytest.mark.parametrize(
    ("here", "asked", "answer"), [(True, "identity", {}), (False, "gzip", {"Content-Encoding": "gzip"})]
)
def test_what_comes_from_afar_is_asked_for_as_gzip(
    here: bool, asked: str, answer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "is_here", lambda server: here)
    found = {"kind": "Namespace", "metadata": {"name": "kube-system"}}
    with ScriptedServer(
        [Exchange("GET", PATH, json=found, headers=answer, expect=header("accept-encoding", asked))]
    ) as server:
        assert get({"host": server.url, "api_key": "token"}) == found


def test_a_broken_gzip_is_asked_for_again() -> None:
    found = {"kind": "Namespace"}
    broken = Exchange("GET", PATH, text="not gzip", headers={"Content-Encoding": "x-gzip"})
    with ScriptedServer([broken, Exchange("GET", PATH, json=found)]) as server:
        assert get({"host": server.url, "api_key": "token"}) == found
