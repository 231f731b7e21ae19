# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may sign in: Basic, and tokens with the limits of a BIG-IP.

A token lives 1,200 s from its creation (not from its last use), up to 36,000 s by PATCH; a user other than ``admin`` may hold
100. An unknown or expired token is a 401, whatever else the request carries.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .http import Reply, Request, RestError, Router, html_error

DEFAULT_TIMEOUT = 1_200
MAX_TIMEOUT = 36_000
MAX_TOKENS = 100
TOKENS = "/mgmt/shared/authz/tokens"
_ALPHABET = string.ascii_uppercase + string.digits


@dataclass
class User:
    name: str
    password: str
    # admin may do everything; guest may only read, and not AS3 at all
    role: str = "admin"


@dataclass
class Token:
    token: str
    user: str
    address: str
    created: float
    timeout: int = DEFAULT_TIMEOUT

    @property
    def expires(self) -> float:
        return self.created + self.timeout

    def state(self) -> dict[str, Any]:
        started = (
            datetime.fromtimestamp(self.created, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "-0000"
        )
        return {
            "token": self.token,
            "name": self.token,
            "userName": self.user,
            "authProviderName": "tmos",
            "user": {"link": f"https://localhost/mgmt/shared/authz/users/{self.user}"},
            "timeout": self.timeout,
            "startTime": started,
            "address": self.address,
            "partition": "[All]",
            "generation": 1,
            "lastUpdateMicros": int(self.created * 1e6),
            "expirationMicros": int(self.expires * 1e6),
            "kind": "shared:authz:tokens:authtokenitemstate",
            "selfLink": f"https://localhost{TOKENS}/{self.token}",
        }


class Auth:
    def __init__(self, users: list[User], clock: Callable[[], float] = time.time) -> None:
        self.users = {user.name: user for user in users}
        self.tokens: dict[str, Token] = {}
        self._clock = clock

    def routes(self, router: Router) -> None:
        router.add("/mgmt/shared/authn/login", POST=self._login)
        router.add(TOKENS, GET=self._list)
        router.add(TOKENS + "/{token}", GET=self._get, PATCH=self._patch, DELETE=self._delete)

    def user_of(self, request: Request) -> str:
        """The user that this request proves to be; every route but the login asks."""
        key = request.headers.get("X-F5-Auth-Token")
        if key:
            token = self._live(key)
            if token is None:
                raise RestError(401, "X-F5-Auth-Token does not exist.")
            return token.user
        scheme, _blank, value = request.headers.get("Authorization", "").partition(" ")
        if not value:
            raise RestError(
                401,
                "Authorization failed: no user authentication header or token detected. "
                f"Uri:http://localhost:8100{request.path} Referrer:{request.peer} Sender:{request.peer}",
            )
        if scheme.lower() == "basic":
            try:
                name, _colon, password = base64.b64decode(value, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                name = password = ""
            if self._proves(name, password):
                return name
        raise BasicRefused()

    def authorize(self, request: Request) -> None:
        """A guest reads LTM; AS3 and every change need the administrator's role."""
        user = self.users[request.user]
        own_token = request.path.startswith(TOKENS)
        if (
            user.role == "admin"
            or own_token
            or (request.method == "GET" and not request.path.startswith("/mgmt/shared/"))
        ):
            return
        raise RestError(
            401,
            f"Authorization failed: user=https://localhost/mgmt/shared/authz/users/{user.name} resource={request.path} verb={request.method} "
            f"uri:http://localhost:8100{request.path} referrer:{request.peer} sender:{request.peer}",
        )

    def expire_all(self) -> int:
        count, self.tokens = len(self.tokens), {}
        return count

    def active(self, user: str | None = None) -> list[Token]:
        now = self._clock()
        self.tokens = {key: token for key, token in self.tokens.items() if token.expires > now}
        return [token for token in self.tokens.values() if user in (None, token.user)]

    def _live(self, key: str) -> Token | None:
        token = self.tokens.get(key)
        if token is not None and token.expires <= self._clock():
            del self.tokens[key]
            return None
        return token

    def _proves(self, name: str, password: str) -> bool:
        user = self.users.get(name)
        return user is not None and hmac.compare_digest(user.password.encode(), password.encode())

    def _login(self, request: Request) -> Reply:
        body = request.json()
        name, provider = str(body.get("username", "")), str(body.get("loginProviderName", "tmos"))
        if provider not in ("tmos", "local"):
            raise RestError(401, f"No login provider found: {provider}")
        if not self._proves(name, str(body.get("password", ""))):
            raise RestError(401, "Authentication failed.")
        if name != "admin" and len(self.active(name)) >= MAX_TOKENS:
            raise token_store_full(name)
        key = "".join(secrets.choice(_ALPHABET) for _ in range(26))
        token = self.tokens[key] = Token(key, name, request.peer, self._clock())
        return Reply(
            body={
                "username": name,
                "loginReference": {"link": "https://localhost/mgmt/cm/system/authn/providers/local/login"},
                "loginProviderName": provider,
                "token": token.state(),
                "generation": 0,
                "lastUpdateMicros": 0,
            }
        )

    def _list(self, request: Request) -> Reply:
        tokens = self.active(None if self.users[request.user].role == "admin" else request.user)
        return Reply(
            body={
                "items": [token.state() for token in tokens],
                "generation": len(tokens),
                "kind": "shared:authz:tokens:authtokencollectionstate",
                "lastUpdateMicros": int(self._clock() * 1e6),
                "selfLink": f"https://localhost{TOKENS}",
            }
        )

    def _wanted(self, key: str) -> Token:
        token = self._live(key)
        if token is None:
            raise RestError(404, f"Object not found - {TOKENS.removeprefix('/mgmt')}/{key}")
        return token

    def _get(self, request: Request, token: str) -> Reply:
        return Reply(body=self._wanted(token).state())

    def _patch(self, request: Request, token: str) -> Reply:
        found = self._wanted(token)
        try:
            seconds = int(request.json().get("timeout", found.timeout))
        except (TypeError, ValueError):
            raise RestError(400, "timeout is not a number") from None
        if seconds > MAX_TIMEOUT:
            raise RestError(406, f"Auth-token absolute timeout ({MAX_TIMEOUT} seconds) exceeded")
        found.timeout = seconds
        return Reply(body=found.state())

    def _delete(self, request: Request, token: str) -> Reply:
        found = self._wanted(token)
        del self.tokens[found.token]
        return Reply(body=found.state())


class BasicRefused(RestError):
    """Apache, not restjavad, checks Basic: its answer is a page."""

    def __init__(self) -> None:
        super().__init__(401, "Authorization Required")

    def reply(self, request: Request) -> Reply:
        answer = html_error(
            401,
            "Unauthorized",
            "This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\n"
            "credentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.",
        )
        answer.headers["WWW-Authenticate"] = 'Basic realm="Enterprise Manager"'
        return answer


def token_store_full(user: str) -> RestError:
    return RestError(400, f"user {user} has reached maximum active login tokens")
