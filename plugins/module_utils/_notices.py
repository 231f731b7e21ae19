# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about connections: each is given once in a task, however many connections it makes. This module util is PRIVATE to the collection."""

from __future__ import annotations

_given: dict[str, None] = {}


def notice(text: str) -> None:
    """Warn of this at the end of the task."""
    _given[text] = None


def taken() -> list[str]:
    """The warnings, which are given then."""
    texts = list(_given)
    _given.clear()
    return texts
