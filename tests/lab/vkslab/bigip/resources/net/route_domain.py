# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/route-domain``. The number is set once. A name that is a number is the number, too."""

from __future__ import annotations

from ...http import TmError
from ...network import NetworkObject
from ..shapes import INVALID, Item
from .base import NetworkCollection, full, unchanged

_HIGHEST = 65534


class RouteDomains(NetworkCollection):
    component, title = "net/route-domain", "Route Domain"
    defaults = {"connectionLimit": 0, "strict": "enabled"}
    references = {"parent": "net/route-domain"}

    def completed(self, path: str, properties: Item) -> Item:
        name = path.rpartition("/")[2]
        number = properties.get("id", name if name.isdigit() else None)
        if number is None:
            raise TmError(400, 'one or more properties must be specified: "id"', INVALID)
        if not str(number).isdigit() or int(number) > _HIGHEST:
            raise TmError(400, f'invalid property value "id":"{number}"', INVALID)
        return self._checked({**properties, "id": int(number)})

    def changed(self, one: NetworkObject, body: Item) -> Item:
        if "id" in body:
            unchanged(one, "id", body["id"])
        return self._checked({**one.properties, **body})

    def _checked(self, properties: Item) -> Item:
        if properties.get("strict") not in ("enabled", "disabled"):
            raise TmError(400, f'invalid property value "strict":"{properties.get("strict")}"', INVALID)
        found = {key: value for key, value in properties.items() if value not in ("", "none", [])}
        if found.get("parent"):
            found["parent"] = full(str(found["parent"]))
            if found["parent"] not in self.table:
                raise self.missing(found["parent"])
        if found.get("vlans"):
            found["vlans"] = [full(str(vlan)) for vlan in found["vlans"]]
        return found
