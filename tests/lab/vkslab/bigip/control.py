# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The /_lab routes: what tests do to the BIG-IP behind its back, and what they look at.

``README-bigip.md`` lists them.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from .faults import EFFECTS, restart_phases
from .http import Reply, Request, RestError, Router

if TYPE_CHECKING:
    from .unit import Unit


class Control:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._router = Router()
        add = self._router.add
        add("/_lab/reset", POST=self._reset)
        add("/_lab/fail", POST=self._fail)
        add("/_lab/delay", POST=self._delay)
        add("/_lab/lock", POST=self._lock)
        add("/_lab/requests", GET=self._requests, DELETE=self._forget_requests)
        add("/_lab/calls", GET=self._calls)
        add("/_lab/tokens", GET=self._tokens, DELETE=self._expire_tokens)
        add("/_lab/faults", GET=self._faults, POST=self._add_fault, DELETE=self._clear_faults)
        add("/_lab/faults/{number}", DELETE=self._clear_fault)
        add("/_lab/engine", GET=self._engine, POST=self._engine_fault)
        add("/_lab/restart", POST=self._restart)
        add("/_lab/certificate", POST=self._certificate)
        add("/_lab/system", GET=self._system, POST=self._change_system)
        add("/_lab/failover", POST=self._failover)
        add("/_lab/sync", POST=self._sync)
        add("/_lab/pools", GET=self._pools)
        add("/_lab/dataplane", GET=self._dataplane, POST=self._change_dataplane)

    async def answer(self, request: Request) -> Reply:
        handler, names = self._router.find(request)
        try:
            result = handler(request, **names)
            reply: Reply = await result if inspect.isawaitable(result) else result
        except (KeyError, TypeError, ValueError) as error:
            raise RestError(400, f"{request.method} {request.path}: {error}") from None
        return reply

    # -- what as3-replay uses

    def _reset(self, request: Request) -> Reply:
        self._unit.reset()
        return Reply(body={})

    def _fail(self, request: Request) -> Reply:
        body = request.json()
        self._unit.engine.fail_next(str(body["message"]), body.get("tenant"))
        return Reply(body={})

    def _delay(self, request: Request) -> Reply:
        self._unit.engine.delay(float(request.json()["ms"]))
        return Reply(body={})

    def _lock(self, request: Request) -> Reply:
        self._unit.engine.take_lock(float(request.json()["ageSeconds"]))
        return Reply(body={})

    # -- what happened

    def _requests(self, request: Request) -> Reply:
        return Reply(body={"items": list(self._unit.log)})

    def _forget_requests(self, request: Request) -> Reply:
        self._unit.log.clear()
        return Reply(body={})

    def _calls(self, request: Request) -> Reply:
        return Reply(body={"calls": self._unit.device.calls, "saves": self._unit.device.saves})

    def _tokens(self, request: Request) -> Reply:
        """Without the tokens themselves: a test needs their number, a log must not have them."""
        return Reply(
            body={
                "items": [
                    {"user": token.user, "timeout": token.timeout, "expires": token.expires}
                    for token in self._unit.auth.active()
                ]
            }
        )

    def _expire_tokens(self, request: Request) -> Reply:
        return Reply(body={"expired": self._unit.auth.expire_all()})

    def _pools(self, request: Request) -> Reply:
        """Every member as configured and as monitored, in one answer."""
        device = self._unit.device
        return Reply(
            body={
                path: {
                    name: {
                        "session": member.session,
                        "state": member.state,
                        "availability": member.availability,
                        "reason": member.reason,
                        "ratio": member.ratio,
                        "connections": self._unit.balancer.counters[path, name].total,
                    }
                    for name, member in pool.members.items()
                }
                for path, pool in device.pools.items()
            }
        )

    # -- faults

    def _faults(self, request: Request) -> Reply:
        return Reply(body={"items": self._unit.faults.list(), "kinds": sorted(EFFECTS)})

    def _add_fault(self, request: Request) -> Reply:
        return Reply(body=self._unit.faults.add(request.json()))

    def _clear_faults(self, request: Request) -> Reply:
        self._unit.faults.clear()
        return Reply(body={})

    def _clear_fault(self, request: Request, number: str) -> Reply:
        self._unit.faults.clear(int(number))
        return Reply(body={})

    def _restart(self, request: Request) -> Reply:
        body = request.json()
        self._unit.restart(**restart_phases(body))
        return Reply(body={})

    def _certificate(self, request: Request) -> Reply:
        self._unit.use_certificate(str(request.json()["kind"]))
        return Reply(body={})

    # -- the AS3 engine's own faults

    def _engine(self, request: Request) -> Reply:
        return Reply(
            body={
                name: value
                for name, value in vars(self._unit.engine.faults).items()
                if not name.startswith("_") and _plain(value)
            }
        )

    def _engine_fault(self, request: Request) -> Reply:
        """Sets fields of ``engine.faults`` by name."""
        faults = self._unit.engine.faults
        for name, value in request.json().items():
            if name.startswith("_") or not hasattr(faults, name):
                raise ValueError(
                    f"the engine has no fault {name}; it has "
                    f"{sorted(name for name in vars(faults) if not name.startswith('_'))}"
                )
            setattr(faults, name, value)
        return self._engine(request)

    # -- the system and the pair

    def _system(self, request: Request) -> Reply:
        system = self._unit.system
        return Reply(
            body={
                "active": system.active,
                "version": system.version,
                "modules": system.modules,
                "as3": self._unit.as3_installed,
            }
        )

    def _change_system(self, request: Request) -> Reply:
        """version, modules, standby, as3 (false: AS3 is not installed)."""
        body, system = request.json(), self._unit.system
        unknown = body.keys() - {"version", "modules", "standby", "as3"}
        if unknown:
            raise ValueError(f"unknown: {sorted(unknown)}")
        system.version = str(body.get("version", system.version))
        system.modules |= body.get("modules", {})
        system.standby = bool(body.get("standby", system.standby))
        self._unit.as3_installed = bool(body.get("as3", self._unit.as3_installed))
        return self._system(request)

    def _pair(self) -> Any:
        if self._unit.system.pair is None:
            raise ValueError("this BIG-IP is not one of a pair (--units 2)")
        return self._unit.system.pair

    def _failover(self, request: Request) -> Reply:
        """``{"to": 0}``, or to the other unit."""
        body = request.json()
        self._pair().failover(int(body["to"]) if "to" in body else None)
        return Reply(body={"active": self._pair().active})

    def _sync(self, request: Request) -> Reply:
        pair = self._pair()
        body = request.json()
        if "automatic" in body:
            pair.automatic = bool(body["automatic"])
        else:
            pair.sync(self._unit.number)
        return Reply(
            body={"automatic": pair.automatic, "changed_on": sorted(pair.changed_on), "syncs": pair.syncs}
        )

    # -- traffic

    def _dataplane(self, request: Request) -> Reply:
        plane, monitors = self._unit.plane, self._unit.monitors
        return Reply(
            body={
                "open_connections": plane.open_connections(),
                "reset_removed": plane.reset_removed,
                "probes": monitors.probes,
            }
        )

    def _change_dataplane(self, request: Request) -> Reply:
        """``reset_removed``: connections of removed members are reset; ``reset``: all open ones are, once."""
        body = request.json()
        if "reset_removed" in body:
            self._unit.plane.reset_removed = bool(body["reset_removed"])
        if body.get("reset"):
            self._unit.plane.reset_all()
        return self._dataplane(request)


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool, list, dict))
