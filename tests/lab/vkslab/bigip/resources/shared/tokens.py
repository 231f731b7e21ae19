# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/mgmt/shared/authz/tokens``."""

from __future__ import annotations

from datetime import datetime, timezone

from ...auth import MAX_TIMEOUT, TOKENS, Token
from ...http import Reply, Request, RestError, Router
from ..base import Resource
from ..shapes import Item


class Tokens(Resource):
    def routes(self, router: Router) -> None:
        router.add(TOKENS, GET=self._list)
        router.add(TOKENS + "/{token}", GET=self._get, PATCH=self._patch, DELETE=self._delete)

    def _list(self, request: Request) -> Reply:
        auth = self.backend.auth
        tokens = auth.active(None if auth.users[request.user].role == "admin" else request.user)
        return Reply(
            body={
                "items": [shown(token) for token in tokens],
                "generation": len(tokens),
                "kind": "shared:authz:tokens:authtokencollectionstate",
                "lastUpdateMicros": int(auth.now() * 1e6),
                "selfLink": f"https://localhost{TOKENS}",
            }
        )

    def _wanted(self, key: str) -> Token:
        token = self.backend.auth.live(key)
        if token is None:
            raise RestError(404, f"Object not found - {TOKENS.removeprefix('/mgmt')}/{key}")
        return token

    def _get(self, request: Request, token: str) -> Reply:
        return Reply(body=shown(self._wanted(token)))

    def _patch(self, request: Request, token: str) -> Reply:
        found = self._wanted(token)
        try:
            seconds = int(request.json().get("timeout", found.timeout))
        except (TypeError, ValueError):
            raise RestError(400, "timeout is not a number") from None
        if seconds > MAX_TIMEOUT:
            raise RestError(406, f"Auth-token absolute timeout ({MAX_TIMEOUT} seconds) exceeded")
        found.timeout = seconds
        return Reply(body=shown(found))

    def _delete(self, request: Request, token: str) -> Reply:
        found = self._wanted(token)
        del self.backend.auth.tokens[found.token]
        return Reply(body=shown(found))


def shown(token: Token) -> Item:
    started = (
        datetime.fromtimestamp(token.created, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "-0000"
    )
    return {
        "token": token.token,
        "name": token.token,
        "userName": token.user,
        "authProviderName": "tmos",
        "user": {"link": f"https://localhost/mgmt/shared/authz/users/{token.user}"},
        "timeout": token.timeout,
        "startTime": started,
        "address": token.address,
        "partition": "[All]",
        "generation": 1,
        "lastUpdateMicros": int(token.created * 1e6),
        "expirationMicros": int(token.expires * 1e6),
        "kind": "shared:authz:tokens:authtokenitemstate",
        "selfLink": f"https://localhost{TOKENS}/{token.token}",
    }
