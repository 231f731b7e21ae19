# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system and the pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http import Reply, Request, Router
from ..system import Pair

if TYPE_CHECKING:
    from ..unit import Unit


class SystemRoutes:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def routes(self, router: Router) -> None:
        router.add("/_lab/system", GET=self._system, POST=self._change_system)
        router.add("/_lab/bgp", GET=self._bgp)
        router.add("/_lab/failover", POST=self._failover)
        router.add("/_lab/sync", POST=self._sync)

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

    def _bgp(self, request: Request) -> Reply:
        """The sessions of the nodes with this unit or with none, and the networks that this unit learnt."""
        unit = self._unit
        sessions = [
            {
                "node": one.peering.node,
                "address": one.peering.address,
                "peer": one.peering.peer,
                "state": one.state,
                "reason": one.reason,
            }
            for one in unit.bgp_sessions()
            if one.unit in (None, unit.number)
        ]
        learnt = {network.spelled: gateway for network, gateway in unit.network.learnt.items()}
        return Reply(body={"sessions": sessions, "learnt": learnt})

    def _pair(self) -> Pair:
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
