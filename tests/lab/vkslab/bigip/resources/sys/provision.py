# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/provision``: the modules and their level."""

from __future__ import annotations

from ...http import Reply, Request, Router
from ..base import TM, Resource
from ..shapes import Item, collection, kind_of, self_link

_COMPONENT = "sys/provision"


class Provision(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/{_COMPONENT}", GET=self._get)

    def _get(self, request: Request) -> Reply:
        items = (_item(name, level) for name, level in self.backend.system.modules.items())
        return Reply(body=collection(f"{kind_of(_COMPONENT)}collectionstate", _COMPONENT, items, request))


def _item(name: str, level: str) -> Item:
    return {
        "kind": f"{kind_of(_COMPONENT)}state",
        "name": name,
        "fullPath": name,
        "generation": 1,
        "selfLink": self_link(f"{_COMPONENT}/{name}"),
        "cpuRatio": 0,
        "diskRatio": 0,
        "level": level,
        "memoryRatio": 0,
    }
