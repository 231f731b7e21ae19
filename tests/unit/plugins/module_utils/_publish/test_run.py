# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one tenant during a run."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.run import Run, Verdict

FAILURE = Failure("bigip_refused", "Posting T1")


def run(failure: Failure | None = None, verdict: Verdict | None = None) -> Run:
    return Run(TenantGoal("T1", {}), TenantPlan("T1", failure=failure), verdict)


def test_verdicts() -> None:
    done, broken, failed = Verdict.success("done"), Verdict.broken(FAILURE), Verdict.failed(FAILURE, 422)
    assert (done.ok, done.code, done.message, done.failure) == (True, 200, "done", None)
    assert (broken.ok, broken.code, broken.failure, broken.fatal) == (False, None, FAILURE, True)
    assert (failed.ok, failed.code, failed.failure, failed.fatal) == (False, 422, FAILURE, False)
    assert failed.message == FAILURE.message


def test_a_run_is_open_until_its_plan_or_its_post_decides() -> None:
    assert run().is_open and run().failure is None
    assert not run(failure=FAILURE).is_open and run(failure=FAILURE).failure is FAILURE
    refused = run(verdict=Verdict.failed(FAILURE))
    assert not refused.is_open and refused.failure is FAILURE
    done = run(verdict=Verdict.success("done"))
    assert not done.is_open and done.failure is None


def test_runs_share_nothing() -> None:
    one, two = run(), run()
    one.settling["pool"] = {("10.0.0.1", 80)}
    assert two.settling == {}
