# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""How requests to BIG-IP are authenticated: signing in to each unit, what a 401 means, and signing out."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Callable, Iterable, Mapping, Protocol

from .._deadline import Deadline, backoff
from .._errors import Failure
from . import options, stray
from .broken import Lost, NotSent
from .contact import FIRST_CONTACT_SECONDS, Contact, Retry
from .response import Response
from .unit import Unit

_LOGIN = "/mgmt/shared/authn/login"
_TOKENS = "/mgmt/shared/authz/tokens"

# Other jobs sign out in time. Tokens that were left behind live for 20 minutes, which is not worth waiting
# for.
_TOKEN_LIMIT_SECONDS = 60.0
# Signing out belongs to the task, but comes after its deadline.
_SIGN_OUT_SECONDS = 15.0
# A 401 can be an expired token or a transient fault under load; more than these in a row is neither.
REJECTIONS = 3
# A token goes into a header and into a path.
_TOKEN = re.compile("[A-Za-z0-9_~=+-]{1,4096}")
_WORKED_BEFORE = "BIG-IP accepted the password before and rejects it now."


class Send(Protocol):
    """Sends one request, without a repetition. Raises NotSent, Lost, Again or Failure."""

    def __call__(
        self,
        unit: Unit,
        method: str,
        path: str,
        credential: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        seconds: float | None = None,
    ) -> Response:
        """seconds: the limit of this exchange; None for that of the task."""


class Credentials:
    """The credentials of one task at the units of its BIG-IP.

    provider: the option of that name. deadline: the task's. hide: takes each token before it is used. warn:
    takes a sentence about each token that was left on BIG-IP.
    """

    def __init__(
        self,
        provider: Mapping[str, Any],
        deadline: Deadline,
        contact: Contact,
        send: Send,
        hide: Callable[[Iterable[str]], None],
        warn: Callable[[str], None],
    ) -> None:
        self._deadline = deadline
        self._contact = contact
        self._send = send
        self._hide = hide
        self._warn = warn
        self._user: str | None = provider.get("user")
        self._password: str | None = provider.get("password")
        self._given_token: str | None = provider.get("token")
        self.basic = provider.get("auth") == "basic"
        self._login_provider = provider.get("auth_provider") or options.default("auth_provider")
        if not (self._user and self._password) and (self.basic or not self._given_token):
            raise Failure(
                "bigip_options",
                "No BIG-IP credentials given",
                remedy="Set provider.user and provider.password (F5_USER, F5_PASSWORD), or provider.token.",
            )
        self._tokens: dict[Unit, str] = {}
        self._created: list[tuple[Unit, str]] = []
        self._sign_ins: dict[Unit, stray.SignIns] = {}
        self._accepted: set[Unit] = set()

    def header(self, unit: Unit) -> dict[str, str]:
        """The header that authenticates a request to this unit; signs in if that is needed."""
        if self.basic:
            pair = f"{self._user}:{self._password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        if unit not in self._tokens:
            self._tokens[unit] = self._given_token or self._sign_in(unit)
        return {"X-F5-Auth-Token": self._tokens[unit]}

    def accepted(self, unit: Unit) -> None:
        """Note that a request to this unit had success."""
        self._accepted.add(unit)

    def rejected(self, unit: Unit, response: Response, rejections: int, doing: str) -> Retry | None:
        """After a 401: forget the token; raises Failure if signing in again cannot help.

        rejections: how many there were in a row. Returns why to wait before the next attempt; None for the
        first 401 of a token, where signing in is the repetition.
        """
        if self.basic:
            if unit not in self._accepted or rejections > REJECTIONS:
                doing = f"{doing} as {self._user} (basic authentication)"
                remedy = "Check provider.user and provider.password."
                raise Failure("bigip_auth", doing, said=response.said, remedy=remedy)
            return Retry("bigip_auth", response.said, _WORKED_BEFORE)
        if not (self._user and self._password):
            remedy = (
                "The token has expired or belongs to another BIG-IP: give a new one, or user and password."
            )
            raise Failure("bigip_auth", f"{doing} with the token given", said=response.said, remedy=remedy)
        if rejections > REJECTIONS:
            remedy = (
                "BIG-IP issues tokens and rejects them: check the time on both units and its restjavad log."
            )
            raise Failure("bigip_auth", doing, said=response.said, remedy=remedy)
        self._given_token = None
        self._tokens.pop(unit, None)
        return None if rejections == 1 else Retry("bigip_auth", response.said, _WORKED_BEFORE)

    def _sign_in(self, unit: Unit) -> str:
        """A new token of this unit."""
        body = {"username": self._user, "password": self._password, "loginProviderName": self._login_provider}
        times = self._sign_ins.setdefault(unit, stray.SignIns())
        begin = self._elapsed
        try:
            response = self._send(unit, "POST", _LOGIN, {}, body=json.dumps(body).encode())
        except Lost as fault:  # the request in hand was not sent
            times.lost.append((begin, self._elapsed))
            remedy = "The connection to BIG-IP breaks at each attempt to sign in."
            raise Retry("bigip_unreachable", fault.said, remedy) from None
        if response.is_page:
            times.lost.append((begin, self._elapsed))
        self._contact.judge(response, unit, True, f"Signing in to BIG-IP {unit.name}")
        answer = response.json.get("token") if isinstance(response.json, dict) else None
        token = answer.get("token") if isinstance(answer, dict) else None
        if response.ok and isinstance(token, str) and _TOKEN.fullmatch(token):
            self._created.append((unit, token))
            times.answered = (token, begin, self._elapsed)
            self._accepted.add(unit)
            self._hide([token])
            return token
        raise self._no_token(response, unit)

    def _no_token(self, response: Response, unit: Unit) -> Exception:
        """Why an answer to a sign-in has no token: Again, or Failure."""
        said = response.said
        if response.unregistered:
            return Retry("bigip_unavailable", said, "The REST service of BIG-IP did not start in time.")
        if "maximum active login tokens" in said:
            remedy = (
                "Delete the user's tokens (DELETE /mgmt/shared/authz/tokens/...), "
                "or set provider.auth to basic."
            )
            return Retry("bigip_token_limit", said, remedy, patience=_TOKEN_LIMIT_SECONDS)
        if unit in self._accepted:
            return Retry("bigip_auth", said, _WORKED_BEFORE, patience=FIRST_CONTACT_SECONDS)
        return Failure(
            "bigip_auth",
            f"Signing in to BIG-IP {unit.name} as {self._user} by the login provider {self._login_provider}",
            said=said,
            remedy="Check provider.user, provider.password and provider.auth_provider.",
        )

    @property
    def _elapsed(self) -> float:
        """Seconds since the task began."""
        return self._deadline.seconds - self._deadline.remaining

    def sign_out(self) -> None:
        """Delete the tokens that were created, and those of sign-ins whose answers were lost."""
        limit = Deadline(_SIGN_OUT_SECONDS)
        for unit, times in self._sign_ins.items():
            if times.lost:
                self._delete_strays(unit, times, limit)
        for unit, token in self._created:
            self._delete(unit, token, limit)

    def _delete(self, unit: Unit, token: str, limit: Deadline) -> None:
        credential = {"X-F5-Auth-Token": token}
        for pause in backoff():
            try:
                response = self._send(
                    unit, "DELETE", f"{_TOKENS}/{token}", credential, seconds=max(1.0, limit.remaining)
                )
                answered = not response.is_page and not response.unregistered
                if answered and (response.ok or response.status in (401, 404)):
                    return
                said, hopeless = response.said.replace(token, "..."), False
            except Failure as failure:
                said, hopeless = failure.message, True
            except (NotSent, Lost) as fault:
                said, hopeless = fault.said, self._contact.lost
            if hopeless or not limit.pause(pause):
                self._warn(
                    f"The token of this task on BIG-IP {unit.name} could not be deleted ({said}). "
                    "It expires within 20 minutes."
                )
                return

    def _delete_strays(self, unit: Unit, times: stray.SignIns, limit: Deadline) -> None:
        """Delete the tokens of sign-ins whose answers were lost, if BIG-IP's list shows clearly which."""
        strays: list[str] | None = None
        if times.answered is not None and not self._contact.lost:
            credential = {"X-F5-Auth-Token": times.answered[0]}
            try:
                listed = self._send(unit, "GET", _TOKENS, credential, seconds=max(1.0, limit.remaining)).json
                strays = times.strays(listed)
                for token in filter(_TOKEN.fullmatch, strays or ()):
                    self._hide([token])
                    self._send(
                        unit, "DELETE", f"{_TOKENS}/{token}", credential, seconds=max(1.0, limit.remaining)
                    )
            except (NotSent, Lost, Failure):
                strays = None
        if strays is None:
            self._warn(
                f"The answer to a sign-in at BIG-IP {unit.name} was lost. "
                "If it created a token, that token still exists and expires within 20 minutes."
            )
