# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a role. tests/lint_project/test_surveys.py shows that each variable is treated so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import role_options

SPECS: dict[str, Any] = {
    "r_count": {"type": "raw", "default": 3},
    "r_wait": {"type": "raw", "default": 1.5},
    "r_on": {"type": "raw", "default": True},
    "r_kind": {"type": "str", "choices": ["a", "b", ""], "default": "a"},
    "r_names": {"type": "list", "elements": "str", "default": []},
    "r_namespaces": {"type": "list", "elements": "str", "default": []},
    "r_config": {"type": "raw"},
    "r_choice": {"type": "raw", "choices": ["a"]},
    "r_map": {"type": "raw", "options": {"count": {"type": "int"}}},
    "r_free": {"type": "raw"},
    "r_text": {"type": "raw"},
    "r_requests": {
        "type": "raw",
        "default": [],
        "options": {"url": {"type": "str", "required": True}, "count": {"type": "int"}},
    },
}
FILES = {"r_ca_cert": {"type": "path"}, "r_crds_path": {"type": "path"}, "r_bigip_ca_cert": {"type": "str"}}
KINDS = {"r_namespaces": "list of str", "r_text": "str", "r_choice": "raw", "r_map": "dict"}
KINDS |= {
    "r_count": "int",
    "r_wait": "float",
    "r_on": "bool",
    "r_kind": "str",
    "r_names": "list of str",
    "r_config": "raw",
    "r_requests": "list of dict",
}


class _OmitType:
    """As ansible-core calls the type of its omit."""


def checked(name: str, value: Any) -> dict[str, Any]:
    return role_options.checked({KINDS[name]: {name: value}}, SPECS, "r_")


CASES: list[tuple[str, Any, Any]] = [
    ("r_count", "", 3),
    ("r_count", None, 3),
    ("r_count", "__omit_place_holder__0123", 3),
    ("r_count", _OmitType(), 3),
    ("r_count", "0", 0),
    ("r_count", 0, 0),
    ("r_wait", "0.5", 0.5),
    ("r_on", "", True),
    ("r_on", "no", False),
    ("r_on", False, False),
    ("r_kind", "", "a"),
    ("r_kind", "b", "b"),
    ("r_names", "x, y,", ["x", "y"]),
    ("r_names", [""], []),
    ("r_names", '["x", "y"]', ["x", "y"]),
    ("r_names", "- x\n- y", ["x", "y"]),
    ("r_namespaces", "", []),
    ("r_config", "", None),
    ("r_config", "/path", "/path"),
    ("r_config", "~", "~"),
    ("r_config", "true", True),
    ("r_config", "kind: Config", {"kind": "Config"}),
    ("r_config", "a: b: c", "a: b: c"),
    ("r_config", "[1]", "[1]"),
    ("r_config", "5", "5"),
    ("r_config", 5, 5),
    ("r_config", ["no"], ["no"]),
    ("r_kind", _OmitType(), "a"),
    ("r_text", "true", "true"),
    ("r_config", "x__omit_place_holder__", "x__omit_place_holder__"),
    ("r_map", {"count": "2"}, {"count": 2}),
    ("r_requests", "- url: a\n  count: ''", [{"url": "a"}]),
    ("r_requests", '[{"url": "a", "count": "2"}]', [{"url": "a", "count": 2}]),
]


@pytest.mark.parametrize(("name", "value", "expected"), CASES)
def test_converted(name: str, value: Any, expected: Any) -> None:
    assert checked(name, value) == {"options": {name.removeprefix("r_"): expected}, "refused": []}


REFUSED: list[tuple[str, Any, str]] = [
    ("r_count", "many", "argument 'r_count' is of type"),
    ("r_names", "[x", "r_names begins like a list"),
    ("r_namespaces", [""], "r_namespaces has only empty elements."),
    ("r_namespaces", ",", "r_namespaces has only empty elements."),
    ("r_on", "maybe", "argument 'r_on' is of type"),
    ("r_kind", "c", "value of r_kind must be one of: a, b, got: c"),
    ("r_requests", "text", "'r_requests' is of type"),
    ("r_requests", [{"count": 1}], "missing required arguments: url found in r_requests"),
    ("r_requests", [{"url": "a", "counts": 1}], "r_requests.counts"),
]


@pytest.mark.parametrize(("name", "value", "text"), REFUSED)
def test_refused(name: str, value: Any, text: str) -> None:
    assert text in "\n".join(checked(name, value)["refused"])


CONNECTION = {
    f"r_{name}": {"type": "raw"}
    for name in (
        "host",
        "kubeconfig",
        "context",
        "allow_http",
        "allow_exec",
        "supervisor_kubeconfig",
        "supervisor_context",
    )
}
CONTENT: dict[str, Any] = {
    **{"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]},
    **{
        "clusters": [{"name": "c", "cluster": {"server": "http://a"}}],
        "users": [{"name": "u", "user": {"exec": {"command": "touch"}}}],
    },
}
PROGRAM = (
    "{}: its user 'u' has exec, which starts a program on this machine. "
    "Set its path, or r_allow_exec: true if you trust its author."
)
SERVER = "{}: the URL of its server does not begin with https://. Correct it, or set r_allow_http: true."
HOST = "r_host does not begin with https://. Correct it, or set r_allow_http: true."
OWN, SUPERVISOR = "r_kubeconfig", "r_supervisor_kubeconfig"
OTHER = {
    "contexts": [*CONTENT["contexts"], {"name": "o", "context": {"cluster": "d", "user": "v"}}],
    "clusters": [{"name": "d", "cluster": {"server": "https://b"}}],
    "users": [],
}
UNSAFE: list[tuple[dict[str, Any], list[str]]] = [
    ({"r_host": "http://a"}, [HOST]),
    ({"r_host": "a:6443"}, [HOST]),
    ({"r_host": "https://a"}, []),
    ({}, []),
    ({"r_host": "http://a", "r_allow_http": True}, []),
    ({"r_host": "http://a", "r_allow_http": False}, [HOST]),
    ({OWN: CONTENT}, [PROGRAM.format(OWN), SERVER.format(OWN)]),
    ({SUPERVISOR: CONTENT}, [PROGRAM.format(SUPERVISOR), SERVER.format(SUPERVISOR)]),
    (
        {OWN: CONTENT, SUPERVISOR: CONTENT, "r_host": "http://a"},
        [text.format(name) for name in (OWN, SUPERVISOR) for text in (PROGRAM, SERVER)] + [HOST],
    ),
    ({OWN: CONTENT, "r_allow_exec": True}, [SERVER.format(OWN)]),
    ({OWN: CONTENT, "r_allow_http": True}, [PROGRAM.format(OWN)]),
    ({OWN: CONTENT, "r_allow_exec": True, "r_allow_http": True}, []),
    (
        {
            OWN: {**CONTENT, **OTHER},
            "r_context": "o",
            SUPERVISOR: {**CONTENT, **OTHER},
            "r_supervisor_context": "o",
        },
        [],
    ),
    ({OWN: CONTENT, "r_context": "unknown"}, []),
    ({OWN: {**CONTENT, "users": "none"}}, []),
    ({OWN: "/a/path", SUPERVISOR: CONTENT, "r_allow_exec": True}, [SERVER.format(SUPERVISOR)]),
]


@pytest.mark.parametrize(("given", "sentences"), UNSAFE)
def test_what_the_modules_refuse_reaches_no_other(
    given: dict[str, Any], sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: dict[str, dict[str, Any]] = {"bool": {}, "str": {}, "raw": {}}
    for name, value in given.items():
        kinds["bool" if "allow" in name else "raw" if "kubeconfig" in name else "str"][name] = value

    def refused(variable: str) -> list[str]:
        monkeypatch.setenv("K8S_AUTH_ALLOW_HTTP", variable)
        monkeypatch.setenv("K8S_AUTH_ALLOW_EXEC", variable)
        made: list[str] = role_options.checked(kinds, CONNECTION, "r_")["refused"]
        return made

    assert refused("") == refused("no") == sentences
    expected = sentences if given.get("r_allow_http") is False else []
    assert refused("yes") == refused("TRUE") == expected


def test_each_variable_allows_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("K8S_AUTH_ALLOW_HTTP", raising=False)
    monkeypatch.setenv("K8S_AUTH_ALLOW_EXEC", "true")
    assert role_options.checked({"raw": {OWN: CONTENT}}, CONNECTION, "r_")["refused"] == [SERVER.format(OWN)]


SECRETS: list[tuple[str, Any]] = [
    ("r_requests", [["very-secret-token"]]),
    ("r_requests", "very-secret-token"),
    ("r_requests", [{"url": "a", "count": "very-secret-token"}]),
    ("r_requests", [{"url": "a", "count": {"token": "very-secret-token"}}]),
    ("r_map", "very-secret-token"),
    ("r_map", {"count": "very-secret-token"}),
    ("r_choice", "very-secret-token"),
]


@pytest.mark.parametrize(("name", "value"), SECRETS)
def test_what_is_refused_is_not_shown_where_a_secret_may_be(name: str, value: Any) -> None:
    refused = "\n".join(checked(name, value)["refused"])
    assert refused and "secret" not in refused


def test_what_cannot_be_a_secret_is_shown() -> None:
    assert checked("r_kind", "another-kind")["refused"] == [
        "value of r_kind must be one of: a, b, got: another-kind"
    ]


def test_several_faults_are_told_at_once() -> None:
    given = {
        "int": {"r_count": "many"},
        "bool": {"r_on": "maybe"},
        "list of str": {"r_namespaces": [""]},
        "str": {"r_host": "http://a"},
    }
    refused = role_options.checked(given, {**SPECS, **CONNECTION}, "r_")["refused"]
    words = [
        "r_namespaces has only empty elements.",
        "argument 'r_count' is of type",
        "argument 'r_on' is of type",
        "r_host does not begin",
    ]
    assert [sentence[: len(word)] for sentence, word in zip(refused, words)] == words and len(refused) == 4


@pytest.mark.parametrize("name", ["r_ca_cert", "r_client_cert", "r_client_key", "r_x_client_key"])
def test_an_empty_file_of_each_name_counts_as_unset(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    specs = {name: {"type": "path"}}
    assert role_options.checked({"path": {name: str(tmp_path / "empty")}}, specs, "r_")["options"] == {
        name.removeprefix("r_"): None
    }


class Text(str):
    """As Ansible's own texts."""


def test_the_options_have_types_of_python() -> None:
    marked = {"r_config": {Text("a"): [Text("b"), {"c": Text("d")}, None, 5]}, "r_names": [Text("x")]}
    made = role_options.checked(
        {"raw": {"r_config": marked["r_config"]}, "list of str": {"r_names": marked["r_names"]}}, SPECS, "r_"
    )
    assert made == {"options": {"config": {"a": ["b", {"c": "d"}, None, 5]}, "names": ["x"]}, "refused": []}
    assert type(made["options"]["config"]["a"][0]) is type(made["options"]["config"]["a"][1]["c"]) is str


def test_suboptions_that_are_unset_are_left_out() -> None:
    given = {
        "list of dict": {"r_requests": [{"url": "a", "count": None}, {"url": "b", "count": "2"}]},
        "dict": {"r_map": {"count": ""}, "r_free": {"a": None}},
    }
    assert role_options.checked(given, SPECS, "r_") == {
        "options": {"requests": [{"url": "a"}, {"url": "b", "count": 2}], "map": {}, "free": {"a": None}},
        "refused": [],
    }


def test_an_empty_file_for_a_certificate_counts_as_unset(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "full").write_text("-----BEGIN CERTIFICATE-----")
    empty, full = str(tmp_path / "empty"), str(tmp_path / "full")
    for path, ca in ((empty, None), (full, full)):
        given = {"path": {"r_ca_cert": path, "r_crds_path": path}, "str": {"r_bigip_ca_cert": path}}
        assert role_options.checked(given, FILES, "r_")["options"] == {
            "ca_cert": ca,
            "crds_path": path,
            "bigip_ca_cert": path,
        }
