# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that an operator disables on the BIG-IP in memory, and what a run reports of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._as3 import members
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, member, pool

ONE, TWO, THREE = "10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003"

PATH = "/T1/A1/pool"

SET = {
    "disable": {"session": "user-disabled"},
    "offline": {"session": "user-disabled", "state": "user-down"},
    "enable": {},
}


def key(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    return host, int(port)


def by_hand(world: World, text: str, state: str = "disable", path: str = PATH) -> None:
    world.bigip.device[path][key(text)] = member(*key(text), **SET[state])


def on_device(world: World, path: str = PATH) -> dict[str, str]:
    return {
        members.text(place): state.admin_state for place, state in sorted(world.bigip.device[path].items())
    }


def in_store(world: World, application: str = "A1", name: str = "pool") -> dict[str, str]:
    """adminState of each member in the stored declaration."""
    static = members.flatten(world.bigip.stored["T1"][application][name]["members"]).static
    return {
        members.text(place): settings.get("adminState", "enable")
        for place, settings in sorted(static.items())
    }


def named(result: dict[str, Any], which: str = "members_disabled_by_hand") -> list[tuple[str, str, str]]:
    """(pool, member, state) of the tenant's result."""
    entries = result["tenants"].get("T1", {}).get(which, [])
    return [
        (f"/T1/{entry['application']}/{entry['pool']}", f"{entry['address']}:{entry['port']}", entry["state"])
        for entry in entries
    ]


def warned(result: dict[str, Any]) -> list[str]:
    return [text for text in result["warnings"] if "members_disabled_by_hand" in text]


def both(world: World, **options: Any) -> dict[str, Any]:
    """A run; check mode before it predicts the same, and a second run changes nothing."""
    predicted = world.publish(check_mode=True, **options)
    result = world.publish(**options)
    for part in ("changed", "counts", "diff", "declaration", "warnings"):
        assert predicted[part] == result[part], part
    for part in ("members_disabled_by_hand", "members_enforced"):
        assert named(predicted, part) == named(result, part)
    posts, device = len(world.bigip.posts), on_device(world)
    assert (
        not world.publish(**options)["changed"]
        and len(world.bigip.posts) == posts
        and on_device(world) == device
    )
    return result


def published(*addresses: str, **options: Any) -> World:
    world = World({"web": pool(*addresses or (ONE, TWO))})
    world.publish(**{"applications": [app()], **options})
    world.bigip.posts.clear()
    return world
