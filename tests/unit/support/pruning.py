# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of ours and of another owner on a BIG-IP, for the tests of prune."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, app


def item(place: str, **more: Any) -> dict[str, Any]:
    """An element of applications: item("T1/A1")."""
    return app(*place.split("/"), virtual_server=None, **more)


def published(*places: str, theirs: tuple[str, ...] = ()) -> World:
    """A BIG-IP that holds these applications of ours, and theirs."""
    world = World(WEB)
    world.publish(applications=[item(place) for place in places])
    if theirs:
        world.publish(applications=[item(place) for place in theirs], owner="them")
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    return world


def stored(world: World) -> list[str]:
    return sorted(
        f"{tenant}/{name}"
        for tenant, value in world.bigip.stored.items()
        for name in mark.applications(value)
    )
