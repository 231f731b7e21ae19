# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the types that are computed."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Write
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import stored


def test_a_route_by_its_path() -> None:
    route = stored("10.1.0.0/24", "198.18.0.1", name="folder/r", partition="Shop")
    assert (route.partition, route.name) == ("Shop", "r")


def test_the_path_of_a_change() -> None:
    one, two = stored("10.1.0.0/24", "198.18.0.1", name="a"), stored("10.1.0.0/24", "198.18.0.1", name="b")
    assert (Write(one, None).path, Write(None, two).path) == ("/Common/a", "/Common/b")
