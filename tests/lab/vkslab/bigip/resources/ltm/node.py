# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/node``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...device import Node, partition_of
from ...http import Request
from ..shapes import Item
from .base import LtmCollection, shown_address, shown_metadata

_FQDN = {"addressFamily": "ipv4", "autopopulate": "disabled", "downInterval": 5, "interval": "3600"}


class Nodes(LtmCollection[Node]):
    component, title = "ltm/node", "Node"
    methods = frozenset({"POST", "PATCH", "DELETE"})

    def stored(self) -> Iterable[Node]:
        return self.backend.device.nodes.values()

    def find(self, path: str) -> Node | None:
        return self.backend.device.nodes.get(path)

    def item(self, one: Node, request: Request) -> Item:
        item = {
            **self.head(one),
            "address": shown_address(self.backend, one.address, partition_of(one.path), request),
            "connectionLimit": 0,
            "dynamicRatio": 1,
            "ephemeral": "false",
            "fqdn": {**_FQDN, **(one.fqdn or {})},
            "logging": "disabled",
            "monitor": "default",
            "rateLimit": "disabled",
            "ratio": 1,
            "session": one.session,
            "state": "user-down" if one.state == "user-down" else one.availability,
        }
        if one.metadata:
            item["metadata"] = shown_metadata(one.metadata)
        return item

    def create(self, path: str, body: Item) -> None:
        self.backend.device.put_node(Node(path, str(body.get("address") or path.rpartition("/")[2])))

    def update(self, one: Node, body: Item) -> None:
        session, state = str(body.get("session", one.session)), str(body.get("state", one.state))
        self.backend.device.put_node(replace(one, session=session, state=state))

    def remove(self, one: Node) -> None:
        self.backend.device.remove_node(one.path)
