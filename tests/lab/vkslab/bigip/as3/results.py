# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of a deployment: the declaration to store, and the answer."""

from __future__ import annotations

import copy
from typing import Any

from ..device import Device
from .answers import Refused
from .digest import Declaration, applications, expanded, is_tenant, tenants
from .prepare import Run
from .store import iso, show_keys


def merged(run: Run, now: float) -> Declaration:
    """The declaration to store: the former tenants, with those that succeeded in their new form."""
    failed = {r["tenant"] for r in run.results if r["code"] != 200}
    result = {name: value for name, value in run.previous.items() if is_tenant(value)}
    for name, value in run.base.items():
        if not is_tenant(value):
            result[name] = value
        elif name not in failed:
            if applications(value) or any(isinstance(v, dict) and "class" in v for v in value.values()):
                result[name] = value
            else:
                result.pop(name, None)
    result = copy.deepcopy(result)
    if not isinstance(result.get("controls"), dict):
        result["controls"] = {}
    result["controls"]["archiveTimestamp"] = iso(now)
    return result


def answer(device: Device, run: Run, stored: Declaration) -> tuple[int, Any]:
    job = run.job
    shown = copy.deepcopy(stored)
    if job.show != "base":
        shown = expanded(device, shown, pointers=job.show == "expanded")
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


def refused(run: Run, refusal: Refused) -> dict[str, Any]:
    """Validation and lock: the tenants are a list here."""
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


def filtered(value: Any, kind: str) -> Any:
    """Only the objects of this class, with the names that lead to them."""
    if not isinstance(value, dict):
        return None
    if value.get("class") == kind:
        return value
    found = {name: inner for name, inner in ((n, filtered(v, kind)) for n, v in value.items()) if inner}
    return found or None
