# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""AS3 on a BIG-IP: reads of the stored declaration, and changes. The caller decides what to send."""

from __future__ import annotations

from typing import Any, Collection, Mapping
from urllib.parse import quote

from .._deadline import backoff
from .._errors import Failure
from .as3_changes import Changes
from .as3_service import START_SECONDS, Service, refused
from .outcome import Outcome
from .response import Response, mappings
from .session import Session

# AS3's answers to a path of a tenant: when it stores no tenant at all, and when it stores others.
_NOTHING_STORED = "declaration in specified path not found"
_NOT_STORED = "not found in declaration"
# The web server of BIG-IP refuses longer request lines.
_LONGEST_PATH = 6000


class As3:
    """AS3 through one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._service = Service(session)
        self._changes = Changes(self._service)
        self._whole: Mapping[str, Any] | None = None
        """The last document that held all tenants."""

    def info(self) -> dict[str, Any]:
        """version, release, schemaCurrent, schemaMinimum."""
        return self._service.read("/info", "Reading the version of AS3")

    def settings(self) -> dict[str, Any]:
        return self._service.read("/settings", "Reading the settings of AS3")

    def tasks(self) -> list[dict[str, Any]]:
        """The task records that AS3 keeps (25, or 7 days), newest first."""
        return mappings(self._service.read("/task", "Reading the tasks of AS3"))

    def declaration(
        self,
        tenants: Collection[str] | None = None,
        *,
        show: str = "base",
        application: str | None = None,
        lock_keys: bool = True,
    ) -> dict[str, dict[str, Any]]:
        """The stored tenants by name, all of them or those named; a tenant that is not stored is absent.

        lock_keys: add optimisticLockKey to each. application: drop the other applications of each tenant.
        """
        stored = self.document(tenants, show=show, lock_keys=lock_keys) or {}
        selected = {
            name: value
            for name, value in stored.items()
            if isinstance(value, dict) and value.get("class") == "Tenant"
        }
        if tenants is not None:
            selected = {name: value for name, value in selected.items() if name in tenants}
        if application is not None:
            selected = {
                name: {
                    key: value
                    for key, value in tenant.items()
                    if key == application or not _is_application(value)
                }
                for name, tenant in selected.items()
                if _is_application(tenant.get(application))
            }
        return selected

    def others(self, tenants: Collection[str]) -> dict[str, dict[str, Any]]:
        """The other stored tenants, as they were when all were read last. One request, if they never were."""
        document = self.document() if self._whole is None else self._whole
        return {
            name: value
            for name, value in (document or {}).items()
            if name not in tenants and isinstance(value, dict) and value.get("class") == "Tenant"
        }

    def document(
        self, tenants: Collection[str] | None = None, *, show: str = "base", lock_keys: bool = False
    ) -> dict[str, Any] | None:
        """The stored ADC as AS3 returns it; None if nothing is stored.

        It may have more tenants than the named ones. One request, unless one of several tenants is not
        stored: AS3 then refuses to return the others too.
        """
        if tenants is not None and not tenants:
            return None
        names = ",".join(quote(name, safe="") for name in sorted(tenants or ()))
        if len(names) > _LONGEST_PATH:
            names = ""
        params = {"show": show, **({"showHash": "true"} if lock_keys else {})}
        response = self._declared(names, params)
        if response.status == 404 and names:
            if "," not in names:
                if _NOTHING_STORED in response.said:
                    self._whole = {}
                return None
            names = ""
            response = self._declared("", params)
        if response.status == 204:
            self._whole = {}
            return None
        if not response.ok or not isinstance(response.json, dict):
            raise refused(response, "Reading the declaration from AS3")
        self._leave_out(response.left_out, tenants)
        if not names:
            self._whole = response.json
        return response.json

    def _leave_out(self, unreadable: Mapping[str, str], tenants: Collection[str] | None) -> None:
        """Raise Failure for an unreadable tenant that is asked for by its name; warn of the others."""
        for name, why in unreadable.items():
            if name in (tenants or ()):
                raise Failure(
                    "as3_unreadable",
                    f"Reading tenant {name} from AS3",
                    said=why,
                    remedy="Another writer stored it so: correct it in AS3, or omit this tenant.",
                    tenant=name,
                )
            self._warn(f"Tenant {name} on BIG-IP is left out: {why}.")

    def _warn(self, text: str) -> None:
        if text not in self._session.warnings:
            self._session.warnings.append(text)

    def _declared(self, names: str, params: Mapping[str, str]) -> Response:
        """AS3's answer about these tenants.

        A 404 from anything else does not mean that they are not stored: the request is repeated.
        """
        doing = "Reading the declaration from AS3"
        limit = self._session.deadline.sooner(START_SECONDS)
        pauses = backoff(first=1.0)
        while True:
            response = self._service.get(f"/declare/{names}" if names else "/declare", doing, params)
            if response.status != 404 or (
                isinstance(response.json, dict)
                and (_NOTHING_STORED in response.said or _NOT_STORED in response.said)
            ):
                return response
            if not limit.pause(next(pauses)):
                raise refused(response, doing)

    def submit(self, body: Mapping[str, Any], *, tenant: str | None = None) -> Outcome:
        """Send a declaration and follow its task to the end (see Changes.submit)."""
        return self._changes.submit(body, tenant=tenant)

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        """Delete a tenant, or one application of it (see Changes.remove)."""
        return self._changes.remove(tenant, application)


def _is_application(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class") == "Application"
