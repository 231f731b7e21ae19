# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Changes by AS3: declarations and deletions, each followed to its end."""

from __future__ import annotations

from typing import Any, Mapping
from urllib.parse import quote

from .._deadline import backoff
from .._errors import Failure
from .as3_service import Service
from .contact import NoAnswer
from .outcome import Outcome, is_busy, is_running, outcome_of, unknown

# The least time for an attempt after a busy answer: one that begins later would end with an unknown outcome.
_ATTEMPT_SECONDS = 5.0


class Changes:
    """Sends what changes the tenants of one BIG-IP."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._session = service.session

    def submit(self, body: Mapping[str, Any], *, tenant: str | None = None) -> Outcome:
        """Send a declaration and follow its task to the end.

        body: a declaration, or with tenant the applications of that tenant. While another writer keeps AS3
        busy, it is repeated. A refusal and an unknown result are in the Outcome; Failure is raised if AS3
        stays busy.
        """
        path = "/declare" if tenant is None else f"/declare/{quote(tenant, safe='')}/applications"
        return self._change("POST", path, "Sending the declaration to AS3", body)

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        """Delete a tenant, or one application of it.

        It must be stored: AS3 answers 500 to an unknown application.
        """
        path = f"/declare/{quote(tenant, safe='')}"
        if application is not None:
            path += f"/applications/{quote(application, safe='')}"
        return self._change(
            "DELETE", path, f"Deleting {tenant}{'/' + application if application else ''} from AS3", None
        )

    def _change(self, method: str, path: str, doing: str, body: Mapping[str, Any] | None) -> Outcome:
        # AS3 keeps a record of every attempt, 25 in all: frequent attempts would displace the records of
        # others.
        pauses = backoff(first=1.0, cap=15.0)
        while True:
            # The unit that was active at the last read may be standby by now.
            self._session.find_active_again()
            outcome = self._attempt(method, path, doing, body)
            if not is_busy(outcome):
                return outcome
            spare = self._session.deadline.remaining - _ATTEMPT_SECONDS
            if spare <= 0 or not self._wait(min(next(pauses), spare)):
                raise Failure(
                    "bigip_busy",
                    f"{doing} (timed out after {self._session.deadline.seconds:.0f} s)",
                    said=outcome.results[0].message,
                    remedy="Another writer kept AS3 busy. Raise timeout, or run again later.",
                )

    def _attempt(self, method: str, path: str, doing: str, body: Mapping[str, Any] | None) -> Outcome:
        try:
            response = self._service.ask(method, path, doing, {"async": "true"}, body)
        except NoAnswer as failure:
            return unknown(f"the connection broke after the {method}: {failure.said}")
        if response.json is None:
            return unknown(f"after the {method} came {response.said}")
        if response.status == 202 and isinstance(response.json, dict) and response.json.get("id"):
            return self._follow(str(response.json["id"]))
        return outcome_of(response.json)

    def _follow(self, task_id: str) -> Outcome:
        # selfLink names "localhost", so the address comes from the id.
        path = f"/task/{quote(task_id, safe='')}"
        started = self._session.deadline.remaining
        pauses = backoff(first=0.2, cap=5.0, factor=1.6)
        while True:
            if not self._wait(next(pauses)):
                return unknown(f"timed out after {started:.0f} s while the task was in progress", task_id)
            try:
                response = self._service.get(path, "Following the task of AS3")
            except Failure as failure:
                return unknown(f"the task could not be followed to its end: {failure.message}", task_id)
            if response.status == 404:
                return unknown(f"the task disappeared: {response.said}", task_id)
            if not response.ok or not isinstance(response.json, dict):
                return unknown(f"the task could not be read: {response.said}", task_id)
            if not is_running(response.json):
                return outcome_of(response.json, task_id)

    def _wait(self, pause: float) -> bool:
        """False if the deadline is reached, before the pause or after it."""
        return self._session.deadline.pause(pause) and not self._session.deadline.expired
