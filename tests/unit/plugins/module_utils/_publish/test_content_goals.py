# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goals from content: what stays and what is removed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, TenantGoal
from ansible_collections.vks.bigip.plugins.module_utils._publish.content_goals import ContentGoals
from ansible_collections.vks.bigip.plugins.module_utils._publish.interfaces import Goals
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import DeclarationOptions
from ansible_collections.vks.bigip.plugins.module_utils._request import content

A: dict[str, Any] = {"class": "Application"}
ADC: dict[str, Any] = {
    "class": "ADC",
    "T2": {"class": "Tenant"},
    "T1": {"class": "Tenant", "label": "ours", "A1": A},
}


@pytest.mark.parametrize(
    ("params", "goals"),
    [
        ({"content": ADC}, [TenantGoal("T1", {"A1": A}, {"label": "ours"}), TenantGoal("T2", None)]),
        (
            {"content": ADC, "state": "absent"},
            [TenantGoal("T1", None, {"label": "ours"}), TenantGoal("T2", None)],
        ),
        ({"content": {"A1": A}, "tenant": "T1", "state": "absent"}, [TenantGoal("T1", {"A1": A})]),
        ({"tenant": "T1", "state": "absent"}, [TenantGoal("T1", None)]),
    ],
)
def test_goals(params: dict[str, Any], goals: list[TenantGoal]) -> None:
    options = DeclarationOptions.from_params({"adopt": "cis", **params})
    found = ContentGoals(options, content.check(options)).read(None, {})  # type: ignore[arg-type]
    assert found == Goals(Rules(adopt="cis"), goals, pools={}, warnings=(), requests=0, seconds=0.0)
