# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health server of CIS: /health, /ready and /metrics."""

from __future__ import annotations

import asyncio

import aiohttp

from ..kube import Kube
from .flags import Settings
from .logs import Log
from .program import Host
from .rest import BigIp, Unreachable


class Health:
    def __init__(self, host: Host, kube: Kube, bigip: BigIp, settings: Settings, log: Log) -> None:
        self._host, self._kube, self._bigip, self._settings, self._log = host, kube, bigip, settings, log

    async def serve(self) -> None:
        address, _colon, port = self._settings.address.rpartition(":")
        loopback = address in ("127.0.0.1", "localhost", "[::1]")
        self._log.info(f"Starting health server on :{self._settings.address}")
        await self._host.serve(
            int(port), loopback, {"/health": self._health, "/ready": self._ready, "/metrics": self._health}
        )

    async def _health(self) -> tuple[int, str]:
        return 200, "Ok"

    async def _ready(self) -> tuple[int, str]:
        complaints = ""
        try:
            async with self._kube.session.get(
                f"{self._kube.server}/readyz", timeout=aiohttp.ClientTimeout(total=5)
            ) as answer:
                if answer.status != 200:
                    complaints += "kube-api server is not reachable."
        except (aiohttp.ClientError, asyncio.TimeoutError):
            complaints += "kube-api server is not reachable."
        try:
            if (await self._bigip.info()).status != 200:
                complaints += "big-ip server is not reachable."
        except Unreachable:
            complaints += "big-ip server is not reachable."
        return (500, complaints) if complaints else (200, "Ok")
