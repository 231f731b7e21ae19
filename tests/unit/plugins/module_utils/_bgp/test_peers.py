# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The self IPs with which the nodes open sessions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import peers
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import address, unit, wanted
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import network

NODES = wanted(("n1", "198.18.0.1"), ("n2", "198.18.0.2"))
DUAL = wanted(("n1", "198.18.0.1"), ("n1", "2001:db8:18::1"))
A, B = unit("198.18.255.251/16", floating="198.18.255.254/16"), unit("198.18.255.252/16", name="bigip2", floating="198.18.255.254/16")


def shown(found: Any) -> list[tuple[str, str | None]]:
    return [(str(one.address), one.unit) for one in found]


def test_one_peer_of_each_unit_and_never_the_floating_one() -> None:
    assert shown(peers.found([B, A], NODES, 0, ())) == [("198.18.255.251", "bigip1"), ("198.18.255.252", "bigip2")]


def test_families_that_both_sides_have() -> None:
    assert shown(peers.found([A], DUAL, 0, ())) == [("198.18.255.251", "bigip1")]
    both = unit("198.18.255.251/16", "2001:db8:18::251/64")
    assert [text for text, _unit in shown(peers.found([both], DUAL, 0, ()))] == ["198.18.255.251", "2001:db8:18::251"]


def test_node_network_chooses_of_several() -> None:
    several = unit("198.18.255.251/16", "198.18.255.250/16")
    with pytest.raises(Failure, match="several self IPs"):
        peers.found([several], NODES, 0, ())
    assert shown(peers.found([several], NODES, 0, (network("198.18.255.251/32"),))) == [("198.18.255.251", "bigip1")]


NOT_CONNECTED = {
    "no self IP": ([unit("10.0.0.1/8")], NODES, 0),
    "one unit only": ([A, unit("10.0.0.1/8", name="bigip2")], NODES, 0),
    "another route domain": ([A], NODES, 2),
    "one node": ([A], wanted(("n1", "198.18.0.1"), ("n2", "10.0.0.2")), 0),
    "only a floating one": ([unit(floating="198.18.255.254/16")], NODES, 0),
}


@pytest.mark.parametrize(("units", "nodes", "domain"), NOT_CONNECTED.values(), ids=NOT_CONNECTED)
def test_not_connected(units: Any, nodes: Any, domain: int) -> None:
    with pytest.raises(Failure) as raised:
        peers.found(units, nodes, domain, ())
    assert raised.value.code == "gateway_not_connected"


def test_given_peers() -> None:
    found = peers.given([address("198.18.255.252"), address("198.18.255.251"), address("198.18.255.252")], [A, B], 0, True)
    assert shown(found) == [("198.18.255.251", "bigip1"), ("198.18.255.252", "bigip2")]
    assert shown(peers.given([address("198.18.255.9")], [], 0, True)) == [("198.18.255.9", None)]


REFUSED = {
    "floats": (["198.18.255.251", "198.18.255.254"], [A], "198.18.255.254 is the floating self IP"),
    "unknown": (["198.18.255.251", "198.18.255.9"], [A], "198.18.255.9 is not a self IP of BIG-IP"),
    "of one unit only": (["198.18.255.251"], [A, B], "names no self IP of BIG-IP bigip2"),
}


@pytest.mark.parametrize(("given", "units", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(given: list[str], units: Any, words: str) -> None:
    with pytest.raises(Failure) as raised:
        peers.given(map(address, given), units, 0, True)
    assert raised.value.code == "options" and words in raised.value.message


def test_an_unknown_address_may_be_that_of_a_unit_that_was_not_read() -> None:
    found = peers.given([address("198.18.255.251"), address("198.18.255.252")], [A], 0, False)
    assert shown(found) == [("198.18.255.251", "bigip1"), ("198.18.255.252", None)]


def test_each_unit_is_connected_to_each_node() -> None:
    peers.check_connected([A, B], NODES, 0)
    with pytest.raises(Failure, match="bigip2"):
        peers.check_connected([A, unit("10.0.0.1/8", name="bigip2")], NODES, 0)
