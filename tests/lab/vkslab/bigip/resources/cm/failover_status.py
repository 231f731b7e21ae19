# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``cm/failover-status``."""

from __future__ import annotations

from ..statistics import Figures, Report


class FailoverStatus(Report):
    component = "cm/failover-status"

    def figures(self) -> Figures:
        if self.backend.system.active:
            return {"color": "green", "status": "ACTIVE", "summary": "1/1 active"}
        return {"color": "gray", "status": "STANDBY", "summary": ""}
