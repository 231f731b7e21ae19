# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of a list of which one object cannot be read: it is taken apart. This module util is PRIVATE to the collection.

An API server keeps what an editor of a namespace nests 5,000 levels deep. The parser then refuses the page, with the objects of all others.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator

from .._foreign import Unreadable, from_json

_LONGEST_NAME = 300  # characters of JSON
# A string that has no end takes all that follows: a search that went back from there would take quadratic time.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[\[\]{},:]', re.DOTALL)


def apart(data: bytes, leave_out: Callable[[str], None]) -> dict[str, Any] | None:
    """The page without the objects that cannot be read, each of which is handed to `leave_out` as a name and a reason.

    None if the page itself is not that of a list.
    """
    parts = dict(_parts(data))
    try:
        metadata = from_json(parts.get(b'"metadata"', b"{}"))
    except Unreadable:
        return None
    if not isinstance(metadata, dict) or not parts.get(b'"items"', b"").startswith(b"["):
        return None
    items = []
    for _key, text in _parts(parts[b'"items"']):
        try:
            items.append(from_json(text, len(text)))
        except Unreadable as unreadable:
            leave_out(f"{_name(text)}: {unreadable}")
    return {"metadata": metadata, "items": items}


def _name(item: bytes) -> str:
    """namespace/name of an object, as far as its metadata says."""
    metadata = dict(_parts(dict(_parts(item)).get(b'"metadata"', b"")))
    texts = []
    for key in (b'"namespace"', b'"name"'):
        text = metadata.get(key, b"")
        try:
            texts.append(from_json(text, _LONGEST_NAME) if text else "")
        except Unreadable:
            texts.append("")
    return "/".join(text for text in texts if isinstance(text, str) and text) or "an object without a name"


def _parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The values of one JSON object, each with its key as it is written; or those of an array. In one pass, however deep they are."""
    level, begin, key = 0, 0, b""
    for token in _TOKEN.finditer(data):
        sign = data[token.start()]
        if sign in b"[{":
            level += 1
            if level == 1:
                begin = token.end()
        elif sign in b"]}":
            level -= 1
            if level == 0:
                if value := data[begin : token.start()].strip():
                    yield key, value
                return
        elif level == 1 and sign in b",:":
            part, begin = data[begin : token.start()].strip(), token.end()
            if sign in b":":
                key = part
            else:
                yield key, part
                key = b""
