# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/config``: saves the configuration."""

from __future__ import annotations

from ...http import Reply, Request, Router, TmError
from ..base import TM, Resource
from ..shapes import INVALID


class Config(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/sys/config", POST=self._post)

    def _post(self, request: Request) -> Reply:
        command = request.json().get("command")
        if command != "save":
            raise TmError(400, f'invalid property value "command":"{command}"', INVALID)
        self.backend.save()
        return Reply(body={"kind": "tm:sys:config:savestate", "command": "save"})
