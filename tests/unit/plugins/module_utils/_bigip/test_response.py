# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of an answer, also of a page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import response, transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


PAGES = {
    "begins of tags": "<" * 131_072,
    "begins of comments": "<!--" * 32_768,
    "begins of scripts": "<script" * 18_000,
    "begins of declarations": "<![" * 43_000,
    "entities": "&" * 131_072,
    "spaces": " " * 131_072 + "x",
    "paths": "URI path " * 14_000,
}


class Counted(str):
    """A text that counts the characters that a search in it may look at."""

    looked = 0

    def find(self, *words: Any) -> int:
        found = super().find(*words)
        Counted.looked += (found if found >= 0 else len(self)) - (words[1] if len(words) > 1 else 0)
        return found

    def lower(self) -> Counted:
        return Counted(super().lower())


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES.keys())
def test_the_words_of_a_page_need_one_pass(text: str) -> None:
    Counted.looked = 0
    response._without_tags(Counted(text))
    assert Counted.looked <= 4 * len(text)
    found = Response.of(500, text.encode(), {})
    assert found.is_page and len(found.said) < 600 and not found.unregistered


def test_the_words_of_an_ordinary_page() -> None:
    text = "<html><head><style>p {color: red}</style><SCRIPT>if (1 < 2) {}</SCRIPT></head><!-- > --><body><h1>503</h1>Service &amp; more</body></html>"
    assert Response.of(503, text.encode(), {}).said == "HTTP 503: 503 Service & more"


WORDS: dict[str, tuple[Any, str]] = {
    # the body in JSON, or a text; what is shown of it
    "a message": ({"message": "m"}, "m"),
    "a message and errors": ({"message": "m", "errors": ["a", "", None, 5]}, "m; a; 5"),
    "errors": ({"message": None, "errors": ["a", "b"]}, "a; b"),
    "errors of another shape": ({"errors": "ab", "x": 1}, '{"errors": "ab", "x": 1}'),
    "a list": (["x"], '["x"]'),
    "a page": ("<b>x</b> tail", "x tail"),
    "a tag without an end": ("a <b", "a"),
    "a page of one letter": ("x", "x"),
    "blanks": (" \n", ""),
    "nothing": ("", ""),
    "a long message": ({"message": "m" * 20_000}, "m" * 20_000),
    "a longer message": ({"message": "m" * 20_001}, "m" * 20_000 + " ..."),
    "a long text": ("x" * 500, "x" * 500),
    "a longer text": ("x" * 501, "x" * 500 + " ..."),
    "the end of a large page": (" " * 16_383 + "xy", "x"),
}


@pytest.mark.parametrize(("body", "words"), WORDS.values(), ids=WORDS)
def test_the_words_of_an_answer(body: Any, words: str) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    assert Response.of(500, text.encode(), {}).said == (f"HTTP 500: {words}" if words else "HTTP 500")


def test_an_answer_that_is_not_utf8() -> None:
    found = Response.of(500, b"a\xffb", {})
    assert (found.json, found.text, found.said) == (None, "a\ufffdb", "HTTP 500: a\ufffdb")


def test_the_least_of_an_answer() -> None:
    found = Response(204)
    assert (found.json, found.text, found.headers, found.left_out) == (None, "", {}, {})
    assert (found.said, found.is_page, found.claims_json, found.unregistered) == ("HTTP 204", False, False, False)
    assert Response(204, headers={"Content-Type": "application/json; charset=UTF-8"}).claims_json


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (299, True), (300, False)])
def test_success(status: int, ok: bool) -> None:
    assert Response(status).ok is ok


@pytest.mark.parametrize(
    ("text", "page"), [("", False), (" \n", False), ("x", True), ("<p>", True), ("{}", False), ("0", False), ("{", True)]
)
def test_a_page(text: str, page: bool) -> None:
    assert Response.of(200, text.encode(), {}).is_page is page


@pytest.mark.parametrize(
    ("status", "text", "unregistered"),
    [
        (404, "Public URI path not registered", True),
        (404, "URI path /mgmt/shared/x not registered. Please verify", True),
        (404, "URI path /mgmt/shared/x y not registered", False),
        (404, "not registered", False),
        (403, "Public URI path not registered", False),
        (405, "Public URI path not registered", False),
    ],
)
def test_a_path_without_a_worker(status: int, text: str, unregistered: bool) -> None:
    assert Response(status, text=text).unregistered is unregistered


def test_lists_of_an_answer() -> None:
    body = {"items": [{"a": 1}, "x", None], "results": [{"b": 2}], "text": "x"}
    assert response.items(body) == [{"a": 1}, "x", None] and response.mappings(body) == [{"a": 1}]
    assert response.items(body, "results") == response.mappings(body, "results") == [{"b": 2}]
    assert response.items(body, "text") == response.items(["x"]) == response.mappings(None) == []


DEEP = b"[" * 200_000 + b"]" * 200_000
NAME = b"n" * 298
DECLARED = b' {"class": "ADC", "T1": {"class": "Tenant"}, "T2": ' + DEEP + b', "' + NAME + b'": 1, "' + NAME + b'n": 2} '


def test_a_declaration_that_can_be_read_in_part() -> None:
    """Without tenants that are too deep, and without names that AS3 does not take."""
    found = Response.of(200, DECLARED, {})
    assert found.json == {"class": "ADC", "T1": {"class": "Tenant"}, NAME.decode(): 1}
    assert list(found.left_out) == ["T2"] and "deep" in found.left_out["T2"]


OTHERS = {
    "half of one": DECLARED[:-2],
    "one inside of a page": b"<p>" + DECLARED,
    "another class": DECLARED.replace(b"ADC", b"AS3"),
    "a list": b"[" + DECLARED + b"]",
}


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS)
def test_only_a_whole_declaration_is_read_in_part(body: bytes) -> None:
    found = Response.of(200, body, {})
    assert (found.json, found.left_out) == (None, {})
