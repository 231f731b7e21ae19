# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway of a node, and if the units are connected to it."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes.gateways import check, gateway
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import UnitSelfIps
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import network, node, self_ip, wanted

A, B, V6 = "198.18.0.1", "10.9.0.1", "2001:db8:18::1"
CHOSEN = [
    # addresses, family, node_network, gateway
    (A, 4, "", A),
    (A, 6, "", None),
    ("", 4, "", None),
    (f"{A} {V6}", 4, "", A),
    (f"{A} {V6}", 6, "", V6),
    (f"{A} {B}", 4, "10.9.0.0/16", B),
    (f"{A} {B}", 4, "2001:db8::/32 198.18.0.0/16", A),
    (A, 4, "10.9.0.0/16", A),  # without a choice; the check of the units decides
]


@pytest.mark.parametrize(("addresses", "version", "networks", "expected"), CHOSEN)
def test_the_gateway(addresses: str, version: int, networks: str, expected: str | None) -> None:
    found = gateway(node("n1", *addresses.split()), version, [network(text) for text in networks.split()])
    assert (str(found) if found else None) == expected


@pytest.mark.parametrize(
    ("networks", "why"),
    [
        ("", "and node_network is not set"),
        ("2001:db8::/32", "and node_network is not set"),  # of the other family
        ("192.0.2.0/24", "none of them in node_network"),
        ("0.0.0.0/0", "2 of them in node_network"),
    ],
)
def test_several_addresses(networks: str, why: str) -> None:
    with pytest.raises(Failure) as caught:
        gateway(node("n1", A, B), 4, [network(text) for text in networks.split()])
    assert caught.value.code == "options"
    assert caught.value.what == f"Node n1 has several InternalIPs of IPv4 ({A}, {B}), {why}"
    assert caught.value.details == {"node": "n1", "addresses": [A, B]}


ROUTE, ROUTE6 = wanted("10.1.0.0/24", A, "n1"), wanted("2001:db8:96::/64", V6, "n1")
CONNECTED = [
    ([self_ip("198.18.255.254/16")], False, True),
    ([self_ip("10.0.0.1/8"), self_ip("198.18.0.9/24")], True, True),
    ([self_ip("198.18.255.254/16", floating=True)], False, True),
    ([self_ip("198.18.255.254/16", floating=True)], True, False),
    ([self_ip("198.18.255.254/16", domain=2)], False, False),
    ([self_ip("198.18.1.1/24")], False, False),
    ([self_ip(f"{A}/16")], False, False),  # BIG-IP's own address is not a gateway
    ([self_ip("2001:db8:18::9/64")], False, False),
    ([], False, False),
]


@pytest.mark.parametrize(("self_ips", "paired", "expected"), CONNECTED)
def test_a_unit_that_is_connected(self_ips: list[object], paired: bool, expected: bool) -> None:
    units = [UnitSelfIps("bigip1", tuple(self_ips), paired)]  # type: ignore[arg-type]
    if expected:
        check(units, [ROUTE], 0)
        return
    with pytest.raises(Failure) as caught:
        check(units, [ROUTE], 0)
    assert caught.value.code == "gateway_not_connected"


def test_the_failure_names_unit_nodes_and_self_ips() -> None:
    good = UnitSelfIps("bigip1", (self_ip("198.18.0.9/16"), self_ip("2001:db8:18::9/64")), True)
    bad = UnitSelfIps("bigip2", (self_ip("10.0.0.1/8"), self_ip("2001:db8:18::8/64"), self_ip("198.18.0.1/16", domain=2)), True)
    with pytest.raises(Failure) as caught:
        check([good, bad], [ROUTE6, ROUTE, wanted("10.2.0.0/24", "198.18.0.2", "n2")], 0)
    assert caught.value.what == ("BIG-IP bigip2 has no self IP in the network of gateway 198.18.0.1 of node n1, 198.18.0.2 of node n2")
    assert caught.value.said == "its self IPs of IPv4 in route domain 0: 10.0.0.1/8"
    assert caught.value.details == {"unit": "bigip2", "nodes": ["n1", "n2"], "self_ips": ["10.0.0.1/8"]}


def test_a_unit_without_self_ips_in_the_route_domain() -> None:
    with pytest.raises(Failure) as caught:
        check([UnitSelfIps("b", (self_ip("198.18.0.9/16"),), False)], [ROUTE], 7)
    assert caught.value.said == "its self IPs of IPv4 in route domain 7: none"
