# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The description of a neighbor: who owns it, for which node, and which password it has."""

from __future__ import annotations

import re
from typing import NamedTuple

from .._routes import marks
from .._routes.marks import Mark

_VERSION = re.compile("(?P<mark>.*) password=(?P<version>[0-9a-f]{1,32})")


class NeighborMark(NamedTuple):
    """version: names the password without a digest of it; "" without a password."""

    mark: Mark
    version: str = ""

    def __str__(self) -> str:
        return f"{self.mark} password={self.version}" if self.version else str(self.mark)


def read(description: str) -> NeighborMark | None:
    """The mark in a description; None for any other text."""
    found = _VERSION.fullmatch(description)
    mark = marks.read(found["mark"] if found else description)
    return None if mark is None else NeighborMark(mark, found["version"] if found else "")


def short(owner: str) -> str:
    """The first characters of the owner, as a part of the names of objects of Kubernetes."""
    return re.sub("[^a-z0-9]+", "-", owner.lower())[:8].strip("-") or "x"
