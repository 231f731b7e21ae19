# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From AS3's results to a verdict for each tenant, in AS3's own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Sequence

from .._errors import Failure
from .tenant_run import Verdict

if TYPE_CHECKING:
    from .ports import Outcome, TenantResult

_PATH = re.compile(r"/[A-Za-z][0-9A-Za-z_.-]*(?:/[0-9A-Za-z_.-]+)+")
# AS3 waits about 30 s for the device. Its script continues alone afterwards.
_UNFINISHED = "script taking longer than expected"
_PAUSE = 15.0
_PER_APPLICATION = "Per-application deployment has been disabled"
_NODE_CONFLICT = re.compile(r"The node /\S+ conflicts with /")


def verdict(tenant: str, outcome: Outcome, applications: Sequence[str] = ()) -> Verdict | None:
    """The verdict on one tenant; None if AS3 does not mention it.

    applications: those of a body that was sent without the tenant
    """
    if not outcome.known:
        return _unknown(tenant, outcome)
    results = [result for result in outcome.results if result.tenant == tenant]
    if not results:
        nameless = [result for result in outcome.results if not result.tenant]
        return (
            Verdict.success(nameless[0].message)
            if nameless and all(result.ok for result in nameless)
            else None
        )
    refused = [result for result in results if not result.ok]
    return _refused(tenant, refused, outcome, applications) if refused else _success(results)


def nameless(tenant: str, outcome: Outcome, applications: Sequence[str] = ()) -> Verdict:
    """The verdict on the only tenant that was sent, where AS3 refused the body and named no tenant."""
    code = outcome.results[0].code if outcome.results else None
    return Verdict.failed(_failure(tenant, outcome.results, outcome.errors, applications), code)


def _unknown(tenant: str, outcome: Outcome) -> Verdict:
    failure = Failure(
        "outcome_unknown",
        f"The result for tenant {tenant} is unknown",
        said=outcome.why or "AS3 gave no result",
        remedy="Run again: the next run continues from what BIG-IP stores.",
    )
    return Verdict(False, "outcome_unknown", failure.message, failure, again=True, unknown=True)


def _success(results: Sequence[TenantResult]) -> Verdict:
    """Common has two results: a change counts more than "no change"."""
    first = next((result for result in results if result.message != "no change"), results[0])
    result_verdict = Verdict.success(first.message, first.code)
    result_verdict.warnings = tuple(warning for result in results for warning in result.warnings)
    return result_verdict


def _refused(
    tenant: str, refused: Sequence[TenantResult], outcome: Outcome, applications: Sequence[str]
) -> Verdict:
    failure = _failure(tenant, refused, outcome.errors, applications)
    result_verdict = Verdict.failed(failure, refused[0].code)
    if any(_UNFINISHED in f"{result.response} {result.message}" for result in refused):
        result_verdict.again, result_verdict.unknown, result_verdict.pause = True, True, _PAUSE
    else:
        result_verdict.again = any(result.lock_conflict or result.busy for result in refused)
    return result_verdict


def _failure(
    tenant: str, results: Sequence[TenantResult], errors: Sequence[str], applications: Sequence[str]
) -> Failure:
    """AS3's own words about one tenant."""
    said: list[str] = []
    for result in results:
        said += [text for text in (result.response, *result.errors) if text] or [result.message]
    if not results:
        said = list(errors)
    answer = "; ".join(dict.fromkeys(said)) or "AS3 said nothing about this tenant"
    word = next((result.message for result in results if result.message), "")
    matches = [match for text in said for match in _PATH.findall(text)]
    paths = [path for match in matches if (path := _within(tenant, match, applications))]
    conflict = any(result.lock_conflict for result in results)
    return Failure(
        "conflict" if conflict else "as3_refused",
        f"AS3 did not publish tenant {tenant}" + (f" ({word})" if word not in answer else ""),
        said=answer,
        remedy=_remedy(answer, conflict),
        path=paths[0] if paths else None,
        as3_message=word or None,
    )


def _remedy(answer: str, conflict: bool) -> str | None:
    if _NODE_CONFLICT.search(answer):
        every = "all tenants that have it as a member must set shareNodes: true"
        return f"The address is a node of another tenant, or of Common: {every}."
    if _PER_APPLICATION in answer:
        own = "use a tenant of your own, a new one with bulk_create: true"
        return f"Allow it on BIG-IP (perAppDeploymentAllowed in AS3's settings), or {own}."
    if _UNFINISHED in answer:
        look = "look at its load, and run again"
        return (
            f"BIG-IP is too busy for changes of this size: {look}. The next run finds what it did meanwhile."
        )
    return "Another user kept changing this tenant. Run again when they have finished." if conflict else None


def _within(tenant: str, path: str, applications: Sequence[str]) -> str | None:
    """A path that AS3 names, if it is in this tenant. In a body of applications, it may begin below it."""
    if path.startswith(f"/{tenant}/"):
        return path
    return f"/{tenant}{path}" if path.split("/")[1] in applications else None
