# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The result of a run: what `publish` and `as3_declaration` return."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Sequence

from .._as3 import members
from .._as3.members import Key
from .._as3.types import Object
from .._members.model import Pool
from .._request.wanted import Wanted
from . import diff, failures, report
from .interfaces import PoolPlace, ResultCode
from .report import Names
from .tenant_run import TenantRun


class Finished(NamedTuple):
    """A run that has ended.

    details  content of tenants and pools: changed, all or none
    stopped  on_error is stop, and a fault was found before the first POST
    seconds  spent in each part
    requests sent to each side
    sync     the config-sync status, if something was sent
    """

    wanted: Wanted
    runs: Mapping[str, TenantRun]
    pools: Mapping[PoolPlace, Pool]
    details: str
    check_mode: bool
    stopped: bool
    seconds: Mapping[str, float]
    requests: Mapping[str, int]
    sync: Object | None
    warnings: Sequence[str]


def result(finished: Finished) -> Object:
    """The result; it holds `failure` if a tenant failed."""
    names = _names(finished.pools)
    entries = {tenant: _entry(run, finished, names) for tenant, run in sorted(finished.runs.items())}
    plans = [run.plan for run in finished.runs.values()]
    returned: Object = {
        "changed": any(_is_changed(run, finished) for run in finished.runs.values()),
        "summary": report.summary(_outcomes(finished, entries), finished.check_mode) or [report.NOTHING],
        "tenants": {
            name: entry for name, entry in entries.items() if _is_shown(finished.runs[name], entry, finished)
        },
        "counts": report.counts(plans, {tenant: entry["action"] for tenant, entry in entries.items()}),
        "pools": _pools(finished),
        "declaration": report.declaration(
            plan for plan in plans if _has_details(plan.action != "none", finished)
        ),
        "diff": diff.diff(plans, names) if finished.details != "none" else [],
        "timings": {name: round(value, 3) for name, value in sorted(finished.seconds.items())},
        "requests": dict(finished.requests),
        "warnings": _warnings(finished, names),
    }
    if finished.sync is not None:
        returned["sync"] = finished.sync
    failure = failures.failure(finished.wanted, finished.runs)
    return returned if failure is None else {**returned, "failure": failure}


def _is_held(run: TenantRun, finished: Finished) -> bool:
    """Held by its own fault, or by that of another tenant."""
    return finished.stopped and run.plan.action != "none"


def _is_changed(run: TenantRun, finished: Finished) -> bool:
    if _is_held(run, finished):
        return False
    return run.plan.action in report.CHANGES and (run.verdict is None or run.changed)


def _entry(run: TenantRun, finished: Finished, names: Names) -> Object:
    """One value of `tenants`."""
    action = "hold" if _is_held(run, finished) else run.plan.action
    code, message = _words(run, finished)
    return report.tenant_entry(run.plan, action, names, code, message)


def _words(run: TenantRun, finished: Finished) -> tuple[ResultCode, str]:
    """The code and the message of one tenant."""
    verdict = run.verdict
    if run.failure:
        return failures.code(run.failure, verdict), run.failure.message
    if run.plan.action == "none":
        return None, "no change"
    if finished.check_mode and verdict is None:
        return None, f"would {run.plan.action}"
    if verdict is None:
        return None, "held: on_error is stop"
    return verdict.code, verdict.message


def _outcomes(finished: Finished, entries: Mapping[str, Object]) -> list[report.TenantOutcome]:
    return [
        (
            finished.runs[tenant].plan,
            entry["action"],
            entry["code"] if finished.runs[tenant].failure else None,
        )
        for tenant, entry in entries.items()
    ]


def _has_details(changed: bool, finished: Finished) -> bool:
    return finished.details == "all" or finished.details == "changed" and changed


def _is_shown(run: TenantRun, entry: Object, finished: Finished) -> bool:
    return _has_details(entry["action"] != "none" or bool(run.plan.disabled), finished)


def _warnings(finished: Finished, names: Names) -> list[str]:
    """Each once."""
    warnings = list(finished.warnings)
    for tenant in sorted(finished.runs):
        plan = finished.runs[tenant].plan
        warnings += [*plan.warnings, *report.hand_warnings(plan, names)]
    return list(dict.fromkeys(warnings))


def _names(pools: Mapping[PoolPlace, Pool]) -> Names:
    """The Pod and the node behind each member."""
    names: dict[PoolPlace, dict[Key, Object]] = {}
    for place, pool in pools.items():
        names[place] = {
            (members.canonical(pool.address(member)), member.port): {
                key: value for key, value in (("pod", member.pod), ("node", member.node)) if value
            }
            for member in (*pool.members, *pool.draining)
        }
    return names


def _pools(finished: Finished) -> list[Object]:
    """The pools that were filled from the cluster."""
    entries = []
    for (tenant, application, pool), value in sorted(finished.pools.items()):
        plan = finished.runs[tenant].plan
        change = plan.changes.get(application)
        differs = change is not None and (bool(change.pools.get(pool)) or change.kind == "create")
        if _has_details(differs or plan.failure is not None, finished):
            entries.append({"tenant": tenant, "application": application, "pool": pool, **value.as_dict()})
    return entries
