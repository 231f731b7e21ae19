# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration of a job: its own, or one from its patch or from the store; digested."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..device import Device
from . import patch
from .answers import Refused
from .digest import Declaration, Vault, applications, copy_secrets, digest, is_tenant, tenants
from .formats import stringify
from .request import Job
from .store import Store


@dataclass
class Run:
    """One pass through a declaration."""

    job: Job
    declaration: Declaration  # to deploy: digested
    base: Declaration  # as posted, secrets replaced: to store
    previous: Declaration
    started: float
    results: list[dict[str, Any]] = field(default_factory=list)
    traces: dict[str, Any] = field(default_factory=dict)
    digested: bool = False


class Preparation:
    def __init__(self, device: Device, store: Store, clock: Callable[[], float]) -> None:
        self._device = device
        self._store = store
        self._clock = clock
        self._vault = Vault(device)

    def stub(self, job: Job) -> Declaration:
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

    def patched(self, job: Job) -> None:
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

    def prepare(self, run: Run) -> None:
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

    def _without_application(self, run: Run) -> None:
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
