# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the routes of BIG-IP to the wanted ones."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes import plan
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Stored, Wanted
from ansible_collections.vks.bigip.plugins.module_utils._routes.plan import Plan
from ansible_collections.vks.bigip.plugins.module_utils._routes.wanted import WantedRoutes
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import OWNER, SCOPE, own, routes, stored, wanted

A, B = "198.18.0.1", "198.18.0.2"
NET, OTHER = "10.1.0.0/24", "10.2.0.0/24"
MARK, BLUE = f"vks.bigip owner={OWNER} node=n1", f"vks.bigip owner={OWNER} cluster=blue node=n1"
HERE = wanted(NET, A)


def planned(needed: WantedRoutes, *found: Stored, prune: bool = True, **scope: Any) -> Plan:
    return plan.present(needed, found, SCOPE._replace(**scope), prune)


def actions(found: Plan) -> dict[str, str]:
    return {str(row.network): row.action + (" stale" if row.stale else "") for row in found.rows}


CASES: list[tuple[str, list[Wanted], list[Stored], dict[str, Any], dict[str, str], int]] = [
    # wanted, on BIG-IP, options, the action for each network, the number of writes
    ("nothing", [], [], {}, {}, 0),
    ("new", [HERE], [], {}, {NET: "added"}, 1),
    ("present", [HERE], [own(NET, A)], {}, {NET: "kept"}, 0),
    ("another name", [HERE], [stored(NET, A, MARK, name="r")], {}, {NET: "kept"}, 0),
    ("another gateway", [HERE], [own(NET, B)], {}, {NET: "changed"}, 1),
    ("another node with this address", [wanted(NET, A, "n9")], [own(NET, A)], {}, {NET: "changed"}, 1),
    ("a pool in place of the gateway", [HERE], [own(NET, None)], {}, {NET: "changed"}, 1),
    ("a name of the cluster", [HERE], [own(NET, A)], {"cluster": "blue"}, {NET: "changed"}, 1),
    ("a former name of the cluster", [HERE], [stored(NET, A, BLUE)], {"cluster": "red"}, {NET: "changed"}, 1),
    ("foreign", [HERE], [stored(NET, A, name="r")], {}, {NET: "foreign"}, 0),
    ("foreign, with a description", [HERE], [stored(NET, A, "CIS", name="r")], {}, {NET: "foreign"}, 0),
    ("foreign, of another owner", [HERE], [stored(NET, A, "vks.bigip owner=b node=n1", name="r")], {}, {NET: "foreign"}, 0),
    ("own, in another partition", [HERE], [own(NET, A, partition="Shop")], {}, {NET: "foreign"}, 0),
    ("own and foreign", [HERE], [stored(NET, B, name="a"), own(NET, A)], {}, {NET: "kept"}, 0),
    ("in another route domain", [HERE], [stored(NET, B, domain=2, name="r"), own(OTHER, A, domain=2)], {}, {NET: "added"}, 1),
    ("not needed", [], [own(NET, A)], {}, {NET: "removed"}, 1),
    ("not needed, no prune", [], [own(NET, A)], {"prune": False}, {NET: "kept stale"}, 0),
    ("not needed, foreign", [], [stored(NET, A), stored(OTHER, A, "vks.bigip owner=b node=n")], {}, {}, 0),
    ("of another cluster of this owner", [], [stored(NET, A, BLUE)], {"cluster": "red"}, {}, 0),
    ("a new network of a node", [wanted(OTHER, A)], [own(NET, A)], {}, {OTHER: "added", NET: "removed"}, 2),
    ("a part of an own route", [HERE, wanted("10.1.0.7/32", B, "n2")], [own(NET, A)], {}, {NET: "kept", "10.1.0.7/32": "added"}, 1),
    ("a default route beside it", [HERE], [stored("0.0.0.0/0", B), stored("10.0.0.0/8", B)], {}, {NET: "added"}, 1),
]


@pytest.mark.parametrize(("items", "found", "options", "expected", "writes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_actions(items: list[Wanted], found: list[Stored], options: dict[str, Any], expected: dict[str, str], writes: int) -> None:
    result = planned(routes(*items), *found, **options)
    assert actions(result) == expected and len(result.writes) == writes


def test_a_network_without_a_gateway_keeps_its_route() -> None:
    result = planned(routes(held=NET), own(NET, A), own(OTHER, A))
    assert actions(result) == {NET: "kept", OTHER: "removed"}


@pytest.mark.parametrize("description", ["", "by hand", "k8s-bigip-ctlr", "vks.bigip owner=b"])
def test_a_foreign_route_by_another_gateway(description: str) -> None:
    with pytest.raises(Failure) as caught:
        planned(routes(HERE), stored(NET, B, description, name="r"))
    assert caught.value.code == "route_conflict"


def test_a_foreign_route_with_the_name_of_a_new_one() -> None:
    taken = stored("10.9.0.0/24", B, name="vks-a1b2c3d4-10.1.0.0_24", domain=7)
    with pytest.raises(Failure) as caught:
        planned(routes(HERE), taken)
    assert caught.value.code == "route_conflict"


def test_an_overlap_is_found_first() -> None:
    with pytest.raises(Failure) as caught:
        planned(routes(HERE), stored(NET, B, "vks.bigip owner=b node=n1", name="r"))
    assert caught.value.code == "pod_cidr_overlap"


def test_the_route_to_create() -> None:
    (write,) = planned(routes(HERE), partition="Shop", route_domain=2, cluster="blue", name_prefix="pods").writes
    expected = stored(NET, A, BLUE, name="pods-a1b2c3d4-10.1.0.0_24_rd2", domain=2, partition="Shop")
    assert write == (None, expected)


def test_a_change_keeps_the_name() -> None:
    former = stored(NET, B, f"vks.bigip owner={OWNER} node=n2", name="r")
    (write,) = planned(routes(HERE), former).writes
    assert write == (former, stored(NET, A, MARK, name="r"))


def test_the_gateways_to_check_are_those_of_writes() -> None:
    result = planned(routes(HERE, wanted(OTHER, B, "n2"), wanted("10.3.0.0/24", B, "n3")), own(NET, A), own(OTHER, A), own("10.4.0.0/24", A))
    assert [str(route.network) for route in result.gateways] == [OTHER, "10.3.0.0/24"]
    assert result.own == 3


def test_absent_removes_own_routes_only() -> None:
    found = [own(NET, A), own(OTHER, None), stored("10.3.0.0/24", A), own("10.4.0.0/24", A, domain=2), own("10.5.0.0/24", A, partition="Shop")]
    result = plan.absent([*found, stored("10.6.0.0/24", A, "vks.bigip owner=b node=n")], SCOPE)
    assert actions(result) == {NET: "removed", OTHER: "removed"} and result.own == 2
    assert [write.before for write in result.writes] == found[:2]


def test_batches_keep_the_changes_of_a_node_together() -> None:
    items = [wanted(f"10.1.{number}.0/24", A, f"n{number}") for number in range(6)]
    former = [own(f"10.2.{number}.0/24", A, f"n{number}") for number in range(6)]
    gone = [own(f"10.0.{number}.0/24", A, f"gone{number}") for number in range(3)]
    batches = planned(routes(*items), *gone, *former).batches(4)
    shown = [["-" if write.after is None else "+" for write in batch] for batch in batches]
    assert shown == [list("++--"), list("++--"), list("++--"), list("---")]
    for batch in batches[:3]:
        nodes = [str(write.path).rpartition("_")[0].rpartition(".")[0].rpartition(".")[2] for write in batch]
        assert nodes[:2] == nodes[2:]


def test_a_node_with_more_changes_than_a_batch_holds() -> None:
    items = [wanted(f"10.1.{number}.0/24", A) for number in range(5)]
    assert [len(batch) for batch in planned(routes(*items)).batches(2)] == [5]
    assert planned(routes()).batches(2) == []


def test_changes_of_a_batch_are_first() -> None:
    """A new route has the name of the network that it leads to, so the order matters to none of them but a person."""
    result = planned(routes(HERE, wanted("10.0.0.0/24", A)), own(NET, B), own("10.9.0.0/24", A))
    (batch,) = result.batches(100)
    assert [(write.before is None, write.after is None) for write in batch] == [(False, False), (True, False), (False, True)]
