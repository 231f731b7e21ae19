# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How options, a kubeconfig and the environment become a connection."""

from __future__ import annotations

import base64
import json
import stat
import sys
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._kube.configuration import configure, is_here
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.kube_connection import (
    PATH,
    failing,
    get,
    header,
    kubeconfig,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def one(expect: Callable[[Request], None]) -> list[Exchange]:
    return [Exchange("GET", PATH, json={"kind": "Namespace"}, expect=expect)]


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
