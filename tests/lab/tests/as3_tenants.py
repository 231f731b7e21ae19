# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants with one change each, for tests of AS3's reaction."""

from __future__ import annotations

from typing import Any

from as3_world import tenant


def member(**properties: Any) -> dict[str, Any]:
    return tenant("10.1.0.1", member=properties)


def pool(**properties: Any) -> dict[str, Any]:
    return tenant("10.1.0.1", **properties)


def service(**properties: Any) -> dict[str, Any]:
    found = tenant("10.1.0.1")
    found["A1"]["vs"].update(properties)
    return found


def item(name: str = "thing", **properties: Any) -> dict[str, Any]:
    found = tenant("10.1.0.1")
    found["A1"][name] = properties
    return found


def application(**properties: Any) -> dict[str, Any]:
    found = tenant("10.1.0.1")
    found["A1"].update(properties)
    return found


def entries(*members: dict[str, Any]) -> dict[str, Any]:
    found = tenant()
    found["A1"]["web_pool"]["members"] = list(members)
    return found


def without(name: str, *where: str) -> dict[str, Any]:
    found = tenant("10.1.0.1")
    inner: Any = found
    for step in where:
        inner = inner[int(step) if step.isdigit() else step]
    del inner[name]
    return found
