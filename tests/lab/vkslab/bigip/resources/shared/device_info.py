# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/mgmt/shared/identified-devices/config/device-info``."""

from __future__ import annotations

from ...http import Reply, Request, Router
from ..base import Resource

_PATH = "/mgmt/shared/identified-devices/config/device-info"


class DeviceInfo(Resource):
    def routes(self, router: Router) -> None:
        router.add(_PATH, GET=self._get)

    def _get(self, request: Request) -> Reply:
        system = self.backend.system
        return Reply(
            body={
                "baseMac": "52:54:00:00:00:01",
                "hostname": system.hostname,
                "version": system.version,
                "product": "BIG-IP",
                "platform": "Z100",
                "build": "0.0.8",
                "machineId": f"00000000-0000-4000-8000-{system.unit:012d}",
                "managementAddress": "127.0.0.1",
                "generation": 0,
                "lastUpdateMicros": 0,
                "kind": "shared:resolver:device-groups:deviceinfostate",
                "selfLink": f"https://localhost{_PATH}",
            }
        )
