# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From steps to AS3 bodies, and from AS3's results to a verdict for each tenant. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterator, Mapping, Sequence

from .._errors import Failure
from .._plan import taken
from .._plan.model import Step, TenantPlan

_PATH = re.compile(r"/[A-Za-z][0-9A-Za-z_.-]*(?:/[0-9A-Za-z_.-]+)+")
# AS3 waits about 30 s for the device, whose script goes on alone afterwards.
_UNFINISHED = "script taking longer than expected"
_REST = 15.0
_PER_APPLICATION = "Per-application deployment has been disabled"
_NODE_CONFLICT = re.compile(r"The node /\S+ conflicts with /")
# Deletes before changes before creations: an address that moves from one tenant to another is free when it is taken.
_ORDER = {"delete": 0, "release": 1, "restore": 1, "update": 2, "create": 3}

Batch = list[tuple[TenantPlan, Step]]


@dataclass
class Verdict:
    """What became of one tenant in one POST. again: plan it anew with fresh reads (a conflict, or nobody knows: unknown)."""

    ok: bool
    code: Any
    message: str
    failure: Failure | None = None
    again: bool = False
    unknown: bool = False
    changed: bool = False
    """Something was done, although not all."""
    note: str | None = None
    fatal: bool = False
    """BIG-IP cannot be talked to any more: nothing further is tried."""
    warnings: tuple[str, ...] = ()
    rest: float = 0.0
    """Seconds that the device needs before it is looked at again."""

    @staticmethod
    def done(message: str, code: Any = 200) -> Verdict:
        return Verdict(True, code, message)

    @staticmethod
    def broken(failure: Failure) -> Verdict:
        return Verdict(False, None, failure.message, failure, fatal=True)

    @staticmethod
    def failed(failure: Failure, code: Any = None) -> Verdict:
        return Verdict(False, code, failure.message, failure)


class Poster:
    """Sends steps through an _bigip.as3.As3."""

    def __init__(self, as3: Any, options: Mapping[str, Any], controls: Mapping[str, Any]) -> None:
        self._as3 = as3
        self._size = max(1, int(options.get("tenants_per_post") or 1))
        self._controls = {"class": "Controls", "userAgent": "vks.bigip", **controls}
        # AS3 keeps the controls of an application's POST in the tenant, which may belong to others: only what the user asked for.
        self._own_controls = {"controls": {"class": "Controls", **controls}} if controls else {}
        self._schema: str | None = None

    def batches(self, ready: Sequence[tuple[TenantPlan, Step]]) -> Iterator[Batch]:
        """Whole tenants together, tenants_per_post at once; what goes application by application alone."""
        whole: Batch = []
        for pair in sorted(ready, key=lambda item: (_ORDER.get(item[0].action, 2), item[0].tenant)):
            if not pair[0].whole or pair[0].claim_first:
                if whole and whole[0][0].action != pair[0].action:
                    yield whole
                    whole = []
                yield [pair]
                continue
            whole.append(pair)
            if len(whole) >= self._size:
                yield whole
                whole = []
        if whole:
            yield whole

    def send(self, batch: Batch) -> dict[str, Verdict]:
        """A verdict for every tenant of the batch."""
        first, step = batch[0]
        try:
            if not first.whole or first.claim_first:
                return {first.tenant: self._by_application(first, step)}
            return self._whole(batch)
        except Failure as failure:
            return {current.tenant: Verdict.broken(failure) for current, dummy in batch}

    def _whole(self, batch: Batch) -> dict[str, Verdict]:
        body: dict[str, Any] = {"class": "ADC", "schemaVersion": self._version(), "updateMode": "selective", "controls": self._controls}
        for current, step in batch:
            body[current.tenant] = current.body(step.applications, step.remove)
        outcome = self._as3.submit(body)
        found = {current.tenant: self._verdict(current.tenant, outcome) for current, dummy in batch}
        silent = [pair for pair in batch if found[pair[0].tenant] is None]
        done = {tenant: verdict for tenant, verdict in found.items() if verdict is not None}
        if not silent:
            return done
        if len(silent) == len(batch):
            if len(batch) == 1:
                return {batch[0][0].tenant: _nameless(batch[0][0].tenant, outcome)}
            # AS3 refused the whole body and named no tenant of it: each alone, so that a bad one does not stop the others.
            for pair in silent:
                done.update(self.send([pair]))
            return done
        # AS3 refused the body because of the tenants it named and did nothing for the others.
        done.update(self.send(silent))
        return done

    def _by_application(self, current: TenantPlan, step: Step) -> Verdict:
        """AS3 merges applications under its own lock: those of others stay, also ones that come at the same moment.

        What is removed may be what another name is written for: it goes last, or, if it has an address of that one, comes back if that fails.
        """
        tenant, stored = current.tenant, current.stored or {}
        needed = taken.addresses(tenant, {**stored, **step.applications}, step.applications)
        frees = bool(needed & taken.addresses(tenant, stored, step.remove))
        gone: list[str] = []
        verdict, written = Verdict.done("no change"), False
        try:
            if frees:
                verdict = self._remove(tenant, step.remove, gone)
            if verdict.ok and step.applications:
                verdict = self._write(tenant, step.applications)
                written = verdict.ok
            if verdict.ok and not frees and step.remove:
                verdict = self._remove(tenant, step.remove, gone)
        except Failure as failure:
            verdict = Verdict.broken(failure)
        if not verdict.ok:
            verdict.changed = written or bool(gone)
            if frees and gone and not verdict.unknown:
                self._put_back(tenant, {name: stored[name] for name in gone}, verdict)
        return verdict

    def _remove(self, tenant: str, names: Sequence[str], gone: list[str]) -> Verdict:
        """gone gets what was removed, also if not all was."""
        verdict = Verdict.done("no change")
        for name in names:
            verdict = self._verdict(tenant, self._as3.remove(tenant, name)) or verdict
            if not verdict.ok:
                break
            gone.append(name)
        return verdict

    def _put_back(self, tenant: str, applications: Mapping[str, Any], verdict: Verdict) -> None:
        """Note in the verdict what became of applications that made way for one that failed."""
        try:
            back = self._write(tenant, applications)
        except Failure as failure:
            back = Verdict.broken(failure)
        verdict.changed = not back.ok
        result = "was put back." if back.ok else f"could not be put back: {back.message}"
        verdict.note = f"{', '.join(f'{tenant}/{name}' for name in applications)}, removed to free an address, {result}"

    def _write(self, tenant: str, applications: Mapping[str, Any]) -> Verdict:
        outcome = self._as3.submit({"schemaVersion": self._version(), **self._own_controls, **applications}, tenant=tenant)
        names = tuple(applications)
        return self._verdict(tenant, outcome, names) or _nameless(tenant, outcome, names)

    def _verdict(self, tenant: str, outcome: Any, names: Sequence[str] = ()) -> Verdict | None:
        """None: AS3 says nothing of this tenant. names: the applications of a body without the tenant."""
        if not outcome.known:
            why = outcome.why or "AS3 gave no result"
            failure = Failure(
                "outcome_unknown",
                f"Whether tenant {tenant} was published is unknown",
                said=why,
                remedy="Run again: it goes on from what is there.",
            )
            return Verdict(False, "outcome_unknown", failure.message, failure, again=True, unknown=True)
        results = [result for result in outcome.results if result.tenant == tenant]
        if not results:
            nameless = [result for result in outcome.results if not result.tenant]
            if nameless and all(result.ok for result in nameless):
                return Verdict.done(nameless[0].message)
            return None
        bad = [result for result in results if not result.ok]
        if not bad:
            changed = [result for result in results if result.message != "no change"]
            verdict = Verdict.done((changed or results)[0].message, (changed or results)[0].code)
            verdict.warnings = tuple(warning for result in results for warning in result.warnings)
            return verdict
        failure = _failure(tenant, bad, outcome.errors, names)
        if any(_UNFINISHED in f"{result.response} {result.message}" for result in bad):
            return Verdict(False, bad[0].code, failure.message, failure, again=True, unknown=True, rest=_REST)
        return Verdict(False, bad[0].code, failure.message, failure, again=any(result.lock_conflict or result.busy for result in bad))

    def _version(self) -> str:
        """The newest schema this AS3 knows."""
        if self._schema is None:
            self._schema = str(self._as3.info().get("schemaCurrent") or "3.50.0")
        return self._schema


def _within(tenant: str, path: str, names: Sequence[str]) -> str | None:
    """A path in AS3's words if it leads into this tenant. Of a body of applications the words may begin below the tenant."""
    if path.startswith(f"/{tenant}/"):
        return path
    return f"/{tenant}{path}" if path.split("/")[1] in names else None


def _nameless(tenant: str, outcome: Any, names: Sequence[str] = ()) -> Verdict:
    """A refusal in which AS3 names no tenant, when only one was sent."""
    code = outcome.results[0].code if outcome.results else None
    return Verdict.failed(_failure(tenant, outcome.results, outcome.errors, names), code)


def _failure(tenant: str, results: Sequence[Any], errors: Sequence[str], names: Sequence[str]) -> Failure:
    """AS3's own words about one tenant."""
    said = []
    for result in results:
        said += [text for text in (result.response, *result.errors) if text] or [result.message]
    if not results:
        said = list(errors)
    answer = "; ".join(dict.fromkeys(said)) or "AS3 said nothing about this tenant"
    word = next((result.message for result in results if result.message), "")
    paths = [path for text in said for match in _PATH.findall(text) if (path := _within(tenant, match, names))]
    conflict = any(getattr(result, "lock_conflict", False) for result in results)
    remedy = "Somebody else kept changing this tenant; run again when they are done." if conflict else None
    if _UNFINISHED in answer:
        remedy = "BIG-IP is too busy for changes of this size: look at its load, and run again. What it did meanwhile is found then."
    if _PER_APPLICATION in answer:
        remedy = "Allow it on BIG-IP (perAppDeploymentAllowed in AS3's settings), or use a tenant of your own, a new one with bulk_create: true."
    if _NODE_CONFLICT.search(answer):
        remedy = "The address is a node of another tenant, or of Common: all tenants that have it as a member must say shareNodes: true."
    return Failure(
        "conflict" if conflict else "as3_refused",
        f"AS3 did not publish tenant {tenant}" + (f" ({word})" if word and word not in answer else ""),
        said=answer,
        remedy=remedy,
        path=paths[0] if paths else None,
        as3_message=word or None,
    )
