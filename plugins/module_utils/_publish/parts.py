# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Protocols of the parts that a module gives to the engine.

They are needed to check types only, so no module imports this file when it runs.
"""

from __future__ import annotations

from typing import Mapping, Protocol, Sequence

from .._as3.types import Json, Object
from .._plan.model import Device, Rules, TenantGoal, TenantPlan
from .._request.wanted import Wanted
from .interfaces import BigIp, Goals, Tenants
from .result import Finished


class Request(Protocol):
    """A request without a fault. tenants: those to read and to plan. prune: what prune covers."""

    @property
    def wanted(self) -> Wanted: ...

    @property
    def tenants(self) -> Sequence[str]: ...

    @property
    def prune(self) -> str: ...


class GoalSource(Protocol):
    """Where the goals of a module come from: clusters, or the user's content."""

    def read(self, bigip: BigIp, stored: Tenants) -> Goals: ...


class Planner(Protocol):
    """Plans one tenant. stored: with the lock's key. device: None if the pools were not read."""

    def __call__(
        self, goal: TenantGoal, stored: Mapping[str, Json] | None, device: Device | None, rules: Rules
    ) -> TenantPlan: ...


class Report(Protocol):
    """Makes the result of a module."""

    def __call__(self, finished: Finished) -> Object: ...
