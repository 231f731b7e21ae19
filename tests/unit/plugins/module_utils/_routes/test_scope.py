# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes that a task may change."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Stored
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import OWNER, SCOPE, own, stored, wanted

NET, GATEWAY = "10.1.0.0/24", "198.18.0.1"
ROUTES: list[tuple[Stored, bool]] = [
    (own(NET, GATEWAY), True),
    (own(NET, None, name="other"), True),
    (stored(NET, GATEWAY, f"vks.bigip owner={OWNER} cluster=shop node=n1"), True),
    (stored(NET, GATEWAY), False),  # no description, though its name is ours
    (stored(NET, GATEWAY, "by hand"), False),
    (stored(NET, GATEWAY, "vks.bigip owner=other node=n1"), False),
    (stored(NET, GATEWAY, f"vks.bigip owner={OWNER}"), False),
    (own(NET, GATEWAY, domain=2), False),
    (own(NET, GATEWAY, partition="Shop"), False),
]


@pytest.mark.parametrize(("route", "expected"), ROUTES)
def test_own_routes(route: Stored, expected: bool) -> None:
    assert (SCOPE.mark_of(route) is not None) is expected


def test_a_route_with_another_name_of_the_cluster() -> None:
    scope, here = SCOPE._replace(cluster="blue"), wanted(NET, GATEWAY)
    green = stored(NET, GATEWAY, f"vks.bigip owner={OWNER} cluster=green node=n1")
    assert scope.mark_of(green) is None and scope.renames(green, here)
    assert not scope.renames(green, wanted(NET, "198.18.0.2"))  # two clusters with the same Pod network
    assert not scope._replace(partition="Shop").renames(green, here)
    assert not scope._replace(owner="other").renames(green, here)
    assert not scope.renames(stored(NET, GATEWAY), here)
