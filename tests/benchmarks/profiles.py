# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The top functions of a profile."""

from __future__ import annotations

import pstats
from pathlib import Path
from typing import Any


def rows(stats: pstats.Stats, count: int = 12) -> list[tuple[str, int, float, float]]:
    """(function, calls, seconds of its own, seconds with what it calls), by its own seconds."""
    found: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    every = [(_name(*place), calls, own, whole) for place, (_primitive, calls, own, whole, _callers) in found.items()]
    return sorted(every, key=lambda row: -row[2])[:count]


def _name(file: str, _line: int, function: str) -> str:
    if file == "~":
        return function
    return f"{Path(*Path(file).parts[-2:])}: {function}"
