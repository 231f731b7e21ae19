# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of pod_bgp."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._bgp import changes, plan, report
from ansible_collections.vks.bigip.plugins.module_utils._bgp.sessions import Session
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import NAME, SCOPE, calico, node, own, peer, speaker, thing, wanted, wish

NODES = wanted(("n1", "198.18.0.1"), ("n2", "198.18.0.2"))
PLAN = plan.present(NODES, speaker(own("198.18.0.1", "n1"), own("198.18.0.3", "n3")), 64513, SCOPE, True)
CREATED = plan.present(NODES, speaker(instance=None, switch="disable"), 64513, SCOPE._replace(version="0a"), True)
OBJECTS = changes.present(calico(), wish(node("n1", "198.18.0.1"), password="word", version="0a"), True, True)


def test_neighbors_and_objects() -> None:
    found = report.neighbors([PLAN])
    assert [(one["address"], one["action"]) for one in found] == [("198.18.0.1", "kept"), ("198.18.0.2", "added"), ("198.18.0.3", "removed")]
    assert found[1] == {"unit": "bigip1", "address": "198.18.0.2", "node": "n2", "remote_as": 64512, "action": "added"}
    failed = report.neighbors([PLAN], {("bigip1", PLAN.writes[0])})
    assert [one["action"] for one in failed] == ["kept", "failed", "removed"]
    assert [one["action"] for one in report.objects(OBJECTS, OBJECTS.writes[:1])] == ["failed", "created", "created", "created", "created"]


def test_instances() -> None:
    assert report.instances([PLAN, CREATED, plan.absent(speaker(), SCOPE), plan.absent(speaker(instance=None), SCOPE)]) == [
        {"unit": "bigip1", "name": "/Common/vks-bgp", "action": action} for action in ("kept", "added", "removed")
    ]


def test_counts() -> None:
    expected = {"added": 1, "changed": 0, "kept": 1, "removed": 1, "foreign": 0, "failed": 0, "stale": 0, "objects_written": 5}
    assert report.counts([PLAN], OBJECTS) == expected


def test_the_diff_has_no_password() -> None:
    found = report.diff([PLAN, CREATED], OBJECTS)
    assert "word" not in str(found).replace("password", "") and "0a" not in str(found)
    assert found["after"]["objects"][f"Secret/{NAME}"] == {"keys": {"password": "(not shown)"}}
    shown: dict[str, Any] = found["after"]["bigip"]["bigip1"]
    assert shown["instance"] == "/Common/vks-bgp" and shown["tmrouted.tmos.routing"] == "enable"
    assert shown["neighbors"]["198.18.0.1"]["password"] == "new"
    before = found["before"]["bigip"]["bigip1"]
    assert "instance" not in before and before["tmrouted.tmos.routing"] == "disable" and before["neighbors"] == {}


def test_the_diff_has_what_happened() -> None:
    nothing = report.diff([PLAN], OBJECTS, {("bigip1", write) for write in PLAN.writes}, OBJECTS.writes)
    assert nothing["before"] == nothing["after"]
    removed = report.diff([plan.absent(speaker(own("198.18.0.1", "n1")), SCOPE)], changes.absent(calico(thing("BGPPeer", "a")), wish().owner))
    assert removed["after"] == {"bigip": {"bigip1": {"neighbors": {}}}, "objects": {}}
    assert removed["before"]["objects"] == {"BGPPeer/a": {}} and removed["before"]["bigip"]["bigip1"]["instance"] == "/Common/vks-bgp"


def test_sessions_and_peers() -> None:
    assert report.sessions([Session("n1", "p", None, "Active", True)]) == [{"node": "n1", "peer": "p", "unit": None, "state": "Active"}]
    assert report.peers([peer("198.18.255.251")]) == [{"address": "198.18.255.251", "unit": "bigip1"}]


def test_warnings() -> None:
    held = frozenset({("n1", 6), ("n3", 4), ("gone", 4)})
    nodes = wanted(("n1", "198.18.0.1"), held=held)
    (text,) = report.warnings(nodes, [node("n1"), node("n3")])
    assert text.endswith("so they get no neighbor: n3.") and report.warnings(NODES, [node("n1")]) == []
