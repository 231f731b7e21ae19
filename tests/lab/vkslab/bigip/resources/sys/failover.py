# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/failover``: shows the state of this unit, and makes it standby."""

from __future__ import annotations

from ...http import Reply, Request, Router, TmError
from ..base import TM, Resource
from ..shapes import self_link


class Failover(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/sys/failover", GET=self._get, POST=self._post)

    def _get(self, request: Request) -> Reply:
        text = f"Failover {'active' if self.backend.system.active else 'standby'} for 0d 01:00:00\n"
        values = {"apiAnonymous": text}
        return Reply(
            body={
                "kind": "tm:sys:failover:failoverstats",
                "selfLink": self_link("sys/failover"),
                "apiRawValues": values,
            }
        )

    def _post(self, request: Request) -> Reply:
        body, system = request.json(), self.backend.system
        if system.pair is None:
            raise TmError(
                400, "01070812:3: Cannot go standby: this device is not in a failover device group."
            )
        if body.get("standby") and system.active:
            system.pair.failover()
        return Reply(body={"kind": "tm:sys:failover:runstate", **body})
