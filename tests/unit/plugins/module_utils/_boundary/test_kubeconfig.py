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
        ("x" * 256, False),
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
        ("- a: b", None),
        ("a: [", None),
        (5, None),
        (None, None),
    ],
)
def test_inline(given: Any, expected: Any) -> None:
    assert kubeconfig.inline(given) == expected


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("config", None),
        (CONTENT, None),
        ("users: [{name: u}]", None),
        ({"users": None}, None),
        ("a: [", "not YAML (line 1"),
        ("- a: secret", "but a list"),
        (5, "but a int"),
        ({"users": "secret"}, "users is not a list"),
        ({"contexts": [{"context": "secret"}]}, "contexts is not a list"),
    ],
)
def test_fault(given: Any, part: str | None) -> None:
    text = kubeconfig.fault(given)
    assert text is None if part is None else part in str(text) and "secret" not in str(text)


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
    assert "'p' has exec" in str(kubeconfig.program(CONTENT, "other"))
    assert list(kubeconfig.urls(CONTENT)) == ["https://192.0.2.1:6443", "http://proxy"]


USERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    # a user, and its secrets
    "a token": ({"token": "abc", "username": "me"}, ["abc"]),
    "a password": ({"password": "abc"}, ["abc"]),
    "data": ({"client-key-data": "abc", "client-key": "/a/b"}, ["abc"]),
    "nothing": ({"token": "", "password": None}, []),
    "arguments": (
        {"exec": {"command": "x", "args": ["get", "--password", "a", "--token=b", "--verbose", "Zm9vYmFy"]}},
        ["a", "b", "Zm9vYmFy"],
    ),
    "the environment": ({"exec": {"env": [{"name": "A", "value": "b"}, {"name": "C", "value": ""}]}}, ["b"]),
    "a provider": (
        {"auth-provider": {"name": "oidc", "config": {"client-id": "me", "id-token": "a", "x": "b"}}},
        ["a", "b"],
    ),
}


@pytest.mark.parametrize(("user", "expected"), USERS.values(), ids=USERS)
def test_secrets(user: dict[str, Any], expected: list[str]) -> None:
    content = {"users": [{"name": "u", "user": user}]}
    assert [text for text, _shortest in kubeconfig.secrets(content)] == expected
    shown = kubeconfig.masked(content)
    assert str(shown).count(kubeconfig.MASK) == len(expected)
    assert list(kubeconfig.secrets(content)) and shown != content if expected else shown == content
