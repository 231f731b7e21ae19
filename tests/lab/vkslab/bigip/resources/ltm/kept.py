# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that the lab keeps as AS3 declared them, and that REST only shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...device import Other
from ...http import Request
from ..shapes import Item
from .base import LtmCollection

# A BIG-IP never shows these.
_SECRET = re.compile("key|passphrase|password|secret", re.IGNORECASE)


class Kept(LtmCollection[Other]):
    """The objects of one component."""

    @property
    def tmsh(self) -> str:
        """The component as tmsh spells it: ``ltm profile client-ssl``."""
        return self.component.replace("/", " ")

    def stored(self) -> Iterable[Other]:
        return [other for (found, _path), other in self.backend.device.others.items() if found == self.tmsh]

    def find(self, path: str) -> Other | None:
        return self.backend.device.others.get((self.tmsh, path))

    def item(self, one: Other, request: Request) -> Item:
        shown = {
            name: value
            for name, value in one.properties.items()
            if not _SECRET.search(name) and isinstance(value, (str, int, bool, list))
        }
        return {**self.head(one), **shown}
