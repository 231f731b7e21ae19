# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubeconfig as a path, a mapping or a text, and the secrets in it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import kubeconfig

CONTENT = {
    "current-context": "main",
    "contexts": [
        {"name": "main", "context": {"cluster": "c", "user": "u"}},
        {"name": "other", "context": {"cluster": "c", "user": "p"}},
    ],
    "clusters": [{"name": "c", "cluster": {"server": "https://192.0.2.1:6443", "proxy-url": "http://proxy"}}],
    "users": [{"name": "u", "user": {"token": "t"}}, {"name": "p", "user": {"exec": {"command": "x"}}}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/etc/kubernetes/admin.conf", True),
        ("one:two", True),
        ("config", True),
        ("a: b", False),
        ("{}", False),
        ("a\nb", False),
        ("x" * 255, True),
        ("x" * 256, False),
        (f"{'x' * 256}:b", False),
        (f"{'x' * 255}/" * 4, True),
        (f"{'x' * 255}/" * 4 + "x", False),
        (" a \n", True),
        ("/".join(["x" * 200] * 6), False),
    ],
)
def test_is_path(text: str, expected: bool) -> None:
    assert kubeconfig.is_path(text) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": 1}, {"a": 1}),
        ("users: []", {"users": []}),
        ('{"users": []}', {"users": []}),
        ("config", None),
        ("key:", None),
        ("- a: b", None),
        ("a: 2024-13-45", None),
        ("[" * 5000, None),
        ("a: [", None),
        (5, None),
        (None, None),
    ],
)
def test_inline(given: Any, expected: Any) -> None:
    assert kubeconfig.inline(given) == expected


NEITHER = "it is neither a path nor the content of a kubeconfig, but a "
NOT_A_LIST = " is not a list of dictionaries with names"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("config", None),
        (CONTENT, None),
        ("users: [{name: u}]", None),
        ({"users": None}, None),
        ("a: [", "it is not YAML (line 1, column 5)"),
        ("a: b\n\tc: d", "it is not YAML (line 2, column 1)"),
        ("a\0", "it is not YAML"),
        ("a: 2024-13-45", "it cannot be read as YAML"),
        ("[" * 5000, "it cannot be read as YAML"),
        ("- a: secret", f"{NEITHER}list"),
        (5, f"{NEITHER}int"),
        (None, f"{NEITHER}NoneType"),
        ({"users": "secret"}, f"users{NOT_A_LIST}"),
        ({"users": 5}, f"users{NOT_A_LIST}"),
        ({"contexts": [{"name": "a"}, {"context": "secret"}]}, f"contexts{NOT_A_LIST}"),
        ({"users": ["secret"], "clusters": [{"name": ""}]}, f"clusters{NOT_A_LIST}"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_fault(given: Any, expected: str | None) -> None:
    assert kubeconfig.fault(given) == expected


def test_without_yaml_only_a_path_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(kubeconfig, "yaml")
    assert kubeconfig.inline("users: []") is None
    assert kubeconfig.fault("users: []") == "it cannot be read as YAML"
    assert kubeconfig.fault("config") is kubeconfig.fault(CONTENT) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://a", True), (" HTTPS://a", True), ("http://a", False), ("a:6443", False), ("", False)],
)
def test_is_encrypted(url: str, expected: bool) -> None:
    assert kubeconfig.is_encrypted(url) is expected


def test_the_context() -> None:
    assert kubeconfig.server(CONTENT, None) == kubeconfig.server(CONTENT, "other") == "https://192.0.2.1:6443"
    assert kubeconfig.server(CONTENT, "unknown") == ""
    assert kubeconfig.program(CONTENT, None) is None
    assert kubeconfig.program(CONTENT, "other") == "its user 'p' has exec"
    assert list(kubeconfig.urls(CONTENT)) == ["https://192.0.2.1:6443", "http://proxy"]


@pytest.mark.parametrize(
    "content",
    [
        {},
        dict.fromkeys(CONTENT),
        {**CONTENT, "contexts": [{"name": "main", "context": "x"}]},
        {**CONTENT, "clusters": None, "users": None},
    ],
    ids=["nothing", "null", "a text", "no clusters"],
)
def test_a_context_that_names_nothing(content: dict[str, Any]) -> None:
    assert kubeconfig.server(content, None) == "" and kubeconfig.program(content, None) is None


def test_the_first_of_a_name_counts() -> None:
    content = {
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": name}} for name in ("first", "second")],
        "users": [
            {"name": "u", "user": {"auth-provider": {"name": "x"}, "exec": {"command": "y"}}},
            {"name": "u"},
        ],
    }
    assert kubeconfig.server(content, None) == "first"
    assert kubeconfig.program(content, None) == "its user 'u' has exec and auth-provider"


@pytest.mark.parametrize(
    ("content", "urls"),
    [
        ({"clusters": [{"cluster": {"server": "a"}}, {"cluster": {"proxy-url": "b"}}]}, ["a", "", "", "b"]),
        ({"clusters": [{"cluster": {"server": None}}, {"cluster": "x"}, "y"]}, ["", ""]),
        ({"clusters": {"cluster": {"server": "a"}}}, []),
        ({"clusters": None}, []),
        ({}, []),
        ("text", []),
    ],
)
def test_urls(content: Any, urls: list[str]) -> None:
    assert list(kubeconfig.urls(content)) == urls


HIDDEN = kubeconfig.MASK
USERS: dict[str, tuple[dict[str, Any], list[tuple[str, int]], dict[str, Any]]] = {
    # a user; its secrets, each with the length from which on it is masked in texts; what is shown of the user
    "a token": ({"token": "abc", "username": "me"}, [("abc", 4)], {"token": HIDDEN, "username": "me"}),
    "a number": ({"password": 5}, [("5", 4)], {"password": HIDDEN}),
    "each name": (
        {
            "client-secret": "a",
            "client-key-data": "b",
            "id-token": "c",
            "tokens": "d",
            "data": "e",
            "client-key": "/f",
        },
        [("a", 4), ("b", 4), ("c", 4)],
        {
            **dict.fromkeys(("client-secret", "client-key-data", "id-token"), HIDDEN),
            "tokens": "d",
            "data": "e",
            "client-key": "/f",
        },
    ),
    "nothing": ({"token": "", "password": None}, [], {"token": "", "password": None}),
    "below": (
        {"token": {"a": "b", "password": "c"}, "as-user-extra": [{"token": "d"}, ["e"]]},
        [("c", 4), ("d", 4)],
        {"token": {"a": "b", "password": HIDDEN}, "as-user-extra": [{"token": HIDDEN}, ["e"]]},
    ),
    "arguments": (
        {
            "exec": {
                "command": "x",
                "args": ["get", "--password", "a", "--token=b", "--verbose", "Zm9vYmFy", "--user=me"],
            }
        },
        [("a", 4), ("b", 4), ("Zm9vYmFy", 8), ("me", 8)],
        {
            "exec": {
                "command": "x",
                "args": [
                    "get",
                    "--password",
                    HIDDEN,
                    f"--token={HIDDEN}",
                    "--verbose",
                    HIDDEN,
                    f"--user={HIDDEN}",
                ],
            }
        },
    ),
    "arguments of other forms": (
        {
            "exec": {
                "args": [
                    "token",
                    "a-word",
                    "-",
                    "-x y",
                    "--a/b",
                    "--secret",
                    "-c",
                    "d=e",
                    5,
                    "--key",
                    "--flag",
                    "word",
                    "twelveletter",
                    "thirteenlette",
                ]
            }
        },
        [("-x y", 8), ("--a/b", 8), ("d=e", 8), ("5", 8), ("thirteenlette", 8)],
        {
            "exec": {
                "args": [
                    "token",
                    "a-word",
                    "-",
                    HIDDEN,
                    HIDDEN,
                    "--secret",
                    "-c",
                    HIDDEN,
                    HIDDEN,
                    "--key",
                    "--flag",
                    "word",
                    "twelveletter",
                    HIDDEN,
                ]
            }
        },
    ),
    "a secret that looks like a word": (
        {"exec": {"args": ["--pwd", "word", "--auth", "a", "b"]}},
        [("word", 4), ("a", 4)],
        {"exec": {"args": ["--pwd", HIDDEN, "--auth", HIDDEN, "b"]}},
    ),
    "no list": ({"exec": {"args": "token", "env": "token"}}, [], {"exec": {"args": "token", "env": "token"}}),
    "another list": (
        {"exec": {"hints": [{"value": "Zm9vYmFy"}]}},
        [],
        {"exec": {"hints": [{"value": "Zm9vYmFy"}]}},
    ),
    "no dictionary": ({"exec": "x", "auth-provider": "y"}, [], {"exec": "x", "auth-provider": "y"}),
    "the environment": (
        {
            "exec": {
                "env": [
                    {"name": "A", "value": "b"},
                    {"name": "MY_TOKEN", "value": "d"},
                    {"name": "C", "value": ""},
                    {"name": "D", "value": None},
                    "E",
                ]
            }
        },
        [("b", 8), ("d", 4)],
        {
            "exec": {
                "env": [
                    {"name": "A", "value": HIDDEN},
                    {"name": "MY_TOKEN", "value": HIDDEN},
                    {"name": "C", "value": ""},
                    {"name": "D", "value": None},
                    "E",
                ]
            }
        },
    ),
    "no configuration": (
        {"auth-provider": {"name": "oidc", "config": "x"}},
        [],
        {"auth-provider": {"name": "oidc", "config": "x"}},
    ),
    "values that are unset": (
        {"auth-provider": {"token": "a", "config": {"x": "", "y": None, "z": "b"}}},
        [("b", 4)],
        {"auth-provider": {"token": "a", "config": {"x": "", "y": None, "z": HIDDEN}}},
    ),
}


@pytest.mark.parametrize(("user", "secrets", "shown"), USERS.values(), ids=USERS)
def test_secrets(user: dict[str, Any], secrets: list[tuple[str, int]], shown: dict[str, Any]) -> None:
    content = {"users": [{"name": "u", "user": user}], "kind": "Config"}
    assert list(kubeconfig.secrets(content)) == secrets
    assert kubeconfig.masked(content) == {"users": [{"name": "u", "user": shown}], "kind": "Config"}


PROVIDERS: dict[str, tuple[str, str]] = {
    # what kubectl, az and gcloud wrote: names that are shown, names that are not
    "oidc": ("client-id idp-issuer-url idp-certificate-authority", "client-secret id-token refresh-token"),
    "azure": (
        "apiserver-id client-id config-mode environment expires-in expires-on tenant-id",
        "access-token refresh-token",
    ),
    "gcp": ("cmd-path expiry expiry-key scopes token-key", "access-token cmd-args"),
}


@pytest.mark.parametrize(("shown", "hidden"), PROVIDERS.values(), ids=PROVIDERS)
def test_the_configuration_of_a_provider(shown: str, hidden: str) -> None:
    config = {name: f"value of {name}" for name in (*shown.split(), *hidden.split())}
    user = {"auth-provider": {"name": "x", "config": config}}
    assert list(kubeconfig.secrets(user)) == [(f"value of {name}", 4) for name in hidden.split()]
    expected = {**config, **dict.fromkeys(hidden.split(), HIDDEN)}
    assert kubeconfig.masked(user) == {"auth-provider": {"name": "x", "config": expected}}
