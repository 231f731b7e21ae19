# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The results of a declaration that was sent, in one shape.

AS3 answers in several shapes: a list of results; one body for a declaration that is not valid, whose `tenant`
is a list; the same body as an element of a task's results; results without a tenant; codes that are text
("ENOTFOUND").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from .._foreign import whole
from .response import items, mappings

_IN_PROGRESS = ("in progress", "pending", "Declaration successfully submitted")
_CANCELLED = "task cancelled"
# The lock of another writer, and the full queue of burst handling: nothing was changed.
_BUSY = ("Configuration operation in progress", "Too many configuration operations")


@dataclass(frozen=True)
class TenantResult:
    """AS3's result for one tenant; tenant is "" where AS3 names none."""

    tenant: str
    code: int | str
    message: str
    response: str | None = None
    line_count: int | None = None
    run_time: int | None = None
    host: str | None = None
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """AS3's reasons for an invalid declaration: "/T1/A1/pool/members/0/servicePort: should be <= 65535"."""
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        return self.code in (200, "200")

    @property
    def changed(self) -> bool:
        return self.ok and self.message != "no change"

    @property
    def busy(self) -> bool:
        return any(text in self.message for text in _BUSY)

    @property
    def lock_conflict(self) -> bool:
        """Another writer changed the tenant since its optimisticLockKey was read."""
        return not self.ok and self.message.startswith("The hash you submitted does not match")


@dataclass(frozen=True)
class Outcome:
    """The outcome of one request that changes something.

    known        False if it is unknown whether it happened. Then read the stored declaration and the device
    why          the reason for an unknown outcome
    task_id, declaration  as AS3 returned them; None if it did not
    """

    results: tuple[TenantResult, ...] = ()
    errors: tuple[str, ...] = ()
    known: bool = True
    why: str | None = None
    task_id: str | None = None
    declaration: Mapping[str, Any] | None = None

    @property
    def ok(self) -> bool:
        return self.known and bool(self.results) and all(result.ok for result in self.results)

    @property
    def failed(self) -> tuple[TenantResult, ...]:
        return tuple(result for result in self.results if not result.ok)

    def of(self, tenant: str) -> tuple[TenantResult, ...]:
        """The results of one tenant; those without a tenant concern all.

        Common has two: creations, then deletions.
        """
        return tuple(result for result in self.results if result.tenant in (tenant, ""))


def unknown(why: str, task_id: str | None = None) -> Outcome:
    return Outcome(known=False, why=why, task_id=task_id)


def is_running(body: Mapping[str, Any]) -> bool:
    """True if a task still runs: it has ended when none of its results is in progress."""
    results = mappings(body, "results")
    return not results or any(result.get("message") in _IN_PROGRESS for result in results)


def is_busy(outcome: Outcome) -> bool:
    """True if another writer kept AS3 from doing anything, so the same request can be sent again."""
    return bool(outcome.results) and all(result.busy for result in outcome.results)


def outcome_of(body: Any, task_id: str | None = None) -> Outcome:
    """The outcome in the body of a finished task or of a synchronous answer."""
    if not isinstance(body, dict):
        return unknown(f"AS3 answered {body!r:.200}", task_id)
    raw = mappings(body, "results")
    if any(result.get("message") == _CANCELLED for result in raw):
        return unknown("AS3 was restarted and cancelled the task", task_id)
    if not raw:
        raw = [body]  # a declaration that is not valid: the body itself is the result
    results = tuple(result for item in raw for result in _results(item))
    # An error of AS3 itself, not of a tenant, can occur after AS3 changed the device: while it stores the
    # declaration.
    lost = [
        result
        for result in results
        if not result.tenant and _is_server_error(result.code) and not result.busy
    ]
    if lost or _is_whole_500(body):
        why = (lost or list(results))[0].message or "AS3 answered with an error of its own"
        return Outcome(results, _errors(results), False, why, task_id, None)
    declaration = body.get("declaration")
    return Outcome(
        results,
        _errors(results),
        True,
        None,
        task_id,
        declaration if isinstance(declaration, dict) and declaration else None,
    )


def _results(item: Mapping[str, Any]) -> Iterator[TenantResult]:
    named = item.get("tenant")
    tenants = [str(name) for name in named] if isinstance(named, list) else [str(named or "")]
    response = item.get("response")
    for tenant in tenants or [""]:
        yield TenantResult(
            tenant=tenant,
            code=_code(item.get("code")),
            message=str(item.get("message") or ""),
            response=None if response is None else str(response),
            line_count=None if item.get("lineCount") is None else whole(item["lineCount"]),
            run_time=None if item.get("runTime") is None else whole(item["runTime"]),
            host=None if item.get("host") is None else str(item["host"]),
            warnings=tuple(_warning(warning) for warning in items(item, "warnings")),
            errors=tuple(str(error) for error in items(item, "errors")),
            dry_run=bool(item.get("dryRun")),
        )


def _code(code: Any) -> int | str:
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    return "" if code is None else str(code)


def _warning(warning: Any) -> str:
    return str(warning.get("message") or warning) if isinstance(warning, dict) else str(warning)


def _errors(results: tuple[TenantResult, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(error for result in results for error in result.errors))


def _is_server_error(code: int | str) -> bool:
    return isinstance(code, int) and code >= 500


def _is_whole_500(body: Mapping[str, Any]) -> bool:
    return not body.get("results") and _is_server_error(_code(body.get("code")))
