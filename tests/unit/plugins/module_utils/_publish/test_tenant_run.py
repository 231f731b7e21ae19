# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one tenant during a run."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import TenantGoal, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import TenantRun, Verdict

FAILURE = Failure("bigip_refused", "Posting T1")


def run(failure: Failure | None = None, verdict: Verdict | None = None) -> TenantRun:
    return TenantRun(TenantGoal("T1", {}), TenantPlan("T1", failure=failure), verdict)


PLAIN = {
    "failure": None, "again": False, "unknown": False, "changed": False, "note": None, "fatal": False,
    "warnings": (), "pause": 0.0,
}  # fmt: skip


def test_verdicts() -> None:
    assert vars(Verdict.success("done")) == {**PLAIN, "ok": True, "code": 200, "message": "done"}
    assert vars(Verdict.success("done", 202)) == {**PLAIN, "ok": True, "code": 202, "message": "done"}
    failed = {**PLAIN, "ok": False, "code": None, "message": FAILURE.message, "failure": FAILURE}
    assert vars(Verdict.broken(FAILURE)) == {**failed, "fatal": True}
    assert vars(Verdict.failed(FAILURE)) == failed
    assert vars(Verdict.failed(FAILURE, 422)) == {**failed, "code": 422}


def test_nothing_was_done_when_a_run_begins() -> None:
    begun = {**vars(run()), "goal": None, "plan": None}
    assert begun == {
        "goal": None, "plan": None, "verdict": None, "settling": {}, "wait_until": None, "attempts": 0, "posts": 0,
        "changed": False, "compare_device": False, "drained": {}, "draining_since": {},
    }  # fmt: skip


def test_a_run_is_open_until_its_plan_or_its_post_decides() -> None:
    assert run().is_open and run().failure is None
    assert not run(failure=FAILURE).is_open and run(failure=FAILURE).failure is FAILURE
    refused = run(verdict=Verdict.failed(FAILURE))
    assert not refused.is_open and refused.failure is FAILURE
    held = run(failure=FAILURE, verdict=Verdict.failed(Failure("stopped", "Not published")))
    assert held.failure is FAILURE
    done = run(verdict=Verdict.success("done"))
    assert not done.is_open and done.failure is None


def test_runs_share_nothing() -> None:
    one, two = run(), run()
    one.settling["pool"] = {("10.0.0.1", 80)}
    assert two.settling == {}
