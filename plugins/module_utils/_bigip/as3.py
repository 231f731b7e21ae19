# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AS3 service of a BIG-IP. It decides nothing: what to send is the caller's. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any, Collection, Mapping
from urllib.parse import quote

from .._deadline import backoff
from .._errors import Failure
from .outcome import Outcome, is_busy, is_running, outcome_of, unknown
from .response import Response, mappings
from .session import NoAnswer, Session

AS3 = "/mgmt/shared/appsvcs"
_PACKAGES = "/mgmt/shared/iapp/global-installed-packages"

# How long restnoded may take to register AS3 when BIG-IP does not say whether AS3 is installed at all.
_START_SECONDS = 30.0
# What an attempt after a busy answer needs at least: begun later, it would end with nobody knowing what it did.
_ATTEMPT_SECONDS = 5.0
# What AS3 answers to a path where it holds no tenant at all, and where it holds others.
_NOTHING_STORED = "declaration in specified path not found"
_NOT_STORED = "not found in declaration"
# The web server of BIG-IP refuses longer request lines.
_LONGEST_PATH = 6000


class As3:
    """AS3 through one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answered = False
        self._whole: Mapping[str, Any] | None = None
        """The last document that held all tenants."""

    # -- reading --------------------------------------------------------------------------------------------------

    def info(self) -> dict[str, Any]:
        """version, release, schemaCurrent, schemaMinimum."""
        return self._read("/info", "Reading the version of AS3")

    def settings(self) -> dict[str, Any]:
        return self._read("/settings", "Reading the settings of AS3")

    def tasks(self) -> list[dict[str, Any]]:
        """The task records AS3 keeps (25, or 7 days), newest first."""
        return mappings(self._read("/task", "Reading the tasks of AS3"))

    def declaration(
        self, tenants: Collection[str] | None = None, *, show: str = "base", application: str | None = None, lock_keys: bool = True
    ) -> dict[str, dict[str, Any]]:
        """The stored tenants by name, all of them or those named; a tenant that is not stored is absent.

        lock_keys adds optimisticLockKey to each. With application only that one is left in each tenant.
        """
        stored = self.document(tenants, show=show, lock_keys=lock_keys) or {}
        found = {name: value for name, value in stored.items() if isinstance(value, dict) and value.get("class") == "Tenant"}
        if tenants is not None:
            found = {name: value for name, value in found.items() if name in tenants}
        if application is not None:
            found = {
                name: {key: value for key, value in tenant.items() if key == application or not _is_application(value)}
                for name, tenant in found.items()
                if _is_application(tenant.get(application))
            }
        return found

    def others(self, tenants: Collection[str]) -> dict[str, dict[str, Any]]:
        """The stored tenants beside these, as they were when all were read last. One request, if they never were."""
        found = self.document() if self._whole is None else self._whole
        return {name: value for name, value in (found or {}).items() if name not in tenants and isinstance(value, dict) and value.get("class") == "Tenant"}

    def document(self, tenants: Collection[str] | None = None, *, show: str = "base", lock_keys: bool = False) -> dict[str, Any] | None:
        """The stored ADC as AS3 gives it; None if nothing is stored. It may hold more tenants than were asked for.

        One request, unless one of several tenants is not stored: AS3 then refuses to give the others too.
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
            raise _refused(response, "Reading the declaration from AS3")
        self._leave_out(response.left_out, tenants)
        if not names:
            self._whole = response.json
        return response.json

    def _leave_out(self, unreadable: Mapping[str, str], tenants: Collection[str] | None) -> None:
        """A tenant that cannot be read stops only those who ask for it by its name."""
        for name, why in unreadable.items():
            if name in (tenants or ()):
                raise Failure(
                    "as3_unreadable",
                    f"Reading tenant {name} from AS3",
                    said=why,
                    remedy="Another writer stored it so: correct it in AS3, or leave this tenant out.",
                    tenant=name,
                )
            self._warn(f"Tenant {name} on BIG-IP is left out: {why}.")

    def _warn(self, text: str) -> None:
        if text not in self._session.warnings:
            self._session.warnings.append(text)

    def _declared(self, names: str, params: Mapping[str, str]) -> Response:
        """What AS3 answers about these tenants. A 404 from anything else does not mean that they are not stored: it is asked again."""
        doing = "Reading the declaration from AS3"
        limit = self._session.deadline.sooner(_START_SECONDS)
        for pause in backoff(first=1.0):
            response = self._get(f"/declare/{names}" if names else "/declare", doing, params)
            if response.status != 404 or (isinstance(response.json, dict) and (_NOTHING_STORED in response.said or _NOT_STORED in response.said)):
                return response
            if limit.expired or not limit.pause(pause):
                raise _refused(response, doing)
        raise AssertionError("backoff never ends")

    # -- changing -------------------------------------------------------------------------------------------------

    def submit(self, body: Mapping[str, Any], *, tenant: str | None = None) -> Outcome:
        """Send a declaration and follow its task to the end. With tenant, body holds applications of that tenant.

        Another writer is waited out. Not raised for: what AS3 refuses, and what nobody knows (Outcome.known).
        """
        path = "/declare" if tenant is None else f"/declare/{quote(tenant, safe='')}/applications"
        return self._change("POST", path, "Sending the declaration to AS3", body)

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        """Delete a tenant, or one application of it. Only for what is stored: AS3 answers 500 to an unknown application."""
        path = f"/declare/{quote(tenant, safe='')}"
        if application is not None:
            path += f"/applications/{quote(application, safe='')}"
        return self._change("DELETE", path, f"Deleting {tenant}{'/' + application if application else ''} from AS3", None)

    def _change(self, method: str, path: str, doing: str, body: Mapping[str, Any] | None) -> Outcome:
        # AS3 keeps a record of every attempt, 25 in all: asking often would drive out the records of others.
        for pause in backoff(first=1.0, cap=15.0):
            # Of a pair the one that was active for the last read may be standby by now.
            self._session.find_active_again()
            outcome = self._attempt(method, path, doing, body)
            if not is_busy(outcome):
                return outcome
            spare = self._session.deadline.remaining - _ATTEMPT_SECONDS
            if spare <= 0 or not self._wait(min(pause, spare)):
                raise Failure(
                    "bigip_busy",
                    f"{doing} (given up after {self._session.deadline.seconds:.0f} s)",
                    said=outcome.results[0].message,
                    remedy="Another writer kept AS3 busy all the time; raise timeout or run again later.",
                )
        raise AssertionError("backoff never ends")

    def _attempt(self, method: str, path: str, doing: str, body: Mapping[str, Any] | None) -> Outcome:
        try:
            response = self._ask(method, path, doing, {"async": "true"}, body)
        except NoAnswer as failure:
            return unknown(f"the connection broke after the {method}: {failure.said}")
        if response.json is None:
            return unknown(f"after the {method} came {response.said}")
        if response.status == 202 and isinstance(response.json, dict) and response.json.get("id"):
            return self._follow(str(response.json["id"]))
        return outcome_of(response.json)

    def _follow(self, task_id: str) -> Outcome:
        # selfLink names "localhost": the address is made from the id.
        path = f"/task/{quote(task_id, safe='')}"
        started = self._session.deadline.remaining
        for pause in backoff(first=0.2, cap=5.0, factor=1.6):
            if not self._wait(pause):
                return unknown(f"the task was still in progress after {started:.0f} s, when the time was over", task_id)
            try:
                response = self._get(path, "Following the task of AS3")
            except Failure as failure:
                return unknown(f"the task could not be followed to its end: {failure.message}", task_id)
            if response.status == 404:
                return unknown(f"the task disappeared: {response.said}", task_id)
            if not response.ok or not isinstance(response.json, dict):
                return unknown(f"the task could not be read: {response.said}", task_id)
            if not is_running(response.json):
                return outcome_of(response.json, task_id)
        raise AssertionError("backoff never ends")

    def _wait(self, pause: float) -> bool:
        """False if the time is over, before the pause or after it."""
        return self._session.deadline.pause(pause) and not self._session.deadline.expired

    # -- asking ---------------------------------------------------------------------------------------------------

    def _read(self, path: str, doing: str) -> dict[str, Any]:
        response = self._get(path, doing)
        if not response.ok or not isinstance(response.json, dict):
            raise _refused(response, doing)
        return response.json

    def _get(self, path: str, doing: str, params: Mapping[str, str] | None = None) -> Response:
        return self._ask("GET", path, doing, params)

    def _ask(self, method: str, path: str, doing: str, params: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None) -> Response:
        """One request. A path that is not registered means a restart if AS3 has answered before, or else that it may be missing."""
        if self._answered:
            return self._session.request(method, AS3 + path, params=params, json=body, doing=doing)
        response = self._session.request(method, AS3 + path, params=params, json=body, doing=doing, unregistered_patience=0)
        if response.unregistered:
            if self._is_missing():
                raise _missing(response, doing)
            patience = min(_START_SECONDS, self._session.deadline.remaining / 2)
            response = self._session.request(method, AS3 + path, params=params, json=body, doing=doing, unregistered_patience=patience)
            if response.unregistered:
                raise _missing(response, doing)
        self._answered = True
        return response

    def _is_missing(self) -> bool:
        """Whether BIG-IP says that the AS3 package is not installed; False also if it does not say."""
        response = self._session.request("GET", _PACKAGES, doing="Reading the packages installed on BIG-IP", unregistered_patience=0)
        return response.ok and isinstance(response.json, dict) and "items" in response.json and "f5-appsvcs" not in response.text


def _is_application(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class") == "Application"


def _missing(response: Response, doing: str) -> Failure:
    return Failure(
        "as3_missing",
        doing,
        said=response.said,
        remedy="Install F5 BIG-IP Application Services 3 Extension (AS3) on BIG-IP, or wait until its REST service is up.",
    )


def _refused(response: Response, doing: str) -> Failure:
    return Failure("as3_refused", doing, said=response.said, remedy="See what AS3 logs in /var/log/restnoded/restnoded.log on BIG-IP.")
