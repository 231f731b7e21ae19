# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each text that is masked of an argument, and no other: one line a case."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import secret_arguments
from ansible_collections.vks.bigip.plugins.module_utils._boundary.mask import HIDDEN
from ansible_collections.vks.bigip.plugins.module_utils._boundary.unset import environment

SECRET: dict[str, Any] = {"type": "str", "no_log": True}
LOGIN: dict[str, Any] = {"user": {"type": "str", "aliases": ["login"]}, "password": SECRET}
OPTIONS: dict[str, Any] = {
    "token": SECRET,
    "proxy_basic_auth": SECRET,
    "host": {"type": "str"},
    "note": {"type": "str"},
    "kubeconfig": {"type": "raw"},
    "content": {"type": "raw"},
    "declaration": {"type": "raw"},
    "objects": {"type": "dict"},
    "prune": {"type": "raw"},
    "provider": {
        "type": "dict",
        "options": {"secret": SECRET, "server": {"type": "list"}, "port": {"type": "int"}},
    },
    "items": {"type": "list", "elements": "dict", "options": {"secret": SECRET}},
}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.lower().endswith("_proxy") or name.startswith("VKS_TEST"):
            monkeypatch.delenv(name)


def texts(arguments: dict[str, Any], options: dict[str, Any] | None = None) -> set[str]:
    return set(secret_arguments.texts(arguments, OPTIONS if options is None else options))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


LONG = "https://me:pa/ss@h/"
DEEP = f"""{"[" * 150}"abcd"{"]" * 150}"""
CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a secret": ({"token": "abcd"}, {"abcd"}),
    "a short one": ({"token": "abc"}, set()),
    "of another type": ({"token": {"a": ["abcd", 5678, True, None, ("efgh",)]}}, {"abcd", "5678", "efgh"}),
    "no value": ({"token": None, "host": True, "stat": False}, set()),
    "JSON": ({"token": '{"a": "abcd"}'}, {'{"a": "abcd"}', '{\\"a\\": \\"abcd\\"}', "abcd"}),
    "YAML": ({"token": "a: abcd"}, {"a: abcd", "abcd"}),
    "too deep": ({"token": f"{'[' * 150}{']' * 150}"}, {f"{'[' * 150}{']' * 150}"}),
    "base64": ({"token": "c2VjcmV0MTI="}, {"c2VjcmV0MTI=", "c2VjcmV0MTI"}),
    "short base64": ({"token": "YWJjZA=="}, {"YWJjZA=="}),
    "for a proxy": ({"proxy_basic_auth": "me:pw"}, {"me:pw", encoded("me:pw")}),
    "for a proxy, half a character": (
        {"proxy_basic_auth": "me:\ud800"},
        {"me:\ud800", "me:\\ud800", encoded("me:?")},
    ),
    "of an unknown option": ({"tokn": "abcdefgh", "x": "abcdefg"}, {"abcdefgh"}),
    "of Ansible": ({"_ansible_x": "abcdefgh"}, set()),
    "in suboptions": ({"provider": {"secret": "abcd", "server": ["efghijkl"], "port": 12345}}, {"abcd"}),
    "unknown in suboptions": ({"provider": {"sercet": "abcdefgh"}}, {"abcdefgh"}),
    "suboptions in pairs": ({"provider": "secret=abcd port=1"}, {"abcd"}),
    "suboptions in JSON": ({"provider": '{"secret": "abcd"}'}, {"abcd"}),
    "pairs of no option": ({"provider": "a=abcd"}, {"a=abcd"}),
    "a broken dictionary": (
        {"provider": '{"secret": "abcd"'},
        {'{"secret": "abcd"', '{\\"secret\\": \\"abcd\\"'},
    ),
    "no suboptions": ({"provider": "abcd"}, {"abcd"}),
    "a number for suboptions": ({"provider": 12345}, {"12345"}),
    "items": ({"items": [{"secret": "abcd"}, "secret=efgh", {"secret": "ijkl"}]}, {"abcd", "efgh", "ijkl"}),
    "an item that is a text": ({"items": [{"secret": "abcd"}, "efgh"]}, {"abcd", "efgh"}),
    "one item": ({"items": {"secret": "abcd"}}, {"abcd"}),
    "AS3": ({"content": {"passphrase": "abcd", "remark": "abcdefgh"}}, {"abcd"}),
    "AS3 in text": ({"content": '{"passphrase": "abcd"}'}, {"abcd"}),
    "AS3 of an older Ansible": ({"content": "{'passphrase': 'abcd'}"}, {"abcd"}),
    "AS3 of Python 2": ({"content": "{'passphrase': u'abcd'}"}, {"abcd"}),
    "a list of AS3": ({"content": '[{"passphrase": "abcd"}]'}, {"abcd"}),
    "AS3 in an option of text": ({"note": {"passphrase": "abcd"}}, set()),
    "no AS3": ({"content": "abcd", "declaration": "efgh"}, {"abcd", "efgh"}),
    "too deep with a text": ({"token": DEEP}, {DEEP, DEEP.replace('"', '\\"')}),
    "items in JSON": ({"items": '[{"secret": "abcd"}, {"secret": "efgh"}]'}, {"abcd", "efgh"}),
    "suboptions in YAML": ({"provider": "secret: abcd"}, {"abcd"}),
    "pairs of which one is known": ({"provider": "secret=abcd sercet=abcdefgh"}, {"abcd", "abcdefgh"}),
    "a URL without a scheme that holds one": ({"host": "me:pass@h/x://y"}, {"pass", encoded("me:pass")}),
    "no values": (dict.fromkeys(OPTIONS), set()),
    "booleans": (dict.fromkeys(OPTIONS, True), set()),
    "empty texts": (dict.fromkeys(OPTIONS, ""), set()),
    "no dictionary": ({"objects": "abcd"}, {"abcd"}),
    "raw text": ({"prune": "abcdefgh"}, set()),
    "raw AS3": ({"prune": {"passphrase": "abcd"}, "objects": [{"passphrase": "efgh"}]}, {"abcd", "efgh"}),
    "a path of a kubeconfig": ({"kubeconfig": "/a/long/path"}, set()),
    "a kubeconfig": ({"kubeconfig": {"users": [{"name": "u", "user": {"token": "abcd"}}]}}, {"abcd"}),
    "a broken kubeconfig": ({"kubeconfig": "users: abcd"}, {"users: abcd", "abcd"}),
    "URLs of a kubeconfig": (
        {
            "kubeconfig": {
                "clusters": [
                    {"name": "c", "cluster": {"server": "https://me:ab/d@h", "proxy-url": "http://x:efgh@h"}}
                ]
            }
        },
        {"ab/d", "efgh", encoded("me:ab/d"), encoded("x:efgh")},
    ),
    "a URL": ({"host": "https://me:pass@h:1"}, {"pass", encoded("me:pass")}),
    "a URL without a scheme": ({"host": "me:pass@h:1"}, {"pass", encoded("me:pass")}),
    "a URL with a user": ({"host": "https://abcdefgh@h"}, {"abcdefgh", encoded("abcdefgh")}),
    "a URL with a short user": ({"host": "https://abcdefg@h"}, {encoded("abcdefg")}),
    "a URL with an escape": (
        {"host": "https://me:pa%2Fss@h"},
        {"pa%2Fss", "pa/ss", encoded("me:pa%2Fss"), encoded("me:pa/ss")},
    ),
    "a URL with signs": (
        {"host": "https://me:abcdefgh@ijklmnop/qrstuvwx@h"},
        {
            "abcdefgh@ijklmnop/qrstuvwx",
            "abcdefgh",
            "ijklmnop",
            "qrstuvwx",
            encoded("me:abcdefgh@ijklmnop/qrstuvwx"),
        },
    ),
    "a URL that holds one": (
        {"host": "https://me:ab://cdef@h"},
        {"ab://cdef", encoded("me:ab://cdef"), encoded("cdef")},
    ),
    "a URL without a user": ({"host": "https://h:6443"}, set()),
    "a URL with nothing": ({"host": "https://@h"}, set()),
    "a URL in an option of text": ({"note": "https://me:pa/ss@h"}, {"pa/ss", encoded("me:pa/ss")}),
    "a URL in a text": (
        {"note": "see http://me:pass@h and http://x:word@h"},
        {"pass", "word", encoded("me:pass"), encoded("x:word")},
    ),
    "a mail address": ({"note": "team@example.com"}, set()),
    "the longest URL": ({"note": LONG + "x" * (2048 - len(LONG))}, {"pa/ss", encoded("me:pa/ss")}),
    "a longer text": ({"note": LONG + "x" * (2049 - len(LONG))}, set()),
    "a longer host": ({"host": LONG + "x" * (2049 - len(LONG))}, {"pa/ss", encoded("me:pa/ss")}),
    "the least length counts": ({"token": "abcd", "stat": "abcd"}, {"abcd"}),
    "the least length counts first": ({"stat": "abcd", "token": "abcd"}, {"abcd"}),
}


@pytest.mark.parametrize(("arguments", "expected"), CASES.values(), ids=CASES)
def test_texts(arguments: dict[str, Any], expected: set[str]) -> None:
    assert texts(arguments) == expected


@pytest.mark.parametrize("name", ["proxy", "server"])
def test_each_option_of_a_url(name: str) -> None:
    assert texts({name: "me:pass@h"}, {name: {"type": "str"}}) == {"pass", encoded("me:pass")}


@pytest.mark.parametrize(
    "name", ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"]
)
def test_the_proxies_of_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://me:pass@proxy:3128")
    assert texts({}) == {"pass", encoded("me:pass")}


def variable(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "str", "fallback": (environment, [name]), **more}


def test_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {
        "token": variable("VKS_TEST_A", no_log=True),
        "provider": {"type": "dict", "options": {"secret": variable("VKS_TEST_B", no_log=True)}},
        "host": variable("VKS_TEST_C"),
    }
    assert texts({}, options) == set()
    monkeypatch.setenv("VKS_TEST_A", "abcd")
    monkeypatch.setenv("VKS_TEST_B", "efgh")
    monkeypatch.setenv("VKS_TEST_C", "https://me:pass@h")
    assert texts({}, options) == {"abcd", "efgh", "pass", encoded("me:pass")}
    for empty in ({}, None, ""):
        assert texts({"provider": empty}, options) == {"abcd", "efgh", "pass", encoded("me:pass")}


@pytest.mark.parametrize("user", ["user", "username"])
def test_a_user_and_a_password_as_a_header_has_them(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {
        user: variable("VKS_TEST_U", aliases=["login"]),
        "password": variable("VKS_TEST_P", no_log=True),
    }
    assert texts({user: "me", "password": "abcd"}, options) == {"abcd", encoded("me:abcd")}
    assert texts({"login": "me", "password": 1234}, options) == {"1234", encoded("me:1234")}
    assert (
        texts({user: "", "password": "abcd"}, options)
        == texts({user: None, "password": "abcd"}, options)
        == {"abcd"}
    )
    monkeypatch.setenv("VKS_TEST_U", "you")
    monkeypatch.setenv("VKS_TEST_P", "efgh")
    both = {encoded(f"{name}:{password}") for name in ("me", "you") for password in ("abcd", "efgh")}
    assert texts({user: "me", "password": "abcd"}, options) == {"abcd", "efgh", *both}
    assert (
        texts({user: "me"}, {user: options[user]}) == texts({"password": "a"}, {"password": SECRET}) == set()
    )


def test_everything_that_is_long_may_be_secret() -> None:
    value = {"a": ["abcdefgh", "abcdefg", 123456789, None, True], "b": '{"c": "ijklmnop"}'}
    assert set(secret_arguments.everything(value)) == {
        "abcdefgh",
        "123456789",
        '{"c": "ijklmnop"}',
        '{\\"c\\": \\"ijklmnop\\"}',
    }
    assert set(secret_arguments.everything("a: ijklmnop")) == {"a: ijklmnop", "ijklmnop"}


NOT = secret_arguments.NOT_SHOWN
CONTENT = {
    "users": [{"name": "u", "user": {"token": "abcd"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://me:p@h"}}],
}
CLEAN = {
    "users": [{"name": "u", "user": {"token": "********"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://********@h"}}],
}
SHOWN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no value": ({"token": None, "stat": False, "host": True}, {"token": None, "stat": False, "host": True}),
    "the longest name": ({"a" * 40: 1, "a" * 41: 2}, {"a" * 40: NOT, NOT: NOT}),
    "a secret as a name": ({"a b": 1, 5: 2}, {NOT: NOT, 5: NOT}),
    "a kubeconfig": ({"kubeconfig": CONTENT}, {"kubeconfig": CLEAN}),
    "a kubeconfig in text": ({"kubeconfig": json.dumps(CONTENT)}, {"kubeconfig": CLEAN}),
    "a path with a user": ({"kubeconfig": "https://me:p@h"}, {"kubeconfig": "https://********@h"}),
    "a broken kubeconfig": ({"kubeconfig": ["abcd"]}, {"kubeconfig": NOT}),
    "one dictionary": ({"provider": [{"port": 1}]}, {"provider": {"port": 1}}),
    "two dictionaries": (
        {"provider": [{"port": 1}, {"secret": "a"}]},
        {"provider": [{"port": 1}, {"secret": HIDDEN}]},
    ),
    "items": ({"items": [{"secret": "a"}]}, {"items": [{"secret": HIDDEN}]}),
    "no items": ({"items": "abcd"}, {"items": NOT}),
    "URLs": (
        {
            "host": "https://me:p@h",
            "note": "see https://me:p@h or a@b",
            "provider": {"server": ["http://me:p@h", 5]},
        },
        {
            "host": "https://h",
            "note": "see https://********@h or a@b",
            "provider": {"server": ["http://h", 5]},
        },
    ),
    "a URL without a scheme": ({"host": "me:p@h"}, {"host": "h"}),
    "URLs below": (
        {"objects": {"a": ["https://me:p@h"], "passphrase": "x"}},
        {"objects": {"a": ["https://********@h"], "passphrase": "********"}},
    ),
    "raw text": (
        {"prune": "abcdefgh", "content": "abcd", "declaration": "x", "objects": "abcd"},
        {"prune": "abcdefgh", **dict.fromkeys(("content", "declaration", "objects"), NOT)},
    ),
    "a raw structure": (
        {"prune": ["https://me:p@h"], "content": {"a": 1}},
        {"prune": ["https://********@h"], "content": {"a": 1}},
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), SHOWN.values(), ids=SHOWN)
def test_shown(arguments: dict[str, Any], expected: dict[str, Any]) -> None:
    assert secret_arguments.shown(arguments, OPTIONS) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://me:p@h/x", "https://h/x"),
        ("https://h", "https://h"),
        ("me:p@h", "h"),
        ("https://a:b://c@d@h", "https://a:b://h"),
        ("", ""),
    ],
)
def test_without_userinfo(url: str, expected: str) -> None:
    assert secret_arguments.without_userinfo(url) == expected
