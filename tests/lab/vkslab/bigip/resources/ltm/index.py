# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm``: the list of what is below it."""

from __future__ import annotations

from ...http import Reply, Request, Router
from ..base import TM, Resource
from ..shapes import collection, references

_BELOW = ("monitor", "node", "policy", "pool", "rule", "snatpool", "virtual", "virtual-address")


class Ltm(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/ltm", GET=self._get)

    def _get(self, request: Request) -> Reply:
        return Reply(body=collection("tm:ltm:ltmcollectionstate", "ltm", references("ltm", _BELOW), request))
