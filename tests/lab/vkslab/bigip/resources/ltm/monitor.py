# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/monitor``: the types of monitors, and a collection for each type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ...device import Monitor
from ...http import Reply, Request, Router, TmError
from ..backend import Backend
from ..base import TM, Resource, Subcollection
from ..shapes import Item, collection, kind_of, references
from .base import LtmCollection


class Monitors(LtmCollection[Monitor]):
    """The monitors of one type."""

    title = "monitor"

    def __init__(self, backend: Backend, monitor_type: str) -> None:
        super().__init__(backend)
        self._type = monitor_type

    @property
    def uri(self) -> str:
        return f"ltm/monitor/{self._type}"

    @property
    def kind(self) -> str:
        return kind_of(self.uri)

    def stored(self) -> Iterable[Monitor]:
        return [monitor for monitor in self.backend.device.monitors.values() if monitor.type == self._type]

    def find(self, path: str) -> Monitor | None:
        monitor = self.backend.device.monitors.get(path)
        return monitor if monitor is not None and monitor.type == self._type else None

    def get_collection(self, request: Request) -> Reply:
        if not self.stored():
            raise TmError(404, f"Found unexpected URI tmapi_mapper/{self.uri}.", 1)
        return super().get_collection(request)

    def item(self, one: Monitor, request: Request) -> Item:
        item = {
            **self.head(one),
            "destination": f"{one.target_address}:{one.target_port or '*'}",
            "interval": one.interval,
            "manualResume": "disabled",
            "recv": one.receive or "none",
            "recvDisable": one.receive_down or "none",
            "reverse": "enabled" if one.reverse else "disabled",
            "timeUntilUp": one.time_until_up,
            "timeout": one.timeout,
            "transparent": "enabled" if one.transparent else "disabled",
            "upInterval": one.up_interval,
        }
        if one.send is not None:
            item["send"] = one.send
        return item


class MonitorTypes(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/ltm/monitor", GET=self._get)
        Subcollection("ltm/monitor/{parent}", str, Monitors, partial(Monitors, self.backend)).routes(router)

    def _get(self, request: Request) -> Reply:
        types = sorted({monitor.type for monitor in self.backend.device.monitors.values()})
        return Reply(
            body=collection(
                "tm:ltm:monitor:monitorcollectionstate",
                "ltm/monitor",
                references("ltm/monitor", types),
                request,
            )
        )
