# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The plans of all tenants of one task, and the reads that they are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Mapping

from .._errors import Failure
from .._plan.model import Rules, TenantGoal, TenantPlan
from .interfaces import Tenants
from .tenant_run import TenantRun

if TYPE_CHECKING:
    from .parts import Planner
    from .ports import Devices

Faults = Mapping[str, "list[tuple[Failure, str]]"]


class Plans:
    """The plans of one run.

    runs    tenant -> its run
    device  None while the pools were not read
    faults  those of the request, which hold a tenant
    """

    def __init__(
        self, stored: Tenants, device: Devices | None, rules: Rules, planner: Planner, faults: Faults
    ) -> None:
        self.runs: dict[str, TenantRun] = {}
        self.stored = stored
        self.device = device
        self.rules = rules
        self._planner = planner
        self._faults = faults

    def plan(self, goal: TenantGoal) -> None:
        """Plan this tenant; anew if it is planned already."""
        plan = self._planner(goal, self.stored.get(goal.tenant), self.device, self.rules)
        faults = self._faults.get(goal.tenant)
        self.runs[goal.tenant] = TenantRun(goal, plan.held(faults[0][0]) if faults else plan)

    def hold(self, failures: Mapping[str, Failure]) -> None:
        """Send nothing for these tenants."""
        for tenant, failure in failures.items():
            self.runs[tenant].plan = self.runs[tenant].plan.held(failure)

    @property
    def all(self) -> list[TenantPlan]:
        return [run.plan for run in self.runs.values()]

    def held(self, tenants: Iterable[str] | None = None) -> list[str]:
        """The tenants whose plan has a fault; tenants: of these only."""
        return sorted(
            tenant for tenant in (self.runs if tenants is None else tenants) if self.runs[tenant].plan.failure
        )
