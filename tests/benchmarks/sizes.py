# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sizes of a measurement."""

from __future__ import annotations

from dataclasses import dataclass

PODS_PER_SERVICE = 20
#: The namespaces of the cluster that is measured, each with its share of the Services: growth is measured over the first, the first two, all three.
SHARES = {"bench-a": 0.1, "bench-b": 0.4, "bench-c": 0.5}
MORE, ONE = "bench-d", "bench-one"


@dataclass(frozen=True)
class Size:
    name: str
    services: int
    nodes: int
    one_service: int  # endpoints of the one big Service
    batch_tenants: int  # tenants with which tenants_per_post is looked for
    rounds: int
    slow_rounds: int  # of measures that take minutes
    rollouts: int  # of one Service, while ansible-rulebook runs

    @property
    def pods(self) -> int:
        return self.services * PODS_PER_SERVICE

    def in_namespaces(self) -> dict[str, int]:
        return {name: round(self.services * share) for name, share in SHARES.items()}


SIZES = {
    "full": Size("full", services=500, nodes=100, one_service=5000, batch_tenants=100, rounds=5, slow_rounds=2, rollouts=50),
    "small": Size("small", services=50, nodes=10, one_service=500, batch_tenants=20, rounds=3, slow_rounds=2, rollouts=5),
}
