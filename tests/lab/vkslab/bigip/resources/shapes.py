# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of iControl REST: collections, items, statistics; and their queries: ``$filter``, ``$select``,
paging."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..device import Device
from ..http import Request, TmError, uri_name
from ..system import TMOS

INVALID = 26214401  # icrd's apiError for a request that it does not accept
Item = dict[str, Any]


def kind_of(component: str) -> str:
    """The kind of ``ltm/pool`` without its ending: ``tm:ltm:pool:pool``."""
    return f"tm:{component.replace('/', ':')}:{component.rpartition('/')[2]}"


def self_link(path: str, query: Mapping[str, str] | None = None) -> str:
    kept = "".join(f"{key}={value}&" for key, value in (query or {}).items() if key == "expandSubcollections")
    return f"https://localhost/mgmt/tm/{path}?{kept}ver={TMOS}"


def named(kind: str, where: str, path: str, generation: int = 1) -> Item:
    """The head of every item: ``/T/A/pool`` is the name ``pool`` in partition T and folder A."""
    _root, partition, *folders = path.split("/")[:-1]
    head: Item = {"kind": kind, "name": path.rpartition("/")[2], "partition": partition}
    if folders:
        head["subPath"] = "/".join(folders)
    return {
        **head,
        "fullPath": path,
        "generation": generation,
        "selfLink": self_link(f"{where}/{uri_name(path)}"),
    }


def select(item: Item, request: Request) -> Item:
    wanted = request.query.get("$select")
    if not wanted:
        return item
    names = {name.strip() for name in wanted.split(",")}
    return {key: value for key, value in item.items() if key in names}


def in_partition(request: Request, device: Device) -> str | None:
    """The partition of ``$filter=partition eq X``, the only filter that the device knows."""
    text = request.query.get("$filter")
    if not text:
        return None
    match = re.fullmatch(r"\s*partition\s+eq\s+'?([^'\s]+)'?\s*", text)
    if match is None:
        raise TmError(
            400, f"Invalid filter expression: {text}. Only 'partition eq NAME' is supported", INVALID
        )
    if match[1] != "Common" and f"/{match[1]}" not in device.folders:
        raise TmError(404, f"01020036:3: The requested folder (/{match[1]}) was not found.")
    return match[1]


def collection(kind: str, where: str, items: Iterable[Item], request: Request) -> Item:
    """A collection without items has no ``items`` at all, as on the device."""
    found = [select(item, request) for item in items]
    body: Item = {"kind": kind, "selfLink": self_link(where, request.query)}
    if "$top" in request.query:
        top, skip = _number(request, "$top"), _number(request, "$skip")
        total, page = len(found), skip // top if top else 0
        found = found[skip : skip + top]
        body |= {
            "currentItemCount": len(found),
            "itemsPerPage": top,
            "pageIndex": page + 1,
            "startIndex": skip + 1,
        }
        body |= {"totalItems": total, "totalPages": -(-total // top) if top else 0}
        if skip + top < total:
            body["nextLink"] = f"https://localhost/mgmt/tm/{where}?$top={top}&$skip={skip + top}&ver={TMOS}"
    if found:
        body["items"] = found
    return body


def _number(request: Request, key: str) -> int:
    text = request.query.get(key, "0")
    if not text.isdigit():
        raise TmError(400, f"Invalid value for {key}: {text}", INVALID)
    return int(text)


def stats(kind: str, where: str, entries: Mapping[str, Item]) -> Item:
    """The answer of every ``stats``: entries by link, each with nested entries."""
    return {
        "kind": kind,
        "selfLink": self_link(where),
        "entries": {
            f"https://localhost/mgmt/tm/{path}": {"nestedStats": {"entries": entry}}
            for path, entry in entries.items()
        },
    }


def stat(values: Mapping[str, str | int]) -> Item:
    """Texts are ``description``, numbers are ``value``."""
    return {
        key: {"value": value} if isinstance(value, int) else {"description": value}
        for key, value in values.items()
    }


def references(where: str, names: Iterable[str]) -> list[Item]:
    """The items of a URL that only lists what is below it."""
    return [{"reference": {"link": self_link(f"{where}/{name}")}} for name in names]
