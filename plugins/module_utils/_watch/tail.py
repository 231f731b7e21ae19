# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads the runs that other processes append to the journal."""

from __future__ import annotations

import contextlib
import os
import stat

from .journal import LONGEST, Run, parse

MOST_BYTES = 64 * 1024
"""In one read: about 200 lines. More would block the event loop of the source for too long."""


class Tail:
    """The runs that were appended since the last read; at first, since the Tail was created.

    The file may be absent, and it may be truncated. After a rename, the former file is read to its end before
    the new one. A file that cannot be read has no runs.
    """

    def __init__(self, path: str, most: int = MOST_BYTES) -> None:
        self._path = path
        self._most = most
        self._file: int | None = None
        self._partial = b""
        self._skips = False
        """True inside a line that is too long to be one of ours."""
        with contextlib.suppress(OSError, ValueError):
            self._file = _open(path)
            if self._file is not None:
                os.lseek(self._file, 0, os.SEEK_END)

    def read(self) -> list[Run]:
        """The runs of the lines that are complete. A line that is malformed, or no run, is left out."""
        runs: list[Run] = []
        room = self._read_file(self._most, runs)
        following = self._following()
        if following is None:
            return runs
        room = self._read_file(room, runs)  # what was written between the last read and the rename
        if room == 0:  # the former file may have more
            os.close(following)
            return runs
        self._replace(following)
        self._read_file(room, runs)
        return runs

    def close(self) -> None:
        """Close the file. A later read opens it again from its beginning."""
        self._replace(None)

    def _replace(self, file: int | None) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = file
        self._partial, self._skips = b"", False

    def _following(self) -> int | None:
        """The opened file that now has the path. None if it is still the same one, or absent."""
        with contextlib.suppress(OSError, ValueError):
            if self._file is not None and os.path.samestat(os.fstat(self._file), os.stat(self._path)):
                return None
            return _open(self._path)
        return None

    def _read_file(self, room: int, runs: list[Run]) -> int:
        """Read at most so many bytes. Returns how many more may be read."""
        with contextlib.suppress(OSError):
            if self._file is None:
                return room
            if os.fstat(self._file).st_size < os.lseek(self._file, 0, os.SEEK_CUR):  # truncated
                os.lseek(self._file, 0, os.SEEK_SET)
                self._partial, self._skips = b"", False
            while room and (data := os.read(self._file, room)):
                room -= len(data)
                self._take(data, runs)
        return room

    def _take(self, data: bytes, runs: list[Run]) -> None:
        *lines, rest = (self._partial + data).split(b"\n")
        for line in lines:
            run = None if self._skips or b'"run"' not in line else _parsed(line)
            self._skips = False
            if isinstance(run, Run):
                runs.append(run)
        self._skips = self._skips or len(rest) > LONGEST
        self._partial = b"" if self._skips else rest


def _parsed(line: bytes) -> object:
    """The run of a line. A part of another one can precede it: the file system was full at that moment."""
    return parse(line) or parse(line[max(0, line.rfind(b'{"time"')) :])


def _open(path: str) -> int | None:
    """The file, if it is a regular one: a pipe or a terminal is not read."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return None
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
