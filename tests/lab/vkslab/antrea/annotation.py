# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The NodePortLocal annotation of a Pod, as an agent of each release reads and compares it. Pure."""

from __future__ import annotations

import json
from typing import Any

from .version import Version

#: One entry: the fields that the release knows
Entry = dict[str, Any]


def unmarshal(version: Version, text: str) -> list[Entry] | None:
    """The entries as Go reads them: unknown fields are dropped, missing ones are zero.

    None if Go refuses the text.
    """
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if content is not None and not isinstance(content, list):
        return None
    entries = [_entry(version, {} if item is None else item) for item in content or []]
    return None if None in entries else [entry for entry in entries if entry is not None]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")  # Python reads NaN and Infinity


def _entry(version: Version, item: Any) -> Entry | None:
    if not isinstance(item, dict):
        return None
    entry: Entry = {
        name: 0 if name.endswith("Port") else [] if name == "protocols" else "" for name in version.fields
    }
    for key, value in item.items():
        # Go compares names without regard to case, and null changes nothing.
        name = (
            key
            if key in entry
            else next((each for each in version.fields if each.lower() == key.lower()), None)
        )
        if name is None or value is None:
            continue
        if not _fits(entry[name], value):
            return None
        entry[name] = value
    return entry


def _fits(zero: Any, value: Any) -> bool:
    """The value has the type of its field."""
    if isinstance(zero, list):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(zero, int):
        return type(value) is int and -(2**63) <= value < 2**63
    return isinstance(value, str)


def same(one: list[Entry], other: list[Entry]) -> bool:
    """The order of entries means nothing."""
    return sorted(json.dumps(entry, sort_keys=True) for entry in one) == sorted(
        json.dumps(entry, sort_keys=True) for entry in other
    )
