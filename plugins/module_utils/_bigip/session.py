# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A conversation with BIG-IP: signed in, on the active unit, and patient within one deadline.

A request is repeated, always within the deadline and with growing pauses, in these cases:

* it certainly did not happen: no connection, 429, 503 as JSON, "Public URI path not registered", an expired
  token;
* it is a read (GET), whatever failed on the way.

A change whose answer was lost is never repeated here. NoAnswer then asks the caller to read the state.
"""

from __future__ import annotations

import json as jsonlib
import math
import signal
import threading
from collections import Counter
from typing import Any, Callable, Iterable, Mapping, NoReturn

from .._boundary import notices, systems
from .._deadline import Deadline, backoff
from .._errors import Failure
from . import failover, options
from .broken import Lost, NotSent
from .contact import Contact, Retry
from .credentials import REJECTIONS, Credentials
from .response import Response
from .transport import Transport, unit_of
from .unit import Unit

_AGENT = "vks.bigip (Ansible collection)"


class Session:
    """Use it in a with statement: its end, of whatever kind, deletes the tokens that the session created.

    provider: the option of that name (options.PROVIDER). hide: takes each token before it is used.
    Raises Failure for options that cannot be used.
    """

    def __init__(
        self,
        provider: Mapping[str, Any],
        deadline: Deadline,
        hide: Callable[[Iterable[str]], None] | None = None,
    ) -> None:
        self.deadline = deadline
        self.requests: Counter[str] = Counter()
        """How often each method and kind of path was sent: what a run costs BIG-IP."""
        self.warnings: list[str] = []
        """The messages that the user must get, whether the task succeeds or fails."""
        named = [server for entry in provider.get("server") or [] for server in str(entry).split(",")]
        servers = [server for server in named if server.strip()]
        if not servers:
            remedy = "Set provider.server or the environment variable F5_SERVER."
            raise Failure("bigip_options", "No BIG-IP is named", remedy=remedy)
        port = int(provider.get("server_port") or options.default("server_port"))
        self._units = [unit_of(server, port) for server in servers]
        self._contact = Contact(self._units, deadline)
        hide = hide or (lambda secrets: None)
        self._credentials = Credentials(
            provider, deadline, self._contact, self._send, hide, self.warnings.append
        )
        self._transport = Transport(provider)
        self._active: Unit | None = None
        self._restore_signals: list[tuple[int, Any]] = []

    def __enter__(self) -> Session:
        # A job that is cancelled gets SIGTERM or SIGHUP: both must end the with statement, or the token
        # stays.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is signal.SIG_DFL:
                    self._restore_signals.append((number, signal.signal(number, _leave)))
        self._contact.begin(self.deadline)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._credentials.sign_out()
            if isinstance(error, Failure):
                error.warnings += self.warnings
        finally:
            self._transport.close()
            for number, handler in self._restore_signals:
                signal.signal(number, handler)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        doing: str | None = None,
        unregistered_patience: float = math.inf,
        transaction: str | None = None,
    ) -> Response:
        """The answer to one request, whatever its status. An answer that asks to try later is not returned.

        doing: names the request in a Failure. unregistered_patience: for how many seconds to wait for a path
        that restjavad does not know, before that 404 is returned. transaction: BIG-IP only adds the request
        to it. Raises NoAnswer for a change whose answer was lost.
        """
        doing = doing or f"{method} {path} on BIG-IP"
        body = None if json is None else jsonlib.dumps(json, separators=(",", ":")).encode()
        reading = method == "GET"
        rejections = 0
        patience: dict[str, Deadline] = {}
        unregistered = self.deadline.sooner(unregistered_patience)
        headers = {} if transaction is None else {"X-F5-REST-Coordination-Id": transaction}
        pauses = backoff()
        while True:
            pause = next(pauses)
            try:
                unit = self._unit(doing)
                response = self._authorised(unit, method, path, params, body, headers)
                self._contact.judge(response, unit, reading, doing)
                if response.unregistered:
                    if unregistered.expired:
                        return response
                    raise Retry(
                        "bigip_unavailable",
                        response.said,
                        "The REST workers of BIG-IP did not start in time; "
                        "look at /var/log/restnoded and /var/log/restjavad.",
                    )
                if response.status != 401:
                    notices.systems.add(systems.reported(systems.BIGIP, unit.url))
                    return response
                rejections += 1
                again = self._credentials.rejected(unit, response, rejections, doing)
                if again is None:
                    continue
                raise again
            except (NotSent, Lost, Retry) as fault:
                self._pause(self._contact.reason(fault, reading, doing), pause, patience, doing)
            self._active = None

    @property
    def unit(self) -> Unit | None:
        """The unit that answered the last request."""
        return self._active

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that provider.server names."""
        return tuple(self._units)

    def find_active_again(self) -> None:
        """Ask the units anew before the next request: for callers that repeat something themselves."""
        self._active = None

    def _pause(self, again: Retry, pause: float, patience: dict[str, Deadline], doing: str) -> None:
        limit = patience.setdefault(again.code, self.deadline.sooner(again.patience))
        if again.after is not None:
            pause = max(pause, again.after)
        # A pause that used up the time ends here too: the reason is known here, not in the next attempt.
        if not limit.pause(pause) or self.deadline.expired:
            if again.code != "timeout":  # which shows nothing of BIG-IP: no request was sent
                self._contact.lost = again.code == "bigip_unreachable"
            seconds = limit.seconds or self.deadline.seconds
            doing = f"{doing} (timed out after {seconds:.0f} s)"
            raise Failure(again.code, doing, said=again.said, remedy=again.remedy)

    def _unit(self, doing: str) -> Unit:
        if self._active is None:
            self._active = self._units[0] if len(self._units) == 1 else self._find_active(doing)
        return self._active

    def _find_active(self, doing: str) -> Unit:
        """The unit whose failover state is active.

        Raises Again if there is none, or Failure if no unit can be asked.
        """
        states: list[str] = []
        failures: list[Failure] = []
        for unit in self._units:
            try:
                state = self._failover_state(unit, doing)
            except (NotSent, Lost, Retry) as fault:
                states.append(f"{unit.name}: {fault}")
                continue
            except Failure as failure:  # the other unit may do
                failures.append(failure)
                states.append(failure.message)
                continue
            if state == "active":
                return unit
            states.append(f"{unit.name} reports {state}")
        if len(failures) == len(self._units):
            raise failures[0]
        raise Retry(
            "bigip_no_active_unit",
            "; ".join(states),
            "No unit was active in time: check the failover state of the units, "
            "and that provider.server names both.",
            patience=self._contact.patience,
        )

    def _failover_state(self, unit: Unit, doing: str) -> str | None:
        """The unit's own failover state, or its words if it does not answer with one."""
        for rejections in range(1, REJECTIONS + 1):
            response = self._authorised(unit, "GET", failover.DEVICES, failover.SELECT, None, {})
            self._contact.judge(response, unit, True, doing)
            if response.status != 401:
                break
            self._credentials.rejected(unit, response, rejections, doing)
        return failover.own_state(response.json) if response.ok else response.said

    def _authorised(
        self,
        unit: Unit,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Response:
        response = self._send(
            unit, method, path, {**self._credentials.header(unit), **headers}, params, body
        )
        if response.ok:
            self._credentials.accepted(unit)
        return response

    def _send(
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
        if seconds is None:
            seconds = self.deadline.remaining
            if seconds <= 0:
                raise Retry("timeout", "the task timed out", "Raise timeout.")
        self.requests[f"{method} {_kind(path)}"] += 1
        headers = {"User-Agent": _AGENT, "Accept": "application/json", **credential}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._transport.send(
            unit, method, path, headers=headers, params=params, body=body, seconds=max(0.1, seconds)
        )


def _kind(path: str) -> str:
    """/mgmt/shared/authz/tokens/ABC -> /mgmt/shared/authz/tokens: no names, and no token."""
    return "/".join(path.split("/")[:5])


def _leave(number: int, frame: Any) -> NoReturn:
    raise SystemExit(128 + number)
