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
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ..device import Device, DeviceError
from . import patch, script, tree
from .answers import Refused
from .desired import Map, desired
from .digest import Declaration, Vault, applications, copy_secrets, digest, expanded, is_tenant, tenants
from .discovery import Discovery
from .lock import Lock
from .request import Job
from .store import Store, iso, lock_key, show_keys
from .validate import stringify

# REST calls that AS3 makes to its own device, as measured
_CALLS_REQUEST = 29
_CALLS_NEW_TENANT = 10
_CALLS_TENANT = 114
_CALLS_UNCHECKED = 5
_CALLS_SCRIPT = 7

SCRIPT_LIMIT = 30.0  # seconds; AS3 stops waiting then, the script goes on
STALE_KEY = (
    "The hash you submitted does not match the hash on the current Tenant. This usually indicates there was "
    "a change to the Tenant "
    "since you pulled this hash. You will want to do a GET and see what the changes are."
)


@dataclass
class Faults:
    """What is to go wrong next, each used up as it happens. ``tenant`` left out means any.

    script      [{tenant, message, deletes, code}]: that tenant's next script that changes something fails
    with mcpd's message, after its member deletes have taken effect (``deletes: false``: before anything).
    ``code`` (422) may be any, even a word: AS3 hands on what its libraries throw, such as "ENOTFOUND" crash
    [{tenant, when}]: restnoded dies before (or ``when: after``) that tenant's script: no answer, tasks
    cancelled, lock kept store       that many times the declaration cannot be stored after the device was
    changed lost_tasks  that many of the next tasks are forgotten as soon as they are accepted
    """

    script: list[dict[str, Any]] = field(default_factory=list)
    crash: list[dict[str, Any]] = field(default_factory=list)
    store: int = 0
    lost_tasks: int = 0

    @staticmethod
    def take(faults: list[dict[str, Any]], tenant: str, **like: Any) -> dict[str, Any] | None:
        for fault in faults:
            if fault.get("tenant") in (None, tenant) and all(
                fault.get(name, default) == default for name, default in like.items()
            ):
                faults.remove(fault)
                return fault
        return None


class Died(Exception):
    """restnoded is gone; whoever runs this work has to clean up as a restart does."""


@dataclass
class _Run:
    """One pass through a declaration."""

    job: Job
    declaration: Declaration  # to deploy: digested
    base: Declaration  # as posted, secrets replaced: to store
    previous: Declaration
    started: float
    results: list[dict[str, Any]] = field(default_factory=list)
    traces: dict[str, Any] = field(default_factory=dict)
    digested: bool = False


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
        self._sleep = sleep
        self._vault = Vault(device)
        self._background: set[asyncio.Task[None]] = set()
        self.script_seconds = 0.01

    async def deploy(self, job: Job) -> tuple[int, Any]:
        """(status, body); the body of a refusal has its code."""
        if job.action == "patch":
            self._patched(job)
        declaration = self._stub(job)
        run = _Run(job, declaration, copy.deepcopy(declaration), {}, time.monotonic())
        self._device.calls += _CALLS_REQUEST
        try:
            holder = self._lock.take()
        except Refused as refusal:
            return refusal.status, self._refusal(run, refusal)
        try:
            return await self._locked(run, holder)
        except Refused as refusal:
            return refusal.status, self._refusal(run, refusal)
        except (Died, asyncio.CancelledError):
            holder = -1  # nobody is left to release the lock
            raise
        finally:
            self._lock.release(holder)

    # -- what to deploy

    def _stub(self, job: Job) -> Declaration:
        if job.declaration is None:
            stub: Declaration = {
                "class": "ADC",
                "schemaVersion": "3.0.0",
                "id": str(int(self._clock() * 1000)),
            }
            if job.action == "remove":
                stub["updateMode"] = "selective" if job.tenants or job.per_application else "complete"
                for tenant in job.tenants:
                    stub[tenant] = {"class": "Tenant"}
            return stub
        declaration = copy.deepcopy(job.declaration)
        if declaration.get("id") in ("generate", "", None):
            declaration["id"] = f"autogen_{uuid.uuid4()}"
        if job.per_application:
            declaration["updateMode"] = "selective"
        declaration["updateMode"] = declaration.get("updateMode") or "selective"
        return declaration

    def _patched(self, job: Job) -> None:
        operations = job.patch or []
        job.tenants = patch.touched(operations)
        stored = self._store.get() or {}
        added = {
            operation["path"].split("/")[1]
            for operation in operations
            if operation["op"] == "add" and operation["path"].count("/") == 1
        }
        # the patch is applied to the touched tenants only
        seen = {
            name: value
            for name, value in stored.items()
            if not is_tenant(value) or name in job.tenants or name == "Common"
        }
        result = patch.apply(operations, seen)
        missing = [tenant for tenant in job.tenants if tenant not in result and tenant not in added]
        if missing:
            raise Refused(
                404, f"specified Tenant(s) '{','.join(missing)}' not found in declaration", statusCode=404
            )
        job.action = "deploy"
        job.declaration = {**result, "updateMode": "selective"}

    def _prepare(self, run: _Run) -> None:
        """Fits the declaration to what is stored, then digests it."""
        job, declaration = run.job, run.declaration
        stored = self._store.get()
        run.previous = stored or {"class": "ADC", "schemaVersion": "3.0.0"}
        if job.action == "redeploy":
            old = self._store.get(job.redeploy_age or 1)
            if old is None:
                raise Refused(
                    404, f"cannot retrieve declaration of age {job.redeploy_age or 1} from localhost"
                )
            if job.redeploy_mode != "original":
                old["updateMode"] = job.redeploy_mode
            declaration = run.declaration = old
            run.base = copy.deepcopy(old)
        if job.action == "remove":
            declaration["schemaVersion"] = run.previous["schemaVersion"]
            run.base["schemaVersion"] = run.previous["schemaVersion"]
            if job.per_application:
                self._without_application(run)
        elif job.per_application and job.tenant:
            merged = {**run.previous.get(job.tenant, {}), **declaration[job.tenant]}
            declaration[job.tenant] = merged
            run.base[job.tenant] = copy.deepcopy(merged)
        if declaration.get("updateMode") == "complete":
            for tenant in tenants(run.previous):
                declaration.setdefault(tenant, {"class": "Tenant"})
                run.base.setdefault(tenant, {"class": "Tenant"})
        if job.action == "remove":
            return
        if (
            "Common" not in declaration
            and '"/Common/Shared' in stringify(declaration)
            and "Common" in run.previous
        ):
            declaration["Common"] = copy.deepcopy(run.previous["Common"])
            run.base["Common"] = copy.deepcopy(run.previous["Common"])
        run.declaration = digest(self._device, declaration, self._vault)
        copy_secrets(run.declaration, run.base)

    def _without_application(self, run: _Run) -> None:
        job = run.job
        tenant, names = job.tenant or "", job.applications or []
        stored = run.previous.get(tenant)
        if stored is None or any(name not in stored for name in names):
            # a fault of AS3, with the text of its JavaScript
            identity = run.declaration["id"]
            raise Refused(
                500,
                "Cannot read properties of undefined (reading 'controls')",
                declarationFullId=identity,
                tenant=None,
            )
        rest = {name: value for name, value in stored.items() if name not in names}
        if not applications(rest):
            rest = {"class": "Tenant"}
        run.declaration[tenant] = rest
        run.base[tenant] = copy.deepcopy(rest)
        if applications(rest):
            run.declaration = digest(self._device, run.declaration, self._vault)

    # -- one request under the lock

    async def _locked(self, run: _Run, holder: int) -> tuple[int, Any]:
        self._prepare(run)
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
                'cannot store declaration on localhost (store a declaration response=400 body={"code":400,"message":"01020057:3: '
                'The string with more than 65535 characters cannot be stored in a message.","errorStack":[],"apiError":3})',
                declarationFullId=run.declaration.get("id"),
            )
        merged = self._merge(run)
        if not run.job.dry_run:
            self._store.save(merged, run.job.history_limit)
            if run.job.persist:
                self._device.saves += 1
        return self._answer(run, merged)

    async def _tenant(self, run: _Run, tenant: str, first: bool) -> dict[str, Any]:
        began = time.monotonic()
        job = run.job
        if not job.dry_run and self.faults.take(self.faults.crash, tenant, when="before"):
            raise Died
        common: dict[str, Any] = {"host": "localhost", "tenant": tenant}
        identity = {"declarationId": run.declaration["id"]}
        key = run.declaration[tenant].pop("optimisticLockKey", "")
        run.base[tenant].pop("optimisticLockKey", None)
        stored = run.previous.get(tenant)
        if key and stored is not None and not job.per_application and key != lock_key(stored):
            return {"message": STALE_KEY, **common, "code": 422, **identity}
        existing = f"/{tenant}" in self._device.folders
        self._device.calls += (
            _CALLS_UNCHECKED if job.unchecked else _CALLS_TENANT if existing else _CALLS_NEW_TENANT
        )
        wanted = desired(self._device, run.declaration, tenant)
        there = self._there(run, tenant)
        only = job.applications if job.per_application else None
        try:
            # Common comes first with what others need, and last with what they no longer need
            work = script.plan(
                tenant,
                wanted,
                there,
                only,
                deletes=tenant != "Common" or not first,
                creates=tenant != "Common" or first,
            )
        except DeviceError as error:
            return {
                "code": 422,
                "message": "declaration failed",
                "response": str(error),
                **common,
                **self._time(began),
                **identity,
            }
        controls = (
            run.base[tenant].get("controls") if isinstance(run.base[tenant].get("controls"), dict) else {}
        )
        dry = job.dry_run or bool(controls.get("dryRun"))
        self._trace(run, tenant, wanted, there, work)
        if not work:
            found = {"code": 200, "message": "no change", **common, **self._time(began), **identity}
        elif dry:
            changes = (
                {"changes": [change.as_dict() for change in work.changes]}
                if self._setting(run, "logLevel") == "debug"
                else {}
            )
            found = {
                "code": 200,
                "message": "success",
                "dryRun": True,
                "lineCount": work.lines,
                **changes,
                **common,
                **self._time(began),
                **identity,
            }
        else:
            refusal = await self._run_script(work)
            if refusal is None:
                if tenant != "Common":
                    self._discovery.follow(run.declaration, tenant)
                found = {
                    "code": 200,
                    "message": "success",
                    "lineCount": work.lines,
                    **common,
                    **self._time(began),
                    **identity,
                }
            else:
                code, said = refusal
                found = {
                    "code": code,
                    "message": "declaration failed",
                    "response": said,
                    **common,
                    **self._time(began),
                    **identity,
                }
        if controls.get("dryRun") and not job.controls.get("dryRun"):
            job.dry_run = True
            found["warnings"] = [{"tenant": tenant, "message": "dryRun true found in Tenant controls"}]
        if not dry and self.faults.take(self.faults.crash, tenant, when="after"):
            raise Died
        return found

    def _there(self, run: _Run, tenant: str) -> Map:
        """Unchecked mode takes the stored declaration for what is on the device."""
        if run.job.unchecked and run.previous.get(tenant):
            stored = {**run.previous, "id": run.previous.get("id", "x")}
            return desired(self._device, expanded(self._device, stored, pointers=True), tenant)
        return tree.current(self._device, tenant)

    async def _run_script(self, work: script.Script) -> tuple[Any, str] | None:
        """None, or a code and what the device said."""
        fault = self.faults.take(self.faults.script, work.tenant)
        self._device.calls += _CALLS_SCRIPT
        if fault and not fault.get("deletes", True):
            await self._sleep(self.script_seconds)
            return fault.get("code", 422), str(fault["message"])
        script.before_transaction(self._device, work)
        if self.script_seconds > SCRIPT_LIMIT:
            rest = asyncio.create_task(self._finish_late(work, fault, self.script_seconds - SCRIPT_LIMIT))
            self._background.add(rest)
            rest.add_done_callback(self._background.discard)
            await self._sleep(SCRIPT_LIMIT)
            return 422, "TMSH CLI script taking longer than expected"
        await self._sleep(self.script_seconds)
        return self._commit(work, fault)

    async def _finish_late(self, work: script.Script, fault: dict[str, Any] | None, seconds: float) -> None:
        await self._sleep(SCRIPT_LIMIT + seconds)
        self._commit(work, fault)

    def _commit(self, work: script.Script, fault: dict[str, Any] | None) -> tuple[Any, str] | None:
        try:
            if fault:
                script.undo_folders(self._device, work)
                return fault.get("code", 422), str(fault["message"])
            script.transaction(self._device, work)
        except DeviceError as error:
            return 422, str(error)
        return None

    # -- the answer

    def _merge(self, run: _Run) -> Declaration:
        """What is stored: tenants that were there, with those that succeeded in their new form."""
        failed = {r["tenant"] for r in run.results if r["code"] != 200}
        merged = {name: value for name, value in run.previous.items() if is_tenant(value)}
        for name, value in run.base.items():
            if not is_tenant(value):
                merged[name] = value
            elif name not in failed:
                if applications(value) or any(isinstance(v, dict) and "class" in v for v in value.values()):
                    merged[name] = value
                else:
                    merged.pop(name, None)
        merged = copy.deepcopy(merged)
        if not isinstance(merged.get("controls"), dict):
            merged["controls"] = {}
        merged["controls"]["archiveTimestamp"] = iso(self._clock())
        return merged

    def _answer(self, run: _Run, merged: Declaration) -> tuple[int, Any]:
        job = run.job
        shown = copy.deepcopy(merged)
        if job.show != "base":
            shown = expanded(self._device, shown, pointers=job.show == "expanded")
        if job.show_hash:
            show_keys(shown)
        named = {result.get("tenant") for result in run.results}
        for tenant in [name for name in tenants(shown) if name not in named]:
            del shown[tenant]
        if job.per_application and job.action != "remove" and job.tenant in shown:
            inside = shown[job.tenant]
            shown = {
                "schemaVersion": shown["schemaVersion"],
                **{name: inside[name] for name in job.applications or [] if name in inside},
            }
        if job.filter_class:
            shown = filtered(shown, job.filter_class) or {}
        good = [r for r in run.results if r["code"] == 200]
        status = 422 if not good else 200 if len(good) == len(run.results) else 207
        body: dict[str, Any] = {"results": run.results, "declaration": shown}
        if run.traces:
            body["traces"] = run.traces
        if job.dry_run:
            body["dryRun"] = True
        if status != 200:
            body["code"] = status
        return status, body

    def _refusal(self, run: _Run, refusal: Refused) -> dict[str, Any]:
        """Validation and lock: the tenants stand in a list here."""
        body = refusal.body()
        errors = body.get("errors")
        affected = [
            error.split()[0].rstrip(":").split("/")[1]
            for error in errors or []
            if error.startswith("/") and "/" in error
        ]
        known = tenants(run.base)
        named = [name for name in affected if name in known] or known
        body["host"] = "localhost"
        if "tenant" not in body:
            body["tenant"] = named
        if body["tenant"] is None:
            del body["tenant"]
        if "id" in run.base:
            body["declarationId"] = run.base["id"]
        return body

    def _setting(self, run: _Run, name: str) -> Any:
        given = run.base.get("controls")
        return run.job.controls.get(name, given.get(name) if isinstance(given, dict) else None)

    def _trace(self, run: _Run, tenant: str, wanted: Map, there: Map, work: script.Script) -> None:
        if self._setting(run, "traceResponse"):
            label = f"{tenant}_0" if f"{tenant}Desired" in run.traces else tenant
            run.traces[f"{label}Desired"] = {path: entry.as_dict() for path, entry in wanted.items()}
            run.traces[f"{label}Current"] = {path: entry.as_dict() for path, entry in there.items()}
            run.traces[f"{label}Diff"] = [change.as_dict() for change in work.changes]

    @staticmethod
    def _time(began: float) -> dict[str, int]:
        return {"runTime": round((time.monotonic() - began) * 1000)}


def filtered(value: Any, kind: str) -> Any:
    """Only the objects of this class, with the names that lead to them."""
    if not isinstance(value, dict):
        return None
    if value.get("class") == kind:
        return value
    found = {name: inner for name, inner in ((n, filtered(v, kind)) for n, v in value.items()) if inner}
    return found or None
