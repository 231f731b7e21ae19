# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes of others that are in the way."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes import conflicts
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Stored, Write
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import OWNER, SCOPE, own, stored, wanted

GREEN = "vks.bigip owner=green cluster=g%20x node=g1"
A, B, C = "198.18.0.1", "198.18.0.2", "198.18.0.3"


def failure(check: Any, *arguments: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        check(*arguments)
    assert "Nothing was changed." in str(caught.value.remedy)
    return caught.value


def test_a_foreign_route_by_another_gateway() -> None:
    pairs = [(wanted("10.1.0.0/24", A), stored("10.1.0.0/24", B, name="hand")), (wanted("10.2.0.0/24", A), stored("10.2.0.0/24", None, name="hole"))]
    found = failure(conflicts.check_opposed, pairs)
    assert (found.code, found.details) == ("route_conflict", {"routes": ["/Common/hand", "/Common/hole"]})
    assert found.what == "Route /Common/hand of BIG-IP leads 10.1.0.0/24 to 198.18.0.2, not to 198.18.0.1 of node n1 (and 1 more)"
    assert "leads 10.2.0.0/24 without a gateway, not to" in failure(conflicts.check_opposed, pairs[1:]).what
    conflicts.check_opposed([])


def test_a_name_that_another_route_has() -> None:
    new = Write(None, own("10.1.0.0/24", A))
    taken = stored("10.9.0.0/24", A, name="vks-a1b2c3d4-10.1.0.0_24")
    found = failure(conflicts.check_names, [new, None], [taken])
    assert found.code == "route_conflict" and found.what.startswith("Route /Common/vks-a1b2c3d4-10.1.0.0_24 of BIG-IP leads to 10.9.0.0/24,")
    conflicts.check_names([new], [stored("10.9.0.0/24", A, name="other")])


OVERLAPS: list[tuple[str, Stored, bool]] = [
    ("equal, by another gateway", stored("10.1.0.0/24", B, GREEN), True),
    ("around it", stored("10.0.0.0/8", B, GREEN), True),
    ("around it, by the same gateway", stored("10.0.0.0/8", A, GREEN), True),
    ("in it", stored("10.1.0.128/26", B, GREEN), True),
    ("in an IPv6 network", stored("2001:db8:96::7/128", "2001:db8::1", GREEN), True),
    ("equal, by the same gateway", stored("10.1.0.0/24", A, GREEN), False),
    ("beside it", stored("10.1.1.0/24", B, GREEN), False),
    ("a part of an own route", own("10.1.0.64/26", B), False),
    ("around an own route", own("10.1.0.0/16", B), False),
    ("an own route in another partition", own("10.0.0.0/8", B, partition="Shop"), False),
    ("no mark", stored("10.0.0.0/8", B, "by hand"), False),
    ("the default route", stored("0.0.0.0/0", B), False),
]


@pytest.mark.parametrize(("route", "overlaps"), [case[1:] for case in OVERLAPS], ids=[case[0] for case in OVERLAPS])
def test_the_pod_network_of_another_cluster(route: Stored, overlaps: bool) -> None:
    ours = [wanted("10.1.0.0/24", A), wanted("2001:db8:96::/64", "2001:db8::9", "n2"), wanted("10.7.0.0/24", C)]
    if not overlaps:
        conflicts.check_overlaps(ours, [route], SCOPE)
        return
    found = failure(conflicts.check_overlaps, ours, [route], SCOPE)
    assert (found.code, found.details) == ("pod_cidr_overlap", {"routes": [route.path]})


def test_the_words_of_an_overlap() -> None:
    others = [stored("192.168.0.0/24", B, GREEN, name="g0"), stored("192.168.1.0/24", B, GREEN, name="g1")]
    found = failure(conflicts.check_overlaps, [wanted("192.168.0.0/23", A)], others, SCOPE)
    assert found.what == (
        "The Pod network 192.168.0.0/23 of node n1 overlaps with 192.168.0.0/24 of another cluster, "
        "to which route /Common/g0 of BIG-IP leads (owner 'green', cluster 'g x') (and 1 more)"
    )
    assert found.details == {"routes": ["/Common/g0", "/Common/g1"]}


def test_another_cluster_of_the_same_owner() -> None:
    other = stored("10.1.0.0/24", B, f"vks.bigip owner={OWNER} cluster=green node=g1")
    assert failure(conflicts.check_overlaps, [wanted("10.1.0.0/24", A)], [other], SCOPE._replace(cluster="blue")).code == "pod_cidr_overlap"
    conflicts.check_overlaps([wanted("10.1.0.0/24", A)], [other], SCOPE)


def test_many_networks_take_one_pass() -> None:
    """The count of comparisons grows with the number of networks, not with its square: else this takes minutes."""
    ours = [wanted(f"10.{high}.{low}.0/26", A) for high in range(16) for low in range(256)]
    theirs = [stored(f"10.{high}.{low}.64/26", B, GREEN) for high in range(16) for low in range(256)]
    conflicts.check_overlaps(ours, theirs, SCOPE)
