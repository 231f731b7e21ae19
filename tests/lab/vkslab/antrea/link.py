# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports the NPL mappings to the data path, which has the part of iptables."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import aiohttp

from ..net.process import read_json
from ..net.routes import NplKey

log = logging.getLogger(__name__)

HEARTBEAT = 1.0


class Link:
    """The live mappings of all nodes, and the changes that the data path has not received."""

    def __init__(self, lab_dir: Path) -> None:
        self._lab_dir = lab_dir
        self._live: dict[NplKey, tuple[str, int]] = {}
        self._changed: set[NplKey] = set()
        self._instance = ""
        self._one_at_a_time = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    def change(self, drop: Iterable[NplKey], put: Mapping[NplKey, tuple[str, int]]) -> None:
        for key in drop:
            if self._live.pop(key, None):
                self._changed.add(key)
        for key, to in put.items():
            if self._live.get(key) != to:
                self._live[key] = to
                self._changed.add(key)

    def replace_node(self, node: str, live: Mapping[NplKey, tuple[str, int]]) -> None:
        self.change([key for key in self._live if key[0] == node and key not in live], live)

    async def flush(self) -> None:
        """Return when the data path holds what was changed before the call, or cannot be reached (heartbeats
        try again)."""
        async with self._one_at_a_time:
            if self._changed:
                await self._send()

    async def keep_up(self) -> None:
        """Detect a data path that was restarted, and send it everything."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            async with self._one_at_a_time:
                await self._send()

    async def _send(self) -> None:
        proxy = read_json(self._lab_dir / "net.json").get("proxy")
        if not proxy:
            return
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        changed, self._changed = self._changed, set()
        change = {
            "instance": self._instance,
            "put": [[*key, *self._live[key]] for key in changed if key in self._live],
            "drop": [list(key) for key in changed if key not in self._live],
        }
        try:
            status, instance = await self._post(proxy, change)
            if status == 409:
                everything = {"all": True, "put": [[*key, *to] for key, to in self._live.items()], "drop": []}
                status, instance = await self._post(proxy, everything)
            self._instance = instance
        except (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, ValueError) as error:
            log.warning("the data path does not take NPL mappings: %r", error)
            self._changed |= changed

    async def _post(self, proxy: str, change: Mapping[str, object]) -> tuple[int, str]:
        assert self._session is not None
        async with self._session.post(f"{proxy}/_lab/npl", json=change) as answer:
            return answer.status, (await answer.json())["instance"]

    async def close(self) -> None:
        if self._session:
            await self._session.close()
