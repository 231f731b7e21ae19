# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The result of `as3_declaration`.

publish keeps members disabled that an operator disabled, and notes them in its mark. An application of
as3_declaration has no mark, so they stay disabled only until a POST of their tenant. A warning names them.
"""

from __future__ import annotations

from dataclasses import replace

from .._as3 import difference, members
from .._as3.types import Object
from .._errors import some
from .._plan import by_hand
from . import report
from .result import Finished, result
from .tenant_run import TenantRun


def content_result(finished: Finished) -> Object:
    """The result; it holds `failure` if a tenant failed."""
    warnings = list(finished.warnings)
    for run in finished.runs.values():
        warnings += _operator_warnings(run, finished.check_mode)
    runs = {tenant: _compared(run, finished.check_mode) for tenant, run in finished.runs.items()}
    return result(finished._replace(runs=runs, warnings=warnings))


def _compared(run: TenantRun, check_mode: bool) -> TenantRun:
    """The run as unchanged if only AS3 could compare its secrets, and AS3 found no difference.

    Check mode assumes that none differs.
    """
    declared = run.plan.declared
    if declared is None or not declared.blind or not (check_mode or _is_unchanged(run)):
        return run
    return replace(run, plan=run.plan.unchanged())


def _is_unchanged(run: TenantRun) -> bool:
    """True if AS3 found no difference."""
    return run.verdict is not None and run.verdict.message == "no change"


def _operator_warnings(run: TenantRun, check_mode: bool) -> list[str]:
    """At most one warning of the members that stay disabled, and one of those that a POST enables."""
    kept, enabled = _members(run, check_mode)
    tenant = run.plan.tenant
    warnings = []
    if kept:
        warnings.append(
            f"members_disabled_by_hand: tenant {tenant} keeps {report.count(len(kept), 'member')} "
            f"that an operator disabled on BIG-IP: {some(kept)}. "
            "A POST of this tenant for another reason enables them. "
            "To keep them disabled, set their adminState in content."
        )
    if enabled:
        enabled_by = "AS3 enabled" if run.verdict and run.verdict.ok else "AS3 may have enabled"
        who = "the run would enable, as AS3 does," if check_mode else enabled_by
        warnings.append(
            f"members_disabled_by_hand: {who} {report.count(len(enabled), 'member')} of tenant {tenant} "
            f"that an operator disabled on BIG-IP: {some(enabled)}. "
            "To disable them for longer, set their adminState in content."
        )
    return warnings


def _members(run: TenantRun, check_mode: bool) -> tuple[list[str], list[str]]:
    """The members that operators disabled: those that stay so, and those that a POST enables."""
    kept: list[str] = []
    enabled: list[str] = []
    plan = run.plan
    will_post = plan.action in report.CHANGES and (check_mode or run.posts > 0 and not _is_unchanged(run))
    for name, set_by_hand in sorted((plan.declared.operators if plan.declared else {}).items()):
        posted = will_post and (plan.whole or plan.changes[name].kind != "none")
        pools = difference.pools_of(plan.wanted[name])
        for pool, states in sorted(set_by_hand.items()):
            wanted = members.flatten(pools[pool].get("members"), plan.route_domain).static
            for key in sorted(states, key=members.order):
                member = f"/{plan.tenant}/{name}/{pool} {members.text(key)}"
                if posted:
                    enabled.append(f"{member} ({states[key]}, then {by_hand.admin_state(wanted[key])})")
                else:
                    kept.append(f"{member} ({states[key]})")
    return kept, enabled
