# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the management interface, and of AS3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..faults import EFFECTS, restart_phases
from ..http import Reply, Request, Router

if TYPE_CHECKING:
    from ..unit import Unit


class FaultRoutes:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def routes(self, router: Router) -> None:
        router.add("/_lab/faults", GET=self._faults, POST=self._add_fault, DELETE=self._clear_faults)
        router.add("/_lab/faults/{number}", DELETE=self._clear_fault)
        router.add("/_lab/engine", GET=self._engine, POST=self._engine_fault)
        router.add("/_lab/restart", POST=self._restart)
        router.add("/_lab/certificate", POST=self._certificate)

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
        self._unit.restart(**restart_phases(body, reboot=True))
        return Reply(body={})

    def _certificate(self, request: Request) -> Reply:
        self._unit.use_certificate(str(request.json()["kind"]))
        return Reply(body={})

    def _engine(self, request: Request) -> Reply:
        return Reply(
            body={
                name: value
                for name, value in vars(self._unit.engine.faults).items()
                if not name.startswith("_") and _plain(value)
            }
        )

    def _engine_fault(self, request: Request) -> Reply:
        """Set fields of ``engine.faults`` by name."""
        faults = self._unit.engine.faults
        for name, value in request.json().items():
            if name.startswith("_") or not hasattr(faults, name):
                raise ValueError(
                    f"the engine has no fault {name}; it has "
                    f"{sorted(name for name in vars(faults) if not name.startswith('_'))}"
                )
            setattr(faults, name, value)
        return self._engine(request)


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool, list, dict))
