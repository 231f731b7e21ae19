# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/route``."""

from __future__ import annotations

from ..shapes import Item
from .base import NetworkCollection, check_address


class Routes(NetworkCollection):
    component, title = "net/route", "Route Entry"

    def check(self, properties: Item) -> None:
        if properties.get("gw", ""):
            check_address(str(properties["gw"]))
