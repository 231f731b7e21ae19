# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools, connections and probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http import Reply, Request, Router

if TYPE_CHECKING:
    from ..unit import Unit


class Traffic:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def routes(self, router: Router) -> None:
        router.add("/_lab/pools", GET=self._pools)
        router.add("/_lab/dataplane", GET=self._dataplane, POST=self._change_dataplane)

    def _pools(self, request: Request) -> Reply:
        """The configuration and the monitored state of every member."""
        device = self._unit.device
        return Reply(
            body={
                path: {
                    name: {
                        "session": member.session,
                        "state": member.state,
                        "availability": member.availability,
                        "reason": member.reason,
                        "ratio": member.ratio,
                        "connections": self._unit.balancer.counters[path, name].total,
                    }
                    for name, member in pool.members.items()
                }
                for path, pool in device.pools.items()
            }
        )

    def _dataplane(self, request: Request) -> Reply:
        plane, monitors = self._unit.plane, self._unit.monitors
        return Reply(
            body={
                "open_connections": plane.open_connections(),
                "reset_removed": plane.reset_removed,
                "probes": monitors.probes,
            }
        )

    def _change_dataplane(self, request: Request) -> Reply:
        """``reset_removed``: reset connections of removed members; ``reset``: reset all open ones, once."""
        body = request.json()
        if "reset_removed" in body:
            self._unit.plane.reset_removed = bool(body["reset_removed"])
        if body.get("reset"):
            self._unit.plane.reset_all()
        return self._dataplane(request)
