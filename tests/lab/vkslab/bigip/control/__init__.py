# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The /_lab routes of BIG-IP: what tests change and read outside of its interfaces.

``README-bigip.md`` lists them.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ..http import Reply, Request, RestError, Router
from .faults import FaultRoutes
from .history import History
from .replay import Replay
from .system import SystemRoutes
from .traffic import Traffic

if TYPE_CHECKING:
    from ..unit import Unit


class Control:
    def __init__(self, unit: Unit) -> None:
        self._router = Router()
        for part in (Replay, History, FaultRoutes, SystemRoutes, Traffic):
            part(unit).routes(self._router)

    async def answer(self, request: Request) -> Reply:
        handler, names = self._router.find(request)
        try:
            result = handler(request, **names)
            reply: Reply = await result if inspect.isawaitable(result) else result
        except (KeyError, TypeError, ValueError) as error:
            raise RestError(400, f"{request.method} {request.path}: {error}") from None
        return reply
