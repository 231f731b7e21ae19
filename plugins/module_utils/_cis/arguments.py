# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of a CIS. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Sequence


def values(arguments: Sequence[str], option: str) -> list[str]:
    """What --option=value or --option value says."""
    found = []
    for place, text in enumerate(arguments):
        name, equals, value = text.partition("=")
        if name == option:
            following = arguments[place + 1] if place + 1 < len(arguments) else ""
            found.append(value if equals else following)
    return found
