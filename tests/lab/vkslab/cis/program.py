# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface between the lab's kubelet and its programs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from ..kube import Kube
from ..podlog import PodLog

Json = dict[str, Any]
Answer = Callable[[], Awaitable[tuple[int, str]]]


class Exit(Exception):
    """The program ends. usage: its command line is why."""

    def __init__(self, message: str, code: int = 1, usage: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.usage = usage


class Host(Protocol):
    """A program's view of its container."""

    @property
    def pod(self) -> Json: ...

    arguments: list[str]
    log: PodLog

    async def client(self) -> Kube:
        """The API server, as the Pod's ServiceAccount."""

    def files(self, directory: str) -> dict[str, str]:
        """The files that are mounted at a directory."""

    async def serve(self, port: int, loopback: bool, routes: dict[str, Answer]) -> None:
        """Listen on a port of the Pod. With ``loopback`` only the container itself can reach it."""


class Program(Protocol):
    image: str
    """The last part of its image's name."""

    async def run(self, host: Host) -> None:
        """Never returns. Exit ends the container."""


async def forever() -> None:
    await asyncio.Event().wait()
