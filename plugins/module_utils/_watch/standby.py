# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The source's side of the socket, over which a play that stands by gets events. `play.py` is the other side.

A play that has run stays, with its interpreter and its libraries, and takes the next event from a socket. A
new playbook for each event would need seconds of processor time. The socket is in a folder that only this
user may open. When either process ends, in whatever way, the other one sees the end of the connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import tempfile
import time
from typing import Any, Callable, Mapping, cast

LOG = logging.getLogger("vks.bigip.changes")
OLD = 86400.0
"""Seconds. Ansible keeps a module in /tmp, and the system can remove files there that are older than some days."""
_LONGEST = 200  # bytes of the only line that a play sends


class Standby:
    """At most one play stands by: the last one that connected.

    begins  takes the sequence number of the event that started a play, when it connects
    ends    is called when the play that stands by has ended or was killed
    """

    def __init__(
        self,
        begins: Callable[[int], None],
        ends: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begins = begins
        self._ends = ends
        self._clock = clock
        self._since = 0.0
        self.path: str | None = None
        """The path of the socket; None if there is none."""
        self._folder: str | None = None
        self._server: asyncio.AbstractServer | None = None
        self._play: _Connection | None = None

    async def open(self) -> None:
        """Create the socket. Without it, each event needs a playbook of its own."""
        try:
            self._folder = tempfile.mkdtemp(prefix="vks_bigip_")
            path = os.path.join(self._folder, "standby")
            loop = asyncio.get_running_loop()
            self._server = await loop.create_unix_server(lambda: _Connection(self), path)
            self.path = path
        except OSError as error:
            LOG.warning("No play can stand by for the next event: %s", error)

    @property
    def is_old(self) -> bool:
        """True if the play has run for a day."""
        return self._clock() - self._since > OLD

    def hand(self, event: Mapping[str, Any]) -> bool:
        """Give an event to the play that stands by, in the form of ansible-rulebook. False if there is none."""
        if self._play is None:
            return False
        self._play.send(event)
        return True

    def release(self) -> None:
        """Let the play end after its run, because ansible-rulebook runs one play at a time."""
        play, self._play = self._play, None
        if play:
            play.close()

    def close(self) -> None:
        """Let the play end, and remove the socket."""
        self.release()
        if self._server:
            self._server.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def begun(self, play: _Connection, sequence: int) -> None:
        """A play connected."""
        self.release()
        self._play, self._since = play, self._clock()
        self._begins(sequence)

    def ended(self, play: _Connection) -> None:
        """A connection ended."""
        if play is self._play:
            self._play = None
            self._ends()


class _Connection(asyncio.Protocol):
    """The connection of one play."""

    _transport: asyncio.Transport  # connection_made comes first

    def __init__(self, standby: Standby) -> None:
        self._standby = standby
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        line, found, _rest = self._received.partition(b"\n")
        if not found and len(line) <= _LONGEST:
            return
        try:
            sequence = json.loads(line)["sequence"]
            if isinstance(sequence, bool) or not isinstance(sequence, int):
                raise TypeError("sequence")
        except (ValueError, TypeError, LookupError):
            self.close()  # it is not a play of this collection
            return
        self._received = b""
        self._standby.begun(self, sequence)

    def connection_lost(self, exc: Exception | None) -> None:
        self._standby.ended(self)

    def send(self, event: Mapping[str, Any]) -> None:
        self._transport.write(json.dumps(event).encode() + b"\n")

    def close(self) -> None:
        self._transport.close()
