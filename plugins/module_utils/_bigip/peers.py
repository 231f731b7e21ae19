# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The self IPs of each unit of a pair: they are not synchronised, so each unit is asked for its own."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

from .._errors import Failure
from .._routes.model import UnitSelfIps
from . import failover
from .reads import collection
from .session import Session
from .static_routes import StaticRoutes
from .unit import Unit

_PATIENCE = 30.0  # seconds for a unit that is not active, and may be down
DOWN = frozenset({"bigip_answer", "bigip_busy", "bigip_unavailable", "bigip_unreachable", "timeout"})


def unit_self_ips(
    session: Session,
    routes: StaticRoutes,
    provider: Mapping[str, Any],
    hide: Callable[[Iterable[str]], None],
) -> tuple[list[UnitSelfIps], list[str]]:
    """The self IPs by unit, the active one first, and a warning for each unit that cannot be asked."""
    own = routes.self_ips()
    active = session.unit or session.units[0]
    others = [unit for unit in session.units if unit != active]
    if not others:
        warnings = [_not_named(name) for name in _peers(session)]
        return [UnitSelfIps(active.name, own, bool(warnings))], warnings
    found, warnings = [UnitSelfIps(active.name, own, True)], []
    for unit in others:
        try:
            found.append(_of_unit(unit, session, routes, provider, hide))
        except Failure as failure:
            if failure.code not in DOWN:
                raise
            warnings.append(
                f"The self IPs of BIG-IP {unit.name} cannot be read, so it is unknown if this unit is "
                f"connected to the gateways. {failure.message}"
            )
    return found, warnings


def _of_unit(
    unit: Unit,
    session: Session,
    routes: StaticRoutes,
    provider: Mapping[str, Any],
    hide: Callable[[Iterable[str]], None],
) -> UnitSelfIps:
    """The answer of one unit, active or not."""
    other = Session({**provider, "server": [unit.name]}, session.deadline.sooner(_PATIENCE), hide)
    try:
        with other:
            return UnitSelfIps(unit.name, StaticRoutes(other, routes.domains).self_ips(), True)
    finally:
        session.requests.update(other.requests)
        session.warnings += other.warnings


def _peers(session: Session) -> list[str]:
    """The other devices of the trust domain, by their names."""
    doing = "Reading the devices of BIG-IP"
    items = collection(session, failover.DEVICES, doing, failover.SELECT)
    return [str(item.get("name")) for item in items if str(item.get("selfDevice")).lower() != "true"]


def _not_named(peer: str) -> str:
    return (
        f"BIG-IP has the peer {peer}, which provider.server does not name. So it is unknown if the peer is "
        "connected to the gateways. Without a self IP in their network, a config-sync to it fails."
    )
