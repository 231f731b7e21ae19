# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All ways to sign in, and each way in which that fails."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import stat
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
import trustme
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._boundary import kubeconfig as kubeconfigs
from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import client as client_module
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._kube.configuration import configure, is_here
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

RIGHT = {"verb": "get", "resource": "namespaces", "group": ""}
PATH = "/api/v1/namespaces/kube-system"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No kubeconfig, proxy or ServiceAccount of whoever runs the test."""
    for name in ("KUBECONFIG", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / ".kube" / "config"))


def get(options: dict[str, Any], clock: Clock | None = None) -> dict[str, Any]:
    client = Client({"allow_http": True, "allow_exec": True, **options}, (clock or Clock()).deadline())
    try:
        return client.get(PATH, doing="reading Namespace kube-system", right=RIGHT)
    finally:
        client.close()


def failing(options: dict[str, Any], clock: Clock | None = None) -> Failure:
    with pytest.raises(Failure) as caught:
        get(options, clock)
    return caught.value


def header(name: str, value: str | None) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        assert {key.lower(): text for key, text in request.headers.items()}.get(name.lower()) == value

    return check


def one(expect: Callable[[Request], None]) -> list[Exchange]:
    return [Exchange("GET", PATH, json={"kind": "Namespace"}, expect=expect)]


def kubeconfig(url: str, user: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "main",
        "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"}}, {"name": "other", "context": {"cluster": "c", "user": "nobody"}}],
        "clusters": [{"name": "c", "cluster": {"server": url, **cluster}}],
        "users": [{"name": "u", "user": {"token": "from-kubeconfig"} if user is None else user}, {"name": "nobody", "user": {}}],
    }


def test_host_and_api_key() -> None:
    with ScriptedServer(one(header("authorization", "Bearer abc"))) as server:
        assert get({"host": server.url + "/", "api_key": "abc"}) == {"kind": "Namespace"}


def test_host_and_password() -> None:
    basic = "Basic " + base64.b64encode(b"me:pass").decode()
    with ScriptedServer(one(header("authorization", basic))) as server:
        get({"host": server.url, "username": "me", "password": "pass"})


def test_host_alone_is_anonymous() -> None:
    with ScriptedServer(one(header("authorization", None))) as server:
        get({"host": server.url})


@pytest.mark.parametrize("form", ["path", "dict", "yaml", "json"])
def test_kubeconfig(form: str, tmp_path: Path) -> None:
    with ScriptedServer(one(header("authorization", "Bearer from-kubeconfig"))) as server:
        content = kubeconfig(server.url)
        given: Any = {"dict": content, "yaml": yaml.safe_dump(content), "json": json.dumps(content)}.get(form)
        if form == "path":
            path = tmp_path / "config"
            path.write_text(yaml.safe_dump(content))
            given = str(path)
        get({"kubeconfig": given})


def test_context() -> None:
    with ScriptedServer(one(header("authorization", None))) as server:
        get({"kubeconfig": kubeconfig(server.url), "context": "other"})


def test_the_users_own_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(one(header("authorization", "Bearer from-kubeconfig"))) as server:
        (tmp_path / ".kube").mkdir()
        (tmp_path / ".kube" / "config").write_text(yaml.safe_dump(kubeconfig(server.url)))
        get({})


def test_an_empty_kubeconfig_variable_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "")
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", "")  # as the package reads it when it is imported
    with ScriptedServer(one(header("authorization", "Bearer from-kubeconfig"))) as server:
        (tmp_path / ".kube").mkdir()
        (tmp_path / ".kube" / "config").write_text(yaml.safe_dump(kubeconfig(server.url)))
        get({})


@pytest.mark.parametrize("name", ["ca_cert", "client_cert", "client_key"])
def test_an_empty_file_of_certificates_counts_as_unset(name: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    settings = configure({"host": "https://cluster.example:6443", "api_key": "t", name: str(empty)})
    assert (settings.ssl_ca_cert, settings.cert_file, settings.key_file) == (None, None, None)


def test_host_and_api_key_need_no_kubeconfig_whatever_the_environment_names() -> None:
    with ScriptedServer(one(header("authorization", "Bearer mine"))) as server:
        get({"kubeconfig": "/dev/null", "context": "nowhere", "host": server.url, "api_key": "mine"})


def test_options_come_before_the_kubeconfig() -> None:
    with ScriptedServer(one(header("authorization", "Bearer mine"))) as server:
        get({"kubeconfig": kubeconfig("http://127.0.0.1:1"), "host": server.url, "api_key": "mine"})


def test_impersonation() -> None:
    def check(request: Request) -> None:
        header("impersonate-user", "jane")(request)
        header("impersonate-group", "ops")(request)

    with ScriptedServer(one(check)) as server:
        get({"host": server.url, "api_key": "t", "impersonate_user": "jane", "impersonate_groups": ["ops"]})


def test_groups_need_a_user() -> None:
    assert failing({"host": "http://127.0.0.1:1", "api_key": "t", "impersonate_groups": ["ops"]}).code == "kubernetes_config"


def test_proxy() -> None:
    def check(request: Request) -> None:
        assert request.headers["Host"] == "cluster.example:6443"
        header("proxy-authorization", "Basic " + base64.b64encode(b"p:q").decode())(request)

    with ScriptedServer([Exchange("GET", f"http://cluster.example:6443{PATH}", json={"kind": "Namespace"}, expect=check)]) as server:
        get({"host": "http://cluster.example:6443", "api_key": "t", "proxy": server.url, "proxy_headers": {"proxy_basic_auth": "p:q", "user_agent": None}})


def test_no_proxy() -> None:
    with ScriptedServer(one(header("authorization", "Bearer t"))) as server:
        get({"host": server.url, "api_key": "t", "proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"})


def plugin(tmp_path: Path, body: str) -> dict[str, Any]:
    script = tmp_path / "plugin"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script), "interactiveMode": "Never"}}


def test_credential_plugin(tmp_path: Path) -> None:
    credential = json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-plugin"}})
    with ScriptedServer(one(header("authorization", "Bearer from-plugin"))) as server:
        get({"kubeconfig": kubeconfig(server.url, plugin(tmp_path, f"echo '{credential}'"))})


@pytest.mark.parametrize(
    "body, said",
    [("echo 'no ticket' >&2; exit 3", "no ticket"), ("echo nonsense", "decode"), ("echo '{\"status\": {}}'", "missing key")],
    ids=["fails", "no JSON", "incomplete"],
)
def test_a_credential_plugin_that_does_not_work(body: str, said: str, tmp_path: Path) -> None:
    failed = failing({"kubeconfig": kubeconfig("http://127.0.0.1:1", plugin(tmp_path, body))})
    assert failed.code == "kubernetes_credential_plugin" and said in failed.message


@pytest.mark.parametrize(
    "options",
    [
        {"kubeconfig": "/nonexistent/config"},
        {"kubeconfig": {}},
        {"kubeconfig": {"clusters": []}},
        {"kubeconfig": "{not: [yaml"},
        {"kubeconfig": kubeconfig("http://127.0.0.1:1"), "context": "absent"},
        {"context": "absent"},
        {},
        {"host": "http://[", "api_key": "t"},
        {"host": "https://127.0.0.1:1", "api_key": "t", "ca_cert": "/nonexistent/ca"},
        {"host": "https://127.0.0.1:1", "client_cert": "/nonexistent/cert", "client_key": "/nonexistent/key"},
    ],
    ids=str,
)
def test_options_that_cannot_be_used(options: dict[str, Any]) -> None:
    failed = failing(options)
    assert failed.code == "kubernetes_config", failed.message
    assert failed.remedy and "Traceback" not in failed.message


def test_nobody_listens() -> None:
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
    assert failed.code == "kubernetes_tls" and "certificate" in failed.message.lower() and "ca_cert" in failed.message
    assert clock.pauses == [], "it does not get better by waiting"


def test_a_certificate_of_a_known_authority(tls: tuple[str, trustme.CA], tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    tls[1].cert_pem.write_to_path(authority)
    assert get({"host": tls[0], "api_key": "t", "ca_cert": str(authority)}) == {"client": False}


def test_not_verified_on_the_users_word(tls: tuple[str, trustme.CA]) -> None:
    assert get({"host": tls[0], "api_key": "t", "validate_certs": False}) == {"client": False}


def test_a_client_certificate(tls: tuple[str, trustme.CA], tmp_path: Path) -> None:
    authority, certificate, key = tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem"
    tls[1].cert_pem.write_to_path(authority)
    issued = tls[1].issue_cert("jane@example.com")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    assert get({"host": tls[0], "client_cert": str(certificate), "client_key": str(key), "ca_cert": str(authority)}) == {"client": True}


def test_a_client_certificate_inside_a_kubeconfig(tls: tuple[str, trustme.CA]) -> None:
    issued = tls[1].issue_cert("jane@example.com")
    user = {
        "client-certificate-data": base64.b64encode(issued.cert_chain_pems[0].bytes()).decode(),
        "client-key-data": base64.b64encode(issued.private_key_pem.bytes()).decode(),
    }
    authority = base64.b64encode(tls[1].cert_pem.bytes()).decode()
    assert get({"kubeconfig": kubeconfig(tls[0], user, **{"certificate-authority-data": authority})}) == {"client": True}


def test_secrets_of_a_kubeconfig() -> None:
    content = kubeconfig("https://127.0.0.1", {"token": "T", "password": "P", "client-key-data": "K", "username": "default", "tokenFile": "/a/file"})
    content["users"].append({"name": "o", "user": {"auth-provider": {"name": "oidc", "config": {"id-token": "I", "refresh-token": "R", "client-secret": "S"}}}})
    arguments = ["get-token", "--login", "azurecli", "--password", "A", "--client-secret=B", "-v", "2"]
    content["users"].append({"name": "e", "user": {"exec": {"command": "kubelogin", "args": arguments, "env": [{"name": "IDP_TOKEN", "value": "E"}]}}})
    found = list(kubeconfigs.secrets(kubeconfigs.inline(yaml.safe_dump(content))))
    assert sorted(secret for secret, shortest in found if shortest == 4) == sorted("TPKIRSABE")
    assert {secret for secret, shortest in found if shortest > 4} == {"2"}, "too short to be masked in texts"
    masked = kubeconfigs.masked(content)["users"][-1]["user"]["exec"]
    assert masked["args"] == ["get-token", "--login", "azurecli", "--password", "********", "--client-secret=********", "-v", "********"]
    assert list(kubeconfigs.secrets(kubeconfigs.inline("/a/path"))) == []


# -- what is refused before anything is sent, unless the user allows it

PLAIN = {
    "http": "http://127.0.0.1:1",
    "http in capitals": "HTTP://127.0.0.1:1",
    "no scheme": "127.0.0.1:1",
    "a name without a scheme": "kube.example.com",
    "user and password": "http://me:secret@127.0.0.1:1",
    "another scheme": "ftp://127.0.0.1:1",
}


@pytest.mark.parametrize("allowed", [False, None])
@pytest.mark.parametrize("url", PLAIN.values(), ids=PLAIN)
def test_a_token_is_not_sent_in_clear(url: str, allowed: bool | None) -> None:
    for options in ({"host": url, "api_key": "t"}, {"kubeconfig": kubeconfig(url)}, {"kubeconfig": yaml.safe_dump(kubeconfig(url))}):
        failed = failing({**options, "allow_http": allowed})
        assert failed.code == "kubernetes_config" and "without encryption" in failed.message and "allow_http: true" in failed.message
        assert "secret" not in failed.message


def test_a_refused_server_is_not_asked() -> None:
    with ScriptedServer([]) as server:
        failing({"host": server.url, "api_key": "t", "allow_http": False})
        assert not server.requests


def test_a_user_in_the_url_is_not_shown() -> None:
    failed = failing({"host": "https://me:secret@127.0.0.1:1", "api_key": "t"})
    assert failed.code == "kubernetes_unreachable" and "https://127.0.0.1:1" in failed.message and "secret" not in failed.message


PROGRAMS = {
    "exec": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": ["/tmp/x"]}},
    "auth-provider": {"auth-provider": {"name": "gcp", "config": {"cmd-path": "touch"}}},
}


@pytest.mark.parametrize("write", [dict, yaml.safe_dump, json.dumps], ids=["dict", "YAML", "JSON"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_kubeconfig_given_as_content_starts_no_program(name: str, write: Callable[[Any], Any]) -> None:
    failed = failing({"kubeconfig": write(kubeconfig("https://127.0.0.1:1", PROGRAMS[name])), "allow_exec": None})
    assert failed.code == "kubernetes_config" and name in failed.message and "allow_exec: true" in failed.message and "/tmp/x" not in failed.message


def test_a_program_of_another_user_of_the_kubeconfig_does_not_matter() -> None:
    with ScriptedServer(one(header("authorization", "Bearer from-kubeconfig"))) as server:
        content = kubeconfig(server.url)
        content["users"].append({"name": "other", "user": PROGRAMS["exec"]})
        get({"kubeconfig": content, "allow_exec": False})


def test_a_kubeconfig_of_the_users_own_may_start_a_program(tmp_path: Path) -> None:
    credential = json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-plugin"}})
    with ScriptedServer(one(header("authorization", "Bearer from-plugin"))) as server:
        (tmp_path / "config").write_text(yaml.safe_dump(kubeconfig(server.url, plugin(tmp_path, f"echo '{credential}'"))))
        get({"kubeconfig": str(tmp_path / "config"), "allow_exec": False})


UNVERIFIED: dict[str, tuple[dict[str, Any], bool]] = {
    "option": ({"validate_certs": False}, True),
    "kubeconfig": ({"skip": True}, True),
    "the option counts": ({"validate_certs": True, "skip": True}, False),
}


@pytest.mark.parametrize(("options", "warned"), UNVERIFIED.values(), ids=UNVERIFIED)
def test_a_certificate_that_is_not_verified_costs_one_warning(options: dict[str, Any], warned: bool, tls: tuple[str, trustme.CA], tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    tls[1].cert_pem.write_to_path(authority)
    ca = {"ca_cert": str(authority)} if options.get("validate_certs") else {}
    content = kubeconfig(tls[0], **{"insecure-skip-tls-verify": True} if options.pop("skip", False) else {})
    notices.warnings.take()
    for _time in range(2):
        get({"kubeconfig": content, **ca, **options})
    assert notices.warnings.take() == [client_module.UNVERIFIED] * warned


def test_without_a_connection_nothing_is_warned_of() -> None:
    notices.warnings.take()
    Client({"host": "https://127.0.0.1:1", "api_key": "t", "validate_certs": False}, Clock().deadline()).close()
    assert notices.warnings.take() == []


BROKEN = {
    "YAML": "users:\n  - token: SECRET\n - [",
    "JSON": '{"users": [{"name": "u", "user": {"token": "SECRET"}}]',
    "a text": "SECRET: SECRET",
    "a list": ["SECRET"],
    "base64": base64.b64encode(b"SECRET" * 400).decode(),
}


@pytest.mark.parametrize("given", BROKEN.values(), ids=BROKEN)
def test_a_kubeconfig_that_cannot_be_read_is_not_shown(given: Any) -> None:
    failed = failing({"kubeconfig": given})
    assert failed.code == "kubernetes_config" and "SECRET" not in failed.message and BROKEN["base64"][:20] not in failed.message


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    failure = failing({"host": "https://127.0.0.1:1", "api_key": "k"})
    assert failure.code == "kubernetes_library" and "kubernetes" in str(failure.said)


# -- compression ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "here"),
    [
        ("https://127.0.0.1:6443", True),
        ("https://[::1]:6443", True),
        ("https://localhost:6443", True),
        ("https://10.0.0.1:6443", False),
        ("https://api.example.com", False),
        ("https://localhost.example.com", False),
    ],
)
def test_an_api_server_on_this_machine(server: str, here: bool) -> None:
    assert is_here(server) is here


@pytest.mark.parametrize(("here", "asked", "answer"), [(True, "identity", {}), (False, "gzip", {"Content-Encoding": "gzip"})])
def test_what_comes_from_afar_is_asked_for_as_gzip(here: bool, asked: str, answer: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "is_here", lambda server: here)
    found = {"kind": "Namespace", "metadata": {"name": "kube-system"}}
    with ScriptedServer([Exchange("GET", PATH, json=found, headers=answer, expect=header("accept-encoding", asked))]) as server:
        assert get({"host": server.url, "api_key": "token"}) == found


def test_a_broken_gzip_is_asked_for_again() -> None:
    found = {"kind": "Namespace"}
    broken = Exchange("GET", PATH, text="not gzip", headers={"Content-Encoding": "x-gzip"})
    with ScriptedServer([broken, Exchange("GET", PATH, json=found)]) as server:
        assert get({"host": server.url, "api_key": "token"}) == found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files in memory are Linux's")
def test_the_keys_of_a_kubeconfig_are_never_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed would leave it in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = trustme.CA().issue_cert("user@example.com")
    key, chain = made.private_key_pem.bytes(), made.cert_chain_pems[0].bytes()
    user = {"client-key-data": base64.b64encode(key).decode(), "client-certificate-data": base64.b64encode(chain).decode()}
    content = kubeconfig("https://cluster.example:6443", user, **{"certificate-authority-data": base64.b64encode(chain).decode()})
    settings = configure({"kubeconfig": content})
    assert [Path(path).read_bytes() for path in (settings.key_file, settings.cert_file, settings.ssl_ca_cert)] == [key, chain, chain]
    ssl.create_default_context().load_cert_chain(settings.cert_file, settings.key_file)
    assert not list(tmp_path.iterdir())
