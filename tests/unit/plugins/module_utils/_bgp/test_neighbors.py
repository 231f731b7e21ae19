# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The neighbors that the nodes need."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import neighbors
from ansible_collections.vks.bigip.plugins.module_utils._bgp.model import ANTREA, CALICO
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Network
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import address, node, wanted
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import network

N1, N2 = node("n1", "198.18.0.1"), node("n2", "198.18.0.2")


def found(*nodes: Any, cni: str = CALICO, networks: tuple[Network, ...] = (), excluded: tuple[str, ...] = ()) -> Any:
    return neighbors.wanted(nodes, cni, 64512, networks, excluded)


CASES: dict[str, tuple[Any, list[tuple[str, str, int]]]] = {
    "by address": (found(N2, N1), [("n1", "198.18.0.1", 64512), ("n2", "198.18.0.2", 64512)]),
    "excluded": (found(N1, N2, excluded=("n1",)), [("n2", "198.18.0.2", 64512)]),
    "Calico's address": (found(node("n1", "198.18.0.1", "10.0.0.1", calico="10.0.0.1")), [("n1", "10.0.0.1", 64512)]),
    "Antrea knows no such": (found(node("n1", "198.18.0.1", calico="10.0.0.1"), cni=ANTREA), [("n1", "198.18.0.1", 64512)]),
    "own number": (found(node("n1", "198.18.0.1", number=65001)), [("n1", "198.18.0.1", 65001)]),
    "Antrea has one number": (found(node("n1", "198.18.0.1", number=65001), cni=ANTREA), [("n1", "198.18.0.1", 64512)]),
    "both families": (found(node("n1", "198.18.0.1", "2001:db8::1")), [("n1", "198.18.0.1", 64512), ("n1", "2001:db8::1", 64512)]),
    "node_network": (found(node("n1", "198.18.0.1", "10.0.0.1"), networks=(network("10.0.0.0/8"),)), [("n1", "10.0.0.1", 64512)]),
}


@pytest.mark.parametrize(("result", "expected"), CASES.values(), ids=CASES)
def test_wanted(result: Any, expected: list[tuple[str, str, int]]) -> None:
    assert [(one.node, str(one.address), one.remote_as) for one in result.neighbors] == expected


def test_a_node_without_an_address_keeps_its_neighbor() -> None:
    result = found(N1, node("n2"))
    assert result.held == {("n1", 6), ("n2", 4), ("n2", 6)}
    assert result.of({4}).held == {("n2", 4)} and result.of({6}).neighbors == ()


def test_several_addresses_leave_a_choice() -> None:
    with pytest.raises(Failure, match="Node n1 has several InternalIPs"):
        found(node("n1", "198.18.0.1", "10.0.0.1"))


def test_gateways() -> None:
    (gateway,) = wanted(("n1", "2001:db8::1")).gateways
    assert (gateway.gateway, gateway.node, gateway.network) == (address("2001:db8::1"), "n1", network("2001:db8::1/128"))
