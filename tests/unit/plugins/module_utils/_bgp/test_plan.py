# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of the neighbors of one unit."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import plan
from ansible_collections.vks.bigip.plugins.module_utils._bgp.neighbors import WantedNeighbors
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import INSTANCE, SCOPE, mark, neighbor, own, speaker, wanted

NODES = wanted(("n1", "198.18.0.1"), ("n2", "198.18.0.2"))
O1, O2, O3 = own("198.18.0.1", "n1"), own("198.18.0.2", "n2"), own("198.18.0.3", "n3")
GREEN = neighbor("198.18.0.3", mark("g3", "green"))


def actions(result: plan.Plan) -> dict[str, str]:
    return {str(row.address): row.action for row in result.rows}


def present(*neighbors: Any, nodes: WantedNeighbors = NODES, prune: bool = True, version: str = "") -> plan.Plan:
    return plan.present(nodes, speaker(*neighbors), 64513, SCOPE._replace(version=version), prune)


CASES: dict[str, tuple[plan.Plan, dict[str, str]]] = {
    "new": (present(), {"198.18.0.1": "added", "198.18.0.2": "added"}),
    "kept": (present(O1, O2), {"198.18.0.1": "kept", "198.18.0.2": "kept"}),
    "disabled by hand": (present(O1._replace(enabled=False), O2), {"198.18.0.1": "kept", "198.18.0.2": "kept"}),
    "another number": (present(O1._replace(remote_as=65001), O2), {"198.18.0.1": "changed", "198.18.0.2": "kept"}),
    "another node": (present(own("198.18.0.1", "n9"), O2), {"198.18.0.1": "changed", "198.18.0.2": "kept"}),
    "a password": (present(O1, neighbor("198.18.0.2", mark("n2", version="0a")), version="0a"), {"198.18.0.1": "changed", "198.18.0.2": "kept"}),
    "no password": (present(neighbor("198.18.0.1", mark("n1", version="0a")), O2), {"198.18.0.1": "changed", "198.18.0.2": "kept"}),
    "gone": (present(O1, O2, O3), {"198.18.0.1": "kept", "198.18.0.2": "kept", "198.18.0.3": "removed"}),
    "without prune": (present(O1, O2, O3, prune=False), {"198.18.0.1": "kept", "198.18.0.2": "kept", "198.18.0.3": "kept"}),
    "of another owner": (present(O1, O2, GREEN), {"198.18.0.1": "kept", "198.18.0.2": "kept"}),
    "foreign": (present(neighbor("198.18.0.1", "by hand"), neighbor("198.18.0.2", number=None)), {"198.18.0.1": "foreign", "198.18.0.2": "foreign"}),
}


@pytest.mark.parametrize(("result", "expected"), CASES.values(), ids=CASES)
def test_present(result: plan.Plan, expected: dict[str, str]) -> None:
    assert actions(result) == expected
    written = {address for address, action in expected.items() if action in ("added", "changed", "removed")}
    assert {str(write.address) for write in result.writes} == written


def test_a_node_without_an_address_keeps_its_neighbor() -> None:
    nodes = wanted(("n1", "198.18.0.1"), held=frozenset({("n3", 4)}))
    result = present(O1, O3, nodes=nodes)
    assert actions(result) == {"198.18.0.1": "kept", "198.18.0.3": "kept"} and not result.changes
    assert not any(row.stale for row in result.rows)


def test_stale_neighbors_are_counted() -> None:
    assert [row.stale for row in present(O1, O2, O3, prune=False).rows] == [False, False, True]


def test_removals_are_last_and_a_new_address_is_no_removal() -> None:
    result = present(own("198.18.0.0", "n1"), O2)
    assert [str(write.address) for write in result.writes] == ["198.18.0.1", "198.18.0.0"]
    plan.check_removals(result, 0)


def test_the_instance_is_created_once() -> None:
    created = plan.present(NODES, speaker(instance=None, switch="disable"), 64513, SCOPE, True)
    assert (created.path, created.creates, created.domain, created.enables) == (INSTANCE, 64513, "/Common/0", True)
    other = plan.present(NODES, speaker(O1, O2, path="/Common/edge"), 64513, SCOPE, True)
    assert (other.path, other.creates, other.changes) == ("/Common/edge", None, False)
    assert SCOPE._replace(route_domain=2, partition="Net").instance == "/Net/vks-bgp-rd2"


def test_a_foreign_neighbor_with_another_number() -> None:
    with pytest.raises(Failure) as raised:
        present(neighbor("198.18.0.1", "by hand", 65000))
    assert raised.value.code == "bgp_neighbor_conflict" and "198.18.0.1 of BIG-IP bigip1 has remoteAs 65000" in raised.value.message


@pytest.mark.parametrize(
    ("found", "removed", "instance"),
    [
        (speaker(O1, O2), ["198.18.0.1", "198.18.0.2"], True),
        (speaker(), [], True),
        (speaker(O1, GREEN), ["198.18.0.1"], False),
        (speaker(O1, shared=True), ["198.18.0.1"], False),
        (speaker(O1, path="/Common/edge"), ["198.18.0.1"], False),
        (speaker(instance=None), [], False),
    ],
)
def test_absent(found: Any, removed: list[str], instance: bool) -> None:
    result = plan.absent(found, SCOPE)
    assert [str(write.address) for write in result.writes] == removed and result.removes is instance


def test_limit_of_removals() -> None:
    result = present(O1, O3, own("198.18.0.4", "n4"), nodes=wanted(("n1", "198.18.0.1")))
    plan.check_removals(result, 67)
    with pytest.raises(Failure) as raised:
        plan.check_removals(result, 66)
    assert raised.value.code == "max_removed_percent" and "2 of 3 neighbors of BIG-IP bigip1" in raised.value.message
    assert raised.value.details["neighbors"] == ["198.18.0.3", "198.18.0.4"]


@pytest.mark.parametrize(("before", "after", "expected"), [("", "", False), ("", "0a", True), ("0a", "0b", True), ("0a", "", True), ("0a", "0a", False)])
def test_a_change_of_the_password(before: str, after: str, expected: bool) -> None:
    write = plan.Write(neighbor("198.18.0.1", mark("n1", version=before)), neighbor("198.18.0.1", mark("n1", version=after)))
    assert write.sets_password is expected
    assert not plan.Write(write.before, None).sets_password
