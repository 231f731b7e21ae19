# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Requests to AS3's REST service, which may be missing or still starting."""

from __future__ import annotations

import math
from typing import Any, Mapping

from .._errors import Failure
from .response import Response
from .session import Session

AS3 = "/mgmt/shared/appsvcs"
_PACKAGES = "/mgmt/shared/iapp/global-installed-packages"

# How long restnoded may take to register AS3 when BIG-IP does not show whether AS3 is installed at all.
START_SECONDS = 30.0


class Service:
    """AS3 at the other end of a session. Paths are below /mgmt/shared/appsvcs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._answered = False

    def read(self, path: str, doing: str) -> dict[str, Any]:
        response = self.get(path, doing)
        if not response.ok or not isinstance(response.json, dict):
            raise refused(response, doing)
        return response.json

    def get(self, path: str, doing: str, params: Mapping[str, str] | None = None) -> Response:
        return self.ask("GET", path, doing, params)

    def ask(
        self,
        method: str,
        path: str,
        doing: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Response:
        """The answer to one request. Raises Failure (as3_missing) if AS3 does not start.

        A path that is not registered means a restart if AS3 has answered before. Otherwise AS3 may be
        missing.
        """

        def send(patience: float) -> Response:
            return self.session.request(
                method, AS3 + path, params=params, json=body, doing=doing, unregistered_patience=patience
            )

        response = send(math.inf if self._answered else 0)
        if response.unregistered and not self._answered:
            if self._is_missing():
                raise _missing(response, doing)
            response = send(min(START_SECONDS, self.session.deadline.remaining / 2))
            if response.unregistered:
                raise _missing(response, doing)
        self._answered = True
        return response

    def _is_missing(self) -> bool:
        """True if BIG-IP reports that the AS3 package is not installed; False also if it reports nothing."""
        response = self.session.request(
            "GET", _PACKAGES, doing="Reading the packages installed on BIG-IP", unregistered_patience=0
        )
        return (
            response.ok
            and isinstance(response.json, dict)
            and "items" in response.json
            and "f5-appsvcs" not in response.text
        )


def _missing(response: Response, doing: str) -> Failure:
    return Failure(
        "as3_missing",
        doing,
        said=response.said,
        remedy=(
            "Install F5 BIG-IP Application Services 3 Extension (AS3) on BIG-IP, "
            "or wait until its REST service is up."
        ),
    )


def refused(response: Response, doing: str) -> Failure:
    return Failure(
        "as3_refused",
        doing,
        said=response.said,
        remedy="Read the log of AS3: /var/log/restnoded/restnoded.log on BIG-IP.",
    )
