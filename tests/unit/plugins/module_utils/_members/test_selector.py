# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Label selectors: which labels match, and which texts are refused."""

from __future__ import annotations

from typing import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members import selector as selectors


def parse(text: str | None, path: str = "pools[0]") -> Callable[[Mapping[str, str]], bool]:
    return selectors.parse(text, path)


LABELS = {"a": "b", "example.com/zone": "z-1", "empty": ""}
MATCHING = [
    *("", "  ", "a", "a=b", "a==b", " a = b ", "a!=c", "c!=b", "!c", "! c", "empty=", "empty", "example.com/zone=z-1"),
    *("a in (b)", "a in (x,b)", "a in ( x , b )", "a notin (c)", "c notin (b)", "empty in ()", "a in (b,c),!c,a!=x"),
]
OTHERS = ["c", "a=c", "a=", "a!=b", "!a", "a in (c)", "a in ()", "a notin (b)", "a notin (c,b)", "a=b,c", "c=", "empty!=", "a=B", "A=b"]
REFUSED = [
    *(",", "a,", ",a", "a=b,,c", "=", "=b", "a=b=c", "a = b c", "a b", "!", "!a=b", "!!a", "-a", "a-", "a=b-", "a in", "a in b"),
    *("a in (b", "a in b)", "a in (b))", "a in ((b))", "ain (b)", "a notin(b", "a>1", "a=(b)", "(a)", "a=b;c", "a=b\nc", "ä"),
]


@pytest.mark.parametrize("selector", MATCHING)
def test_labels_that_match(selector: str) -> None:
    assert parse(selector)(LABELS) is True


@pytest.mark.parametrize("selector", OTHERS)
def test_labels_that_do_not_match(selector: str) -> None:
    assert parse(selector)(LABELS) is False


@pytest.mark.parametrize("selector", REFUSED)
def test_texts_that_are_not_selectors(selector: str) -> None:
    with pytest.raises(Failure) as caught:
        parse(selector, "pools[1]")
    assert caught.value.code == "node_selector_invalid"
    assert caught.value.message.startswith(f"pools[1]: node_label_selector {selector!r} is not valid: cannot read ")


def test_no_selector_matches_all() -> None:
    assert parse(None)({}) is True


words = st.text(alphabet="ab1", min_size=1, max_size=2)
values = st.lists(words, min_size=1, max_size=3)
labels = st.dictionaries(words, words, max_size=3)


@settings(max_examples=200, deadline=None)
@given(words, values, labels)
def test_each_sign_has_its_opposite(key: str, several: list[str], there: dict[str, str]) -> None:
    listed = ",".join(several)
    for sign, opposite in ((f"{key}={several[0]}", f"{key}!={several[0]}"), (key, f"!{key}"), (f"{key} in ({listed})", f"{key} notin ({listed})")):
        assert parse(sign)(there) is not parse(opposite)(there)
    assert parse(f"{key} in ({listed})")(there) is (there.get(key) in several)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*MATCHING[2:], *OTHERS]), min_size=1, max_size=4))
def test_all_parts_have_to_match(parts: list[str]) -> None:
    assert parse(",".join(parts))(LABELS) is all(parse(part)(LABELS) for part in parts)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab=!,() in notin./-_", max_size=25))
def test_any_text_is_a_selector_or_refused(selector: str) -> None:
    """One that is taken means the same without the blanks around its commas."""
    try:
        matches = parse(selector)
    except Failure as failed:
        assert failed.code == "node_selector_invalid" and repr(selector) in failed.message
        return
    assert matches(LABELS) is parse(f" {selector} ")(LABELS)
    assert parse(f"{selector},!a" if selector.strip() else "!a")(LABELS) is False
