# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode cluster: the endpoints themselves, and the warning on NSX."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.cluster import nsx_sign
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member, Node, Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support.member_cases import CL, CL_AB, Case, c, check, run

CLUSTER = [
    c("the endpoints", CL, CL_AB),
    c("nodes that were not read", CL, CL_AB, nodes=None),
]


@pytest.mark.parametrize("case", CLUSTER, ids=str)
def test_cluster(case: Case) -> None:
    check(case)


SIGNS: dict[str, tuple[dict[str, Any], str | None]] = {
    "none": ({}, None),
    "the user's": ({"network_provider": "nsx_vpc"}, "network_provider is nsx_vpc"),
    "a node's": ({"nodes": "n3!nsx n1 n2!nsx"}, "Node n2 has nsx.vmware.com/node"),
    "the user's word counts more": ({"network_provider": "vsphere", "nodes": "n1!nsx"}, None),
}


@pytest.mark.parametrize("world, sign", SIGNS.values(), ids=SIGNS)
def test_what_shows_nsx(world: dict[str, Any], sign: str | None) -> None:
    _members, _left, pool = run(c("", CL, "", **world))
    reach = "on NSX, BIG-IP cannot reach Pod addresses without a leg in the segment of the cluster. Use nodeport or nodeportlocal."
    assert pool.warnings == (() if sign is None else (f"{sign}: {reach}",))


def test_of_several_nodes_and_signs_the_first_is_named() -> None:
    nodes = {name: Node(name, nsx_signs=signs) for name, signs in (("n2", ("b", "a")), ("n3", ("a",)), ("n1", ()))}
    assert nsx_sign(Snapshot(nodes=nodes), Source("default", "web")) == "Node n2 has b"
    assert nsx_sign(Snapshot(nodes=None), Source("default", "web")) is None


def test_a_member_has_the_state_of_its_endpoint() -> None:
    for state, flags in (("ready", (True, True, False)), ("publisheddraining", (True, True, True)), ("draining", (False, True, True))):
        _members, _left, pool = run(c("", CL, "", slices=[f"http:8080/TCP | a@n1!{state}"]))
        assert pool.members == (Member("100.96.0.1", 8080, "n1", "a", *flags),)
    _members, _left, pool = run(c("", CL, "", slices=["http:8080/TCP | !published=10.0.0.1"]))
    assert pool.members == (Member("10.0.0.1", 8080, None, None, True, False, False),)


def test_warnings_about_endpoints_are_kept() -> None:
    _members, _left, pool = run(c("", CL, "", slices=["v6 http:8080/TCP | a@n1"]))
    assert pool.warnings == ("Its endpoints have IPv6 addresses only, and IPv4 is wanted: see address_family.",)
