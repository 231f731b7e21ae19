# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a member, and the port in its name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import MemberState
from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import port_of


def member(name: str, address: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "partition": "T1", "address": address, "session": "monitor-enabled", "state": "up", "ratio": 1, "priorityGroup": 0, **more}


@pytest.mark.parametrize(
    ("state", "up", "down", "unmonitored"),
    [
        ("up", True, False, False), ("down", False, True, False), ("user-down", False, True, False), ("unavailable", False, True, False),
        ("checking", False, False, False), ("unchecked", False, False, True), ("user-up", False, False, True),
    ],
)  # fmt: skip
def test_what_the_words_for_a_state_mean(state: str, up: bool, down: bool, unmonitored: bool) -> None:
    member = MemberState("10.1.0.1:80", "10.1.0.1", 80, None, "user-enabled", state, 1, 0, 0, "T1")
    assert (member.up, member.down, member.unmonitored) == (up, down, unmonitored)


@pytest.mark.parametrize(
    ("session", "state", "admin_state"),
    [
        ("monitor-enabled", "up", "enable"), ("monitor-enabled", "down", "enable"), ("user-enabled", "user-up", "enable"),
        ("user-disabled", "up", "disable"), ("user-disabled", "down", "disable"), ("user-disabled", "unchecked", "disable"),
        ("user-disabled", "user-down", "offline"), ("user-enabled", "user-down", "offline"),
    ],
)  # fmt: skip
def test_what_an_operator_set(session: str, state: str, admin_state: str) -> None:
    assert MemberState("10.1.0.1:80", "10.1.0.1", 80, None, session, state, 1, 0, 0, "T1").admin_state == admin_state


PORTS = {
    "10.1.0.1:80": 80,
    "10.1.0.1%2:80": 80,
    "2001:db8::1.80": 80,
    "2001:db8::1%2.80": 80,
    "web.example:80": 80,
    "10.1.0.1:any": 0,
    "10.1.0.1:0": 0,
    "none": None,
}


@pytest.mark.parametrize("name, port", PORTS.items())
def test_port_of(name: str, port: int | None) -> None:
    assert port_of(name) == port
