# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""What AS3 knows, fit to be shown: the engine of as3_info."""

from __future__ import annotations

from typing import Any, Callable, Collection, Iterable, Mapping

from .._as3 import origin
from .._bigip.as3 import As3
from .._bigip.session import Session
from .._boundary.query import Query
from .._deadline import Deadline
from .._errors import Failure

_LOCK_KEY = "optimisticLockKey"


def gather(params: Mapping[str, Any], hide: Callable[[Iterable[str]], None], masker: Callable[[Iterable[str]], Callable[[Any], Any]]) -> dict[str, Any]:
    """The result of as3_info, without what is secret in it.

    hide is told the tokens of the session. masker makes a function that masks texts: a tenant's secrets in this tenant only, because its
    author may choose a word that others need.
    """
    tenants: list[str] | None = params["tenant"]
    application: str | None = params["application"]
    if application is not None and len(tenants or ()) != 1:
        raise Failure("options", "The option application needs the one tenant it is in", remedy="Name it as tenant.")
    query = Query(params["query"]) if params["query"] else None
    wanted: Collection[str] = params["gather"]
    found: dict[str, Any] = {}
    with Session(params["provider"], Deadline(params["timeout"]), hide) as session:
        as3 = As3(session)
        if "version" in wanted:
            found["version"] = as3.info()
        if "declaration" in wanted:
            found["declaration"], found["hashes"] = _declaration(as3, tenants, application, params["show"])
        if "settings" in wanted:
            found["settings"] = as3.settings()
        if "tasks" in wanted:
            found["tasks"] = as3.tasks()
    shown = origin.masked_everywhere(found)
    for name, value in found.get("declaration", {}).items():
        shown["declaration"][name] = masker(origin.secret_texts(value))(shown["declaration"][name])
    if "tasks" in found:  # each holds what was posted for any tenant
        shown["tasks"] = masker(origin.secret_texts(found))(shown["tasks"])
    result: dict[str, Any] = {"query_result": query.of(shown)} if query else shown
    return {"changed": False, **result, "warnings": session.warnings}


def _declaration(as3: As3, tenants: list[str] | None, application: str | None, show: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The ADC with the tenants asked for, and their lock keys beside it: in the ADC they would break a later POST of it."""
    document = as3.document(tenants, show=show, lock_keys=True) or {}
    adc: dict[str, Any] = {}
    hashes: dict[str, str] = {}
    for name, value in document.items():
        if not (isinstance(value, dict) and value.get("class") == "Tenant"):
            adc[name] = value
            continue
        if tenants is not None and name not in tenants:
            continue
        tenant = {key: part for key, part in value.items() if key != _LOCK_KEY and (application is None or key == application or not _is_application(part))}
        if application is not None and not _is_application(tenant.get(application)):
            continue
        adc[name] = tenant
        hashes[name] = str(value.get(_LOCK_KEY) or "")
    return (adc, hashes) if hashes or tenants is None else ({}, {})


def _is_application(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class") == "Application"
