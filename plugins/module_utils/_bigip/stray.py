# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Tokens of sign-ins whose answers were lost: no program knows them, and a user may have 100.

BIG-IP lists tokens with user, client address and time of creation. The token that we know shows the
difference between its clock and ours. If more tokens fit than sign-ins were lost, another job signed in at
the same moment. Then all of them remain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .response import mappings

# BIG-IP writes milliseconds, and needs some between creating a token and answering.
_SLACK = 0.02


@dataclass
class SignIns:
    """The sign-ins at one unit, each by its begin and end in seconds.

    answered: the last one with success, with its token.
    """

    lost: list[tuple[float, float]] = field(default_factory=list)
    answered: tuple[str, float, float] | None = None

    def strays(self, listed: Any) -> list[str] | None:
        """The tokens of the lost sign-ins, from BIG-IP's list; None if the list leaves doubt."""
        records = mappings(listed)
        if self.answered is None:
            return None
        token, begin, end = self.answered
        own = next((record for record in records if record.get("token") == token), {})
        born = _born(own)
        if born is None:
            return None
        tokens: list[str] = []
        for record in records:
            if record is own or any(record.get(name) != own.get(name) for name in ("userName", "address")):
                continue
            other = _born(record)
            if other is None:
                return None
            earlier = other - born
            if any(first - end - _SLACK <= earlier <= last - begin + _SLACK for first, last in self.lost):
                tokens.append(str(record.get("token")))
        return tokens if len(tokens) <= len(self.lost) else None


def _born(record: Any) -> float | None:
    try:
        return datetime.strptime(str(record["startTime"]), "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    except (KeyError, TypeError, ValueError):
        return None
