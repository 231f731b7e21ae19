# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket of the source: which play gets the next event, and how each side learns that the other one has ended."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.standby import Standby
from ansible_collections.vks.bigip.tests.unit.support.watching import running, timeout

EVENT = {"type": "changed", "sequence": 2}


class Side:
    """The source's side, which notes what happens."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._news = asyncio.Event()
        self.standby = Standby(lambda sequence: self.note(f"begins {sequence}"), lambda: self.note("ends"))

    def note(self, text: str) -> None:
        self.notes.append(text)
        self._news.set()

    async def until(self, *notes: str) -> None:
        async with timeout():
            while self.notes != list(notes):
                self._news.clear()
                await self._news.wait()


class Play:
    """A play that connects."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @staticmethod
    async def connect(standby: Standby, hello: bytes = b'{"sequence": 1}\n') -> Play:
        play = Play(*await asyncio.open_unix_connection(standby.path))
        play.writer.write(hello)
        return play

    async def line(self) -> Any:
        """The next event; None at the end."""
        async with timeout():
            text = await self.reader.readline()
        return json.loads(text) if text else None


def scene(work: Callable[[Side], Awaitable[None]]) -> Side:
    async def whole() -> Side:
        side = Side()
        await side.standby.open()
        try:
            await work(side)
        finally:
            side.standby.close()
        return side

    side: Side = running(whole())
    return side


def test_the_play_that_connected_gets_the_event() -> None:
    async def work(side: Side) -> None:
        assert not side.standby.hand(EVENT)
        play = await Play.connect(side.standby)
        await side.until("begins 1")
        assert side.standby.hand(EVENT) and await play.line() == EVENT
        play.writer.close()
        await side.until("begins 1", "ends")
        assert not side.standby.hand(EVENT)

    scene(work)


def test_a_play_that_is_released_ends_and_is_not_lost() -> None:
    async def work(side: Side) -> None:
        play = await Play.connect(side.standby)
        await side.until("begins 1")
        assert side.standby.hand(EVENT)
        side.standby.release()
        side.standby.release()
        assert await play.line() == EVENT and await play.line() is None  # what was sent before arrives
        assert not side.standby.hand(EVENT)
        play.writer.close()
        later = await Play.connect(side.standby, b'{"sequence": 5}\n')
        await side.until("begins 1", "begins 5")
        later.writer.close()
        await side.until("begins 1", "begins 5", "ends")

    scene(work)


def test_a_later_play_replaces_an_earlier_one() -> None:
    async def work(side: Side) -> None:
        earlier = await Play.connect(side.standby)
        await side.until("begins 1")
        later = await Play.connect(side.standby, b'{"sequence": 2}\n')
        await side.until("begins 1", "begins 2")
        assert await earlier.line() is None
        assert side.standby.hand(EVENT) and await later.line() == EVENT

    scene(work)


@pytest.mark.parametrize(
    "hello",
    [b"no JSON\n", b"{}\n", b"[]\n", b'{"sequence": "1"}\n', b'{"sequence": true}\n', b"x" * 201, b"\n"],
)
def test_what_is_no_play_is_sent_away(hello: bytes) -> None:
    async def work(side: Side) -> None:
        play = await Play.connect(side.standby, hello)
        assert await play.line() is None
        assert not side.standby.hand(EVENT)

    assert scene(work).notes == []


def test_the_first_line_can_come_in_pieces() -> None:
    async def work(side: Side) -> None:
        play = await Play.connect(side.standby, b'{"sequ')
        await play.writer.drain()
        play.writer.write(b'ence": 7}\n')
        await side.until("begins 7")

    scene(work)


def test_only_this_user_may_open_the_socket_and_nothing_of_it_stays() -> None:
    paths: list[Path] = []

    async def work(side: Side) -> None:
        assert side.standby.path
        paths.append(Path(side.standby.path))
        assert paths[0].parent.stat().st_mode & 0o777 == 0o700

    side = scene(work)
    assert not paths[0].parent.exists() and side.notes == []


def test_at_the_end_of_the_source_the_play_sees_it() -> None:
    plays: list[Play] = []

    async def whole() -> None:
        side = Side()
        await side.standby.open()
        plays.append(await Play.connect(side.standby))
        await side.until("begins 1")
        side.standby.close()
        assert await plays[0].line() is None and side.notes == ["begins 1"]

    running(whole())


def test_without_a_socket_each_event_needs_a_playbook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("x" * 100)))
    os.mkdir(tmp_path / ("x" * 100))

    async def work(side: Side) -> None:
        assert side.standby.path is None and not side.standby.hand(EVENT)

    scene(work)
    assert "No play can stand by for the next event" in caplog.text
    assert not os.listdir(tmp_path / ("x" * 100))
