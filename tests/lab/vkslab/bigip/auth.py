# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in: Basic, and tokens with the limits of a BIG-IP.

A token expires 1,200 s after its creation, not after its last use. PATCH extends this up to 36,000 s. A user
other than ``admin`` may have 100 tokens. An unknown or expired token is a 401, even with valid Basic
credentials.
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

from .http import Reply, Request, RestError, html_error

DEFAULT_TIMEOUT = 1_200
MAX_TIMEOUT = 36_000
MAX_TOKENS = 100
LOGIN = "/mgmt/shared/authn/login"
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


class Auth:
    def __init__(self, users: list[User], clock: Callable[[], float] = time.time) -> None:
        self.users = {user.name: user for user in users}
        self.tokens: dict[str, Token] = {}
        self.now = clock

    def user_of(self, request: Request) -> str:
        """The user whose credentials the request has. Every route except the login requires one."""
        key = request.headers.get("X-F5-Auth-Token")
        if key:
            token = self.live(key)
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
            f"Authorization failed: user=https://localhost/mgmt/shared/authz/users/{user.name} "
            f"resource={request.path} verb={request.method} "
            f"uri:http://localhost:8100{request.path} referrer:{request.peer} sender:{request.peer}",
        )

    def expire_all(self) -> int:
        count, self.tokens = len(self.tokens), {}
        return count

    def active(self, user: str | None = None) -> list[Token]:
        now = self.now()
        self.tokens = {key: token for key, token in self.tokens.items() if token.expires > now}
        return [token for token in self.tokens.values() if user in (None, token.user)]

    def live(self, key: str) -> Token | None:
        """The token, unless it is unknown or expired."""
        token = self.tokens.get(key)
        if token is not None and token.expires <= self.now():
            del self.tokens[key]
            return None
        return token

    def _proves(self, name: str, password: str) -> bool:
        user = self.users.get(name)
        return user is not None and hmac.compare_digest(user.password.encode(), password.encode())

    def log_in(self, name: str, password: str, address: str) -> Token:
        """A new token. A user other than ``admin`` has a limited number of them."""
        if not self._proves(name, password):
            raise RestError(401, "Authentication failed.")
        if name != "admin" and len(self.active(name)) >= MAX_TOKENS:
            raise token_store_full(name)
        key = "".join(secrets.choice(_ALPHABET) for _ in range(26))
        token = self.tokens[key] = Token(key, name, address, self.now())
        return token


class BasicRefused(RestError):
    """Apache, not restjavad, checks Basic: its answer is a page."""

    def __init__(self) -> None:
        super().__init__(401, "Authorization Required")

    def reply(self, request: Request) -> Reply:
        answer = html_error(
            401,
            "Unauthorized",
            "This server could not verify that you\nare authorized to access the document\nrequested.  "
            "Either you supplied the wrong\n"
            "credentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe "
            "credentials required.",
        )
        answer.headers["WWW-Authenticate"] = 'Basic realm="Enterprise Manager"'
        return answer


def token_store_full(user: str) -> RestError:
    return RestError(400, f"user {user} has reached maximum active login tokens")
