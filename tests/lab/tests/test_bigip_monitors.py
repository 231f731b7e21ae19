# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitors of BIG-IP, and their effect on members."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bigip_machine import Machine, machine
from traffic_use import Tunnel, answers
from vkslab.bigip.device import Device, Monitor

# -- monitors


def test_a_member_takes_no_traffic_before_its_first_good_probe(bigip: Machine) -> None:
    bigip.network.members["10.1.0.2:80"] = "silent"
    patient = Monitor("/Common/patient", "http", send="GET /\\r\\n", timeout=100_000)
    bigip.on_device(lambda device: device.put_monitor(patient))
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=(patient.path,))
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "up")
    assert bigip.availability()["10.1.0.2:80"] == "checking"
    assert answers(bigip, 4) == {"10.1.0.1": 4}
    bigip.pool("/T/A/other", "10.1.0.2", virtual=None, monitors=("/Common/http",))
    bigip.wait_for(lambda: bigip.availability("/T/A/other")["10.1.0.2:80"] == "down")


def test_a_member_that_dies_goes_down_and_comes_back(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    bigip.network.members["10.1.0.1:80"] = "refused"
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "down")
    reason = bigip.control("pools", method="GET")["/T/A/pool"]["/T/10.1.0.1:80"]["reason"]
    assert reason.startswith("/Common/http: Unable to connect; ") and "refused" in reason
    assert answers(bigip, 4) == {"10.1.0.2": 4}
    bigip.network.members["10.1.0.1:80"] = "answer"
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "up")


@pytest.mark.parametrize(
    ("behaviour", "monitor", "expected"),
    [
        ("answer", {"type": "tcp"}, "up"),
        ("silent", {"type": "tcp"}, "up"),
        ("silent", {"type": "tcp", "send": "none", "receive": "none"}, "up"),  # as AS3 makes it
        ("silent", {"type": "tcp", "send": "hello"}, "down"),
        ("refused", {"type": "tcp"}, "down"),
        ("refused", {"type": "icmp"}, "up"),
        ("no_host", {"type": "icmp"}, "down"),
        ("silent", {"type": "udp"}, "up"),
        ("unavailable", {"type": "http", "send": "GET /\\r\\n"}, "up"),
        ("unavailable", {"type": "http", "send": "GET / HTTP/1.1\\r\\n", "receive": "200 OK"}, "down"),
        ("answer", {"type": "http", "send": "GET / HTTP/1.1\\r\\n", "receive": "200 OK"}, "up"),
        ("answer", {"type": "http", "send": "GET /\\r\\n", "receive": "none"}, "up"),
        ("answer", {"type": "http", "send": "GET /\\r\\n", "receive": "10.1", "reverse": True}, "down"),
        (
            "answer",
            {"type": "http", "send": "GET /\\r\\n", "receive": "never", "receive_down": "200 OK"},
            "down",
        ),
        ("silent", {"type": "http", "send": "GET /\\r\\n"}, "down"),
        ("answer", {"type": "https", "send": "GET /\\r\\n"}, "down"),
    ],
)
def test_what_a_monitor_makes_of_a_member(
    bigip: Machine, behaviour: str, monitor: dict[str, Any], expected: str
) -> None:
    bigip.network.members["10.1.0.1:80"] = behaviour
    bigip.on_device(lambda device: device.put_monitor(Monitor("/Common/mine", **monitor)))
    bigip.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/mine",))
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == expected)


@pytest.mark.parametrize(("minimum", "expected"), [(1, "up"), ("all", "down")])
def test_how_many_monitors_must_agree(bigip: Machine, minimum: Any, expected: str) -> None:
    bigip.on_device(
        lambda device: device.put_monitor(
            Monitor("/Common/picky", "http", send="GET /\\r\\n", receive="never")
        )
    )
    bigip.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/tcp", "/Common/picky"), min_monitors=minimum)
    bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == expected)


def test_a_member_deleted_and_added_again_is_checked_anew_but_an_unchanged_one_is_not(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})

    def delete_and_add(device: Device) -> list[str]:
        pool = device.pools["/T/A/pool"]
        one = replace(pool.members["/T/10.1.0.1:80"], ratio=2)
        device.delete_members(pool.path, [one.path])
        device.put_pool(
            replace(device.pools[pool.path], members={**device.pools[pool.path].members, one.path: one})
        )
        return [
            found.availability
            for found in sorted(device.pools[pool.path].members.values(), key=lambda found: found.name)
        ]

    assert bigip.on_device(delete_and_add) == ["checking", "up"]

    def make_again(device: Device) -> list[str]:
        pool = device.pools["/T/A/pool"]
        with device.transaction():
            device.remove_pool(pool.path)
            device.put_pool(
                replace(
                    pool,
                    members={
                        path: replace(one, availability="unchecked") for path, one in pool.members.items()
                    },
                )
            )
        return [found.availability for found in device.pools[pool.path].members.values()]

    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    assert bigip.on_device(make_again) == ["up", "up"]


def test_where_probes_are_rare_one_failure_is_not_a_death(bigip: Machine) -> None:
    """With thousands of members an up one is probed less often than its timeout."""
    monitors = bigip.lab.units[0].monitors
    bigip.pool("/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http",))
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    rate, monitors.seconds_between_probes = monitors.seconds_between_probes, 0.5
    try:
        time.sleep(1.0)
        bigip.network.tried.clear()
        bigip.network.members["10.1.0.1:80"] = "refused"
        bigip.wait_for(lambda: bigip.availability()["10.1.0.1:80"] == "down")
    finally:
        monitors.seconds_between_probes = rate
    assert bigip.network.tried["10.1.0.1:80"] >= 3


def test_members_that_share_an_address_share_its_probes(bigip: Machine) -> None:
    for name in ("one", "two", "three"):
        bigip.pool(f"/T/A/{name}", "10.1.0.1", virtual=None, monitors=("/Common/http",))
    bigip.wait_for(
        lambda: all(
            set(bigip.availability(f"/T/A/{name}").values()) == {"up"} for name in ("one", "two", "three")
        )
    )
    bigip.pool("/T/A/alone", "10.1.0.2", virtual=None, monitors=("/Common/http",))
    bigip.network.tried.clear()
    bigip.wait_for(lambda: bigip.network.tried["10.1.0.2:80"] >= 6)
    assert 1 <= bigip.network.tried["10.1.0.1:80"] <= 9, (
        "as often as the address of one pool, not three times"
    )


def test_a_lab_that_was_busy_blames_no_member(bigip: Machine) -> None:
    """AS3 computes in the same process: while it does, no probe can succeed."""
    bigip.pool(
        "/T/A/pool", "10.1.0.1", "10.1.0.2", monitors=("/Common/http", "/Common/tcp"), min_monitors="all"
    )
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    before = bigip.lab.units[0].monitors.generation
    bigip.on_device(lambda device: time.sleep(0.6))  # the timeout is 0.32 s
    for _ in range(10):
        assert set(bigip.availability().values()) == {"up"}
        time.sleep(0.03)
    assert bigip.lab.units[0].monitors.generation == before


def test_service_down_action_reset_ends_the_connections(bigip: Machine) -> None:
    bigip.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/http",), service_down_action="reset")
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    tunnel = Tunnel(bigip)
    assert tunnel.ask() == "10.1.0.1:80"
    bigip.network.members["10.1.0.1:80"] = "refused"
    with pytest.raises(ConnectionResetError):
        tunnel.socket.recv(1)


def test_thousands_of_members_are_seen_quickly(tmp_path: Path) -> None:
    addresses = [f"10.{2 + number // 250}.1.{number % 250 + 1}" for number in range(1500)]
    with machine(tmp_path, monitor_interval=1.0) as bigip:
        bigip.network.members = {f"{address}:80": "answer" for address in addresses}
        bigip.pool("/T/A/pool", *addresses, virtual=None, monitors=("/Common/http",))
        bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"}, pause=0.3)
        assert set(bigip.network.tried) == set(bigip.network.members)
