# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The lines of a stream that arrives in pieces."""

from __future__ import annotations

from typing import Iterator

LONGEST = 8 * 1024 * 1024  # bytes; etcd holds at most 1.5 MB of an object


class Lines:
    """Joins the pieces, without copying a long line for each of them."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0
        self.dropped = 0
        """How many lines were longer than the limit. They are left out."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that this piece ends."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self._append(end)
            line = self._take()
            if line:
                yield line
        self._append(rest)

    def _append(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._longest:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def _take(self) -> bytes:
        line = b"".join(self._parts)
        if self._size > self._longest:
            self.dropped += 1
        self._parts, self._size = [], 0
        return line
