# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of single values: addresses, URIs, patterns, numbers, equality."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ADDRESS = re.compile(r"^(?P<host>[0-9A-Fa-f:.]+|any6?)(?:%(?P<domain>\d{1,5}))?(?:/(?P<length>\d{1,3}))?$")


@dataclass
class Fault:
    """One error of ajv. ``said`` is the text that the user sees."""

    where: str
    message: str

    @property
    def said(self) -> str:
        return f"{self.where or '/'}: {self.message}"


@lru_cache(maxsize=65536)
def is_address(text: str) -> bool:
    """IPv4 or IPv6 with an optional %route-domain and /length; "" counts, as for AS3."""
    if text == "":
        return True
    found = _ADDRESS.match(text)
    if not found:
        return False
    if found["host"] in ("any", "any6"):
        return True
    try:
        address = ipaddress.ip_address(found["host"])
    except ValueError:
        return False
    if found["domain"] and int(found["domain"]) > 65535:
        return False
    return not found["length"] or int(found["length"]) <= address.max_prefixlen


def is_uri(text: str) -> bool:
    return re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$", text) is not None


def stringify(value: Any) -> str:
    """As JavaScript's JSON.stringify."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=1024)
def pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def unique(value: list[Any], where: str) -> Fault | None:
    seen: dict[str, int] = {}
    for index, item in enumerate(value):
        key = json.dumps(item, sort_keys=True)
        if key in seen:
            return Fault(
                where, f"should NOT have duplicate items (items ## {seen[key]} and {index} are identical)"
            )
        seen[key] = index
    return None


def same(a: Any, b: Any) -> bool:
    return (
        type(a) is type(b)
        and bool(a == b)
        or (
            isinstance(a, int | float)
            and isinstance(b, int | float)
            and not isinstance(a, bool)
            and not isinstance(b, bool)
            and a == b
        )
    )
