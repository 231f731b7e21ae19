# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads that a task can go on without: a forbidden one returns an Unknown with the reason."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from .._facts.unknown import Unknown
from .._kube.client import Client, Forbidden, NotFound

T = TypeVar("T")
_RAISE: Any = object()


class Reader:
    """One API. `denied`: its forbidden reads."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.denied: list[str] = []

    def optional(self, read: Callable[[], T], *, absent: Any = _RAISE) -> T | Unknown:
        """Return the answer of `read`: an Unknown if it is forbidden, `absent` if there is no such object."""
        try:
            return read()
        except Forbidden as denied:
            self.denied.append(f"{denied.what} ({denied.said})" if denied.said else denied.what)
            return Unknown(denied.message)
        except NotFound:
            if absent is _RAISE:
                raise
            return absent  # type: ignore[no-any-return]
