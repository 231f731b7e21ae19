# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of a status, as controllers keep them: the time changes with the status only."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any


def with_condition(
    status: dict[str, Any],
    kind: str,
    good: bool,
    reason: str,
    message: str = "",
    generation: int | None = None,
) -> dict[str, Any]:
    """The status with this condition in it, and the generation that was seen."""
    new: dict[str, Any] = {
        "type": kind,
        "status": "True" if good else "False",
        "reason": reason,
        "message": message,
    }
    others, old = [], None
    for each in status.get("conditions") or []:
        if each.get("type") == kind:
            old = each
        else:
            others.append(each)
    same = old is not None and old.get("status") == new["status"]
    new["lastTransitionTime"] = (
        old["lastTransitionTime"] if same and old else f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    )
    made = {**status, "conditions": [*others, new]}
    if generation is not None:
        made["observedGeneration"] = generation
    return made
