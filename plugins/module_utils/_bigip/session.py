# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversation with BIG-IP: signed in, on the active unit, patient within one deadline. This module util is PRIVATE to the collection.

What is repeated, always within the deadline and with growing pauses:

* what certainly did not happen: no connection, 429, 503 as JSON, "Public URI path not registered", an expired token;
* reads (GET), whatever went wrong on the way.

A change whose answer was lost is never repeated here: NoAnswer tells the caller to look at what is there.
"""

from __future__ import annotations

import base64
import json as jsonlib
import math
import re
import signal
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, NoReturn

from .._deadline import Deadline, backoff
from .._errors import Failure
from . import failover, stray
from .response import Response
from .transport import Lost, NotSent, Transport, Unit, unit_of

if TYPE_CHECKING:
    from .._codes import Code

_LOGIN = "/mgmt/shared/authn/login"
_TOKENS = "/mgmt/shared/authz/tokens"

# A BIG-IP that has not answered anything yet is more likely misspelt than restarting.
_FIRST_CONTACT_SECONDS = 15.0
# Other jobs sign out in time; tokens that were left behind live for 20 minutes, which is not worth waiting for.
_TOKEN_LIMIT_SECONDS = 60.0
# Signing out belongs to the task, but comes after its deadline.
_SIGN_OUT_SECONDS = 15.0
# A 401 can be a token that ended or a hiccup under load; more than these in a row is neither.
_REJECTIONS = 3
# A token goes into a header and into a path.
_TOKEN = re.compile("[A-Za-z0-9_~=+-]{1,4096}")


class NoAnswer(Failure):
    """A change was sent and its answer was lost: whether it happened is unknown."""


class _Again(Exception):
    """The request in hand can be sent again. code and said describe the reason if time runs out; after: seconds BIG-IP asks for."""

    def __init__(self, code: Code, said: str, remedy: str, *, after: float | None = None, patience: float = math.inf) -> None:
        super().__init__(said)
        self.code = code
        self.said = said
        self.remedy = remedy
        self.after = after
        self.patience = patience


class Session:
    """Use it in a with statement: leaving it, by whatever way, deletes the tokens it made.

    provider is the option of that name (options.PROVIDER). hide is told each token before it is used.
    """

    def __init__(self, provider: Mapping[str, Any], deadline: Deadline, hide: Callable[[Iterable[str]], None] | None = None) -> None:
        self.deadline = deadline
        self.requests: Counter[str] = Counter()
        """How often each method and kind of path was sent: what a run costs BIG-IP."""
        self.warnings: list[str] = []
        self._hide = hide or (lambda secrets: None)
        servers = [server for entry in provider.get("server") or [] for server in str(entry).split(",") if server.strip()]
        if not servers:
            raise Failure("bigip_options", "No BIG-IP is named", remedy="Set provider.server or the environment variable F5_SERVER.")
        self._units = [unit_of(server, int(provider.get("server_port") or 443)) for server in servers]
        self._user: str | None = provider.get("user")
        self._password: str | None = provider.get("password")
        self._given_token: str | None = provider.get("token") or None
        self._basic = provider.get("auth") == "basic"
        self._auth_provider = provider.get("auth_provider") or "tmos"
        if not (self._user and self._password) and (self._basic or not self._given_token):
            raise Failure(
                "bigip_options",
                "BIG-IP needs somebody to sign in as",
                remedy="Set provider.user and provider.password (F5_USER, F5_PASSWORD), or provider.token.",
            )
        self._transport = Transport(provider)
        self._tokens: dict[Unit, str] = {}
        self._made: list[tuple[Unit, str]] = []
        self._sign_ins: dict[Unit, stray.SignIns] = {}
        self._active: Unit | None = None
        self._met: set[Unit] = set()
        self._signed_in: set[Unit] = set()
        self._gone = False  # the task ended because nobody answered: signing out would only wait once more
        self._first_contact = deadline.sooner(_FIRST_CONTACT_SECONDS)
        self._restore_signals: list[tuple[int, Any]] = []

    # -- life -----------------------------------------------------------------------------------------------------

    def __enter__(self) -> Session:
        # A job that is cancelled gets SIGTERM or SIGHUP: both must end the with statement, or the token stays.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is signal.SIG_DFL:
                    self._restore_signals.append((number, signal.signal(number, _leave)))
        self._first_contact = self.deadline.sooner(_FIRST_CONTACT_SECONDS)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._sign_out()
            if isinstance(error, Failure):
                error.warnings += self.warnings
        finally:
            self._transport.close()
            for number, handler in self._restore_signals:
                signal.signal(number, handler)
            self._restore_signals.clear()

    # -- asking ---------------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        doing: str | None = None,
        unregistered_patience: float = math.inf,
    ) -> Response:
        """The answer to one request, whatever its status, as soon as there is one that is not "later".

        doing says in a Failure what was being done. unregistered_patience is how many seconds a path that restjavad
        does not know is waited for before that 404 is handed back. Raises NoAnswer for a change whose answer was lost.
        """
        doing = doing or f"{method} {path} on BIG-IP"
        body = None if json is None else jsonlib.dumps(json, separators=(",", ":")).encode()
        reading = method == "GET"
        rejections = 0
        patience: dict[str, Deadline] = {}
        unregistered = self.deadline.sooner(unregistered_patience)
        for pause in backoff():
            try:
                unit = self._unit(doing)
                response = self._authorised(unit, method, path, params, body, doing)
                self._judge(response, unit, reading, doing)
                if response.unregistered:
                    if unregistered.expired:
                        return response
                    raise _Again(
                        "bigip_unavailable",
                        response.said,
                        "The REST workers of BIG-IP did not come up in time; look at /var/log/restnoded and /var/log/restjavad.",
                    )
                if response.status != 401:
                    return response
                rejections += 1
                self._rejected(unit, response, rejections, doing)
                if rejections == 1 and not self._basic:
                    continue  # a token that ended: signing in anew is the repetition
                raise _Again("bigip_auth", response.said, "BIG-IP took the password before and does not any more.")
            except (NotSent, Lost, _Again) as fault:
                self._pause(self._reason(fault, reading, doing), pause, patience, doing)
            self._active = None
        raise AssertionError("backoff never ends")

    def find_active_again(self) -> None:
        """Ask the units anew before the next request: for callers that repeat something themselves."""
        self._active = None

    def _pause(self, again: _Again, pause: float, patience: dict[str, Deadline], doing: str) -> None:
        limit = patience.setdefault(again.code, self.deadline.sooner(again.patience))
        if again.after is not None:
            pause = max(pause, again.after)
        # A pause that used up the time ends here too: the reason is known here, not in the next attempt.
        if limit.expired or not limit.pause(pause) or self.deadline.expired:
            if again.code != "timeout":  # which says nothing of BIG-IP: it was not asked any more
                self._gone = again.code == "bigip_unreachable"
            seconds = limit.seconds or self.deadline.seconds
            raise Failure(again.code, f"{doing} (given up after {seconds:.0f} s)", said=again.said, remedy=again.remedy)

    def _reason(self, fault: NotSent | Lost | _Again, reading: bool, doing: str) -> _Again:
        """Why the request in hand may be sent again; NoAnswer if it may not."""
        if isinstance(fault, _Again):
            return fault
        if isinstance(fault, NotSent):
            return self._unreachable(fault, doing)
        if not reading:
            raise NoAnswer("bigip_no_answer", doing, said=fault.said, remedy="Whether BIG-IP did it is unknown; look at what is there.") from None
        return _Again("bigip_unreachable", fault.said, "The connection to BIG-IP breaks again and again.")

    def _unreachable(self, fault: NotSent, doing: str) -> _Again:
        names = " and ".join(unit.name for unit in self._units)
        remedy = f"Check that {names} is right, that its management port is open from here, and whether a proxy stands between."
        if self._met:
            return _Again("bigip_unreachable", fault.said, remedy)
        if fault.hopeless:
            raise Failure("bigip_unreachable", f"{doing}: {names} cannot be found", said=fault.said, remedy=remedy)
        return _Again("bigip_unreachable", fault.said, remedy, patience=self._first_contact.remaining)

    def _judge(self, response: Response, unit: Unit, reading: bool, doing: str) -> None:
        """Returns for an answer that the caller must see; raises _Again or Failure for the others."""
        # A page instead of JSON comes from the web server in front: of a change nobody knows then how far it got.
        uncertain = response.json is None and not reading
        if response.status == 429 or (response.status == 503 and not uncertain):
            raise _Again("bigip_busy", response.said, "BIG-IP was busy all the time; raise timeout or run again later.", after=response.retry_after)
        if response.is_page and response.status >= 500 and reading:
            raise _Again("bigip_unavailable", response.said, "The web server of BIG-IP answered in place of its REST service all the time.")
        if response.status == 403:
            raise Failure("bigip_forbidden", doing, said=response.said, remedy="The account needs the role Administrator in all partitions.")
        if response.is_page and response.status < 500 and response.status != 401:
            if unit not in self._met and not response.claims_json:
                raise Failure(
                    "bigip_not_found",
                    f"{doing}: {unit.name} does not answer as a BIG-IP",
                    said=response.said,
                    remedy="Check provider.server and provider.server_port; provider.proxy if a proxy stands between.",
                )
            if response.ok and reading:
                raise _Again(
                    "bigip_answer",
                    f"the answer is not JSON: {f'HTTP {response.status}' if response.claims_json else response.said}",  # which may hold secrets
                    "Look for something between here and BIG-IP that changes answers.",
                    patience=_FIRST_CONTACT_SECONDS,
                )
        if not response.is_page:
            self._met.add(unit)
            self._gone = False

    # -- the active unit ------------------------------------------------------------------------------------------

    def _unit(self, doing: str) -> Unit:
        if self._active is None:
            self._active = self._units[0] if len(self._units) == 1 else self._find_active(doing)
        return self._active

    def _find_active(self, doing: str) -> Unit:
        states: list[str] = []
        failures: list[Failure] = []
        for unit in self._units:
            try:
                for rejections in range(1, _REJECTIONS + 1):
                    response = self._authorised(unit, "GET", failover.DEVICES, failover.SELECT, None, doing)
                    self._judge(response, unit, True, doing)
                    if response.status != 401:
                        break
                    self._rejected(unit, response, rejections, doing)
                state = failover.own_state(response.json) if response.ok else response.said
            except (NotSent, Lost, _Again) as fault:
                states.append(f"{unit.name}: {fault}")
                continue
            except Failure as failure:  # the other unit may do
                failures.append(failure)
                states.append(failure.message)
                continue
            if state == "active":
                return unit
            states.append(f"{unit.name} says {state}")
        if len(failures) == len(self._units):
            raise failures[0]
        raise _Again(
            "bigip_no_active_unit",
            "; ".join(states),
            "No unit was active in time: check the failover state of the units, and that provider.server names both.",
            patience=math.inf if self._met else self._first_contact.remaining,
        )

    # -- signing in and out ---------------------------------------------------------------------------------------

    def _authorised(self, unit: Unit, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None, doing: str) -> Response:
        if self._basic:
            pair = f"{self._user}:{self._password}".encode()
            credential = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        else:
            credential = {"X-F5-Auth-Token": self._token(unit, doing)}
        response = self._send(unit, method, path, credential, params, body)
        if response.ok:
            self._signed_in.add(unit)
        return response

    def _token(self, unit: Unit, doing: str) -> str:
        if unit not in self._tokens:
            self._tokens[unit] = self._given_token or self._sign_in(unit, doing)
        return self._tokens[unit]

    def _sign_in(self, unit: Unit, doing: str) -> str:
        body = {"username": self._user, "password": self._password, "loginProviderName": self._auth_provider}
        times = self._sign_ins.setdefault(unit, stray.SignIns())
        begin = self._elapsed
        try:
            response = self._send(unit, "POST", _LOGIN, {}, None, jsonlib.dumps(body).encode())
        except Lost as fault:  # the request in hand was not sent
            times.lost.append((begin, self._elapsed))
            raise _Again("bigip_unreachable", fault.said, "The connection to BIG-IP breaks at each attempt to sign in.") from None
        if response.is_page:
            times.lost.append((begin, self._elapsed))
        self._judge(response, unit, True, f"Signing in to BIG-IP {unit.name}")
        said = response.said
        token = response.json.get("token") if isinstance(response.json, dict) else None
        made = token.get("token") if isinstance(token, dict) else None
        if response.ok and isinstance(made, str) and _TOKEN.fullmatch(made):
            self._made.append((unit, made))
            times.answered = (made, begin, self._elapsed)
            self._signed_in.add(unit)
            self._hide([made])
            return made
        if response.unregistered:
            raise _Again("bigip_unavailable", said, "The REST service of BIG-IP did not come up in time.")
        if "maximum active login tokens" in said:
            raise _Again(
                "bigip_token_limit",
                said,
                "Delete the user's tokens (DELETE /mgmt/shared/authz/tokens/...), or set provider.auth to basic.",
                patience=_TOKEN_LIMIT_SECONDS,
            )
        if unit in self._signed_in:
            raise _Again("bigip_auth", said, "BIG-IP took the password before and does not any more.", patience=_FIRST_CONTACT_SECONDS)
        raise Failure(
            "bigip_auth",
            f"Signing in to BIG-IP {unit.name} as {self._user} with the login provider {self._auth_provider}",
            said=said,
            remedy="Check provider.user, provider.password and provider.auth_provider.",
        )

    def _rejected(self, unit: Unit, response: Response, rejections: int, doing: str) -> None:
        """After a 401: forget the token, or fail if signing in anew cannot help."""
        if self._basic:
            if unit in self._signed_in and rejections <= _REJECTIONS:
                return
            raise Failure(
                "bigip_auth", f"{doing} as {self._user} (basic authentication)", said=response.said, remedy="Check provider.user and provider.password."
            )
        if not (self._user and self._password):
            raise Failure(
                "bigip_auth",
                f"{doing} with the token given",
                said=response.said,
                remedy="The token has ended or belongs to another BIG-IP: give a new one, or user and password.",
            )
        if rejections > _REJECTIONS:
            raise Failure(
                "bigip_auth",
                doing,
                said=response.said,
                remedy="BIG-IP gives tokens and does not take them: check the time on both units and its restjavad log.",
            )
        self._given_token = None
        self._tokens.pop(unit, None)

    @property
    def _elapsed(self) -> float:
        """Seconds since the task began."""
        return self.deadline.seconds - self.deadline.remaining

    def _sign_out(self) -> None:
        limit = Deadline(_SIGN_OUT_SECONDS)
        for unit, times in self._sign_ins.items():
            if times.lost:
                self._delete_strays(unit, times, limit)
        for unit, token in self._made:
            for pause in backoff():
                try:
                    response = self._send(unit, "DELETE", f"{_TOKENS}/{token}", {"X-F5-Auth-Token": token}, None, None, seconds=max(1.0, limit.remaining))
                    if not response.is_page and (response.ok or response.status in (401, 404)) and not response.unregistered:
                        break
                    said, hopeless = response.said.replace(token, "..."), False
                except Failure as failure:
                    said, hopeless = failure.message, True
                except (NotSent, Lost) as fault:
                    said, hopeless = fault.said, self._gone
                if hopeless or not limit.pause(pause):
                    self._left_behind(unit, said)
                    break
        self._made.clear()

    def _delete_strays(self, unit: Unit, times: stray.SignIns, limit: Deadline) -> None:
        """The tokens of sign-ins whose answers were lost, if BIG-IP's list leaves no doubt which they are."""
        found: list[str] | None = None
        if times.answered is not None and not self._gone:
            credential = {"X-F5-Auth-Token": times.answered[0]}
            try:
                found = times.strays(self._send(unit, "GET", _TOKENS, credential, None, None, seconds=max(1.0, limit.remaining)).json)
                for token in filter(_TOKEN.fullmatch, found or ()):
                    self._hide([token])
                    self._send(unit, "DELETE", f"{_TOKENS}/{token}", credential, None, None, seconds=max(1.0, limit.remaining))
            except (NotSent, Lost, Failure):
                found = None
        if found is None:
            self.warnings.append(
                f"The answer to a sign-in at BIG-IP {unit.name} was lost. If it made a token, that was left there and ends by itself within 20 minutes."
            )

    def _left_behind(self, unit: Unit, said: str) -> None:
        self.warnings.append(f"The token of this task on BIG-IP {unit.name} could not be deleted ({said}). It ends by itself within 20 minutes.")

    # -- sending --------------------------------------------------------------------------------------------------

    def _send(
        self,
        unit: Unit,
        method: str,
        path: str,
        credential: Mapping[str, str],
        params: Mapping[str, str] | None,
        body: bytes | None,
        *,
        seconds: float | None = None,
    ) -> Response:
        if seconds is None:
            seconds = self.deadline.remaining
            if seconds <= 0:
                raise _Again("timeout", "the time is over", "Raise timeout.")
        self.requests[f"{method} {_kind(path)}"] += 1
        headers = {"User-Agent": "vks.bigip (Ansible collection)", "Accept": "application/json", **credential}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._transport.send(unit, method, path, headers=headers, params=params, body=body, seconds=max(0.1, seconds))


def _kind(path: str) -> str:
    """/mgmt/shared/authz/tokens/ABC -> /mgmt/shared/authz/tokens: no names, and no token."""
    return "/".join(path.split("/")[:5])


def _leave(number: int, frame: Any) -> NoReturn:
    raise SystemExit(128 + number)
