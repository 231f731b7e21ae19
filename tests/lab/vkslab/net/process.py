# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that every process of the lab needs: its folder, its log, atomic files, a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Any) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(value, indent=1) + "\n")
    part.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The file's object. An empty one if the file does not exist."""
    try:
        value = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return value if isinstance(value, dict) else {}


class Watched:
    """A JSON file that is read often: from the disk only after it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._content: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return {}
        if (found.st_ino, found.st_mtime_ns) != self._seen:
            self._content, self._seen = read_json(self._path), (found.st_ino, found.st_mtime_ns)
        return self._content


async def all_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Run parts that never end by themselves; when one fails, so does the whole."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run until SIGTERM. All output goes to stderr, which the launcher writes to the log."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )

    async def until_told() -> None:
        task = asyncio.ensure_future(main)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(until_told())
