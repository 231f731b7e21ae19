# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses a request: its path, query and body, checked in AS3's order and with its messages."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .answers import Refused
from .classes import RULES
from .digest import VALIDATOR, Declaration, is_application, is_tenant
from .validate import Notes

_LEVELS = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")


@dataclass
class Job:
    """One declaration to deal with."""

    action: str
    declaration: Declaration | None = None
    patch: list[dict[str, Any]] | None = None
    tenant: str | None = None  # set for a per-application request
    applications: list[str] | None = None  # those named by it
    tenants: list[str] = field(default_factory=list)  # named in the path
    dry_run: bool = False
    controls: dict[str, Any] = field(default_factory=dict)  # from the query
    history_limit: int = 4
    persist: bool = True
    redeploy_age: int = 0
    redeploy_mode: str = "original"
    show: str = "base"
    show_hash: bool = False
    age: int | str = 0
    filter_class: str | None = None
    unchecked: bool = False
    app_form: Declaration | None = None  # the body of a per-application POST as it came

    @property
    def per_application(self) -> bool:
        return self.tenant is not None


def parse_json(body: bytes, operations: Iterator[int]) -> Any:
    """``operations`` numbers what is refused before AS3 sees it."""
    try:
        return json.loads(body)
    except ValueError as error:
        at = getattr(error, "pos", 0)
        text = body.decode("utf8", "replace")
        reason = (
            "Unexpected end of JSON input"
            if at >= len(text.rstrip())
            else f"Unexpected token {text[at]} in JSON at position {at}"
        )
        raise Refused(
            400,
            f"Found invalid JSON body in the request. Error: {reason}",
            referer="127.0.0.1",
            restOperationId=next(operations),
            kind=":resterrorresponse",
        ) from None


def jobs(method: str, body: Any, tenant: str | None, application: str | None) -> list[Job]:
    """One job, or one for each element of an array."""
    if method == "GET":
        return [Job("retrieve", tenant=tenant, applications=[application] if application else [])]
    if method == "DELETE":
        return [Job("remove", tenant=tenant, applications=[application] if application else None)]
    if body in (None, ""):
        raise Refused(408, "Request exceeded iControl LX timeout")
    if method == "PATCH" and not (isinstance(body, dict) and body.get("class") == "AS3"):
        body = {"class": "AS3", "action": "patch", "patchBody": body}
    if tenant is not None:
        return [_applications(body, tenant)]
    if isinstance(body, list) and not body:
        raise Refused(422, "Invalid request: /: should NOT have fewer than 1 items")
    return [_request(one) for one in (body if isinstance(body, list) else [body])]


def _applications(body: Any, tenant: str) -> Job:
    if not isinstance(body, dict):
        raise Refused(422, "Invalid request: /: should be object")
    controls = next(
        (
            name
            for name, value in body.items()
            if isinstance(value, dict) and value.get("class") == "Controls"
        ),
        "controls",
    )
    names = [name for name, value in body.items() if is_application(value)]
    inside = {"class": "Tenant", **{name: body[name] for name in names}}
    if controls in body:
        inside[controls] = body[controls]
    declaration = {
        "class": "ADC",
        "schemaVersion": body.get("schemaVersion"),
        "id": f"autogen_{uuid.uuid4()}",
        tenant: inside,
    }
    given = body.get(controls)
    # The transcript has a dry run of applications by the query only. By their controls it is as AS3's source
    # has it since 3.50.0:
    # perAppUtil.js moves them into the tenant, whose dryRun requestContext.js takes for the whole request,
    # with the warning of a tenant's controls.
    dry = bool(isinstance(given, dict) and given.get("dryRun"))
    return Job("deploy", declaration, tenant=tenant, applications=names, dry_run=dry, app_form=body)


def _request(body: Any) -> Job:
    """A request of class AS3; a bare declaration is wrapped into one."""
    if isinstance(body, dict) and body.get("class", "ADC") == "ADC":
        body = {"class": "AS3", "declaration": body}
    fault = VALIDATOR.check(RULES["AS3"], body, Notes())
    if fault:
        raise Refused(422, f"Invalid request: {fault.said}")
    action = body["action"]
    declaration = body.get("declaration")
    job = Job("deploy" if action == "dry-run" else action, declaration, patch=body.get("patchBody"))
    job.persist = body["persist"]
    job.redeploy_age = body["redeployAge"]
    job.redeploy_mode = body["redeployUpdateMode"]
    job.age = body["retrieveAge"]
    job.history_limit = int(body.get("historyLimit", 15 if action == "redeploy" else 4))
    allowed, required = action in ("deploy", "dry-run"), action in ("deploy", "dry-run")
    if job.age and action != "retrieve":
        raise Refused(
            400, f'retrieveAge value is not allowed for action "{action}". use only with "retrieve"'
        )
    if job.redeploy_age and action != "redeploy":
        raise Refused(400, 'redeployAge is valid only with action "redeploy"')
    if action == "patch" and not job.patch:
        raise Refused(400, "for action 'patch', a patchBody must be included - refer to AS3 docs for details")
    if action != "patch" and job.patch:
        raise Refused(400, "patchBody is valid only with action 'patch'")
    if declaration and not allowed:
        raise Refused(400, f'for action "{action}", a declaration is not allowed.')
    if not declaration and required:
        raise Refused(400, f'for action "{job.action}", a declaration is required.')
    controls = (declaration or {}).get("controls")
    job.dry_run = action == "dry-run" or bool(isinstance(controls, dict) and controls.get("dryRun"))
    return job


def parse_async(query: dict[str, str], retrieves: bool) -> bool:
    if "async" not in query:
        return False
    value = query["async"].lower()
    if value and value not in ("true", "false"):
        raise Refused(400, 'async must be "true" or "false"')
    if retrieves:
        raise Refused(400, 'query param "async" is not allowed for method=GET or action=retrieve.')
    return value == "true"


def parse_query(job: Job, method: str, query: dict[str, str]) -> None:
    name_of_method = method.capitalize()
    for name, value in query.items():
        if name == "show":
            if value.lower() not in ("base", "full", "expanded", ""):
                raise Refused(400, 'show must be "base", "full", or "expanded"')
            job.show = value.lower() or "base"
        elif name == "age":
            job.age = _age(name_of_method, value)
        elif name == "filterClass":
            if method == "DELETE":
                raise Refused(400, f'query param "filterClass" is not allowed for method {name_of_method}')
            job.filter_class = value
        elif name == "showHash":
            if method == "DELETE":
                raise Refused(400, f'query param "showHash" is not allowed for method {name_of_method}')
            job.show_hash = _boolean("showHash", value)
        elif name in ("unsafe", "unchecked"):
            job.unchecked = _boolean("unchecked", value)
        elif name == "controls.logLevel":
            if value.lower() not in _LEVELS:
                raise Refused(
                    400,
                    "logLevel must be " + ", ".join(f'"{level}"' for level in _LEVELS[:-1]) + ', or "debug"',
                )
            job.controls["logLevel"] = value.lower()
        elif name in ("controls.trace", "controls.traceResponse", "controls.dryRun"):
            short = name.split(".")[1]
            if value.lower() not in ("true", "false"):
                raise Refused(400, f'{short} must be "true" or "false"')
            job.controls[short] = value.lower() == "true"
        elif name == "controls.userAgent":
            job.controls["userAgent"] = value
        elif name != "async":
            raise Refused(400, f'unrecognized URL query parameter "{name}"')
    if "dryRun" in job.controls:
        job.dry_run = job.controls["dryRun"]


def _age(method: str, value: str) -> int | str:
    if method != "Get":
        raise Refused(400, f'query param "age" is not allowed for method {method}')
    if re.fullmatch(r"[0-9]{1,2}", value):
        if int(value) > 15:
            raise Refused(400, f'invalid age value "{value}" - must be between 0-15 or "list"')
        return int(value)
    if value == "list":
        return value
    raise Refused(400, f'invalid age value "{value}" - must be a number between 0-15 or "list"')


def _boolean(name: str, value: str) -> bool:
    if value and value.lower() not in ("true", "false"):
        raise Refused(400, f'{name} must be "true" or "false"')
    return value.lower() == "true"


def keep_tenants_of_path(job: Job, named: list[str], method: str) -> None:
    """POST /declare/T1,T4: other tenants of the body are dropped without a word."""
    if not named:
        return
    if method == "POST" and job.declaration:
        job.tenants = [name for name in named if name in job.declaration]
        for name in [n for n, value in job.declaration.items() if is_tenant(value) and n not in job.tenants]:
            del job.declaration[name]
    else:
        job.tenants = list(dict.fromkeys(named))
