# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What BIG-IP answered, and what that answer means for a repetition. This module util is PRIVATE to the collection."""

from __future__ import annotations

import email.utils
import html
import json as jsonlib
import re
import time
from dataclasses import dataclass, field
from typing import Any, Mapping

_TOO_LONG = 500
_UNREGISTERED = re.compile(r"URI path (\S+ )?not registered")


@dataclass(frozen=True)
class Response:
    """One answer. json is None if the body is not JSON (an HTML page of the web server, nothing at all)."""

    status: int
    json: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, body: bytes, headers: Mapping[str, str]) -> Response:
        text = body.decode("utf-8", "replace")
        try:
            json = jsonlib.loads(body) if body else None
        except ValueError:
            json = None
        return cls(status, json, text, headers)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_page(self) -> bool:
        """Something that is not iControl REST speaks: the web server in front of it, a proxy, another product."""
        return self.json is None and bool(self.text.strip())

    @property
    def claims_json(self) -> bool:
        """The header says JSON, whatever the body is: half an answer of the right server."""
        return "json" in self.headers.get("Content-Type", "")

    @property
    def said(self) -> str:
        """The answer in one line, word for word where it is JSON; the text of a page otherwise."""
        return f"HTTP {self.status}: {self._words()}".rstrip(": ")

    def _words(self) -> str:
        if isinstance(self.json, dict):
            message = str(self.json.get("message") or "")
            errors = [str(error) for error in self.json.get("errors") or [] if error]
            return "; ".join([message, *errors] if message else errors) or self._short(self.text)
        if self.json is not None:
            return self._short(self.text)
        page = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", self.text)
        return self._short(" ".join(html.unescape(page).split()))

    @staticmethod
    def _short(text: str) -> str:
        return text if len(text) <= _TOO_LONG else text[:_TOO_LONG] + " ..."

    @property
    def unregistered(self) -> bool:
        """restjavad knows no worker for this path: it is not installed, or it is only just starting."""
        return self.status == 404 and _UNREGISTERED.search(self.text) is not None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait as the header Retry-After asks, if it does (AS3 itself never sends it)."""
        value = self.headers.get("Retry-After", "")
        if value.isdigit():
            return float(value)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except (TypeError, ValueError):
            return None
