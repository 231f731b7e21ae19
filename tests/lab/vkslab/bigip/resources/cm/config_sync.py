# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``cm`` and ``cm/config-sync``: POST of either starts a config-sync."""

from __future__ import annotations

from ...http import Reply, Request, Router, TmError
from ..base import TM, Resource
from ..shapes import Item
from .device_group import DeviceGroups


class ConfigSync(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/cm", POST=self._post)
        router.add(f"{TM}/cm/config-sync", POST=self._post)

    def _post(self, request: Request) -> Reply:
        body = request.json()
        group = _group(body)
        if body.get("command") != "run" or not group:
            raise TmError(
                400, "01070734:3: Configuration error: config-sync needs to-group and a device group."
            )
        DeviceGroups(self.backend).wanted(group).sync(self.backend.system.unit)
        return Reply(body={"kind": "tm:cm:config-sync:runstate", **body})


def _group(body: Item) -> str:
    """From ``utilCmdArgs: config-sync to-group G``, or from ``options: [{to-group: G}]``."""
    words = str(body.get("utilCmdArgs", "")).split()
    group = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "to-group"), "")
    for option in body.get("options") or []:
        group = group or str(option.get("to-group", ""))
    return group
