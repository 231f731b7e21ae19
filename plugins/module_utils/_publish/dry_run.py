# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode with dry_run: AS3 judges the tenants that would change, and stores nothing. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Mapping

from .._errors import Failure
from .._plan.plan import LOCK, Step, TenantPlan
from .ports import BigIp, Edges
from .poster import Poster, Verdict
from .rounds import Run

# Earlier versions carry out a dry run of single applications instead of judging it (F5's issue 795).
_SINCE = (3, 50)
# What AS3 warns of when the controls of applications ask for a dry run.
_ECHO = "dryRun true found in Tenant controls"
# A request whose answer is lost is sent again, which a dry run may be at any time.
_ATTEMPTS = 3
_PAUSE = 2.0


def judge(bigip: BigIp, edges: Edges, options: Mapping[str, Any], controls: Mapping[str, Any], runs: Mapping[str, Run]) -> list[str]:
    """Give each run the verdict of AS3. Returns the warnings."""
    ready = [pair for dummy, run in sorted(runs.items()) if (pair := _request(run.first))]
    if not ready:
        return []
    info = bigip.as3.info()
    version = str(info.get("version") or "unknown")
    if tuple(int(part) for part in re.findall(r"[0-9]{1,9}", version)[:2]) < _SINCE:
        return [f"dry_run needs AS3 3.50.0 or later, and BIG-IP has {version}: AS3 did not judge {', '.join(plan.tenant for plan, dummy in ready)}."]
    poster = Poster(_DryRun(bigip.as3, info), options, controls)
    warnings: list[str] = []
    for _attempt in range(_ATTEMPTS):
        lost = []
        for batch in poster.batches(ready):
            edges.progress(f"asking AS3 about {', '.join(plan.tenant for plan, dummy in batch)}")
            verdicts = poster.send(batch)
            for pair in batch:
                verdict = verdicts[pair[0].tenant]
                _take(runs[pair[0].tenant], verdict)
                warnings += [text for text in verdict.warnings if text != _ECHO]
                if verdict.unknown:
                    lost.append(pair)
            if any(verdict.fatal for verdict in verdicts.values()):
                return warnings
        ready = lost
        if not ready or not edges.deadline.pause(_PAUSE):
            break
    return warnings


class _DryRun:
    """An As3 that only asks: by the action dry-run, or by the controls of applications that are sent without their tenant."""

    def __init__(self, as3: Any, info: Mapping[str, Any]) -> None:
        self._as3 = as3
        self._info = info

    def info(self) -> Mapping[str, Any]:
        return self._info

    def submit(self, body: Mapping[str, Any], *, tenant: str | None = None) -> Any:
        if tenant is None:
            outcome = self._as3.submit({"class": "AS3", "action": "dry-run", "declaration": {name: _unlocked(value) for name, value in body.items()}})
        else:
            outcome = self._as3.submit({**body, "controls": {"class": "Controls", **body.get("controls", {}), "dryRun": True}}, tenant=tenant)
        changed = sorted({result.tenant for result in outcome.results if result.changed and not result.dry_run})
        if changed:
            raise Failure(
                "dry_run_ignored",
                f"AS3 {self._info.get('version')} carried out the dry run of {', '.join(changed)} instead of judging it",
                remedy="Look at what BIG-IP has now, and run without dry_run.",
            )
        return outcome


def _unlocked(value: Any) -> Any:
    """A tenant without its key: what is not written needs no lock."""
    return {name: part for name, part in value.items() if name != LOCK} if isinstance(value, dict) else value


def _request(first: TenantPlan) -> tuple[TenantPlan, Step] | None:
    """What to ask about a tenant: the end of all its steps. None if nothing would be sent.

    The removal of single applications is not asked about: AS3 has nothing to judge in it but their names.
    """
    if first.action in ("none", "hold"):
        return None
    asked = replace(first, whole=True, claim_first=False) if first.claim_first else first
    step = Step(
        {name: first.wanted[name] for name, change in first.changes.items() if change.kind not in ("none", "delete")},
        first.to_remove if asked.whole else [],
    )
    return (asked, step) if asked.whole or step.applications else None


def _take(run: Run, verdict: Verdict) -> None:
    """The verdict in words that fit: nothing was to be published."""
    failure = verdict.failure
    if failure and verdict.unknown:
        said = Failure(failure.code, f"AS3 did not judge tenant {run.goal.tenant}", said=failure.said, remedy="Nothing was changed. Run again.")
        verdict = Verdict.failed(said, verdict.code)
    elif failure:
        what = failure.what.replace("AS3 did not publish", "AS3 would not publish")
        verdict = Verdict.failed(Failure(failure.code, what, said=failure.said, remedy=failure.remedy, **failure.details), verdict.code)
    run.verdict = verdict
    run.changed = verdict.ok or (failure is not None and failure.code == "dry_run_ignored")
