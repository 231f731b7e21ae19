# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes that a cluster needs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Block, Calico, PodNetwork, Pool
from ansible_collections.vks.bigip.plugins.module_utils._routes.options import PodRoutesOptions
from ansible_collections.vks.bigip.plugins.module_utils._routes.wanted import WantedRoutes, wanted
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import block, network, node, pod

N1 = node("n1", "198.18.0.1", "2001:db8:18::1", cidrs="10.244.1.0/24 2001:db8:96:1::/64")
N2 = node("n2", "198.18.0.2", "2001:db8:18::2", cidrs="10.244.2.0/24 2001:db8:96:2::/64", ready=False)


def of(*nodes: Any, source: str = "node_cidr", calico: Calico | None = None, endpoints: tuple[Any, ...] = (), **options: Any) -> WantedRoutes:
    return wanted(PodNetwork(nodes, endpoints, calico), source, PodRoutesOptions(**options))


def lines(found: WantedRoutes) -> list[str]:
    return [f"{route.network} {route.gateway} {route.node}" for route in found.routes]


def test_all_networks_of_all_nodes_by_gateways_of_their_family() -> None:
    """A node that is not ready keeps its routes."""
    expected = ["10.244.1.0/24 198.18.0.1 n1", "10.244.2.0/24 198.18.0.2 n2"]
    expected += ["2001:db8:96:1::/64 2001:db8:18::1 n1", "2001:db8:96:2::/64 2001:db8:18::2 n2"]
    assert lines(of(N2, N1)) == lines(of(N1, N2)) == expected


def test_excluded_nodes_get_no_route() -> None:
    assert {route.node for route in of(N1, N2, exclude_nodes=("n1", "unknown")).routes} == {"n2"}


def test_a_node_without_an_address_of_the_family_holds_its_networks() -> None:
    new = node("n3", "198.18.0.3", cidrs="10.244.3.0/24 2001:db8:96:3::/64")
    found = of(N1, new)
    assert found.held == {network("2001:db8:96:3::/64")} and found.unreachable == ("n3",)
    assert "10.244.3.0/24 198.18.0.3 n3" in lines(found)


def test_the_network_of_the_nodes_chooses_the_gateway() -> None:
    both = node("n1", "198.18.0.1", "10.9.0.1", cidrs="10.244.1.0/24")
    assert lines(of(both, node_network=("10.9.0.0/16",))) == ["10.244.1.0/24 10.9.0.1 n1"]
    with pytest.raises(Failure):
        of(both)


def test_a_node_that_needs_no_route_needs_no_choice() -> None:
    assert lines(of(N1, node("n2", "198.18.0.2", "10.9.0.2")))[:1] == ["10.244.1.0/24 198.18.0.1 n1"]
    excluded = node("n2", "198.18.0.2", "10.9.0.2", cidrs="10.244.2.0/24")
    assert len(of(N1, excluded, exclude_nodes=("n2",)).routes) == 2


def incomplete(*nodes: Any, **options: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        of(*nodes, **options)
    assert caught.value.code == "read_incomplete" and str(caught.value.remedy).startswith("Nothing was changed.")
    return caught.value


def test_two_nodes_with_one_network() -> None:
    twin = node("n0", "198.18.0.9", cidrs="10.244.1.0/24")
    assert incomplete(N1, twin).what == "Two nodes have the Pod network 10.244.1.0/24: n0 and n1"


# -- Calico ----------------------------------------------------------------------------------------------------------

V1 = "crd.projectcalico.org/v1"


def calico(*blocks: Block, borrowed: tuple[Block, ...] = (), pools: tuple[Pool, ...] = ()) -> Calico:
    return Calico(V1, blocks, borrowed, pools)


def test_several_blocks_of_a_node_and_borrowed_addresses() -> None:
    blocks = calico(block("192.168.3.64/26", "n1"), block("192.168.3.0/26", "n2"), block("fd00::/122", "n2"), borrowed=(block("192.168.3.7/32", "n1"),))
    expected = ["192.168.3.0/26 198.18.0.2 n2", "192.168.3.7/32 198.18.0.1 n1", "192.168.3.64/26 198.18.0.1 n1", "fd00::/122 2001:db8:18::2 n2"]
    assert lines(of(N1, N2, source="calico", calico=blocks)) == expected


def test_blocks_of_nodes_that_do_not_exist() -> None:
    blocks = calico(block("192.168.3.0/26", "n1"), block("192.168.4.0/26", "gone"), borrowed=(block("192.168.3.7/32", "gone"),))
    assert lines(of(N1, source="calico", calico=blocks)) == ["192.168.3.0/26 198.18.0.1 n1"]


def test_no_block_of_any_node() -> None:
    failure = incomplete(N1, source="calico", calico=calico(block("192.168.3.0/26", "N1.example")))
    assert failure.what == "No block affinity of Calico names a node of this cluster"
    assert failure.said == "such as 'N1.example' of block 192.168.3.0/26"


def test_a_block_with_two_nodes() -> None:
    incomplete(N1, N2, source="calico", calico=calico(block("192.168.3.0/26", "n1"), block("192.168.3.0/26", "n2")))


def test_blocks_without_pods() -> None:
    """An address of a tunnel or of a load balancer is not a Pod's. A block of an unknown pool may still have Pods."""
    pools = (Pool(network("192.168.0.0/17"), True), Pool(network("192.168.128.0/17"), False))
    blocks = calico(block("192.168.3.0/26", "n1"), block("192.168.200.0/26", "n1"), block("10.5.0.0/26", "n1"), pools=pools)
    assert [str(route.network) for route in of(N1, source="calico", calico=blocks).routes] == ["10.5.0.0/26", "192.168.3.0/26"]


def test_a_cluster_without_calico() -> None:
    with pytest.raises(Failure) as caught:
        of(N1, source="calico")
    assert caught.value.code == "options"
    assert of(N1, source="calico", calico=calico()).routes == ()


def test_pods_outside_of_the_networks() -> None:
    """Such as those of AntreaIPAM. Pods with the address of their node need no route."""
    pods = tuple(pod(text) for text in ("198.18.7.8", "10.244.1.9", "198.18.0.1", "10.244.9.9", "2001:db8:96:9::1", "2001:db8:96:1::1", "10.244.9.9"))
    found = of(N1, endpoints=pods)
    assert [str(one.address) for one in found.not_routed] == ["10.244.9.9", "198.18.7.8", "2001:db8:96:9::1"]
    assert of(N1, N2, endpoints=(pod("10.244.2.9"),), exclude_nodes=("n2",)).not_routed == ()
