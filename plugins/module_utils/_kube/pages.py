# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads a page of a list object by object, if one of them cannot be read.

An API server stores what an editor of a namespace nests 5,000 levels deep. The parser then refuses the page,
with the objects of all others.
"""

from __future__ import annotations

from typing import Any, Callable

from .._foreign import Unreadable, from_json, split

_LONGEST_NAME = 300  # characters of JSON


def apart(data: bytes, leave_out: Callable[[str], None]) -> dict[str, Any] | None:
    """The page without the objects that cannot be read.

    `leave_out` takes the name of each of them and the reason. None if the page itself is not that of a list.
    """
    page = dict(split(data))
    try:
        metadata = from_json(page.get(b'"metadata"', b"{}"))
    except Unreadable:
        return None
    if not isinstance(metadata, dict) or not page.get(b'"items"', b"").startswith(b"["):
        return None
    items = []
    for _key, text in split(page[b'"items"']):
        try:
            items.append(from_json(text, len(text)))
        except Unreadable as unreadable:
            leave_out(f"{_name(text)}: {unreadable}")
    return {"metadata": metadata, "items": items}


def _name(item: bytes) -> str:
    """namespace/name of an object, as far as its metadata has them."""
    metadata = dict(split(dict(split(item)).get(b'"metadata"', b"")))
    texts = []
    for key in (b'"namespace"', b'"name"'):
        try:
            texts.append(from_json(metadata.get(key), _LONGEST_NAME))
        except Unreadable:
            texts.append("")
    return "/".join(text for text in texts if isinstance(text, str) and text) or "an object without a name"
