# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as unset, and what is a value. That every option of every module is treated so is in ../modules/test_every_option.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _unset

OPTIONS: dict[str, Any] = {
    "port": {"type": "int", "default": 443, "aliases": ["server_port"]},
    "nodes": {"type": "list", "elements": "str"},
    "objects": {"type": "dict"},
    "state": {"type": "str"},
    "tenant": {"type": "str"},
    "provider": {"type": "dict", "options": {"user": {"type": "str"}, "port": {"type": "int"}}},
    "applications": {"type": "list", "elements": "dict", "options": {"application": {"type": "str"}, "port": {"type": "int"}, "pool": {"type": "dict"}}},
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
    "text of a list": ({"nodes": "a, b,"}, {"nodes": ["a", "b"]}),
    "text of commas": ({"nodes": ","}, {}),
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
    assert _unset.given(arguments, OPTIONS) == expected


def test_yaml_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert _unset.given({"objects": '{"a": 1}'}, OPTIONS) == {"objects": {"a": 1}}
    assert _unset.given({"objects": "a: 1"}, OPTIONS) == {"objects": "a: 1"}, "Ansible refuses it"


@pytest.mark.parametrize(("content", "empty"), [("", True), (" \n", True), ("-----BEGIN", False), (None, False)], ids=["empty", "blank", "text", "no file"])
def test_is_empty_file(content: str | None, empty: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    assert _unset.is_empty_file(str(path)) is empty


@pytest.mark.parametrize("path", [None, "", "a\0b", "/"])
def test_what_is_no_file(path: str | None) -> None:
    assert not _unset.is_empty_file(path)
