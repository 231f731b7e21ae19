# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Checks the shape of the user's values that this collection reads itself.

All others go to AS3 unchanged, which decides.
"""

from __future__ import annotations

from .._as3 import vocabulary
from .._as3.types import Json, Object
from . import empty
from .wanted import Problems

_NUMBERS = ("servicePort", "routeDomain")


def members(value: Json, path: str, problems: Problems) -> list[Object]:
    """The entries of Pool.members that can be read; the others are faults."""
    if value is None:
        return []
    if not isinstance(value, list):
        problems.add(path, f"must be a list of members, not {value!r:.60}")
        return []
    readable = []
    for place, entry in enumerate(value):
        entry_path = f"{path}[{place}]"
        if not isinstance(entry, dict):
            problems.add(
                entry_path,
                "must be a dictionary, as in {servicePort: 8080, serverAddresses: [192.0.2.1]}, "
                f"not {entry!r:.60}",
            )
            continue
        before = len(problems.found)
        for what, text in empty.faults(
            {key: part for key, part in entry.items() if key not in _NUMBERS}, vocabulary.member_properties()
        ):
            problems.add(f"{entry_path}.{what}", text)
        for key in ("serverAddresses", "servers"):
            if entry.get(key) not in (None, "") and not isinstance(entry[key], list):
                problems.add(f"{entry_path}.{key}", f"must be a list, not {entry[key]!r:.60}")
        for key in _NUMBERS:
            number(entry, key, entry_path, problems)
        if len(problems.found) == before:
            readable.append(entry)
    return readable


def number(holder: Object, key: str, path: str, problems: Problems) -> None:
    """Add a fault if this property exists and is not a whole number."""
    value = holder.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        problems.add(f"{path}.{key}", f"must be a number, not {value!r:.60}")


def addresses(value: Json, path: str, problems: Problems) -> list[Json]:
    """The elements of virtualAddresses. empty.py reports empty strings."""
    if value in (None, "") or isinstance(value, list):
        return value or []
    problems.add(path, f"must be a list, as in [192.0.2.10], not {value!r:.60}")
    return []
