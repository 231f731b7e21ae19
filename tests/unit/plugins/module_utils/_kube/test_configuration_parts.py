# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effect of each option, the calls of the kubernetes package, and the words of each refusal."""

from __future__ import annotations

import base64
import logging
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import kubernetes
import pytest
import urllib3

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import configuration
from ansible_collections.vks.bigip.plugins.module_utils._kube.configuration import configure
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.kube_connection import kubeconfig

HOST = "https://cluster.example:6443"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def refusal(options: dict[str, Any]) -> tuple[str, str, str | None, str | None]:
    with pytest.raises(Failure) as caught:
        configure(options)
    return caught.value.code, caught.value.what, caught.value.said, caught.value.remedy


def files(folder: Path) -> dict[str, str]:
    made = {name: str(folder / name) for name in ("ca_cert", "client_cert", "client_key")}
    for path in made.values():
        Path(path).write_text("-----BEGIN CERTIFICATE-----")
    return made


def test_each_option_sets_its_own_attribute(tmp_path: Path) -> None:
    paths = files(tmp_path)
    more = {"username": "me", "password": "p", "proxy": "http://proxy:1", "no_proxy": "a"}
    made = configure(
        {"host": HOST, **paths, **more, "proxy_headers": {"user_agent": "x", "basic_auth": None}}
    )
    assert (made.host, made.ssl_ca_cert, made.cert_file, made.key_file) == (HOST, *paths.values())
    assert (made.username, made.password, made.proxy, made.no_proxy) == ("me", "p", "http://proxy:1", "a")
    assert made.proxy_headers == {"user-agent": "x"} and made.verify_ssl is True and not made.api_key


@pytest.mark.parametrize("headers", [None, {}, {"user_agent": None, "basic_auth": ""}])
def test_headers_of_a_proxy_that_are_unset(headers: dict[str, Any] | None) -> None:
    assert configure({"host": HOST, "api_key": "t", "proxy_headers": headers}).proxy_headers is None


@pytest.mark.parametrize(("given", "expected"), [(True, True), (False, False), (None, True)])
def test_whether_certificates_are_checked(given: bool | None, expected: bool) -> None:
    assert configure({"host": HOST, "api_key": "t", "validate_certs": given}).verify_ssl is expected


@pytest.mark.parametrize(("given", "expected"), [(True, True), (False, False), (None, False)])
def test_the_option_counts_more_than_the_kubeconfig(given: bool | None, expected: bool) -> None:
    content = kubeconfig(HOST, **{"insecure-skip-tls-verify": True})
    assert configure({"kubeconfig": content, "validate_certs": given}).verify_ssl is expected


def test_a_token_replaces_that_of_the_kubeconfig() -> None:
    made = configure({"kubeconfig": kubeconfig(HOST), "api_key": "mine"})
    assert (made.host, made.api_key, made.api_key_prefix) == (HOST, {"authorization": "Bearer mine"}, {})
    assert made.refresh_api_key_hook is None
    assert configure({"kubeconfig": kubeconfig(HOST)}).refresh_api_key_hook is not None


MISSING = "/nonexistent/file"
SETUP = (
    *("kubernetes_config", "setting up the connection to Kubernetes"),
    f"[Errno 2] No such file or directory: '{MISSING}'",
    "Check host, proxy, ca_cert, client_cert and client_key "
    "(and the files that they or the kubeconfig name).",
)


@pytest.mark.parametrize("name", ["ca_cert", "client_cert", "client_key"])
def test_a_file_that_is_missing(name: str, tmp_path: Path) -> None:
    assert refusal({"host": HOST, "api_key": "t", **files(tmp_path), name: MISSING}) == SETUP


ABSENT = "/nonexistent/config"


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"api_key": "t"}, False),
        ({"username": "me"}, False),
        ({"client_cert": "cert"}, False),
        ({}, True),
        ({"password": "p", "client_key": "cert"}, True),
    ],
    ids=str,
)
def test_a_kubeconfig_counts_only_without_credentials(
    options: dict[str, str], asked: bool, tmp_path: Path
) -> None:
    (tmp_path / "cert").write_text("-----BEGIN CERTIFICATE-----")
    given = {name: str(tmp_path / text) if text == "cert" else text for name, text in options.items()}
    with mock.patch.object(configuration, "_load") as load:
        configure({"host": HOST, "kubeconfig": ABSENT, **given})
        assert load.called is asked
        load.reset_mock()
        configure({"kubeconfig": ABSENT, **given})
        assert load.called


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"kubeconfig": ABSENT}, f"loading kubeconfig {ABSENT}"),
        ({"host": HOST, "kubeconfig": ABSENT}, f"loading kubeconfig {ABSENT}"),
        ({"kubeconfig": ABSENT, "context": "a"}, f"loading kubeconfig {ABSENT}, context a"),
        ({"context": "a"}, "loading kubeconfig of this user, context a"),
        ({"host": HOST, "context": "a"}, "loading kubeconfig of this user, context a"),
        ({}, "loading kubeconfig of this user"),
        ({"kubeconfig": {"clusters": []}}, "loading the kubeconfig given as content"),
    ],
    ids=str,
)
def test_a_kubeconfig_that_cannot_be_loaded(options: dict[str, Any], where: str) -> None:
    code, what, said, remedy = refusal(options)
    assert (code, what) == ("kubernetes_config", where) and said and "onfig" in said
    assert remedy == "Set kubeconfig (a path, or its content), or host with api_key or client_cert."


def test_an_error_of_the_package_without_words() -> None:
    for host, error in ((None, kubernetes.config.ConfigException()), (HOST, KeyError())):
        with mock.patch.object(kubernetes.config, "load_kube_config", side_effect=error):
            assert refusal({"host": host})[2] == type(error).__name__
    with mock.patch.object(kubernetes.config, "load_kube_config", side_effect=ValueError(" blank\n")):
        assert refusal({})[2] == "blank"


def test_a_host_alone_needs_no_kubeconfig() -> None:
    assert configure({"host": HOST}).host == HOST


@pytest.mark.parametrize(
    ("options", "variable", "expected"),
    [
        ({"kubeconfig": "/a/path", "context": "c"}, None, {"config_file": "/a/path", "context": "c"}),
        (
            {"kubeconfig": "/a/path", "persist_config": True},
            "",
            {"config_file": "/a/path", "persist_config": True},
        ),
        ({"context": "c"}, "", {"config_file": "~/.kube/config", "context": "c"}),
        ({}, "", {"config_file": "~/.kube/config"}),
        ({}, None, {"config_file": None}),
        ({}, "/other", {"config_file": None}),
    ],
    ids=str,
)
def test_what_the_package_loads(
    options: dict[str, Any], variable: str | None, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable is not None:
        monkeypatch.setenv("KUBECONFIG", variable)
    with mock.patch.object(kubernetes.config, "load_kube_config") as load:
        made = configure(options)
    common = {"context": None, "client_configuration": made, "persist_config": False}
    load.assert_called_once_with(**{**common, **expected})


def test_the_content_that_the_package_loads() -> None:
    content = kubeconfig(HOST)
    with mock.patch.object(kubernetes.config, "load_kube_config_from_dict") as load:
        made = configure({"kubeconfig": content, "context": "main", "persist_config": True})
    load.assert_called_once_with(
        config_dict=content, context="main", client_configuration=made, persist_config=True
    )


@pytest.mark.parametrize(
    ("options", "of_pod"),
    [({}, True), ({"context": "c"}, False), ({"kubeconfig": "/a/path"}, False)],
    ids=str,
)
def test_inside_a_pod_its_account_counts_where_nothing_is_given(
    options: dict[str, Any], of_pod: bool
) -> None:
    with (
        mock.patch.object(kubernetes.config, "load_incluster_config") as pod,
        mock.patch.object(kubernetes.config, "load_kube_config") as file,
    ):
        made = configure(options)
    assert (pod.called, file.called) == (of_pod, not of_pod)
    if of_pod:
        pod.assert_called_once_with(client_configuration=made)


def test_what_a_credential_plugin_logs() -> None:
    before = list(logging.getLogger().handlers)

    def fail(**_options: Any) -> None:
        logging.warning("not so bad")
        logging.error("no %s", "ticket")
        logging.critical("none at all")

    with mock.patch.object(kubernetes.config, "load_kube_config", side_effect=fail):
        assert refusal({"context": "c"}) == (
            "kubernetes_credential_plugin",
            "asking the kubeconfig's credential plugin (users[].user.exec) for credentials",
            "no ticket; none at all",
            "Run its command by hand; it must work without a terminal and print an ExecCredential.",
        )
    assert logging.getLogger().handlers == before


@pytest.mark.parametrize("name", ["kubernetes", "urllib3"])
def test_a_package_that_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    code, what, said, remedy = refusal({"host": HOST, "api_key": "t"})
    assert (code, what) == (
        *("kubernetes_library", "Python packages kubernetes and urllib3 could not be imported"),
    )
    assert str(said).startswith("ModuleNotFoundError: ") and name in str(said)
    assert remedy == "Install it (pip install kubernetes) for the Python that runs the modules."


def test_content_that_is_not_a_kubeconfig() -> None:
    assert refusal({"kubeconfig": ["secret"]}) == (
        "kubernetes_config",
        "loading the kubeconfig that was given",
        "it is neither a path nor the content of a kubeconfig, but a list",
        "Set kubeconfig to a path, or to its whole content as a dictionary or as text.",
    )


def test_content_that_starts_a_program() -> None:
    content = kubeconfig(HOST, {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "x"}})
    for allowed in ({}, {"allow_exec": None}, {"allow_exec": False}):
        assert refusal({"kubeconfig": content, **allowed}) == (
            "kubernetes_config",
            "loading the kubeconfig given as content",
            "its user 'u' has exec, which starts a program on this machine",
            "Write it to a file and set its path, or set host and api_key in place of it, "
            "or set allow_exec: true if you trust its author.",
        )
    assert configure({"kubeconfig": content, "context": "other"}).host == HOST


SERVERS = [
    ("https://a:6443", "https://a:6443"),
    (" https://a:6443/ ", "https://a:6443"),
    ("https://cluster.at//", "https://cluster.at"),
    ("https://me:p@a:6443", "https://a:6443"),
    ("https://me:p@ss@a", "https://a"),
    ("http://me:p@a", "http://a"),
    ("me:p@a:1", "a:1"),
    (" a:1 ", "a:1"),
]


@pytest.mark.parametrize(("host", "server"), SERVERS)
def test_the_server_without_a_user(host: str, server: str) -> None:
    assert configuration.server_of(host, True) == server
    if host.strip().startswith("https"):
        assert configuration.server_of(host, False) == server
        return
    with pytest.raises(Failure) as caught:
        configuration.server_of(host, False)
    assert caught.value.as_dict() == {
        **Failure("kubernetes_config", f"connecting to the Kubernetes API at {server}").as_dict(),
        "message": caught.value.message,
        "said": CLEAR,
        "response": CLEAR,
        "remedy": "Set host, or server in the kubeconfig, to an https URL. "
        "allow_http: true permits it, for a server on this machine.",
    }


CLEAR = "its URL does not begin with https://, so the credentials would be sent without encryption"


@pytest.mark.parametrize(
    ("user", "groups", "headers"),
    [
        (None, None, []),
        ("", [], []),
        ("jane", None, [("Impersonate-User", "jane")]),
        (
            "jane",
            ["ops", "dev"],
            [("Impersonate-User", "jane"), ("Impersonate-Group", "ops"), ("Impersonate-Group", "dev")],
        ),
    ],
)
def test_the_headers_of_another_user(user: Any, groups: Any, headers: list[tuple[str, str]]) -> None:
    assert configuration.impersonation({"impersonate_user": user, "impersonate_groups": groups}) == headers


def test_groups_without_a_user() -> None:
    with pytest.raises(Failure) as caught:
        configuration.impersonation({"impersonate_groups": ["ops"], "impersonate_user": ""})
    assert (caught.value.code, caught.value.what, caught.value.remedy) == (
        *("kubernetes_config", "impersonate_groups is set without impersonate_user"),
        "Set impersonate_user too.",
    )


def basic(text: bytes) -> str:
    return base64.b64encode(text).decode()


@pytest.mark.parametrize(
    ("header", "secrets"),
    [
        ("Bearer abc==", ["abc"]),
        ("Bearer a b", ["a b"]),
        (f"Basic {basic(b'me:pa:ss')}", [basic(b"me:pa:ss").rstrip("="), "pa:ss"]),
        (f"basic {basic(b'me:p')}", [basic(b"me:p").rstrip("="), "p"]),
        (f"Basic {basic(bytes([255]) + b':p')}", [basic(bytes([255]) + b":p").rstrip("="), "p"]),
        ("Basic abc", ["abc"]),
        ("Bearer", [""]),
    ],
)
def test_the_secrets_of_a_header(header: str, secrets: list[str]) -> None:
    assert list(configuration.credentials_in(header)) == secrets


def test_the_headers_are_those_of_urllib3() -> None:
    headers = {"proxy_basic_auth": "p:q", "basic_auth": "r:s", "user_agent": "x"}
    made = configure({"host": HOST, "api_key": "t", "proxy_headers": headers})
    assert made.proxy_headers == urllib3.util.make_headers(**headers)
