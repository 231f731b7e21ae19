# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that count as unset, and values that do not. modules/test_every_option.py tests each option."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleFallbackNotFound

from ansible_collections.vks.bigip.plugins.module_utils._boundary import unset

OPTIONS: dict[str, Any] = {
    "port": {"type": "int", "default": 443, "aliases": ["server_port"]},
    "nodes": {"type": "list", "elements": "str"},
    "exclude_nodes": {"type": "list", "elements": "str"},
    "objects": {"type": "dict"},
    "state": {"type": "str"},
    "tenant": {"type": "str"},
    "provider": {
        "type": "dict",
        "options": {"user": {"type": "str", "aliases": ["login"]}, "port": {"type": "int"}},
    },
    "content": {"type": "raw"},
    "applications": {
        "type": "list",
        "elements": "dict",
        "options": {"application": {"type": "str"}, "port": {"type": "int"}, "pool": {"type": "dict"}},
    },
    "pools": {"type": "list", "elements": "dict", "options": {"nodes": {"type": "list", "elements": "str"}}},
}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "empty": ({"port": ""}, {}),
    "null": ({"port": None}, {}),
    "by an alias": ({"server_port": ""}, {}),
    "zero is a value": ({"port": 0}, {"port": 0}),
    "false is a value": ({"port": False}, {"port": False}),
    "an empty list is a value": ({"nodes": []}, {"nodes": []}),
    "an empty dictionary is a value": ({"objects": {}}, {"objects": {}}),
    "an option that is unknown": ({"ports": ""}, {"ports": ""}),
    "what Ansible adds": ({"_ansible_tmpdir": None}, {"_ansible_tmpdir": None}),
    "elements": ({"nodes": ["", "a", None]}, {"nodes": ["a"]}),
    "only empty elements": ({"nodes": ["", None]}, {}),
    "text that only looks like YAML": ({"objects": "{a: 2024-13-45}"}, {"objects": "{a: 2024-13-45}"}),
    "text that is too deep": (
        {"objects": "[" * 5000, "nodes": "[" * 5000},
        {"objects": "[" * 5000, "nodes": "[" * 5000},
    ),
    "text of a list": ({"nodes": "a, b,"}, {"nodes": ["a", "b"]}),
    "text of commas": ({"nodes": ","}, {}),
    "JSON of a list": ({"nodes": '["a", "b c"]'}, {"nodes": ["a", "b c"]}),
    "JSON of an empty list": ({"nodes": "[]"}, {"nodes": []}),
    "JSON of numbers": ({"nodes": "[1, 2]"}, {"nodes": [1, 2]}),
    "YAML of a list": ({"nodes": "[a, on, 1.20]"}, {"nodes": ["a", "on", "1.20"]}),
    "YAML of a list in lines": ({"nodes": "- a\n- b\n"}, {"nodes": ["a", "b"]}),
    "YAML with an empty element": ({"nodes": "\n- a\n-\n"}, {"nodes": ["a"]}),
    "YAML with a start": ({"nodes": "---\n- a\n"}, {"nodes": ["a"]}),
    "a list in suboptions": ({"pools": [{"nodes": '["a"]'}]}, {"pools": [{"nodes": ["a"]}]}),
    "an address in brackets": ({"nodes": "[2001:db8::1]"}, {"nodes": ["[2001:db8::1]"]}),
    "addresses in brackets": (
        {"nodes": "[2001:db8::1]:8443, [fe80::1%eth0]"},
        {"nodes": ["[2001:db8::1]:8443", "[fe80::1%eth0]"]},
    ),
    "suboptions": ({"provider": {"user": "", "port": 0}}, {"provider": {"port": 0}}),
    "suboptions in text": ({"provider": '{"user": "", "port": "8443"}'}, {"provider": {"port": "8443"}}),
    "suboptions of elements": (
        {"applications": [{"application": "", "port": 1}]},
        {"applications": [{"port": 1}]},
    ),
    "text of one element": (
        {"applications": "{application: web}"},
        {"applications": [{"application": "web"}]},
    ),
    "text of elements": (
        {"applications": "- application: web\n- port: ''\n"},
        {"applications": [{"application": "web"}, {}]},
    ),
    "elements that are text": ({"applications": ['{"port": ""}']}, {"applications": [{}]}),
    "an element that is empty": ({"applications": [""]}, {"applications": [""]}),
    "comments alone": ({"applications": "# none yet\n"}, {}),
    "an empty line": ({"applications": "\n"}, {}),
    "key=value": ({"objects": "a=b c=d"}, {"objects": "a=b c=d"}),
    "text that is neither": ({"objects": "{a: "}, {"objects": "{a: "}),
    "AS3's own words": (
        {"applications": [{"pool": {"remark": "", "members": None}}]},
        {"applications": [{"pool": {"remark": "", "members": None}}]},
    ),
    "what is removed": (
        {"state": "absent", "tenant": "", "nodes": "", "applications": [{"application": None, "port": ""}]},
        {"state": "absent", "tenant": "", "applications": [{"application": ""}]},
    ),
    "what is released": ({"state": "released", "tenant": None}, {"state": "released", "tenant": ""}),
    "what is neither": ({"state": "present", "tenant": ""}, {"state": "present"}),
}


CASES |= {
    "a number of which the list is": ({"nodes": 5}, {"nodes": 5}),
    "a list where none belongs": ({"port": ["", "a"]}, {"port": ["", "a"]}),
    "an element that is a list": ({"applications": [[""]]}, {"applications": [[""]]}),
    "a list of lists": ({"nodes": '[["a"]]'}, {"nodes": '[["a"]]'}),
    "a list with a dictionary": ({"nodes": '["a", {"b": "c"}]'}, {"nodes": '["a", {"b": "c"}]'}),
    "a dictionary in place of a list": ({"nodes": '{"a": "b"}'}, {"nodes": ['{"a": "b"}']}),
    "a list of elements in JSON": (
        {"applications": '[{"port": ""}, {"port": 0}]'},
        {"applications": [{}, {"port": 0}]},
    ),
    "one dictionary for a list": ({"applications": {"port": ""}}, {"applications": [{}]}),
    "a number in JSON": ({"objects": "5", "applications": "5"}, {"objects": "5", "applications": "5"}),
    "text in a dictionary": ({"provider": "user=a"}, {"provider": "user=a"}),
    "an empty text in a dictionary": ({"provider": ""}, {}),
    "a list in a dictionary": ({"provider": "[1]"}, {"provider": [1]}),
    "suboptions by an alias": ({"provider": {"login": "", "port": ""}}, {"provider": {}}),
    "a text for a raw option": ({"content": '{"a": ""}'}, {"content": '{"a": ""}'}),
    "only blanks": ({"nodes": " "}, {}),
    "a list in lines that starts late": ({"nodes": " \n  - a\n  - b"}, {"nodes": ["a", "b"]}),
    "a minus": ({"nodes": "-a, b"}, {"nodes": ["-a", "b"]}),
}


@pytest.mark.parametrize(("arguments", "expected"), CASES.values(), ids=CASES.keys())
def test_given(arguments: dict[str, Any], expected: dict[str, Any]) -> None:
    assert unset.without_unset(arguments, OPTIONS) == expected


REMOVING = [("state", "absent"), ("state", "disabled"), ("state", "released"), ("services_state", "absent")]


@pytest.mark.parametrize("name", ["application", "content", "label_selector", "name", "namespace", "tenant"])
@pytest.mark.parametrize(("state", "value"), REMOVING)
def test_an_empty_value_does_not_widen_what_is_removed(state: str, value: str, name: str) -> None:
    for kind, null in (({"type": "str"}, ""), ({"default": "x"}, ""), ({"type": "raw"}, None)):
        options = {state: {"type": "str"}, name: kind, "other": {"type": "str"}}
        for given, kept in (("", ""), (None, null), ("x", "x"), ([], [])):
            arguments = {state: value, name: given, "other": ""}
            assert unset.without_unset(arguments, options) == {state: value, name: kept}
        assert unset.without_unset({state: "present", name: "", "other": None}, options) == {state: "present"}


def test_structured() -> None:
    given = {"nodes": "a,b", "port": None, "state": "", "provider": '{"user": "", "port": 1}', "x": "[1]"}
    expected = {
        "nodes": ["a", "b"],
        "port": None,
        "state": "",
        "provider": {"user": "", "port": 1},
        "x": "[1]",
    }
    assert unset.structured(given, OPTIONS) == expected
    items = {"applications": '[{"pool": "{a: b}"}]', "pools": [{"nodes": "a,b"}, {"nodes": ""}]}
    assert unset.structured(items, OPTIONS) == {
        "applications": [{"pool": {"a": "b"}}],
        "pools": [{"nodes": ["a", "b"]}, {"nodes": ""}],
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{a: b}", {"a": "b"}),
        ('["a"]', ["a"]),
        ("5", "5"),
        ("text", "text"),
        ("# nothing", None),
        (5, 5),
        (None, None),
        (["{a: b}"], ["{a: b}"]),
    ],
)
def test_described(value: Any, expected: Any) -> None:
    assert unset.described(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        ("on", True),
        ("{a: 1}", {"a": 1}),
        ("a: [", "a: ["),
        ("2024-13-45", "2024-13-45"),
        ("[" * 5000, "[" * 5000),
    ],
    ids=lambda value: str(value)[:20],
)
def test_loaded(text: str, expected: Any) -> None:
    assert unset.loaded(text) == expected


def test_the_first_variable_that_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VKS_A", "VKS_B"):
        monkeypatch.delenv(name, raising=False)
    for names in ((), ("VKS_A", "VKS_B")):
        with pytest.raises(AnsibleFallbackNotFound):
            unset.environment(*names)
    monkeypatch.setenv("VKS_B", "b")
    assert unset.environment("VKS_A", "VKS_B") == "b"
    monkeypatch.setenv("VKS_A", "")
    assert unset.environment("VKS_A", "VKS_B") == "b"
    monkeypatch.setenv("VKS_A", "a")
    assert unset.environment("VKS_A", "VKS_B") == "a"


def test_an_option_by_its_name_or_an_alias() -> None:
    assert unset.option_of("server_port", OPTIONS) is unset.option_of("port", OPTIONS) is OPTIONS["port"]
    assert unset.option_of("server", OPTIONS) == unset.option_of("x", {}) == {}


UNREADABLE = (
    "begins like a list in JSON or YAML, but cannot be read as one. "
    "Correct it, or separate the elements by commas."
)
ONLY_EMPTY = "has only empty elements. To set no limit, omit it."


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        ({"nodes": "a, b"}, []),
        ({"nodes": ""}, []),
        ({"nodes": None}, []),
        ({"nodes": []}, []),
        ({"nodes": "[]"}, []),
        ({"nodes": ["", "a"]}, []),
        ({"nodes": "[2001:db8::1]:8443"}, []),
        ({"nodes": '["a", "b"'}, [f"nodes {UNREADABLE}"]),
        ({"nodes": "- a\n b: c: d"}, [f"nodes {UNREADABLE}"]),
        ({"nodes": "[{a: b}]"}, [f"nodes {UNREADABLE}"]),
        ({"nodes": "- - a"}, [f"nodes {UNREADABLE}"]),
        ({"nodes": "- a\n", "pools": "- nodes: '[a'\n"}, [f"pools[0].nodes {UNREADABLE}"]),
        ({"nodes": [""]}, [f"nodes {ONLY_EMPTY}"]),
        ({"nodes": [None, ""]}, [f"nodes {ONLY_EMPTY}"]),
        ({"nodes": ","}, [f"nodes {ONLY_EMPTY}"]),
        ({"nodes": "-\n-"}, [f"nodes {ONLY_EMPTY}"]),
        ({"state": "disabled", "nodes": '[""]'}, [f"nodes {ONLY_EMPTY}"]),
        ({"pools": [{"nodes": ["a"]}, {"nodes": [""]}]}, [f"pools[1].nodes {ONLY_EMPTY}"]),
        ({"exclude_nodes": [""]}, []),
        ({"tenants": ["", None]}, []),
        ({"provider": {"limits": "[a"}}, []),
        ({"applications": [{"nodes": [""]}, 5, "a"]}, []),
        ({"applications": {"port": 1}}, []),
        ({"nodes": 5}, []),
        ({"unknown": "[a"}, []),
    ],
)
def test_faults(arguments: dict[str, Any], faults: list[str]) -> None:
    assert unset.faults(arguments, OPTIONS) == faults


@pytest.mark.parametrize("name", ["canary_nodes", "namespaces", "nodes", "only_services", "tenant"])
def test_a_limit_with_only_empty_elements(name: str) -> None:
    options: dict[str, Any] = {
        name: {"type": "list", "elements": "str"},
        f"r_{name}": {"type": "list"},
        f"x{name}": {"type": "list"},
    }
    arguments = {name: ["", None], f"r_{name}": [""], f"x{name}": [""]}
    assert unset.faults(arguments, options) == [f"{name} {ONLY_EMPTY}"]
    assert unset.faults(arguments, options, "r_") == [f"{name} {ONLY_EMPTY}", f"r_{name} {ONLY_EMPTY}"]


def test_limits_in_suboptions_have_no_prefix() -> None:
    inner = {"nodes": {"type": "list"}, "r_nodes": {"type": "list"}}
    options: dict[str, Any] = {
        "r_one": {"type": "dict", "options": inner},
        "r_many": {"type": "list", "elements": "dict", "options": inner},
    }
    empty = {"nodes": [""], "r_nodes": [""]}
    assert unset.faults({"r_one": empty, "r_many": [{}, empty]}, options, "r_") == [
        f"r_one.nodes {ONLY_EMPTY}",
        f"r_many[1].nodes {ONLY_EMPTY}",
    ]


def test_a_list_in_json_needs_no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert unset.without_unset({"nodes": '["a"]'}, OPTIONS) == {"nodes": ["a"]}
    assert unset.faults({"nodes": "- a"}, OPTIONS) == [f"nodes {UNREADABLE}"]


def test_yaml_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert unset.without_unset({"objects": '{"a": 1}'}, OPTIONS) == {"objects": {"a": 1}}
    assert unset.without_unset({"objects": "a: 1"}, OPTIONS) == {"objects": "a: 1"}, "Ansible refuses it"


@pytest.mark.parametrize(("content", "found"), [("", False), (" \n", False), ("text", True), (None, True)])
def test_a_variable_for_a_file(content: str | None, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that does not exist is set, so the user learns that it is missing."""
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in (str(path), "~/file"):
        monkeypatch.setenv("VKS_A", value)
        if found:
            assert unset.environment_file("VKS_A") == value
        else:
            with pytest.raises(AnsibleFallbackNotFound):
                unset.environment_file("VKS_A")
            monkeypatch.setenv("VKS_B", "apiVersion: v1\nkind: Config\n")
            assert unset.environment_file("VKS_A", "VKS_B") == "apiVersion: v1\nkind: Config\n"
    for empty in ("", None):
        monkeypatch.setenv("VKS_A", empty) if empty is not None else monkeypatch.delenv("VKS_A")
        monkeypatch.delenv("VKS_B", raising=False)
        with pytest.raises(AnsibleFallbackNotFound):
            unset.environment_file("VKS_A")


@pytest.mark.parametrize(
    ("content", "empty"),
    [("", True), (" \n", True), ("-----BEGIN", False), (None, False)],
    ids=["empty", "blank", "text", "no file"],
)
def test_is_empty_file(content: str | None, empty: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    assert unset.is_empty_file(str(path)) is empty


@pytest.mark.parametrize(("blanks", "empty"), [(1023, False), (1024, True)])
def test_only_the_beginning_of_a_file_is_read(blanks: int, empty: bool, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(" " * blanks + "x")
    assert unset.is_empty_file(str(tmp_path / "file")) is empty


@pytest.mark.parametrize("path", [None, "", "a\0b", "/"])
def test_what_is_no_file(path: str | None) -> None:
    assert not unset.is_empty_file(path)
