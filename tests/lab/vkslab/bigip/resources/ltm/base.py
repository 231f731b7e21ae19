# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that the resources of ltm share."""

from __future__ import annotations

from ...http import Request
from ..backend import Backend
from ..base import Collection, Stored
from ..shapes import Item, in_partition


class LtmCollection(Collection[Stored]):
    """Objects that AS3 creates too. Their generation is the version of the device's configuration."""

    @property
    def generation(self) -> int:
        return self.backend.device.version


def shown_address(backend: Backend, address: str, partition: str, request: Request) -> str:
    """An address with its route domain, except 0, and except the partition's default if the request filters
    by that partition."""
    plain, _percent, given = address.partition("%")
    default = backend.device.route_domain(partition)
    domain = int(given) if given else default
    if (
        plain == "any6"
        or domain == 0
        or (domain == default and in_partition(request, backend.device) == partition)
    ):
        return plain
    return f"{plain}%{domain}"


def shown_metadata(metadata: Item) -> list[Item]:
    return [{"name": name, "persist": "true", "value": value} for name, value in metadata.items()]
