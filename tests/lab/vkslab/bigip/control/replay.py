# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of as3-replay: the factory state, and events on the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http import Reply, Request, Router

if TYPE_CHECKING:
    from ..unit import Unit


class Replay:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def routes(self, router: Router) -> None:
        router.add("/_lab/reset", POST=self._reset)
        router.add("/_lab/fail", POST=self._fail)
        router.add("/_lab/delay", POST=self._delay)
        router.add("/_lab/lock", POST=self._lock)

    def _reset(self, request: Request) -> Reply:
        self._unit.reset()
        return Reply(body={})

    def _fail(self, request: Request) -> Reply:
        body = request.json()
        self._unit.engine.fail_next(str(body["message"]), body.get("tenant"))
        return Reply(body={})

    def _delay(self, request: Request) -> Reply:
        self._unit.engine.delay(float(request.json()["ms"]))
        return Reply(body={})

    def _lock(self, request: Request) -> Reply:
        self._unit.engine.take_lock(float(request.json()["ageSeconds"]))
        return Reply(body={})
