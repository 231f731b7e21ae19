# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that count as unset, and values that do not. modules/test_every_option.py tests each option."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import unset

OPTIONS: dict[str, Any] = {
    "port": {"type": "int", "default": 443, "aliases": ["server_port"]},
    "nodes": {"type": "list", "elements": "str"},
    "exclude_nodes": {"type": "list", "elements": "str"},
    "objects": {"type": "dict"},
    "state": {"type": "str"},
    "tenant": {"type": "str"},
    "provider": {"type": "dict", "options": {"user": {"type": "str"}, "port": {"type": "int"}}},
    "applications": {"type": "list", "elements": "dict", "options": {"application": {"type": "str"}, "port": {"type": "int"}, "pool": {"type": "dict"}}},
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
    "text that is too deep": ({"objects": "[" * 5000, "nodes": "[" * 5000}, {"objects": "[" * 5000, "nodes": "[" * 5000}),
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
    "addresses in brackets": ({"nodes": "[2001:db8::1]:8443, [fe80::1%eth0]"}, {"nodes": ["[2001:db8::1]:8443", "[fe80::1%eth0]"]}),
    "suboptions": ({"provider": {"user": "", "port": 0}}, {"provider": {"port": 0}}),
    "suboptions in text": ({"provider": '{"user": "", "port": "8443"}'}, {"provider": {"port": "8443"}}),
    "suboptions of elements": ({"applications": [{"application": "", "port": 1}]}, {"applications": [{"port": 1}]}),
    "text of one element": ({"applications": "{application: web}"}, {"applications": [{"application": "web"}]}),
    "text of elements": ({"applications": "- application: web\n- port: ''\n"}, {"applications": [{"application": "web"}, {}]}),
    "elements that are text": ({"applications": ['{"port": ""}']}, {"applications": [{}]}),
    "an element that is empty": ({"applications": [""]}, {"applications": [""]}),
    "comments alone": ({"applications": "# none yet\n"}, {}),
    "an empty line": ({"applications": "\n"}, {}),
    "key=value": ({"objects": "a=b c=d"}, {"objects": "a=b c=d"}),
    "text that is neither": ({"objects": "{a: "}, {"objects": "{a: "}),
    "AS3's own words": ({"applications": [{"pool": {"remark": "", "members": None}}]}, {"applications": [{"pool": {"remark": "", "members": None}}]}),
    "what is removed": (
        {"state": "absent", "tenant": "", "nodes": "", "applications": [{"application": None, "port": ""}]},
        {"state": "absent", "tenant": "", "applications": [{"application": ""}]},
    ),
    "what is released": ({"state": "released", "tenant": None}, {"state": "released", "tenant": ""}),
    "what is neither": ({"state": "present", "tenant": ""}, {"state": "present"}),
}


@pytest.mark.parametrize(("arguments", "expected"), CASES.values(), ids=CASES.keys())
def test_given(arguments: dict[str, Any], expected: dict[str, Any]) -> None:
    assert unset.given(arguments, OPTIONS) == expected


UNREADABLE = "begins like a list in JSON or YAML, but cannot be read as one. Correct it, or separate the elements by commas."
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
        ({"unknown": "[a"}, []),
    ],
)
def test_faults(arguments: dict[str, Any], faults: list[str]) -> None:
    assert unset.faults(arguments, OPTIONS) == faults


def test_a_list_in_json_needs_no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert unset.given({"nodes": '["a"]'}, OPTIONS) == {"nodes": ["a"]}
    assert unset.faults({"nodes": "- a"}, OPTIONS) == [f"nodes {UNREADABLE}"]


def test_yaml_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert unset.given({"objects": '{"a": 1}'}, OPTIONS) == {"objects": {"a": 1}}
    assert unset.given({"objects": "a: 1"}, OPTIONS) == {"objects": "a: 1"}, "Ansible refuses it"


@pytest.mark.parametrize(("content", "empty"), [("", True), (" \n", True), ("-----BEGIN", False), (None, False)], ids=["empty", "blank", "text", "no file"])
def test_is_empty_file(content: str | None, empty: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    assert unset.is_empty_file(str(path)) is empty


@pytest.mark.parametrize("path", [None, "", "a\0b", "/"])
def test_what_is_no_file(path: str | None) -> None:
    assert not unset.is_empty_file(path)
