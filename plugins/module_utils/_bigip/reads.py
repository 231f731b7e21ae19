# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads of iControl REST: collections, statistics, and addresses as BIG-IP writes them."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Iterator, Mapping

from .._errors import Failure
from .response import Response, mappings
from .session import Session


def collection(
    session: Session, path: str, doing: str, params: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The items of a collection. Raises Failure if BIG-IP refuses to list them."""
    return mappings(content(session.request("GET", path, params=params, doing=doing), doing))


def statistics(session: Session, path: str, doing: str) -> Iterator[Mapping[str, Any]]:
    """The innermost `entries` of an answer in the form of statistics. Raises Failure if BIG-IP refuses it."""
    return nested(content(session.request("GET", path, doing=doing), doing))


def content(response: Response, doing: str) -> dict[str, Any]:
    """The JSON object of an answer with success; raises Failure (bigip_refused) for any other."""
    if not response.ok or not isinstance(response.json, dict):
        raise Failure("bigip_refused", doing, said=response.said)
    return response.json


def nested(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The innermost `entries` of a statistics answer, whose keys are URLs."""
    entries = body.get("entries")
    if not isinstance(entries, dict):
        return
    values = [value for value in entries.values() if isinstance(value, dict)]
    deeper = [value["nestedStats"] for value in values if isinstance(value.get("nestedStats"), dict)]
    if len(deeper) < len(entries):
        yield entries
    for stats in deeper:
        yield from nested(stats)


def value(entries: Mapping[str, Any], name: str) -> Any:
    """A statistic, which is {"value": 1} or {"description": "text"}; None if it is neither."""
    entry = entries.get(name)
    if not isinstance(entry, dict):
        return None
    return entry.get("value", entry.get("description"))


def split_domain(text: str) -> tuple[str | None, int | None]:
    """ "10.1.0.1%2" -> ("10.1.0.1", 2); (None, None) for other text, as "any6" of a member that is a name."""
    bare, percent, domain = text.partition("%")
    try:
        return ipaddress.ip_address(bare).compressed, (digits(domain) or 0) if percent else None
    except ValueError:
        return None, None


def digits(text: str) -> int | None:
    """The number that a text of one to nine digits is."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None
