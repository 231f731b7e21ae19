# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Empty strings where AS3 expects an address, a name or a number.

AS3 accepts an empty string as an address, and creates a virtual server without one. It refuses the others,
but only during the run.
"""

from __future__ import annotations

from typing import Iterator, Mapping

from .._as3 import vocabulary
from .._as3.types import Json

# Properties of the format f5ip in AS3's schema. targetAddress of a monitor is not here: empty, it means the
# member's own address.
_ADDRESSES = frozenset(
    """address addressTranslation allowNotifyFrom clientIps fallbackIP ipAddress nasIpAddress peerIp
    serverAddresses snatAddresses sourceAddress subnetsForStatCollection virtualAddress
    virtualAddresses""".split()
)
# Names of objects of the declaration or of the device, and of hosts.
_NAMES = frozenset(
    (
        "use bigip monitors persistenceMethods allowVlans rejectVlans vlans securityLogProfiles snat hostname"
    ).split()
)
# The user's own texts, and values with a check of their own.
_PASSED_OVER = frozenset(("constants", "metadata", "from_secret"))
_TYPES = {"i": "a number", "n": "a number", "b": "true or false", "a": "a list", "o": "an object"}


def faults(item: Mapping[str, Json], known: Mapping[str, vocabulary.Property]) -> Iterator[tuple[str, str]]:
    """(place below the object, fault) for an AS3 object or an entry of Pool.members.

    known: its properties.
    """
    for key, value in item.items():
        kind = known.get(key, vocabulary.Property(""))
        if _is_blank(value) and kind.types and "s" not in kind.types:
            yield key, _text(_expected(key, kind.types))
        elif key not in _PASSED_OVER and not (key == "members" and item.get("class") == "Pool"):
            yield from _faults_in(value, key, key, kind.is_pointer)


def _expected(key: str, types: str) -> str:
    if key.lower().endswith("port"):
        return "a port"
    return next((text for letter, text in _TYPES.items() if letter in types), "a value")


def _faults_in(value: Json, key: str, place: str, is_name: bool) -> Iterator[tuple[str, str]]:
    if _is_blank(value):
        if key in _ADDRESSES:
            yield place, _text("an address")
        elif is_name or key in _NAMES:
            yield place, _text("a name")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _faults_in(part, key, f"{place}[{number}]", is_name)
    elif isinstance(value, dict):
        for inner, part in value.items():
            if inner not in _PASSED_OVER:
                yield from _faults_in(
                    part,
                    inner,
                    f"{place}.{inner}",
                    inner in vocabulary.NESTED_POINTERS or (key, inner) == ("servers", "name"),
                )


def _is_blank(value: Json) -> bool:
    return isinstance(value, str) and not value.strip()


def _text(expected: str) -> str:
    return f"is empty: AS3 expects {expected} here. Give one, or omit it"
