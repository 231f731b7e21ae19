# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The failures of tenants, with their places in the user's input."""

from __future__ import annotations

import re
from typing import Mapping

from .._as3.types import Object
from .._errors import Failure, place_in_input
from .._request.wanted import Wanted
from .interfaces import ResultCode
from .tenant_run import TenantRun, Verdict

# AS3 names a property (or a class) alone if none of its classes knows it.
_PROPERTY = re.compile(r"Invalid data property: (\S+)$")


def failure(wanted: Wanted, runs: Mapping[str, TenantRun]) -> Object | None:
    """The failure of the task: the tenants that failed. None if all were published."""
    failed = [
        _entry(tenant, run.failure, run.verdict, wanted)
        for tenant, run in sorted(runs.items())
        if run.failure
    ]
    if not failed:
        return None
    summary = f"{len(failed)} of {len(runs)} tenants failed"
    # That other tenants were not reached because of the first fault explains nothing.
    first = next((entry for entry in failed if entry["code"] != "stopped"), failed[0])
    message = str(first["message"])
    if len(runs) > 1:
        message = f"{summary}. First, tenant {first['tenant']}: {message}"
    whole = Failure("tenants_failed", summary, remedy="See failure.tenants for each.", tenants=failed)
    return {**whole.as_dict(), "message": message}


def code(fault: Failure, verdict: Verdict | None) -> ResultCode:
    """AS3's code if there is one, or our own word."""
    return verdict.code if verdict and verdict.code is not None else fault.code


def _entry(tenant: str, fault: Failure, verdict: Verdict | None, wanted: Wanted) -> Object:
    note = verdict.note if verdict else None
    entry: Object = {
        **fault.as_dict(),
        "tenant": tenant,
        "code": code(fault, verdict),
        "message": fault.message + (f" {note}" if note else ""),
        "object": fault.object or f"/{tenant}",
    }
    if note:
        entry["note"] = note
    if tenant in wanted.faults:
        entry.update(_place_in_request(tenant, wanted))
    else:
        entry.update(_place_in_declaration(tenant, fault, wanted))
    return entry


def _applications(tenant: str, wanted: Wanted) -> list[str]:
    return sorted(name for owner, name in wanted.paths if owner == tenant)


def _place_in_request(tenant: str, wanted: Wanted) -> Object:
    """The place of a fault of the request, and the further faults of this tenant."""
    faults = wanted.faults[tenant]
    places = {path for _fault, path in faults}
    names = _applications(tenant, wanted)
    entry: Object = {"path": faults[0][1], "input": faults[0][1]}
    if len(faults) > 1:
        entry["faults"] = [{**fault.as_dict(), "path": path, "input": path} for fault, path in faults[1:]]
    entry["applications"] = [name for name in names if places & set(wanted.paths[(tenant, name)])] or names
    return entry


def _place_in_declaration(tenant: str, fault: Failure, wanted: Wanted) -> Object:
    """The AS3 path of what was refused, and the place in the user's input that it comes from."""
    names = _applications(tenant, wanted)
    path = fault.details.get("path") or _concerns(tenant, fault) or _property_path(tenant, fault.said, wanted)
    if not path:
        return {"applications": names}
    named = [name for name in names if name in str(path).split("/")[2:3]]
    place = place_in_input(str(path)) or _input(str(path), wanted)
    return {"path": path, "input": place, "applications": named or names}


def _concerns(tenant: str, fault: Failure) -> str | None:
    """The AS3 path of the pool or the application that a refusal of our own names."""
    pool, application = fault.details.get("pool"), fault.details.get("application")
    return str(pool) if pool else f"/{tenant}/{application}" if application else None


def _property_path(tenant: str, said: str | None, wanted: Wanted) -> str | None:
    """The AS3 path of a property that AS3 names without its place."""
    match = _PROPERTY.search(said) if said else None
    for owner, name, key in wanted.objects:
        item = wanted.applications.get(owner, {}).get(name, {}).get(key)
        if match and owner == tenant and isinstance(item, dict) and match[1] in item:
            return f"/{owner}/{name}/{key}/{match[1]}"
    return None


def _input(path: str, wanted: Wanted) -> str | None:
    """The place in the user's input of the AS3 path /T/A/object."""
    parts = path.strip("/").split("/")
    if len(parts) > 2 and (place := wanted.objects.get((parts[0], parts[1], parts[2]))) is not None:
        return ".".join([place, *parts[3:]])
    return wanted.paths[(parts[0], parts[1])][0] if tuple(parts[:2]) in wanted.paths else None
