# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``cm/sync-status``."""

from __future__ import annotations

from ...http import Reply, Request
from ..shapes import stat
from ..statistics import Figures, Report

_PENDING = "Changes Pending"
_DETAILS = "https://localhost/mgmt/tm/cm/syncStatus/0/details"


class SyncStatus(Report):
    component = "cm/sync-status"

    def figures(self) -> Figures:
        pair = self.backend.system.pair
        if pair is None:
            return {"color": "green", "mode": "standalone", "status": "Standalone", "summary": " "}
        if pair.failure:
            return _figures(
                "red", "Sync Failed", "A validation error occurred while syncing to a remote device"
            )
        if not pair.changed_on:
            return _figures("green", "In Sync", "All devices in the device group are in sync")
        if len(pair.changed_on) == 1:
            return _figures(
                "yellow",
                _PENDING,
                "There is a possible change conflict between the devices in the device group",
            )
        return _figures("red", _PENDING, "There is a conflict of changes on both devices")

    def get(self, request: Request) -> Reply:
        """With the lines of the other unit, if the last sync failed."""
        reply, pair = super().get(request), self.backend.system.pair
        if pair is not None and pair.failure:
            lines = [
                f"{pair.path.rpartition('/')[2]} (Sync Failed): A validation error occurred",
                pair.failure,
            ]
            (report,) = reply.body["entries"].values()
            report["nestedStats"]["entries"][_DETAILS] = {
                "nestedStats": {
                    "entries": {
                        f"{_DETAILS}/{number}": {"nestedStats": {"entries": stat({"details": line})}}
                        for number, line in enumerate(lines)
                    }
                }
            }
        return reply


def _figures(color: str, status: str, summary: str) -> Figures:
    return {"mode": "high-availability", "color": color, "status": status, "summary": summary}
