# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The state of one tenant during a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._as3.members import Key
from .._errors import Failure
from .._plan.model import TenantGoal, TenantPlan
from .interfaces import ResultCode


@dataclass
class Verdict:
    """The result of one POST for one tenant. `Run.verdict` has the last one.

    again    plan the tenant anew with fresh reads: a conflict, or an unknown result
    unknown  the POST may have been carried out
    changed  a part was carried out
    fatal    BIG-IP cannot be reached any more: nothing further is tried
    pause    seconds that the device needs before it is read again
    """

    ok: bool
    code: ResultCode
    message: str
    failure: Failure | None = None
    again: bool = False
    unknown: bool = False
    changed: bool = False
    note: str | None = None
    fatal: bool = False
    warnings: tuple[str, ...] = ()
    pause: float = 0.0

    @staticmethod
    def success(message: str, code: ResultCode = 200) -> Verdict:
        return Verdict(True, code, message)

    @staticmethod
    def broken(failure: Failure) -> Verdict:
        return Verdict(False, None, failure.message, failure, fatal=True)

    @staticmethod
    def failed(failure: Failure, code: ResultCode = None) -> Verdict:
        return Verdict(False, code, failure.message, failure)


@dataclass
class TenantRun:
    """One tenant in the run of a task: its goal, its first plan, and its result.

    settling        pool path -> members that this run added
    drained         pool path -> members that need not be waited for any more
    draining_since  pool path and member -> the time at which it was seen without new connections
    changed         something was carried out, or may have been
    compare_device  the result of a POST is unknown, so the device is compared whatever detect_drift is
    """

    goal: TenantGoal
    plan: TenantPlan
    verdict: Verdict | None = None
    settling: dict[str, set[Key]] = field(default_factory=dict)
    drained: dict[str, set[Key]] = field(default_factory=dict)
    draining_since: dict[tuple[str, Key], float] = field(default_factory=dict)
    wait_until: float | None = None
    attempts: int = 0
    posts: int = 0
    changed: bool = False
    compare_device: bool = False

    @property
    def failure(self) -> Failure | None:
        """Why the tenant was not published."""
        return self.plan.failure or (self.verdict.failure if self.verdict else None)

    @property
    def is_open(self) -> bool:
        """Nothing is known yet, neither a fault nor the result of a POST."""
        return self.verdict is None and not self.plan.failure
