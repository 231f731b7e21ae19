# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that a task can go on without: what is forbidden becomes Unknown, with the reason. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from .._facts.model import Unknown
from .._kube.client import Client, Forbidden, NotFound

T = TypeVar("T")
_RAISE: Any = object()


class Reader:
    """One API and what of it may not be read."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.denied: list[str] = []

    def optional(self, read: Callable[[], T], *, absent: Any = _RAISE) -> T | Unknown:
        """What `read` returns. Forbidden: Unknown. Not there: `absent`, if that is an answer."""
        try:
            return read()
        except Forbidden as denied:
            self.denied.append(f"{denied.what} ({denied.said})" if denied.said else denied.what)
            return Unknown(denied.message)
        except NotFound:
            if absent is _RAISE:
                raise
            return absent  # type: ignore[no-any-return]
