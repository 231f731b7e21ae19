# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of an answer, also of a page."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
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
    from ansible_collections.vks.bigip.plugins.module_utils._bigip import response

    Counted.looked = 0
    response._without_tags(Counted(text))
    assert Counted.looked <= 4 * len(text)
    found = Response.of(500, text.encode(), {})
    assert found.is_page and len(found.said) < 600 and not found.unregistered


def test_the_words_of_an_ordinary_page() -> None:
    text = "<html><head><style>p {color: red}</style><SCRIPT>if (1 < 2) {}</SCRIPT></head><!-- > --><body><h1>503</h1>Service &amp; more</body></html>"
    assert Response.of(503, text.encode(), {}).said == "HTTP 503: 503 Service & more"
