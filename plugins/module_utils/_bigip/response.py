# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""One answer of BIG-IP, and its words."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from .. import _exchange
from .._foreign import Unreadable, from_json, split

_TOO_LONG = 500
_LONGEST_MESSAGE = 20_000  # characters of an answer in JSON, which is shown unchanged
_LONGEST_NAME = 300  # characters of JSON
_PAGE = 16 * 1024  # characters; the message of a page is at its beginning
_SPANS = {
    "<!--": "-->",
    "<script": "</script>",
    "<style": "</style>",
}  # begin and end of parts that are not text
_UNREGISTERED = re.compile(r"URI path (\S+ )?not registered")


@dataclass(frozen=True)
class Response:
    """One answer. json is None if the body is not JSON (an HTML page of the web server, an empty body)."""

    status: int
    json: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The tenants of a declaration that cannot be read, and why: `json` is without them."""

    @classmethod
    def of(cls, status: int, body: bytes, headers: Mapping[str, str]) -> Response:
        text = body.decode("utf-8", "replace")
        content = _exchange.json_of(body, len(body))
        left_out: Mapping[str, str] = {}
        if content is None:
            content, left_out = _declaration(body)
        return cls(status, content, text, headers, left_out)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_page(self) -> bool:
        """True if the answer is not of iControl REST.

        It is of the web server in front of it, of a proxy, or of another product.
        """
        return self.json is None and bool(self.text) and not self.text.isspace()

    @property
    def claims_json(self) -> bool:
        """True if the header announces JSON, whatever the body is: half an answer of the right server."""
        return "json" in self.headers.get("Content-Type", "")

    @property
    def said(self) -> str:
        """The answer in one line: its own message where it is JSON, else the text of the page."""
        return f"HTTP {self.status}: {self._words()}".rstrip(": ")

    def _words(self) -> str:
        if isinstance(self.json, dict):
            message = str(self.json.get("message") or "")
            errors = [str(error) for error in items(self.json, "errors") if error]
            words = "; ".join([message, *errors] if message else errors)
            return self._short(words, _LONGEST_MESSAGE) or self._short(self.text)
        if self.json is not None:
            return self._short(self.text)
        return self._short(" ".join(html.unescape(_without_tags(self.text[:_PAGE])).split()))

    @staticmethod
    def _short(text: str, longest: int = _TOO_LONG) -> str:
        return text if len(text) <= longest else text[:longest] + " ..."

    @property
    def unregistered(self) -> bool:
        """True if restjavad has no worker for this path: it is not installed, or is just starting."""
        return self.status == 404 and _UNREGISTERED.search(self.text[:_PAGE]) is not None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait as the header Retry-After asks, if it does (AS3 itself never sends it)."""
        return _exchange.retry_after(self.headers)


def items(body: Any, name: str = "items") -> list[Any]:
    """The list of this name in an answer; empty if the answer has another shape."""
    elements = body.get(name) if isinstance(body, dict) else None
    return elements if isinstance(elements, list) else []


def mappings(body: Any, name: str = "items") -> list[dict[str, Any]]:
    """The objects in the list of this name."""
    return [item for item in items(body, name) if isinstance(item, dict)]


def _declaration(body: bytes) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The readable tenants of a declaration that cannot be read as a whole, and why the others cannot.

    AS3 stores what a team nests 5,000 levels deep. (None, {}) for any other answer.
    """
    parts = dict(split(body)) if body.lstrip().startswith(b"{") and body.rstrip().endswith(b"}") else {}
    if parts.get(b'"class"') != b'"ADC"':
        return None, {}
    content, left_out = {}, {}
    for key, text in parts.items():
        try:
            name = from_json(key, _LONGEST_NAME)
        except Unreadable:
            continue
        try:
            content[name] = from_json(text, len(text))
        except Unreadable as unreadable:
            left_out[name] = str(unreadable)
    return content, left_out


def _without_tags(page: str) -> str:
    """The text of an HTML page, in one pass.

    A tag, comment, script or style without an end takes all that follows.
    """
    lower = page.lower()
    parts, at = [], 0
    while (start := page.find("<", at)) >= 0:
        parts.append(page[at:start])
        close = next((end for begin, end in _SPANS.items() if lower.startswith(begin, start)), ">")
        end = lower.find(close, start)
        if end == -1:
            return " ".join(parts)
        at = end + len(close)
    return " ".join([*parts, page[at:]])
