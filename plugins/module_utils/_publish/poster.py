# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Sends steps to AS3, and gives each tenant its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Mapping, Sequence

from .._as3.types import Json, Object
from .._errors import Failure
from .._ownership import mark
from .._plan import taken
from .._plan.model import Step, TenantPlan
from .tenant_run import Verdict
from .verdicts import nameless, verdict

if TYPE_CHECKING:
    from .ports import Writer

# Deletes before changes before creations: an address that moves to another tenant is free when it is taken.
_ORDER = ("delete", "restore", "release", "update", "create")
_OLDEST_SCHEMA = "3.50.0"

Pair = tuple[TenantPlan, Step]
Batch = Sequence[Pair]


class Poster:
    """One task's POSTs. size: how many whole tenants go in one POST."""

    def __init__(self, as3: Writer, size: int, controls: Mapping[str, Json]) -> None:
        self._as3 = as3
        self._size = size
        self._controls = {"class": "Controls", "userAgent": "vks.bigip", **controls}
        # AS3 keeps the controls of an application's POST in the tenant, which may belong to other owners.
        # So only those that the user asked for are sent.
        self._own_controls = {"controls": {"class": "Controls", **controls}} if controls else {}
        self._schema: str | None = None

    def batches(self, ready: Sequence[Pair]) -> Iterator[Batch]:
        """Whole tenants together; each tenant that is posted application by application alone."""
        whole: list[Pair] = []
        for pair in sorted(ready, key=lambda item: (_ORDER.index(item[0].action), item[0].tenant)):
            if _is_whole(pair[0]):
                whole.append(pair)
                if len(whole) >= self._size:
                    yield whole
                    whole = []
                continue
            if whole and whole[0][0].action != pair[0].action:
                yield whole
                whole = []
            yield [pair]
        if whole:
            yield whole

    def send(self, batch: Batch) -> dict[str, Verdict]:
        """A verdict for each tenant of the batch."""
        plan, step = batch[0]
        try:
            if _is_whole(plan):
                return self._send_whole(batch)
            return {plan.tenant: self._send_applications(plan, step)}
        except Failure as failure:
            return {one.tenant: Verdict.broken(failure) for one, dummy in batch}

    def _send_whole(self, batch: Batch) -> dict[str, Verdict]:
        body: Object = {"class": "ADC", "schemaVersion": self._version(), "updateMode": "selective"}
        body["controls"] = self._controls
        for plan, step in batch:
            body[plan.tenant] = plan.body(step.applications, step.remove)
        outcome = self._as3.submit(body)
        verdicts: dict[str, Verdict] = {}
        silent: list[Pair] = []
        for plan, step in batch:
            judged = verdict(plan.tenant, outcome)
            if judged is None:
                silent.append((plan, step))
            else:
                verdicts[plan.tenant] = judged
        if silent and len(batch) == 1:
            return {plan.tenant: nameless(plan.tenant, outcome) for plan, _step in silent}
        if len(silent) == len(batch):
            # AS3 refused the whole body and named no tenant. Alone, a bad one does not stop the others.
            for pair in silent:
                verdicts.update(self.send([pair]))
        elif silent:
            # AS3 refused the body because of the tenants that it named, and did nothing for the others.
            verdicts.update(self.send(silent))
        return verdicts

    def _send_applications(self, plan: TenantPlan, step: Step) -> Verdict:
        """AS3 merges applications under its own lock, so those of other owners stay, also new ones.

        A removed application may be one that gets another name. So removals come last. Only a removal that
        frees an address of the new one comes first. If the new one then fails, the removed one is put back.
        """
        tenant, stored = plan.tenant, plan.stored or {}
        needed = taken.addresses(tenant, {**stored, **step.applications}, step.applications)
        frees = bool(needed & taken.addresses(tenant, stored, step.remove))
        removed: list[str] = []
        written = False
        result = Verdict.success("no change")
        try:
            if frees:
                result = self._remove(tenant, step.remove, removed)
            if result.ok and step.applications:
                result = self._write(tenant, step.applications)
                written = result.ok
            if result.ok and not frees and step.remove:
                result = self._remove(tenant, step.remove, removed)
        except Failure as failure:
            result = Verdict.broken(failure)
        if not result.ok:
            result.changed = written or bool(removed)
            if frees and removed and not result.unknown:
                former = mark.applications(stored)
                self._put_back(tenant, {name: former[name] for name in removed}, result)
        return result

    def _remove(self, tenant: str, names: Sequence[str], removed: list[str]) -> Verdict:
        """removed gets the names that were removed, also if not all were."""
        result = Verdict.success("no change")
        for name in names:
            result = verdict(tenant, self._as3.remove(tenant, name)) or result
            if not result.ok:
                break
            removed.append(name)
        return result

    def _write(self, tenant: str, applications: Mapping[str, Object]) -> Verdict:
        body = {"schemaVersion": self._version(), **self._own_controls, **applications}
        outcome = self._as3.submit(body, tenant=tenant)
        names = tuple(applications)
        return verdict(tenant, outcome, names) or nameless(tenant, outcome, names)

    def _put_back(self, tenant: str, applications: Mapping[str, Object], result: Verdict) -> None:
        """Put back applications that were removed for one that failed. The verdict notes the result."""
        try:
            back = self._write(tenant, applications)
        except Failure as failure:
            back = Verdict.broken(failure)
        result.changed = not back.ok
        places = ", ".join(f"{tenant}/{name}" for name in applications)
        became = "was put back." if back.ok else f"could not be put back: {back.message}"
        result.note = f"{places}, removed to free an address, {became}"

    def _version(self) -> str:
        """The newest schema that this AS3 knows."""
        if self._schema is None:
            self._schema = str(self._as3.info().get("schemaCurrent") or _OLDEST_SCHEMA)
        return self._schema


def _is_whole(plan: TenantPlan) -> bool:
    return plan.whole and not plan.reserve_first
