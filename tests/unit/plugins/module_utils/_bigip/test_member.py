# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a member, and the port in its name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import (
    MemberState,
    MemberStats,
    member_state,
    member_stats,
    port_of,
)

ITEM = {
    **{"name": "10.1.0.1%2:80", "address": "10.1.0.1%2", "session": "monitor-enabled", "state": "down"},
    **{"ratio": 3, "priorityGroup": 4, "connectionLimit": 5, "partition": "T1"},
}
STATES: dict[str, tuple[dict[str, Any], MemberState | None]] = {
    "everything": (ITEM, MemberState("10.1.0.1%2:80", "10.1.0.1", 80, 2, "monitor-enabled", "down", 3, 4, 5, "T1")),
    "the least": (
        {"name": "10.1.0.1:80", "address": "10.1.0.1"},
        MemberState("10.1.0.1:80", "10.1.0.1", 80, None, "", "", 1, 0, 0, ""),
    ),
    "no name": ({**ITEM, "name": None}, None),
    "no address": ({**ITEM, "address": None}, None),
    "a name of a host": ({**ITEM, "address": "any6"}, None),
    "no port": ({**ITEM, "name": "web"}, None),
}


@pytest.mark.parametrize(("item", "expected"), STATES.values(), ids=STATES)
def test_the_state_of_a_member(item: dict[str, Any], expected: MemberState | None) -> None:
    assert member_state(item) == expected


COUNTERS = {
    **{"addr": "10.1.0.1%2", "port": 80, "serverside.curConns": 4, "serverside.totConns": 99},
    **{"status.availabilityState": "offline", "status.enabledState": "enabled", "status.statusReason": "down"},
}
STATS: dict[str, tuple[dict[str, Any], MemberStats | None]] = {
    "everything": (COUNTERS, MemberStats("10.1.0.1", 80, 2, 4, 99, "offline", "enabled", "down")),
    "the least": ({"addr": "10.1.0.1", "port": 0}, MemberStats("10.1.0.1", 0, None, 0, 0, "unknown", "unknown", "")),
    "no address": ({**COUNTERS, "addr": None}, None),
    "no port": ({**COUNTERS, "port": None}, None),
}


@pytest.mark.parametrize(("counters", "expected"), STATS.values(), ids=STATS)
def test_the_statistics_of_a_member(counters: dict[str, Any], expected: MemberStats | None) -> None:
    assert member_stats({name: {"value": value} for name, value in counters.items()}) == expected


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


COLOURS = {
    **{"up": "available", "down": "offline", "user-down": "offline", "unavailable": "offline"},
    **{"checking": "unknown", "unchecked": "unknown", "user-up": "unknown"},
}


@pytest.mark.parametrize(("state", "colour"), COLOURS.items())
def test_the_colour_of_a_state(state: str, colour: str) -> None:
    assert MemberState("10.1.0.1:80", "10.1.0.1", 80, None, "user-enabled", state, 1, 0, 0, "T1").availability == colour


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
