# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/mgmt/shared/authn/login``."""

from __future__ import annotations

from ...auth import LOGIN
from ...http import Reply, Request, RestError, Router
from ..base import Resource
from .tokens import shown


class Login(Resource):
    def routes(self, router: Router) -> None:
        router.add(LOGIN, POST=self._post)

    def _post(self, request: Request) -> Reply:
        body = request.json()
        name, provider = str(body.get("username", "")), str(body.get("loginProviderName", "tmos"))
        if provider not in ("tmos", "local"):
            raise RestError(401, f"No login provider found: {provider}")
        token = self.backend.auth.log_in(name, str(body.get("password", "")), request.peer)
        return Reply(
            body={
                "username": name,
                "loginReference": {"link": "https://localhost/mgmt/cm/system/authn/providers/local/login"},
                "loginProviderName": provider,
                "token": shown(token),
                "generation": 0,
                "lastUpdateMicros": 0,
            }
        )
