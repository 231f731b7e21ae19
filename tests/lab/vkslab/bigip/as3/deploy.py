# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploys one declaration: lock, check, one script a tenant, store.

``engine`` keeps the tasks and the paths.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..device import Device, DeviceError
from . import script, tree
from .answers import Refused
from .desired import Map, desired
from .digest import expanded, tenants
from .discovery import Discovery
from .faults import Died, Faults
from .lock import Lock
from .prepare import Preparation, Run
from .request import Job
from .results import answer, merged, refused
from .scripts import Scripts
from .store import Store, lock_key

# REST calls that AS3 makes to its own device, as measured
_CALLS_REQUEST = 29
_CALLS_NEW_TENANT = 10
_CALLS_TENANT = 114
_CALLS_UNCHECKED = 5

STALE_KEY = (
    "The hash you submitted does not match the hash on the current Tenant. This usually indicates there was "
    "a change to the Tenant since you pulled this hash. You will want to do a GET and see what the changes "
    "are."
)
STORE_FULL = (
    "cannot store declaration on localhost (store a declaration response=400 body="
    '{"code":400,"message":"01020057:3: The string with more than 65535 characters cannot be stored in a '
    'message.","errorStack":[],"apiError":3})'
)


class Deployer:
    def __init__(
        self,
        device: Device,
        store: Store,
        lock: Lock,
        discovery: Discovery,
        faults: Faults,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[Any]],
    ) -> None:
        self._device = device
        self._store = store
        self._lock = lock
        self._discovery = discovery
        self.faults = faults
        self._clock = clock
        self._preparation = Preparation(device, store, clock)
        self.scripts = Scripts(device, faults, sleep)

    async def deploy(self, job: Job) -> tuple[int, Any]:
        """(status, body); the body of a refusal has its code."""
        if job.action == "patch":
            self._preparation.patched(job)
        declaration = self._preparation.stub(job)
        run = Run(job, declaration, copy.deepcopy(declaration), {}, time.monotonic())
        self._device.calls += _CALLS_REQUEST
        try:
            holder = self._lock.take()
        except Refused as refusal:
            return refusal.status, refused(run, refusal)
        try:
            return await self._locked(run, holder)
        except Refused as refusal:
            return refusal.status, refused(run, refusal)
        except (Died, asyncio.CancelledError):
            holder = -1  # the lock stays, as no process is left to release it
            raise
        finally:
            self._lock.release(holder)

    async def _locked(self, run: Run, holder: int) -> tuple[int, Any]:
        self._preparation.prepare(run)
        run.digested = True
        order = [name for name in tenants(run.declaration) if name != "Common"]
        if "Common" in tenants(run.declaration):
            order = ["Common", *order, "Common"]
        for index, tenant in enumerate(order):
            self._lock.refresh(holder)
            await asyncio.sleep(0)  # other requests are served in between
            result = await self._tenant(run, tenant, first=tenant == "Common" and index == 0)
            run.results.append(result)
        if not order:
            run.results.append({"message": "no change", "host": "localhost", "code": 200})
        if not run.job.dry_run and self.faults.store:
            self.faults.store -= 1
            raise Refused(
                500,
                STORE_FULL,
                declarationFullId=run.declaration.get("id"),
            )
        stored = merged(run, self._clock())
        if not run.job.dry_run:
            self._store.save(stored, run.job.history_limit)
            if run.job.persist:
                self._device.save()
        return answer(self._device, run, stored)

    async def _tenant(self, run: Run, tenant: str, first: bool) -> dict[str, Any]:
        """The result of one tenant.

        Common comes first with the objects that others need, and last to remove those that they no longer
        need.
        """
        began = time.monotonic()
        job = run.job
        if not job.dry_run and self.faults.take(self.faults.crash, tenant, when="before"):
            raise Died

        def result(code: Any, message: str, *, timed: bool = True, **details: Any) -> dict[str, Any]:
            time_taken = {"runTime": round((time.monotonic() - began) * 1000)} if timed else {}
            where = {"host": "localhost", "tenant": tenant, **time_taken}
            return {
                "code": code,
                "message": message,
                **details,
                **where,
                "declarationId": run.declaration["id"],
            }

        key = run.declaration[tenant].pop("optimisticLockKey", "")
        run.base[tenant].pop("optimisticLockKey", None)
        stored = run.previous.get(tenant)
        if key and stored is not None and not job.per_application and key != lock_key(stored):
            return result(422, STALE_KEY, timed=False)
        self._count_calls(job, tenant)
        wanted, existing = desired(self._device, run.declaration, tenant), self._existing(run, tenant)
        only = job.applications if job.per_application else None
        common = tenant == "Common"
        try:
            work = script.plan(
                tenant, wanted, existing, only, deletes=not (common and first), creates=not common or first
            )
        except DeviceError as error:
            return result(422, "declaration failed", response=str(error))
        controls = run.base[tenant].get("controls")
        asked_dry = isinstance(controls, dict) and bool(controls.get("dryRun"))
        dry = job.dry_run or asked_dry
        self._trace(run, tenant, wanted, existing, work)
        if not work:
            outcome = result(200, "no change")
        elif dry:
            changes = [change.as_dict() for change in work.changes]
            shown: dict[str, Any] = {"changes": changes} if self._setting(run, "logLevel") == "debug" else {}
            outcome = result(200, "success", dryRun=True, lineCount=work.lines, **shown)
        elif refusal := await self.scripts.run(work):
            outcome = result(refusal[0], "declaration failed", response=refusal[1])
        else:
            if not common:
                self._discovery.follow(run.declaration, tenant)
            outcome = result(200, "success", lineCount=work.lines)
        if asked_dry and not job.controls.get("dryRun"):
            job.dry_run = True
            outcome["warnings"] = [{"tenant": tenant, "message": "dryRun true found in Tenant controls"}]
        if not dry and self.faults.take(self.faults.crash, tenant, when="after"):
            raise Died
        return outcome

    def _count_calls(self, job: Job, tenant: str) -> None:
        known = f"/{tenant}" in self._device.folders
        checked = _CALLS_TENANT if known else _CALLS_NEW_TENANT
        self._device.calls += _CALLS_UNCHECKED if job.unchecked else checked

    def _existing(self, run: Run, tenant: str) -> Map:
        """Unchecked mode takes the stored declaration for the device's state."""
        if run.job.unchecked and run.previous.get(tenant):
            stored = {**run.previous, "id": run.previous.get("id", "x")}
            return desired(self._device, expanded(self._device, stored, pointers=True), tenant)
        return tree.current(self._device, tenant)

    def _setting(self, run: Run, name: str) -> Any:
        given = run.base.get("controls")
        return run.job.controls.get(name, given.get(name) if isinstance(given, dict) else None)

    def _trace(self, run: Run, tenant: str, wanted: Map, existing: Map, work: script.Script) -> None:
        if self._setting(run, "traceResponse"):
            label = f"{tenant}_0" if f"{tenant}Desired" in run.traces else tenant
            run.traces[f"{label}Desired"] = {path: entry.as_dict() for path, entry in wanted.items()}
            run.traces[f"{label}Current"] = {path: entry.as_dict() for path, entry in existing.items()}
            run.traces[f"{label}Diff"] = [change.as_dict() for change in work.changes]
