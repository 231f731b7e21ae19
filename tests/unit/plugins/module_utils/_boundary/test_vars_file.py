# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text for `-e @FILE`. tests/lint_project/test_foreign_text.py runs Ansible over such a file."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._boundary import vars_file


class Reader(yaml.SafeLoader):
    """As Ansible reads the tag; `tagged` collects the texts that have it."""

    tagged: list[str]


def _unsafe(loader: Reader, node: yaml.ScalarNode) -> str:
    loader.tagged.append(node.value)
    return str(loader.construct_scalar(node))


Reader.add_constructor(vars_file.TAG, _unsafe)


def read(text: str) -> tuple[Any, list[str]]:
    loader = Reader(text)
    loader.tagged = []
    return loader.get_single_data(), loader.tagged


PLAIN = [
    "", "web", "192.0.2.1%1", "yes", "1", "~", "=", "!vault x", "- a: b", "a\nb\n", " \t",
    "GET / HTTP/1.1\r\nHost: a\r\n",
    "\u00fc", "\x1b[31m", "\u202e", "}}",
]  # fmt: skip
TEMPLATES = [
    "{{ lookup('pipe', 'id') }}", "a {% if x %}", "{# x #}", "#jinja2:variable_start_string:'[['\n[[ x ]]",
    "when HTTP_REQUEST { pool p }", "{", "#", "{{ \u202e\x00 }}", "'{{ \"x\" }}'\n: {{", "{{\n" * 50,
    "yes {{", "!unsafe {{ x }}",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN + TEMPLATES)
def test_text_is_read_as_it_was(text: str) -> None:
    value = {"name": text, "deeper": [{"name": [text]}]}
    found, tagged = read(vars_file.dump(value))
    assert found == value
    assert tagged == ([text, text] if text in TEMPLATES else [])


def test_the_file_holds_no_control_characters() -> None:
    assert all(
        char == "\n" or char.isprintable() for char in vars_file.dump({"a": "\x1b]0;x\x07 \u202e \u00fc"})
    )
    assert "\u00fc" in vars_file.dump({"a": "\u00fc"})


def test_other_values() -> None:
    value = {"a": None, "b": True, "c": 1, "d": 1.5, "e": [], "f": {}, 5: "x", "g": [[1], {"h": 2}]}
    assert read(vars_file.dump(value))[0] == value
    shared = {"x": ["y"]}
    assert "&" not in vars_file.dump({"a": shared, "b": shared})


KEY = "has a key that Ansible would take for a template"


def test_the_text_of_a_file() -> None:
    value = {"b": [1, {"c": "x" * 30 + " " + "y" * 125, "d": []}], "a": "{{ x }}", "t": ("u", {"v": "w"})}
    assert vars_file.dump(value) == (
        "---\n"
        "b:\n"
        "  - 1\n"
        f"  - c: {'x' * 30} {'y' * 125}\n"
        "    d: []\n"
        "a: !unsafe '{{ x }}'\n"
        "t:\n"
        "  - u\n"
        "  - v: w\n"
    )


class Number(int):
    """As Ansible's own numbers."""


class Fraction(float):
    """As Ansible's own numbers."""


@pytest.mark.parametrize(("length", "lines"), [(100, 1), (157, 1), (158, 2)])
def test_a_long_text_is_folded(length: int, lines: int) -> None:
    text = vars_file.dump({"a": "x" * length + " y"})
    assert len(text.splitlines()) == 1 + lines and read(text)[0] == {"a": "x" * length + " y"}


def test_booleans_are_no_numbers() -> None:
    assert vars_file.dump({"a": True, "b": False, "c": 1}) == "---\na: true\nb: false\nc: 1\n"


def test_numbers_have_types_of_python() -> None:
    assert read(vars_file.dump({"a": Number(5), "b": Fraction(1.5), "c": True}))[0] == {
        "a": 5,
        "b": 1.5,
        "c": True,
    }


@pytest.mark.parametrize(
    ("text", "expected"), [("{", True), ("#", True), ("a{b", True), ("}", False), ("", False)]
)
def test_what_ansible_may_take_for_a_template(text: str, expected: bool) -> None:
    assert vars_file.is_template(text) is expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"objects": {"{{ x }}": 1}}, f"objects {KEY}"),
        ({"{% x": 1}, f"the value {KEY}"),
        ({"a": [{"b": {"#jinja2:x": 1}}]}, f"a[0].b {KEY}"),
        ({"a": [1, object()]}, "a[1] is of type object"),
        (object(), "the value is of type object"),
    ],
)
def test_what_a_file_cannot_hold(value: Any, words: str) -> None:
    with pytest.raises(vars_file.NotAllowed) as caught:
        vars_file.dump(value)
    assert str(caught.value) == words


Marked = type("Marked", (str,), {"__str__": lambda text: text})
"""As Ansible's own type before ansible-core 2.19: str() does not leave it."""


def test_types_of_ansible() -> None:
    found, tagged = read(vars_file.dump({Marked("a"): [Marked("{{ x }}"), Marked("y")]}))
    assert (found, tagged) == ({"a": ["{{ x }}", "y"]}, ["{{ x }}"])
