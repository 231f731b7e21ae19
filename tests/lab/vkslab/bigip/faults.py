# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the management interface that a test can order. ``README-bigip.md`` has the table.

A fault is one JSON object, posted to ``/_lab/faults``:

{"where": {"method": "POST", "path": "/declare", "user": "admin"}, "after": 0, "count": 1, "seconds": 0,
"effect": {"kind": "lost", "when": "after"}}

``where`` has regular expressions (``method`` matches whole, ``path`` anywhere in path and query). The first
``after`` matches are spared, the next ``count`` (0: all) are affected. With ``seconds`` the fault expires
that long after its first effect, and ``count`` defaults to 0. The first active fault that matches is used.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from .auth import token_store_full
from .http import (
    JSON,
    Reply,
    Request,
    RestError,
    async_context_timeout,
    html_error,
    not_registered,
    unavailable,
)

WHENS = ("before", "after")


class Lost(Exception):
    """Close the client's connection. ``sent`` is the answer of which it gets the first half."""

    def __init__(self, sent: Reply | None = None) -> None:
        super().__init__("connection lost")
        self.sent = sent


class Machine(Protocol):
    """The effects of a fault on the unit, beyond one answer."""

    def forget_tokens(self) -> int: ...

    def restart(
        self,
        *,
        down: float,
        unavailable: float = 0.0,
        unregistered: float = 0.0,
        lock_left: float | None = None,
        as3: bool = True,
        reboot: bool = False,
    ) -> None: ...

    def failover(self) -> None: ...

    def refuse(self, message: str) -> None: ...


@dataclass
class Fault:
    id: int
    where: dict[str, str]
    effect: dict[str, Any]
    after: int = 0
    count: int = 1
    seconds: float = 0.0
    matches: int = 0
    hits: int = 0
    began: float | None = None
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, number: int, spec: dict[str, Any]) -> Fault:
        """A ValueError names the error in the test's specification."""
        unknown = spec.keys() - {"where", "match", "effect", "after", "count", "seconds"}
        where, effect = spec.get("where") or spec.get("match") or {}, spec.get("effect")
        if unknown or not isinstance(effect, dict) or effect.get("kind") not in EFFECTS:
            raise ValueError(
                "a fault is where, after, count, seconds and effect.kind, one of "
                f"{', '.join(sorted(EFFECTS))}; not {spec}"
            )
        if where.keys() - {"method", "path", "user"}:
            raise ValueError(f"where holds method, path and user, not {sorted(where)}")
        if effect.get("when", "before") not in WHENS:
            raise ValueError(f"when is one of {', '.join(WHENS)}, not {effect['when']}")
        seconds = float(spec.get("seconds", 0))
        fault = cls(
            number,
            dict(where),
            dict(effect),
            int(spec.get("after", 0)),
            int(spec.get("count", 0 if seconds else 1)),
            seconds,
        )
        fault._patterns = {key: re.compile(text) for key, text in where.items()}
        return fault

    def live(self, now: float) -> bool:
        if self.seconds and self.began is not None and now >= self.began + self.seconds:
            return False
        return not self.count or self.hits < self.count

    def hit(self, method: str, target: str, user: str, now: float) -> bool:
        if not self.live(now):
            return False
        given = {"method": method, "path": target, "user": user}
        for key, pattern in self._patterns.items():
            if not (pattern.search(given[key]) if key == "path" else pattern.fullmatch(given[key])):
                return False
        self.matches += 1
        if self.matches <= self.after:
            return False
        self.hits += 1
        if self.began is None:
            self.began = now
        return True

    def state(self, now: float) -> dict[str, Any]:
        kept = {
            key: getattr(self, key)
            for key in ("id", "where", "after", "count", "seconds", "effect", "matches", "hits")
        }
        return {**kept, "live": self.live(now)}


Process = Callable[[], Awaitable[Reply]]


class Faults:
    def __init__(self, machine: Machine, clock: Callable[[], float] = time.monotonic) -> None:
        self._machine, self._clock = machine, clock
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, spec: dict[str, Any]) -> dict[str, Any]:
        fault = Fault.read(next(self._ids), spec)
        self._faults.append(fault)
        return fault.state(self._clock())

    def list(self) -> list[dict[str, Any]]:
        return [fault.state(self._clock()) for fault in self._faults]

    def clear(self, number: int | None = None) -> None:
        self._faults = [fault for fault in self._faults if number is not None and fault.id != number]

    def take(self, method: str, target: str, user: str = "") -> Fault | None:
        now = self._clock()
        return next((fault for fault in self._faults if fault.hit(method, target, user, now)), None)

    async def suffer(self, fault: Fault, request: Request, process: Process) -> Reply:
        """The answer under this fault. Raises Lost if the client gets none."""
        return await EFFECTS[fault.effect["kind"]](fault, request, process, self._machine)


# -- effects: each takes the fault, the request, what would answer it, and the machine

Effect = Callable[[Fault, Request, Process, Machine], Awaitable[Reply]]


def _instead(answer: Callable[[Fault, Request], Reply]) -> Effect:
    """This answer in place of the real one; ``when: after`` means that the request was carried out all the
    same."""

    async def effect(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
        if fault.effect.get("when") == "after":
            await process()
        return answer(fault, request)

    return effect


def _answer(fault: Fault, request: Request) -> Reply:
    spec = fault.effect
    return Reply(
        int(spec.get("status", 500)),
        spec.get("body"),
        spec.get("text"),
        spec.get("content_type", JSON),
        dict(spec.get("headers", {})),
    )


def _too_many(fault: Fault, request: Request) -> Reply:
    reply = html_error(
        429, "Too Many Requests", "The user has sent too many requests\nin a given amount of time."
    )
    if "retry_after" in fault.effect:
        reply.headers["Retry-After"] = str(fault.effect["retry_after"])
    return reply


def _token_store_full(fault: Fault, request: Request) -> Reply:
    return token_store_full(str(request.json().get("username", "")) if request.body else request.user).reply(
        request
    )


def _html_page(fault: Fault, request: Request) -> Reply:
    page = (
        "<!DOCTYPE html>\n<html><head><title>BIG-IP&reg;- Redirect</title></head><body><a "
        "href='/tmui/login.jsp'>login</a></body></html>\n"
    )
    return Reply(200, text=page, content_type="text/html")


def _broken_json(fault: Fault, request: Request) -> Reply:
    return Reply(200, text='{"results":[{"code":200,"mess')


async def _unauthorized(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    """All tokens are deleted, so only a new sign-in helps.

    ``keep_tokens``: a passing 401, as from a loaded device.
    """
    if fault.effect.get("when") == "after":
        await process()
    if not fault.effect.get("keep_tokens"):
        machine.forget_tokens()
    return RestError(401, "X-F5-Auth-Token does not exist.").reply(request)


async def _lost(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    if fault.effect.get("when") == "after":
        await process()
    raise Lost()


async def _cut(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    raise Lost(await process())


async def _slow(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    pause = float(fault.effect.get("ms", 1000)) / 1000
    if fault.effect.get("when") == "after":
        reply = await process()
        await asyncio.sleep(pause)
        return reply
    await asyncio.sleep(pause)
    return await process()


async def _hang(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    """Accepted and never answered. At the limit the connection is closed, so the lab can stop."""
    if fault.effect.get("when") == "after":
        await process()
    await asyncio.sleep(float(fault.effect.get("limit", 600)))
    raise Lost()


async def _refuse(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    """The management port is closed for a while; this request's connection and all others are cut."""
    if fault.effect.get("when") == "after":
        await process()
    machine.restart(down=float(fault.effect.get("down", 2)), as3=False)
    raise Lost()


async def _restart(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    """The REST API restarts: connections closed, refused for ``down`` s, HTML 503 for ``unavailable`` s, AS3
    unknown for ``unregistered`` s.

    ``when: after``: the request was processed before. Otherwise AS3 had worked on it for ``ms`` (0: not
    begun). AS3's work then ends, with its running tasks.
    """
    effect = fault.effect
    work: asyncio.Future[Reply] | None = None
    if effect.get("when") == "after":
        await process()
    elif effect.get("ms"):
        work = asyncio.ensure_future(process())
        await asyncio.wait({work}, timeout=float(effect["ms"]) / 1000)
    if work is not None and not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    machine.restart(**restart_phases(effect))
    raise Lost()


def restart_phases(given: dict[str, Any], *, reboot: bool = False) -> dict[str, Any]:
    """The keys of a restart. A lock that AS3 held stays for its two minutes, or for ``lock_left`` s.

    With ``reboot`` the whole unit restarts, not only its REST API.
    """
    phases = {name: float(given.get(name, 0)) for name in ("down", "unavailable", "unregistered")}
    left = given.get("lock_left")
    return {
        **phases,
        "lock_left": None if left is None else float(left),
        "reboot": bool(given.get("reboot", reboot)),
    }


async def _failover(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    """The other unit becomes active, before or after this request was carried out; it is answered all the
    same."""
    if fault.effect.get("when") == "after":
        reply = await process()
        machine.failover()
        return reply
    machine.failover()
    return await process()


async def _mcpd(fault: Fault, request: Request, process: Process, machine: Machine) -> Reply:
    """mcpd refuses what this request orders: a change, a transaction as a whole, a save. A config-sync fails
    on the other unit."""
    machine.refuse(str(fault.effect.get("message", "01070711:3: Caught runtime exception, the lab's fault.")))
    try:
        return await process()
    finally:
        machine.refuse("")


EFFECTS: dict[str, Effect] = {
    "answer": _instead(_answer),
    "async_context_timeout": _instead(lambda fault, request: async_context_timeout()),
    "unavailable": _instead(lambda fault, request: unavailable()),
    "not_registered": _instead(lambda fault, request: not_registered(request.path).reply(request)),
    "too_many_requests": _instead(_too_many),
    "token_store_full": _instead(_token_store_full),
    "html_page": _instead(_html_page),
    "broken_json": _instead(_broken_json),
    "unauthorized": _unauthorized,
    "lost": _lost,
    "cut": _cut,
    "slow": _slow,
    "hang": _hang,
    "refuse": _refuse,
    "restart": _restart,
    "failover": _failover,
    "mcpd": _mcpd,
}
