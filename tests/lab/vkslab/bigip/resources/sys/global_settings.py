# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/global-settings``."""

from __future__ import annotations

from ...http import Reply, Request, Router
from ..base import TM, Resource
from ..shapes import kind_of, self_link

_COMPONENT = "sys/global-settings"


class GlobalSettings(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/{_COMPONENT}", GET=self._get)

    def _get(self, request: Request) -> Reply:
        body = {
            "kind": f"{kind_of(_COMPONENT)}state",
            "selfLink": self_link(_COMPONENT),
            "hostname": self.backend.system.hostname,
        }
        return Reply(body=body)
