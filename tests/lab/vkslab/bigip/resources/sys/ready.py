# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/ready`` and ``sys/available``."""

from __future__ import annotations

from ...http import Reply, Request, Router
from ..base import TM, Resource
from ..statistics import Figures, Report


class Ready(Report):
    component = "sys/ready"

    def figures(self) -> Figures:
        return {"configReady": "yes", "licenseReady": "yes", "provisionReady": "yes"}


class Available(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/sys/available", GET=self._get)

    def _get(self, request: Request) -> Reply:
        return Reply(body={})
