# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a run."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._routes import plan, report
from ansible_collections.vks.bigip.plugins.module_utils._routes.wanted import WantedRoutes
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import OWNER, SCOPE, network, own, pod, routes, stored, wanted

A, B = "198.18.0.1", "198.18.0.2"
CLUSTER = routes(wanted("10.1.0.0/24", A), wanted("10.2.0.0/24", B, "n2"), wanted("10.3.0.0/24", A), wanted("10.4.0.0/24", A))
ON_BIGIP = [own("10.2.0.0/24", A, "n1"), own("10.3.0.0/24", A), stored("10.4.0.0/24", A, name="hand"), own("10.9.0.0/24", None, "gone")]
PLAN = plan.present(CLUSTER, ON_BIGIP, SCOPE, True)


def described(node: str) -> str:
    return f"vks.bigip owner={OWNER} node={node}"


def test_each_route_with_its_action() -> None:
    found = report.routes(PLAN)
    assert found[1] == {"name": "vks-a1b2c3d4-10.2.0.0_24", "network": "10.2.0.0/24", "gateway": B, "node": "n2", "action": "changed"}
    assert [(route["node"], route["gateway"], route["action"]) for route in found] == [
        *(("n1", A, "added"), ("n2", B, "changed"), ("n1", A, "kept"), ("n1", A, "foreign"), ("gone", None, "removed")),
    ]
    assert [route["name"] for route in found if route["action"] == "foreign"] == ["hand"]


def test_the_counts() -> None:
    some = WantedRoutes((), not_routed=(pod("10.7.0.1"), pod("10.7.0.2")))
    expected = {"added": 1, "changed": 1, "kept": 1, "removed": 1, "foreign": 1, "failed": 0, "stale": 0, "not_routed": 2}
    assert report.counts(PLAN, some) == expected
    assert report.counts(PLAN, None, PLAN.writes) == {**expected, "added": 0, "changed": 0, "removed": 0, "failed": 3, "not_routed": 0}
    kept = plan.present(CLUSTER, ON_BIGIP, SCOPE, False)
    assert report.counts(kept, None)["stale"] == 1


def test_the_difference_by_route_and_node() -> None:
    new, changed, gone = (f"vks-a1b2c3d4-10.{number}.0.0_24" for number in (1, 2, 9))
    assert report.diff(PLAN) == {
        "before": {
            "routes": {
                changed: {"network": "10.2.0.0/24", "gateway": A, "node": "n1", "description": described("n1")},
                gone: {"network": "10.9.0.0/24", "gateway": None, "node": "gone", "description": described("gone")},
            }
        },
        "after": {
            "routes": {
                new: {"network": "10.1.0.0/24", "gateway": A, "node": "n1", "description": described("n1")},
                changed: {"network": "10.2.0.0/24", "gateway": B, "node": "n2", "description": described("n2")},
            }
        },
    }
    assert report.diff(PLAN, PLAN.writes) == {"before": {"routes": {}}, "after": {"routes": {}}}


def test_pods_without_a_route() -> None:
    many = tuple(pod(f"10.7.0.{number}") for number in range(60))
    found = report.not_routed(WantedRoutes((), not_routed=many))
    assert len(found) == report.MOST_NOT_ROUTED
    assert found[0] == {"address": "10.7.0.0", "pod": "shop/web", "node": "n1"}


def test_warnings() -> None:
    assert report.warnings(CLUSTER) == []
    nodes, pods = report.warnings(WantedRoutes((), frozenset([network("10.1.0.0/24")]), ("n1", "n3"), (pod("10.7.0.1"),)))
    assert nodes.endswith("so they get no new route: n1, n3.")
    assert "shop/web (10.7.0.1)" in pods and "AntreaIPAM" in pods
