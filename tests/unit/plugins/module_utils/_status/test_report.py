# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pool on BIG-IP beside the same pool in the cluster: what is missing, unknown and down."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import MemberState, MemberStats
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Member, Pool
from ansible_collections.vks.bigip.plugins.module_utils._status.published import StoredPool
from ansible_collections.vks.bigip.plugins.module_utils._status.report import Compared, counts, spelt

POOL = StoredPool("T1", "A", "pool", "me", "default/web:80/TCP", "nodeportlocal", {}, 2)


def state(
    number: int, state: str = "up", session: str = "monitor-enabled", domain: int | None = 2
) -> MemberState:
    return MemberState(
        f"m{number}", f"10.1.0.{number}", 30000 + number, domain, session, state, 1, 0, 0, "T1"
    )


def of_cluster(*numbers: int, left_out: int = 0, domain: int | None = 2) -> Pool:
    members = tuple(
        Member(f"10.1.0.{number}", 30000 + number, f"n{number}", f"default/web-{number}")
        for number in numbers
    )
    gaps = tuple(
        LeftOut("Pod", f"web-{number}", "not_ready", "It is not ready.") for number in range(left_out)
    )
    return Pool(
        "default", "web", "http", 80, "TCP", "nodeportlocal", "asked for", members, gaps, route_domain=domain
    )


def report(
    states: list[MemberState] | None, cluster: Pool | Failure | None, stats: Any = None
) -> dict[str, Any]:
    listed = (
        None
        if states is None
        else spelt({(item.address, item.port): item for item in states}, POOL.route_domain)
    )
    return Compared(POOL, listed, stats or {}, cluster, lambda address: True).report()


def places(found: list[dict[str, Any]]) -> str:
    return " ".join(item["address"].rpartition(".")[2] for item in found)


CASES: dict[str, tuple[list[MemberState] | None, Pool | None, tuple[Any, str, str, str]]] = {
    # the members on BIG-IP, those of the cluster; in_sync, missing, unknown, down
    "the same": ([state(1), state(2)], of_cluster(1, 2), (True, "", "", "")),
    "one is missing": ([state(1)], of_cluster(1, 10, 9), (False, "9 10", "", "")),
    "one is unknown": ([state(1), state(3)], of_cluster(1), (False, "", "3", "")),
    "one is down": ([state(1), state(2, "down")], of_cluster(1, 2), (True, "", "", "2")),
    "one is disabled": ([state(1, session="user-disabled")], of_cluster(1), (True, "", "", "1")),
    "no monitor has reported": (
        [state(1, "checking"), state(2, "unchecked")],
        of_cluster(1, 2),
        (True, "", "", ""),
    ),
    "the cluster was not read": ([state(1, "down")], None, (None, "", "", "1")),
    "BIG-IP has no such pool": (None, of_cluster(1), (False, "1", "", "")),
    "the route domain of the tenant is not spelt": (
        [state(1)],
        of_cluster(1, domain=None),
        (True, "", "", ""),
    ),
    "one drains": (
        [state(1), state(2, session="user-disabled")],
        dataclasses.replace(of_cluster(1), draining=of_cluster(2, 3).members),
        (True, "", "", "2"),
    ),
    "another route domain is": ([state(1, domain=3)], of_cluster(1), (False, "1", "1%3", "")),
}


@pytest.mark.parametrize(("states", "cluster", "expected"), CASES.values(), ids=CASES.keys())
def test_report(
    states: list[MemberState] | None, cluster: Pool | None, expected: tuple[Any, str, str, str]
) -> None:
    made = report(states, cluster)
    lists = [places(made[name]) for name in ("missing_on_bigip", "unknown_on_bigip", "down_on_bigip")]
    assert (made["in_sync"], *lists) == expected
    assert made["on_bigip"] is (states is not None)


def test_the_whole_report() -> None:
    """Member 1 is up, 2 is down, 3 is unknown to the cluster, 4 is missing on BIG-IP."""
    pool = dataclasses.replace(
        of_cluster(left_out=1),
        members=(
            Member("10.1.0.1", 30001, "n1", "default/web-1"),
            Member("10.1.0.2", 30002, "n2", "default/web-2", ready=False, serving=True, terminating=True),
            Member("10.1.0.4", 30004, "n4", None, ready=True, serving=False, terminating=False),
        ),
    )
    on_bigip = [
        state(1),
        dataclasses.replace(state(2, "down"), ratio=3, priority_group=7),
        state(3, "up", "user-disabled"),
    ]
    stats = {
        ("10.1.0.2", 30002): MemberStats(
            "10.1.0.2", 30002, 2, 4, 40, "offline", "enabled", "Connection refused"
        )
    }
    second = {"pod": "default/web-2", "node": "n2", "ready": False, "serving": True, "terminating": True}
    fourth = {"pod": None, "node": "n4", "ready": True, "serving": False, "terminating": False}
    refused = (
        "Node n2 refuses connections at 10.1.0.2 port 30002: the NodePortLocal mapping is missing. "
        "Publish again, then check antrea-agent on that node."
    )
    disabled = (
        "10.1.0.3 port 30003 was disabled by hand or by adminState (state up, session user-disabled). "
        "Enable it, or find out who disabled it."
    )
    assert report(on_bigip, pool, stats) == {
        "tenant": "T1",
        "application": "A",
        "pool": "pool",
        "owner": "me",
        "service": "default/web:80/TCP",
        "pool_member_type": "nodeportlocal",
        "on_bigip": True,
        "in_sync": False,
        "members": [
            {
                "address": "10.1.0.1",
                "port": 30001,
                "state": "up",
                "session": "monitor-enabled",
                "availability": "available",
                "ratio": 1,
                "priority_group": 0,
                "pod": "default/web-1",
                "node": "n1",
                "ready": True,
                "serving": True,
                "terminating": False,
            },
            {
                "address": "10.1.0.2",
                "port": 30002,
                "state": "down",
                "session": "monitor-enabled",
                "availability": "offline",
                "ratio": 3,
                "priority_group": 7,
                **second,
                "current_connections": 4,
                "total_connections": 40,
                "reason": "Connection refused",
                "where": "npl",
            },
            {
                "address": "10.1.0.3",
                "port": 30003,
                "state": "up",
                "session": "user-disabled",
                "availability": "available",
                "ratio": 1,
                "priority_group": 0,
                "where": "operator",
            },
        ],
        "missing_on_bigip": [{"address": "10.1.0.4", "port": 30004, **fourth}],
        "unknown_on_bigip": [{"address": "10.1.0.3", "port": 30003, "state": "up"}],
        "down_on_bigip": [
            {"address": "10.1.0.2", "port": 30002, **second, "where": "npl", "message": refused},
            {"address": "10.1.0.3", "port": 30003, "where": "operator", "message": disabled},
        ],
        "left_out": [
            {
                "kind": "Pod",
                "name": "web-0",
                "node": None,
                "reason": "not_ready",
                "message": "It is not ready.",
            }
        ],
        "message": (
            "/T1/A/pool: 2 of 3 members are up; 1 member of the cluster is missing on BIG-IP (publish again); "
            "1 member on BIG-IP is unknown to the cluster (publish again); 2 down, most likely npl: "
            f"{refused}"
        ),
    }


@pytest.mark.parametrize(
    ("domain", "address"), [(None, "10.1.0.1"), (2, "10.1.0.1"), (0, "10.1.0.1%0"), (3, "10.1.0.1%3")]
)
def test_members_are_spelt_as_in_their_tenant(domain: int | None, address: str) -> None:
    member = state(1, domain=domain)
    assert spelt({("10.1.0.1", 30001): member}, 2) == {(address, 30001): member}


def test_members_are_in_the_order_of_their_addresses() -> None:
    assert places(report([state(10), state(9)], None)["members"]) == "9 10"


def test_a_pool_that_the_device_does_not_have() -> None:
    assert (
        report(None, of_cluster())["message"]
        == "/T1/A/pool is in the stored declaration, but BIG-IP has no such pool: publish again."
    )


def test_what_the_cluster_left_out_is_counted() -> None:
    made = report([], of_cluster(left_out=2))
    assert len(made["left_out"]) == 2 and "2 candidates were left out" in made["message"]


def test_a_failure_of_the_cluster_stands_beside_what_bigip_says() -> None:
    made = report([state(1)], Failure("service_not_found", "Service default/web does not exist"))
    assert (made["in_sync"], made["failure"]["code"]) == (None, "service_not_found")
    assert (
        made["message"]
        == "/T1/A/pool: 1 of 1 member is up. The members in the cluster are not known: Service default/web does not exist."
    )


def test_counts() -> None:
    reports = [
        report([state(1), state(2, "checking")], of_cluster(1, 2)),
        report([state(1, "down")], of_cluster(2)),
        report([], None),
        report([], of_cluster()),
    ]
    assert counts(reports) == {
        "pools": 4,
        "members": 3,
        "available": 1,
        "unknown": 1,
        "offline": 1,
        "out_of_sync": 1,
    }
