# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML of the cluster costs the task no more than a reason."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _foreign, _yaml

SPOILED_YAML = {
    "brackets": "[" * 100_000,
    "lists": "- " * 50_000,
    "indented": "".join(" " * level + "a:\n" for level in range(400)),
    "levels": "[" * 150 + "]" * 150,
    "a number of 5,000 digits": "a: " + "9" * 5000,
    "a number in sixties": "a: 1" + ":1" * 60_000,
    "a fraction in sixties": "a: 1" + ":1" * 60_000 + ".5",
    "a date that does not exist": "a: 2026-99-99",
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "a tag": "a: !!python/object/apply:os.system [id]",
    "two documents": "a: 1\n---\nb: 2",
    "a tab": "a:\n\t- b",
    "a control character": "a: \x00",
    "too long": "#" * (_yaml.LONGEST + 1),
}


DEEP = "it is nested too deep to be read as YAML"
OTHERS = {
    "brackets": DEEP,
    "lists": DEEP,
    "indented": DEEP,
    "levels": "it has more than 100 levels",
    "too long": "it is 131073 characters long, and at most 131072 are read",
}


@pytest.mark.parametrize("name", SPOILED_YAML)
def test_yaml_that_cannot_be_read(name: str) -> None:
    with pytest.raises(_foreign.Unreadable) as caught:
        _yaml.foreign(SPOILED_YAML[name])
    assert str(caught.value) == OTHERS.get(name, "it is not YAML (ValueError)")


NUMBERS: list[tuple[str, str, type]] = [
    # how it begins, its last digit, and its type
    ("", "1", int),
    ("1.", "0", float),
    ("2026-01-01 00:00:00.", "0", datetime.datetime),
]


@pytest.mark.parametrize(("begin", "digit", "kind"), NUMBERS)
def test_the_longest_number(begin: str, digit: str, kind: type) -> None:
    longest = begin + digit * (100 - len(begin))
    assert _yaml.foreign(f"a: {longest}")["a"].__class__ is kind
    with pytest.raises(_foreign.Unreadable):
        _yaml.foreign(f"a: {longest}{digit}")
    assert _yaml.foreign(f"a: '{longest}{digit}'") == {"a": longest + digit}


def test_the_longest_text() -> None:
    assert _yaml.foreign("#" * (128 * 1024)) is None


def test_what_can_be_read() -> None:
    assert _yaml.foreign("a: [1, {b: 'x', c: 2026-01-01}]") == {
        "a": [1, {"b": "x", "c": datetime.date(2026, 1, 1)}]
    }
    assert _yaml.foreign("") is _yaml.foreign(None) is None


def test_dump_and_load() -> None:
    content = {"b": [1, {"d": "x", "c": None}], "a": {"e": True}}
    assert _yaml.dump(content) == "a:\n  e: true\nb:\n- 1\n- c: null\n  d: x\n"
    assert _yaml.load(_yaml.dump(content)) == content
    assert _yaml.dump({}) == _yaml.dump(None) == "" and _yaml.load("") == _yaml.load(None) == {}
