# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions that Calico reports."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._bgp import sessions
from ansible_collections.vks.bigip.plugins.module_utils._bgp.sessions import Checks, Session
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import node, peer, report, wanted

NODES = [node("n1", "198.18.0.1"), node("n2", "198.18.0.2", ready=False)]
WANTED = wanted(("n1", "198.18.0.1"), ("n2", "198.18.0.2"), ("n1", "2001:db8::1"))
PEERS = (peer("198.18.255.251"), peer("198.18.255.252", None))


def states(*statuses: object, since: float = 100.0, all_units: bool = False) -> list[tuple[str, str, str, bool]]:
    found = sessions.sessions(statuses, WANTED, NODES, PEERS, since, all_units)  # type: ignore[arg-type]
    return [(one.node, one.peer[-3:], one.state, one.required) for one in found]


def test_each_node_with_each_peer_of_its_family() -> None:
    found = states(report("n1", 100.0, ip251="Established", ip252="Active"))
    assert found == [("n1", "251", "Established", True), ("n1", "252", "Active", False), ("n2", "251", "unknown", False), ("n2", "252", "unknown", False)]


def test_an_old_status_proves_nothing_and_the_newest_counts() -> None:
    assert states(report("n1", 99.9, ip251="Established"))[0][2] == "unknown"
    newer = report("n1", 102.0, None, ip251="Idle")
    assert states(newer, report("n1", 101.0, ip251="Established"))[0][2] == "Idle"


def test_all_units_are_required_if_the_user_configures_them() -> None:
    assert [required for *_rest, required in states(all_units=True)] == [True, True, False, False]


MISSING = Session("n1", "198.18.255.251", "bigip1", "Active", True)
UP = Session("n2", "198.18.255.251", "bigip1", "Established", True)
NOT_REQUIRED = Session("n3", "198.18.255.251", "bigip1", "Active", False)


def test_what_is_missing() -> None:
    assert [one.is_missing for one in (MISSING, UP, NOT_REQUIRED)] == [True, False, False]


def test_the_error_names_node_peer_state_and_what_to_check() -> None:
    found = sessions.failure([UP, MISSING, NOT_REQUIRED, MISSING._replace(node="n4")], Checks(64512, 64513, True, ("self IP a is closed",)), 60)
    assert found.code == "bgp_not_established" and found.said == "self IP a is closed"
    assert found.what.endswith("the session of node n1 with 198.18.255.251 of BIG-IP bigip1 is Active, not Established (and 1 more)")
    for words in ("TCP 179", "ClusterClasses", "Port Lockdown", "64512 of the nodes, 64513 of BIG-IP", "password", "Routing Bundle"):
        assert words in (found.remedy or "")
    assert [one["node"] for one in found.details["sessions"]] == ["n1", "n4"]


def test_a_session_that_is_not_reported() -> None:
    found = sessions.failure([MISSING._replace(state="unknown", unit=None)], Checks(64512, 64513, False), 60)
    assert found.said is None and "calico-node" in (found.remedy or "") and "password" not in (found.remedy or "")


def test_the_warning() -> None:
    assert sessions.warning([MISSING]) == "1 session is not established: that of node n1 with 198.18.255.251 is Active."
    assert sessions.warning([MISSING, MISSING]).startswith("2 sessions are not established: such as that of node n1")


def test_a_cluster_without_reports() -> None:
    assert "antctl get bgppeers" in sessions.unproved("antrea") and "calicoctl node status" in sessions.unproved("calico")
