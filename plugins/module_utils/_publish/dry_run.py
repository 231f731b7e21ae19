# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Check mode with dry_run: AS3 judges the tenants that would change, and stores nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Mapping, Sequence

from .._as3.names import LOCK
from .._as3.types import Json, Object
from .._errors import Failure
from .._plan.model import Step, TenantPlan
from .interfaces import BigIp, Interfaces
from .options import RunOptions
from .poster import Pair, Poster
from .tenant_run import TenantRun, Verdict

if TYPE_CHECKING:
    from .ports import Outcome, Writer

# Earlier versions carry out a dry run of single applications instead of judging it (F5's issue 795).
_SINCE = (3, 50)
# AS3's warning when the controls of applications ask for a dry run.
_ECHO = "dryRun true found in Tenant controls"
# A request whose answer is lost is sent again, which a dry run may be at any time.
_ATTEMPTS = 3
_PAUSE = 2.0


def set_verdicts(
    bigip: BigIp,
    interfaces: Interfaces,
    options: RunOptions,
    controls: Mapping[str, Json],
    runs: Mapping[str, TenantRun],
) -> list[str]:
    """Give each run the verdict of AS3. Returns the warnings."""
    ready = [pair for dummy, run in sorted(runs.items()) if (pair := _request(run.plan))]
    if not ready:
        return []
    info = bigip.as3.info()
    version = str(info.get("version") or "unknown")
    if tuple(int(part) for part in re.findall(r"[0-9]{1,9}", version)) < _SINCE:
        needs = f"dry_run needs AS3 3.50.0 or later, and BIG-IP has {version}"
        return [f"{needs}: AS3 did not judge {_names(ready)}."]
    poster = Poster(_DryRun(bigip.as3, info), options.tenants_per_post, controls)
    warnings: list[str] = []
    for _attempt in range(_ATTEMPTS):
        lost: list[Pair] = []
        for batch in poster.batches(ready):
            interfaces.progress(f"asking AS3 about {_names(batch)}")
            verdicts = poster.send(batch)
            for plan, step in batch:
                verdict = verdicts[plan.tenant]
                _take(runs[plan.tenant], verdict)
                warnings += [text for text in verdict.warnings if text != _ECHO]
                if verdict.unknown:
                    lost.append((plan, step))
            if any(verdict.fatal for verdict in verdicts.values()):
                return warnings
        ready = lost
        if not ready or not interfaces.deadline.pause(_PAUSE):
            break
    return warnings


def _names(pairs: Sequence[Pair]) -> str:
    return ", ".join(plan.tenant for plan, dummy in pairs)


class _DryRun:
    """A Writer that changes nothing: it sends the action dry-run, or controls beside single applications."""

    def __init__(self, as3: Writer, info: Mapping[str, Json]) -> None:
        self._as3 = as3
        self._info = info

    def info(self) -> Mapping[str, Json]:
        return self._info

    def submit(self, body: Mapping[str, Json], *, tenant: str | None = None) -> Outcome:
        if tenant is None:
            declaration = {name: _unlocked(value) for name, value in body.items()}
            outcome = self._as3.submit({"class": "AS3", "action": "dry-run", "declaration": declaration})
        else:
            controls = {"class": "Controls", **body.get("controls", {}), "dryRun": True}
            outcome = self._as3.submit({**body, "controls": controls}, tenant=tenant)
        changed = sorted(
            {result.tenant for result in outcome.results if result.changed and not result.dry_run}
        )
        if changed:
            version = self._info.get("version")
            raise Failure(
                "dry_run_ignored",
                f"AS3 {version} carried out the dry run of {', '.join(changed)} instead of judging it",
                remedy="Check the state of BIG-IP, and run without dry_run.",
            )
        return outcome

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        raise AssertionError(f"AS3 would remove {tenant}/{application}: a DELETE has no dry run")


def _unlocked(value: Json) -> Json:
    """A tenant without its key: a request that changes nothing needs no lock."""
    return {name: part for name, part in value.items() if name != LOCK} if isinstance(value, dict) else value


def _request(plan: TenantPlan) -> Pair | None:
    """The question about a tenant: the end of all its steps. None if nothing would be sent.

    The removal of single applications is not asked about: AS3 has nothing to judge in it but their names.
    """
    if plan.action in ("none", "hold"):
        return None
    asked = replace(plan, whole=True, reserve_first=False) if plan.reserve_first else plan
    changed = [name for name, change in plan.changes.items() if change.kind not in ("none", "delete")]
    applications: dict[str, Object] = {name: plan.wanted[name] for name in changed}
    step = Step(applications, plan.to_remove if asked.whole else [])
    return (asked, step) if asked.whole or step.applications else None


def _take(run: TenantRun, verdict: Verdict) -> None:
    """The verdict in words of a check: nothing was to be published."""
    failure = verdict.failure
    run.changed = verdict.ok
    if failure:
        what = failure.what.replace("AS3 did not publish", "AS3 would not publish")
        remedy, details = failure.remedy, failure.details
        if verdict.unknown:
            what, details = f"AS3 did not judge tenant {run.goal.tenant}", {}
            remedy = "Nothing was changed. Run again."
        judged = Failure(failure.code, what, said=failure.said, remedy=remedy, **details)
        verdict = Verdict.failed(judged, verdict.code)
        run.changed = failure.code == "dry_run_ignored"
    run.verdict = verdict
