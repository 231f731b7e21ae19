# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the unit that answers."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.failover import own_state

PEER = {"name": "b", "selfDevice": "false", "failoverState": "standby"}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([PEER, {"selfDevice": "true", "failoverState": "active"}], "active"),
        ([{"selfDevice": True, "failoverState": "standby"}, PEER], "standby"),
        ([{"selfDevice": "true"}, PEER], None),
        ([PEER], None),
        ([None, "x"], None),
        ("x", None),
    ],
)
def test_own_state(items: Any, expected: str | None) -> None:
    assert own_state({"items": items}) == expected
