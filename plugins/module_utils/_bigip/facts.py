# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The facts of one BIG-IP that the checks need, in as few requests as possible."""

from __future__ import annotations

import functools
from typing import Any, Callable, Iterable, Mapping

from .._errors import Failure
from .._facts.bigip import BigIp, Route, SelfIp, Unit
from .._facts.unknown import Unknown
from .._routes.model import UnitSelfIps
from .._routes.ways import NOT_LEARNT, Ways
from . import network, virtuals
from .as3 import As3
from .ltm import Ltm
from .peers import unit_self_ips
from .session import Session
from .static_routes import StaticRoutes

Hide = Callable[[Iterable[str]], None]
Leads = Callable[[BigIp], bool]
"""True if the routes of these facts lead to all Pod networks, so the learnt ones are not needed."""


class Facts:
    """The reads of one session.

    domain    the route domain of the task
    provider  its option, to ask the other units
    """

    def __init__(self, session: Session, domain: int, provider: Mapping[str, Any], hide: Hide) -> None:
        self._session, self._domain, self._provider, self._hide = session, domain, provider, hide
        self._ltm = Ltm(session)

    def read(self, wanted: set[str], leads: Leads) -> BigIp:
        """Return the facts of these reads (_preflight.reads). Raises Failure if BIG-IP does not answer."""
        values: dict[str, Any] = {}
        if "versions" in wanted:
            values.update(version=self._ltm.version(), as3=self._as3_version())
        if "self_ips" in wanted:
            lockdown = network.port_lockdown(self._session) if "port_lockdown" in wanted else {}
            values["self_ips"] = self._self_ips(lockdown)
        if "routes" in wanted or "pod_routes" in wanted:
            values.update(self._ways(values["self_ips"], leads if "pod_routes" in wanted else None))
        if "units" in wanted:
            values.update(self._units())
        if "bgp" in wanted:
            values["bgp"] = network.bgp_domains(self._session)
        if "virtuals" in wanted:
            values["without_snat"] = self._without_snat()
        if "members" in wanted:
            pools = self._ltm.pools().values()
            values["members"] = {place: state.state for of_pool in pools for place, state in of_pool.items()}
        return BigIp(**values)

    def _as3_version(self) -> str | Unknown:
        try:
            return str(As3(self._session).info().get("version") or "")
        except Failure as failed:
            if failed.code != "as3_missing":
                raise
            return Unknown(failed.message)

    def _self_ips(self, lockdown: Mapping[str, tuple[str, ...]]) -> tuple[SelfIp, ...]:
        return tuple(
            SelfIp(item.name, item.address, item.network, item.route_domain or 0, lockdown.get(item.name, ()))
            for item in self._ltm.self_ips()
        )

    def _ways(self, self_ips: tuple[SelfIp, ...], leads: Leads | None) -> dict[str, Any]:
        """Return the routes. The learnt ones are read if the others do not lead to all Pod networks."""
        static = self._ltm.routes()
        values = self._table(self_ips, static)
        if leads is None or leads(BigIp(self_ips=self_ips, **values)):
            return values
        try:
            return self._table(self_ips, (*static, *self._ltm.learnt_routes()))
        except Failure as failure:
            if failure.code not in NOT_LEARNT:
                raise
            return {**values, "not_learnt": failure.message}

    def _table(self, self_ips: tuple[SelfIp, ...], routes: Iterable[network.Route]) -> dict[str, Any]:
        every = tuple(routes)
        ways = Ways(self_ips, every)
        known = [Route.of(one) for one in every if (one.route_domain or 0) == self._domain]
        return {
            "way": functools.partial(ways.to, domain=self._domain),
            "routes": tuple(route for route in known if route is not None),
        }

    def _units(self) -> dict[str, Any]:
        units, warnings = unit_self_ips(
            self._session, StaticRoutes(self._session), self._provider, self._hide
        )
        return {"units": tuple(self._unit(unit) for unit in units), "unasked": tuple(warnings)}

    def _unit(self, unit: UnitSelfIps) -> Unit:
        own = [one for version in (4, 6) for one in unit.within(self._domain, version)]
        floating = (one for one in unit.self_ips if one.floating and one.route_domain == self._domain)
        return Unit(
            unit.unit,
            tuple(one.network for one in own),
            tuple(one.network for one in floating if one not in own),
        )

    def _without_snat(self) -> dict[str, tuple[str, ...]]:
        """Return the addresses of members by virtual server. The pools are read only if there is one."""
        found = virtuals.without_snat(self._session)
        pools = self._ltm.pools() if found else {}
        return {
            path: tuple(sorted({address for address, _port in pools.get(pool, {})}))
            for path, pool in sorted(found.items())
        }
